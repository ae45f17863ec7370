"""Lending: `lend` and its dry run `decide`, which share what decides."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from circulation import hold_queue, loading, loan_effects, presentation, rulebook
from circulation.decisions import Decision, decide_loan
from circulation.entities import Ending, Member, Title
from circulation.loading import Situation
from circulation.loan_effects import Effects
from circulation.lost_items import close_found
from circulation.overrides import Override, codes_of
from circulation.presentation import LoanState
from circulation.request_checks import against_due_on
from circulation.title_changes import settled, transaction, write
from models import audit, loan
from models.audit import Actor
from models.copy import CopyRow
from models.errors import Forbidden
from models.loan import LoanRow, NewLoan
from models.timestamps import stamp
from models.user import card_key
from models.vocabulary import CopyStatus, HoldEnd, ReasonCode


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be lent to whom: a barcode or copy id, a user id or card number.

    `only_for` is the member for whom alone it may be, None for any.
    """

    barcode: str | None = None
    copy_id: int | None = None
    user_id: int | None = None
    card_number: str | None = None
    due_on: date | None = None
    override: Override | None = None
    only_for: int | None = None


def lend(request: Request, actor: Actor, now: datetime) -> LoanState:
    """Lend a copy to a member and give the loan (rules 1 to 13).

    Raises Forbidden, Missing `copy-not-found` and `user-not-found`, Refused `loan-refused`,
    Unacceptable for `due_on` and the codes of the override, NoOpenDay.
    """
    with transaction():
        situation, member, copy, decision = _decided(request, now, locks=True)
        decision.require("loan-refused")
        if situation.loan is not None and copy.status is CopyStatus.LOST:
            close_found(situation.loan, situation.rules, actor, now)
        before = settled(situation, actor) if situation.title.holds else situation.title
        title, ended, effects = _changed(before, situation, member, copy.id)
        lent = _insert(copy, member, decision, effects, now)
        write(before, title, ended, actor, now, lent=copy.id, scanned=copy.id)
        noted = request.override.noted(decision) if request.override else {}
        switches = situation.switches
        audit.record(actor, "loan.create", "loan", lent.id, switches=switches, **noted)
    return presentation.loan(lent, situation.rules, now)


def decide(request: Request, now: datetime) -> Decision:
    """Say what `lend` would do, changing nothing. Raises what `lend` raises but Refused."""
    return _decided(request, now)[3]


def _decided(
    request: Request, now: datetime, *, locks: bool = False
) -> tuple[Situation, Member, CopyRow, Decision]:
    due_on, codes = request.due_on, frozenset[ReasonCode]()
    if due_on or request.override:
        faults = against_due_on(due_on, rulebook.today(now)) if due_on else ()
        codes = codes_of(request.override, faults)
    copy_key = loading.copy_named(request.barcode, request.copy_id)
    member_key: loading.Key = {"user_id": request.user_id}
    if request.card_number is not None:
        member_key = {"card": card_key(request.card_number)}
    ask = partial(loading.lending, copy_key, member_key, now)
    situation = loading.of_locked_copy(ask, **copy_key, **member_key) if locks else ask()
    if situation is None or situation.copy is None:
        raise loading.no_copy(request.barcode)
    if request.only_for not in (None, situation.member.id if situation.member else None):
        raise Forbidden("Members lend to themselves only.")
    if situation.member is None:
        raise loading.no_member(request.card_number)
    decision = decide_loan(
        situation.rules,
        situation.member,
        situation.title,
        situation.copy.id,
        now,
        codes,
        request.due_on,
    )
    return situation, situation.member, situation.copy, decision


def _insert(
    copy: CopyRow, member: Member, decision: Decision, effects: Effects | None, now: datetime
) -> LoanRow:
    policy, due = decision.policy, decision.due
    if due is None:
        raise ValueError("a refused loan cannot be written")
    new = NewLoan(
        copy_id=copy.id,
        book_id=copy.book_id,
        user_id=member.id,
        policy_id=policy.id,
        fine_per_day=policy.fine_per_day,
        grace_days=policy.grace_days,
        fine_cap=policy.fine_cap,
        replacement_fee=policy.replacement_fee,
        borrowed_at=stamp(now),
        due_at=stamp(due.at),
    )
    beside = None if effects is None else effects.to_json()
    return loan.insert(new, [step.to_json() for step in due.steps], beside)


def _changed(
    before: Title, situation: Situation, member: Member, copy_id: int
) -> tuple[Title, dict[int, Ending], Effects | None]:
    """What the loan does to the title: the copy is out, holds of the member's are fulfilled.

    A copy set aside for one of these goes on (rules 4, 6); another member's hold on the copy lent
    is first in the queue again. Gives the title, the holds that ended, and what must be known to
    undo more than the loan itself.
    """
    title = before
    own, theirs = title.holds_for(member.id, copy_id), title.hold_on(copy_id)
    if theirs is not None and theirs not in own:
        title = hold_queue.back_to_head(title, theirs.id)
    is_free = title.copy(copy_id).status is CopyStatus.AVAILABLE
    stood_free = is_free and not own and theirs is None
    title = title.with_copy(title.copy(copy_id)._replace(status=CopyStatus.ON_LOAN))
    ended = {hold.id: Ending(HoldEnd.FULFILLED, situation.now) for hold in own}
    title = title.without_holds(frozenset(ended))
    for set_aside in (hold.copy_id for hold in own):
        if set_aside is not None and set_aside != copy_id:
            title = hold_queue.hand_over(title, set_aside, situation.rules, situation.now)
    effects = None if stood_free else loan_effects.noted(before, title, ended, copy_id)
    return title, ended, effects
