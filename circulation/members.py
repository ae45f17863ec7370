"""Members at the desk: enrolling and changing them, and whether they may borrow (rule 8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from circulation import blocks, loading, presentation, rulebook
from circulation.entities import Rules
from circulation.reasons import Reason
from models import api_key, circulation_reads, loan, password_reset, session, user
from models.audit import Actor
from models.errors import Missing, Unacceptable, refuse_all
from models.timestamps import stamp
from models.user import UserRow
from models.vocabulary import Role


def find(user_id: int, now: datetime) -> UserRow:
    """The account as it stands at a moment: a block that has ended is gone. Raises Missing."""
    return user.find(user_id).as_of(_today(now))


def locked(user_id: int, now: datetime) -> UserRow:
    """The same, locked until the transaction ends. Raises Missing."""
    return user.locked(user_id).as_of(_today(now))


def enrol(
    values: Mapping[str, Any],
    password_hash: str | None,
    actor: Actor,
    now: datetime,
    *,
    action: str = "user.create",
) -> UserRow:
    """Add an account; `values` has fields of `UserRow`.

    Raises Taken `email-taken`, `card-number-taken`, Unacceptable for an account that nobody could
    name or recognise, or a block that cannot be meant.
    """
    switches = {k: v for k, v in (values.get("notices") or {}).items() if v is not None}
    complete = {**values, "notices": switches}
    refuse_all([*faults(complete, complete, now), *_of_staff(complete)])
    return user.create(complete, password_hash, actor, action=action)


def faults(given: Mapping[str, Any], after: Mapping[str, Any], now: datetime) -> list[Unacceptable]:
    """What speaks against an account that would be `after`; `given` are the fields set now.

    Whether staff could sign in is asked later: first, whether the caller may set the role.
    """
    found = []
    if not (after.get("first_name") or after.get("last_name")):
        found.append(Unacceptable("#/first_name", "required", "Give first_name or last_name."))
    if not (after.get("email") or after.get("card_number")):
        found.append(Unacceptable("#/email", "required", "Give email or card_number."))
    until, today = given.get("blocked_until"), _today(now)
    if until is not None and not after.get("blocked"):
        detail = "There is no block that could end; set blocked to true as well."
        found.append(Unacceptable("#/blocked_until", "not-allowed", detail))
    if until is not None and until < today:
        detail = f"This is before today, {today}."
        found.append(Unacceptable("#/blocked_until", "past", detail))
    return found


def _of_staff(after: Mapping[str, Any]) -> list[Unacceptable]:
    # Without a card the email is missing anyway.
    is_staff = after.get("role", Role.MEMBER) != Role.MEMBER
    if not is_staff or after.get("email") or not after.get("card_number"):
        return []
    return [Unacceptable("#/email", "required", "Staff sign in by email; give one.")]


def change(present: UserRow, values: Mapping[str, Any], actor: Actor, now: datetime) -> UserRow:
    """Write changed fields of an account that is `locked`.

    `notices` are merged with the present switches; null removes one, or in their place all.

    What the account was opened by before ends where it must. Raises what `enrol` raises, and
    Conflict `last-admin`.
    """
    changed = dict(values)
    if "notices" in changed:
        changed["notices"] = _merged(present.notices, changed["notices"])
    if changed.get("blocked") is False and present.blocked:
        # It ends whole, as a block that lapses does; what is sent back as it was read says nothing.
        for name in ("block_reason", "blocked_until"):
            if changed.get(name) in (None, getattr(present, name)):
                changed[name] = None
    whole = {**present._asdict(), **changed}
    refuse_all([*faults(changed, whole, now), *_of_staff(whole)])
    after = user.update(present, changed, actor)
    _end_old_access(present, after, actor)
    return after.as_of(_today(now))


def _merged(
    present: Mapping[str, bool], given: Mapping[str, bool | None] | None
) -> dict[str, bool]:
    """Switches after a merge patch (RFC 7396)."""
    merged = {} if given is None else {**present, **given}
    return {kind: on for kind, on in merged.items() if on is not None}


def _end_old_access(before: UserRow, after: UserRow, actor: Actor) -> None:
    """End resets mailed to another email, and what a PIN opened before a member became staff.

    Card and PIN sign in members alone. They may have made keys, too, so these end as well.
    """
    if after.email != before.email:
        password_reset.end_all(after.id)
    if Role(after.role).is_staff and not Role(before.role).is_staff:
        session.end_all(after.id)
        api_key.delete_all(after.id, actor)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member may do, and what they have and owe; money in minor units.

    `loan`, `renewal` and `hold` are the reasons against each that concern the member alone.
    """

    user_id: int
    loan: tuple[Reason, ...]
    renewal: tuple[Reason, ...]
    hold: tuple[Reason, ...]
    loans: int
    overdue: int
    holds: int
    ready: int
    balance: int
    accruing: int
    currency: str

    def to_json(self) -> dict[str, Any]:
        """The standing as an answer."""
        shown = {name: getattr(self, name) for name in self.__slots__}
        for name in ("loan", "renewal", "hold"):
            reasons = [reason.to_json() for reason in shown[name]]
            shown[name] = {"allowed": not reasons, "reasons": reasons}
        return shown


def standing(user_id: int, now: datetime) -> Standing:
    """What rule 8 and the limits say of a member alone, whatever they want. Raises Missing."""
    rules = rulebook.latest()
    today = rules.calendar.local_date(now)
    row = circulation_reads.member(user_id, stamp(now), today.isoformat())
    if row is None:
        raise Missing("There is no such user.")
    member = loading.member_of(row)
    policy = rules.policies.for_member(member.category)
    anyway = tuple(blocks.of_member(member, rules, today, dated=True))
    undated = tuple(blocks.of_member(member, rules, today, dated=False))
    return Standing(
        user_id,
        (*blocks.of_loan_limit(member, policy), *anyway),
        anyway,
        (*blocks.of_hold_limit(member, policy), *undated),
        member.open_loans,
        member.overdue_loans,
        member.active_holds,
        circulation_reads.ready_holds(user_id, stamp(now), today.isoformat()),
        member.balance,
        accruing(user_id, rules, now),
        rules.currency,
    )


def accruing(user_id: int, rules: Rules, now: datetime) -> int:
    """The sum of the running fines of a member's open loans, in minor units."""
    return sum(presentation.fine(each, rules, now).amount for each in loan.running_of(user_id))


def _today(now: datetime) -> str:
    return rulebook.today(now).isoformat()
