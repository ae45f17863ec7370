"""The rules of lending: a pure part that decides, and acts that each run in one transaction.

An act locks the rows it concerns in the order written down in `models.locks`, loads the situation,
lets the pure part decide, and writes; `circulation.title_changes` says how.
"""
