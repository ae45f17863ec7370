"""Lending: `lend` and its dry run `decide`, which share what decides."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from circulation import charges, gather, overrides, queue, rulebook, showing
from circulation.act import act, write
from circulation.checks import check_due_on
from circulation.decisions import Decision, decide_loan
from circulation.facts import CopyStatus, HoldStatus, Member, Title
from circulation.gather import Facts
from circulation.overrides import Override
from models import audit, loan, locks
from models.audit import Actor
from models.clock import stamp
from models.copy import barcode_key
from models.errors import Missing
from models.user import card_key

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be lent to whom: a barcode or copy id, a user id or card number."""

    barcode: str | None = None
    copy_id: int | None = None
    user_id: int | None = None
    card_number: str | None = None
    due_on: date | None = None
    override: Override | None = None


def lend(request: Request, actor: Actor, now: datetime) -> Row:
    """Lend a copy to a member and give the loan (rules 1 to 13).

    Raises Missing `copy-not-found` and `user-not-found`, Refused `loan-refused`, Unacceptable for
    `due_on` and the codes of the override, NoOpenDay.
    """
    with act():
        locks.take(**_copy_key(request), **_member_key(request))
        facts, member, copy, decision = _decided(request, now)
        overrides.require(decision, "loan-refused")
        if facts.loan is not None and copy["status"] == "lost":
            found(facts.loan, actor, now)
        lent = _insert(copy, member, decision, now)
        _settle_title(facts, member, copy["id"], actor)
        audit.record(
            actor, "loan.create", "loan", lent["id"], **overrides.noted(decision, request.override)
        )
    return showing.loan(lent, facts.rules, now)


def decide(request: Request, now: datetime) -> Row:
    """Say what `lend` would do, changing nothing: `{allowed, reasons, due_at, policy_id}`.

    Raises what `lend` raises but Refused.
    """
    decision = _decided(request, now)[3]
    return {
        "allowed": decision.allowed,
        "reasons": [reason.as_json() for reason in decision.reasons],
        "due_at": stamp(decision.due_at) if decision.due_at else None,
        "policy_id": decision.policy.id,
    }


def found(lost: Row, actor: Actor, now: datetime, returned_at: datetime | None = None) -> list[Row]:
    """Close the loan of a lost copy that turned up, and take its charge back (rule 28).

    Gives the fees changed and made.
    """
    loan.end(lost, returned_at=max(stamp(returned_at or now), lost["borrowed_at"]))
    audit.record(actor, "loan.return", "loan", lost["id"])
    return charges.forgive(lost, actor, now)


def _decided(request: Request, now: datetime) -> tuple[Facts, Member, Row, Decision]:
    codes = overrides.named(request.override)
    if request.due_on is not None:
        check_due_on(request.due_on, rulebook.today(now))
    facts = gather.lending(_copy_key(request), _member_key(request), now)
    if facts is None or facts.copy is None:
        raise Missing("There is no such copy.", code="copy-not-found")
    if facts.member is None:
        raise Missing("There is no such member.", code="user-not-found")
    decision = decide_loan(
        facts.rules, facts.member, facts.title, facts.copy["id"], now, codes, request.due_on
    )
    return facts, facts.member, facts.copy, decision


def _copy_key(request: Request) -> Row:
    if request.barcode is not None:
        return {"barcode": barcode_key(request.barcode)}
    return {"copy_id": request.copy_id}


def _member_key(request: Request) -> Row:
    if request.card_number is not None:
        return {"card": card_key(request.card_number)}
    return {"user_id": request.user_id}


def _insert(copy: Mapping[str, Any], member: Member, decision: Decision, now: datetime) -> Row:
    policy, due = decision.policy, decision.due
    if due is None:
        raise ValueError("a refused loan cannot be written")
    row = {
        "copy_id": copy["id"],
        "book_id": copy["book_id"],
        "user_id": member.id,
        "policy_id": policy.id,
        "fine_per_day": policy.fine_per_day,
        "grace_days": policy.grace_days,
        "fine_cap": policy.fine_cap,
        "replacement_fee": policy.replacement_fee,
        "borrowed_at": stamp(now),
        "due_at": stamp(due.at),
    }
    return loan.insert(row, [step.as_json() for step in due.steps])


def _settle_title(facts: Facts, member: Member, copy_id: int, actor: Actor) -> None:
    """Write what the loan does to the title: the copy is out, a hold of the member's is fulfilled.

    The copy set aside for that hold goes on (rules 4, 6); another member's hold on the copy lent
    is first in the queue again.
    """
    settled = queue.settle(facts.title, facts.rules, facts.now)
    title, ended = settled.title, dict(settled.ended)
    own, theirs = title.hold_of(member.id), title.hold_on(copy_id)
    if theirs is not None and theirs != own:
        title = queue.back_to_head(title, theirs.id)
    title = title.with_copy(replace(title.copy(copy_id), status=CopyStatus.ON_LOAN))
    if own is not None:
        ended[own.id] = HoldStatus.FULFILLED
        title = _fulfilled(title, facts, own.id, own.copy_id, copy_id)
    write(facts.title, title, ended, actor, facts.now, lent=copy_id)


def _fulfilled(
    title: Title, facts: Facts, hold_id: int, set_aside: int | None, copy_id: int
) -> Title:
    title = title.without_holds(frozenset({hold_id}))
    if set_aside is None or set_aside == copy_id:
        return title
    return queue.hand_over(title, set_aside, facts.rules, facts.today)
