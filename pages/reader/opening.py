"""When the library is open: day by day, from today on. Anyone may know, signed in or not."""

from datetime import date, timedelta
from typing import NamedTuple

from circulation import rulebook
from models import timestamps


class Day(NamedTuple):
    """One day; `reason` is why it is closed by exception, else empty."""

    on: date
    is_open: bool
    reason: str


def ahead(days: int) -> list[Day]:
    """So many days from today on, by the library's clock."""
    calendar = rulebook.latest().calendar
    today = rulebook.today(timestamps.now())
    found = []
    for number in range(days):
        on = today + timedelta(days=number)
        closure = calendar.closure_on(on)
        found.append(Day(on, calendar.is_open(on), "" if closure is None else closure.reason))
    return found
