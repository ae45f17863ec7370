"""The rules in force, kept in memory: policies and calendar, read again only when they changed."""

from datetime import date, datetime

from circulation.calendar import Calendar, Closure, Week
from circulation.entities import Rules
from circulation.money import DECIMALS
from circulation.policies import Policies
from models import calendar, closure, policy, rulebook

_currency = "EUR"
_known: tuple[int, Rules] | None = None


def use_currency(code: str) -> None:
    """Name the currency of all amounts (ISO 4217), once, at start."""
    global _currency, _known
    _currency, _known = code, None


def currency() -> str:
    """The currency of all amounts; costs nothing."""
    return _currency


def decimals() -> int:
    """How many digits of an amount are of the minor unit of the currency; costs nothing."""
    return DECIMALS[_currency]


def latest() -> Rules:
    """The rules as they are now; costs one small query."""
    return at(rulebook.version())


def today(now: datetime) -> date:
    """The library's date at a moment, by the rules as they are now; costs one small query."""
    return latest().calendar.local_date(now)


def known() -> tuple[int, Rules]:
    """The rules as this process last saw them, and their version; costs nothing.

    Another process may have changed them since: only for callers that compare the version.
    """
    if _known is None:
        version = rulebook.version()
        return version, at(version)
    return _known


def at(version: int) -> Rules:
    """The rules of a version that was just read, or newer ones."""
    global _known
    found = _known
    if found is None or found[0] != version:
        found = _known = (version, stored())
    return found[1]


def stored() -> Rules:
    """The rules as this transaction sees them; not kept, as it may be rolled back."""
    week = calendar.find()
    closures = [Closure.of(row) for row in closure.everything()]
    first, *later = week.plans
    changes = [
        Week(date.fromisoformat(plan.valid_from), frozenset(plan.open_weekdays)) for plan in later
    ]
    days = Calendar(week.timezone, first.open_weekdays, closures, changes)
    return Rules(Policies(policy.everything()), days, _currency)
