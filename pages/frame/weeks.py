"""The library's weeks, compared with what a form asks for."""

from typing import Any

from circulation import rulebook
from models import timestamps


def stand(calendar: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether a calendar, as `getCalendar` answers it, is as `replaceCalendar` would have it.

    `wanted` is the body for that.
    """
    day = wanted.get("valid_from")
    if day in (None, rulebook.today(timestamps.now()).isoformat()):
        week = calendar
    else:
        week = next((one for one in calendar["history"] if one["valid_from"] == day), {})
    open_on = week.get("open_weekdays")
    return (calendar["timezone"], open_on) == (
        wanted.get("timezone"),
        sorted(wanted["open_weekdays"]),
    )
