"""The feed: what has happened, in the order in which it was committed, for whoever asks again."""

from collections.abc import Collection, Sequence
from datetime import datetime

from events import records
from models import event
from models.event import EventRow
from models.rows import Json


def page(
    position: int, types: Collection[str], limit: int, now: datetime
) -> tuple[list[Json], int]:
    """The next events after a position, and the position to go on from.

    At the end it is the one that was given, or that of the last event given.
    """
    rows = event.after(position, types, limit)
    return shown(rows, now), rows[-1].position if rows else position


def shown(rows: Sequence[EventRow], now: datetime) -> list[Json]:
    """Events as clients see them, each with its record as it is now."""
    return [
        {
            "id": row.id,
            "type": row.type,
            "at": row.at,
            "record_type": row.record_type,
            "record_id": row.record_id,
            "data": data,
        }
        for row, data in zip(rows, records.shown(rows, now), strict=True)
    ]
