"""Days still to come, reckoned from today, so that the tests never grow too old."""

from datetime import UTC, date, datetime, timedelta


def ahead(days: int) -> date:
    """The day so many days after today."""
    return datetime.now(UTC).date() + timedelta(days=days)


def year_ahead(years: int) -> int:
    """The year so many years after this one."""
    return datetime.now(UTC).year + years
