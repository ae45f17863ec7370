"""What the pure rules raise beside the errors of every domain in `models.errors`."""

from datetime import date

from models.errors import Conflict


class NoOpenDay(Conflict):
    """No day within 365 days of `day` is open (rules 12 to 14)."""

    code = "calendar-closed"

    def __init__(self, day: date) -> None:
        super().__init__(f"The library has no open day within 365 days of {day}.")
        self.day = day
