"""What each kind of notice says, and whether it still holds: one line for each kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.notice import Item
from models.timestamps import stamp
from models.vocabulary import NoticeKind
from notices.kinds import OVERDUE, Kinds
from notices.template_records import (
    Records,
    ToldHold,
    ToldLoan,
    ToldMember,
    ToldOrder,
    ToldWebhook,
)

Variables = dict[str, Any]
Holds = Callable[[Any, Item, datetime, Kinds], bool]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a kind is about: the template's variable for it, and when one of these still holds.

    `is_list` tells a variable that is a list from one that is a single record.
    """

    variable: str
    holds: Holds
    is_list: bool = True


def variables(
    kind: NoticeKind, items: Sequence[Item], records: Records, now: datetime, kinds: Kinds
) -> Variables | None:
    """What a template of the kind is given for these items; None when nothing holds any more.

    The kinds are on and off as they are for the member.
    """
    subject = SUBJECTS.get(kind)
    if subject is None:
        return {}
    found = [(records.get((item.record_type, item.record_id)), item) for item in items]
    told = [record for record, item in found if record and subject.holds(record, item, now, kinds)]
    if not told:
        return None
    extras = EXTRAS[kind](told) if kind in EXTRAS else {}
    return {subject.variable: told if subject.is_list else told[0], **extras}


def untold(
    kind: NoticeKind, items: Sequence[Item], records: Records, now: datetime, kinds: Kinds
) -> list[Item]:
    """What a notice leaves out since it does not hold, and may hold again; see `variables`."""
    if kind not in _MAY_HOLD_AGAIN:
        return []
    return [one for one in items if variables(kind, [one], records, now, kinds) is None]


def _always(record: Any, item: Item, now: datetime, kinds: Kinds) -> bool:
    return True


def _is_due_soon(loan: ToldLoan, item: Item, now: datetime, kinds: Kinds) -> bool:
    is_out = loan.is_running and not loan.is_claimed
    return is_out and loan.due_at == item.stage and loan.due_at >= stamp(now)


def _is_at_stage(place: int) -> Holds:
    def holds(loan: ToldLoan, item: Item, now: datetime, kinds: Kinds) -> bool:
        is_out = loan.is_running and not loan.is_claimed
        later = [kinds[name].days or 0 for name in OVERDUE[place + 1 :] if kinds[name].is_on]
        reached = any(loan.days_overdue >= days for days in later)
        return is_out and loan.due_at == item.stage and loan.days_overdue > 0 and not reached

    return holds


def _is_running(loan: ToldLoan, item: Item, now: datetime, kinds: Kinds) -> bool:
    return loan.is_running


def _is_due_then(loan: ToldLoan, item: Item, now: datetime, kinds: Kinds) -> bool:
    """Whether it is the due date of this notice: one that was moved again is told by another."""
    return loan.is_running and (loan.due_at == item.stage or _is_of_before(item))


def _is_returned(loan: ToldLoan, item: Item, now: datetime, kinds: Kinds) -> bool:
    """Whether it is the return of this notice, which may have been taken back."""
    if loan.returned_at is None:
        return False
    return loan.returned_at == item.stage or _is_of_before(item)


def _is_of_before(item: Item) -> bool:
    """Whether the release before stored the stage, a moment and the request of its act."""
    return item.stage[:1].isdecimal() and " " in item.stage


def _is_ready(hold: ToldHold, item: Item, now: datetime, kinds: Kinds) -> bool:
    """Whether it is the readiness of this notice; the release before stored a number as stage."""
    return hold.is_ready and (hold.ready_at == item.stage or item.stage.isdecimal())


def _is_expiring(hold: ToldHold, item: Item, now: datetime, kinds: Kinds) -> bool:
    return hold.is_ready and hold.expires_at == item.stage


def _has_ended(hold: ToldHold, item: Item, now: datetime, kinds: Kinds) -> bool:
    return hold.has_ended


def _is_ending(member: ToldMember, item: Item, now: datetime, kinds: Kinds) -> bool:
    return member.expires_on is not None and member.expires_on.isoformat() == item.stage


def _has_come(order: ToldOrder, item: Item, now: datetime, kinds: Kinds) -> bool:
    """Whether it is the receipt of this notice: one that was taken back has a stage."""
    return not item.stage


def _is_disabled(webhook: ToldWebhook, item: Item, now: datetime, kinds: Kinds) -> bool:
    return webhook.disabled_on is not None


SUBJECTS = {
    NoticeKind.DUE_SOON: Subject("loans", _is_due_soon),
    NoticeKind.OVERDUE_1: Subject("loans", _is_at_stage(0)),
    NoticeKind.OVERDUE_2: Subject("loans", _is_at_stage(1)),
    NoticeKind.OVERDUE_3: Subject("loans", _is_at_stage(2)),
    NoticeKind.HOLD_READY: Subject("holds", _is_ready),
    NoticeKind.HOLD_EXPIRING: Subject("holds", _is_expiring),
    NoticeKind.HOLD_ENDED: Subject("holds", _has_ended),
    NoticeKind.DUE_DATE_CHANGED: Subject("loans", _is_due_then),
    NoticeKind.MEMBERSHIP_ENDING: Subject("membership", _is_ending, is_list=False),
    NoticeKind.ORDER_RECEIVED: Subject("order", _has_come, is_list=False),
    NoticeKind.LOAN_RECEIPT: Subject("loans", _is_running),
    NoticeKind.RETURN_RECEIPT: Subject("loans", _is_returned),
    NoticeKind.PAYMENT_RECEIPT: Subject("payments", _always),
    NoticeKind.WEBHOOK_DISABLED: Subject("webhook", _is_disabled, is_list=False),
}
"""Welcome and password reset are about nothing but the member."""

_MAY_HOLD_AGAIN = frozenset({NoticeKind.DUE_SOON, *OVERDUE, NoticeKind.HOLD_EXPIRING})
"""What the nightly job finds, much of it in one notice."""

EXTRAS: dict[NoticeKind, Callable[[list[Any]], Variables]] = {
    NoticeKind.PAYMENT_RECEIPT: lambda told: {"total": sum(payment.amount for payment in told)},
}
