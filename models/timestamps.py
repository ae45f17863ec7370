"""The moment, and how moments and days are written in the database: text that sorts as time."""

from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """A moment as it is stored and answered: `YYYY-MM-DDTHH:MM:SSZ` (RFC 3339, whole seconds)."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def timestamp(*, ahead: timedelta = timedelta()) -> str:
    """The present moment, or one that much ahead of it, as it is stored."""
    return stamp(now() + ahead)


def moment(stored: str) -> datetime:
    """The moment that a stored timestamp means, aware, in UTC."""
    return datetime.fromisoformat(stored)
