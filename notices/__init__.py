"""Notices: an outbox that acts and the nightly job fill, and what sends it by mail and letter.

Acts know nothing of notices: `notices.causes` subscribes to what they write into the audit log.
"""
