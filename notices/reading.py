"""Notices as they are read: those sent as they were sent, those queued as they would be now."""

from collections.abc import Sequence
from datetime import datetime

from models import notice as stored
from models.notice import NoticeRow
from models.rows import Json
from models.vocabulary import NoticeStatus
from notices import outbox
from notices.composing import compose, hidden_token


def shown(rows: Sequence[NoticeRow], now: datetime) -> list[Json]:
    """Notices as clients see them, in their order."""
    queued = [row for row in rows if row.status is NoticeStatus.QUEUED]
    words = {
        composed.notice.id: (composed.message.subject, composed.shown_text)
        for composed in compose(queued, now, outbox.library(), hidden_token)
        if composed.message is not None
    }
    about = stored.items([row.id for row in rows])
    return [_worded(row, words).to_json(about[row.id]) for row in rows]


def _worded(row: NoticeRow, words: dict[int, tuple[str, str | None]]) -> NoticeRow:
    if row.id not in words:
        return row
    subject, body = words[row.id]
    return row._replace(subject=subject, body=body)
