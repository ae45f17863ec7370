"""The kinds of notices: one line each, and what NOTICES in the settings changes of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

from models.vocabulary import NoticeKind

MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice.

    `days` counts to or from the date it is about, and is None for what is told at once. `longest`
    is for how long it is worth sending. What has no `switch` is sent whatever a member has chosen;
    what has no `letter` is not printed for members without an email address.
    """

    is_on: bool
    days: int | None
    longest: timedelta
    switch: bool = True
    letter: bool = True


Kinds = Mapping[NoticeKind, Kind]

BUILT_IN: Kinds = {
    NoticeKind.WELCOME: Kind(True, None, timedelta(days=14)),
    NoticeKind.PASSWORD_RESET: Kind(True, None, timedelta(hours=1), switch=False, letter=False),
    NoticeKind.DUE_SOON: Kind(True, 3, timedelta(days=3)),
    NoticeKind.OVERDUE_1: Kind(True, 1, timedelta(days=14)),
    NoticeKind.OVERDUE_2: Kind(True, 7, timedelta(days=14)),
    NoticeKind.OVERDUE_3: Kind(True, 21, timedelta(days=14)),
    NoticeKind.HOLD_READY: Kind(True, None, timedelta(days=7)),
    NoticeKind.HOLD_EXPIRING: Kind(True, 1, timedelta(days=2)),
    NoticeKind.HOLD_ENDED: Kind(True, None, timedelta(days=7)),
    NoticeKind.DUE_DATE_CHANGED: Kind(True, None, timedelta(days=7)),
    NoticeKind.MEMBERSHIP_ENDING: Kind(True, 14, timedelta(days=14)),
    NoticeKind.ORDER_RECEIVED: Kind(True, None, timedelta(days=14)),
    NoticeKind.LOAN_RECEIPT: Kind(False, None, timedelta(days=2), letter=False),
    NoticeKind.RETURN_RECEIPT: Kind(False, None, timedelta(days=2), letter=False),
    NoticeKind.PAYMENT_RECEIPT: Kind(False, None, timedelta(days=2), letter=False),
    NoticeKind.WEBHOOK_DISABLED: Kind(True, None, timedelta(days=7), letter=False),
}
OVERDUE = (NoticeKind.OVERDUE_1, NoticeKind.OVERDUE_2, NoticeKind.OVERDUE_3)
"""The reminders of overdue loans, in their order."""

_SWITCH = {"on": True, "off": False}


def read(text: str) -> Kinds:
    """The kinds as NOTICES changes them: `due-soon=3,loan-receipt=on`.

    Raises ValueError with a sentence for an unknown kind, a value it cannot have, and reminders
    that are not in order.
    """
    kinds = dict(BUILT_IN)
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if name not in kinds:
            raise ValueError(f"{name!r} is no kind of notice; the kinds are {', '.join(kinds)}")
        kind = NoticeKind(name)
        kinds[kind] = _changed(kind, kinds[kind], value)
    _require_order(kinds)
    return kinds


def _changed(name: NoticeKind, kind: Kind, value: str) -> Kind:
    if value in _SWITCH:
        if not kind.switch:
            raise ValueError(f"{name} cannot be switched off")
        return replace(kind, is_on=_SWITCH[value])
    if kind.days is None:
        raise ValueError(f"{name} is on or off, not {value!r}")
    if not (value.isascii() and value.isdigit() and len(value) < 4 and int(value) <= MOST_DAYS):
        raise ValueError(f"{name} is on, off or a number of days up to {MOST_DAYS}, not {value!r}")
    return replace(kind, is_on=True, days=int(value))


def _require_order(kinds: Kinds) -> None:
    days = [kinds[name].days or 0 for name in OVERDUE if kinds[name].is_on]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise ValueError("each reminder of overdue loans must come later than the one before")
