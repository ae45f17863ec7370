"""What the desk carries from scan to scan: the member, what scans mean, the day of return."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from circulation import rulebook
from models import timestamps


class Mode(StrEnum):
    """What a scanned barcode is for."""

    DESK = "desk"
    RETURN = "return"
    RENEW = "renew"
    HOUSE = "house"


@dataclass(frozen=True, slots=True)
class State:
    """Sent along by every form of the desk."""

    member_id: int | None = None
    mode: Mode = Mode.DESK
    returned_on: date | None = None

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "State":
        """What a form or an address says; what cannot be read counts as not given."""
        mode = given.get("mode", "")
        return cls(
            member_id=number(given.get("member", "")) or None,
            mode=Mode(mode) if mode in set(Mode) else Mode.DESK,
            returned_on=day_of(given.get("returned_on", "")),
        )

    @property
    def returned_at(self) -> str | None:
        """The last second of the day of return, RFC 3339; None where it is today or not given."""
        if self.returned_on is None or self.returned_on == today():
            return None
        # A day to come is refused by the act itself.
        return timestamps.stamp(rulebook.latest().calendar.end_of_day(self.returned_on))


def today() -> date:
    """The library's day."""
    return rulebook.latest().calendar.local_date(timestamps.now())


def number(text: str) -> int:
    """The id that a form names; 0, which no record has, where it names none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def day_of(text: str) -> date | None:
    """The day of an ISO date; None of anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
