"""Loans: copies in somebody's hands, now or once."""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

import orjson
from peewee import SQL, IntegerField, IntegrityError, TextField, fn

from models import audit
from models.audit import Actor
from models.clock import stamp
from models.copy import Copy, barcode_key
from models.database import Compiled, Table, for_update, rows, slot
from models.errors import Missing, Taken
from models.listing import Filter, Listing, Slots, Sort, equals, status_filters, status_name
from models.view import View


class Loan(Table):
    """One loan; it has ended when `ended_at` is set, by the return or by being marked lost.

    `fine_per_day` to `replacement_fee` are the policy's at lending (rule 26), `due_steps` how the
    due date came about, renewals and closures included.
    """

    copy_id = IntegerField()
    book_id = IntegerField()
    user_id = IntegerField(null=True)
    policy_id = IntegerField()
    fine_per_day = IntegerField(null=True)
    grace_days = IntegerField(null=True)
    fine_cap = IntegerField(null=True)
    replacement_fee = IntegerField(null=True)
    borrowed_at = TextField()
    due_at = TextField()
    due_steps = TextField()
    renewals = IntegerField()
    claimed_returned_at = TextField(null=True)
    lost_at = TextField(null=True)
    returned_at = TextField(null=True)
    ended_at = TextField(null=True)
    revision = IntegerField()


STATUSES = ("open", "overdue", "returned", "lost", "claimed_returned")
# The two that the moment tells apart.
DATED = frozenset({"open", "overdue"})

# The stored row but for `due_steps`; `circulation.showing` makes of it what clients see.
VIEW = View(
    Loan,
    "id copy_id book_id user_id policy_id fine_per_day grace_days fine_cap replacement_fee"
    " borrowed_at due_at renewals claimed_returned_at lost_at returned_at ended_at revision",
)


def status(loan: dict[str, Any], now: str) -> str:
    """How a stored loan stands at a moment: one of `STATUSES`."""
    if loan["returned_at"]:
        return "returned"
    if loan["lost_at"]:
        return "lost"
    if loan["claimed_returned_at"]:
        return "claimed_returned"
    return "overdue" if loan["due_at"] < now else "open"


def is_running() -> Any:
    """The condition that a copy is in somebody's hands: open, overdue or claimed returned."""
    return Loan.ended_at.is_null()


def _is_unclaimed() -> Any:
    return is_running() & Loan.claimed_returned_at.is_null()


def is_overdue(now: Any) -> Any:
    """The condition that a loan is past due at a moment, and not claimed returned."""
    return _is_unclaimed() & (Loan.due_at < now)


def _in_status(wanted: frozenset[str], slots: Slots) -> Any:
    """The condition for loans in one of the statuses, with a slot for the moment if one needs it.

    Every part names its state in literals, so that the partial indexes serve it; an alternative of
    several is served by the one of all that have not been returned.
    """
    parts = {
        "returned": Loan.returned_at.is_null(False),
        "lost": Loan.lost_at.is_null(False) & Loan.returned_at.is_null(),
        "claimed_returned": is_running() & Loan.claimed_returned_at.is_null(False),
    }
    if wanted >= DATED:
        parts["open"] = _is_unclaimed()
    elif slots:
        parts["open"] = _is_unclaimed() & (Loan.due_at >= slots[0])
        parts["overdue"] = is_overdue(slots[0])
    either = reduce(or_, [part for name, part in parts.items() if name in wanted])
    if len(wanted) == 1 or "returned" in wanted:
        return either
    return Loan.returned_at.is_null() & either


def _status_filter(wanted: frozenset[str]) -> Filter:
    needs_moment = len(wanted & DATED) == 1
    return Filter(
        lambda slots: _in_status(wanted, slots),
        lambda now: [stamp(now)] if needs_moment else [],
    )


def in_status(statuses: Iterable[str], now: datetime) -> dict[str, Any]:
    """What to ask `LISTING` for, so that it lists the loans in these statuses at a moment."""
    return {status_name(statuses): now}


LISTING = Listing(
    Loan,
    VIEW,
    sorts={
        "id": Sort(Loan.id),
        "borrowed_at": Sort(Loan.borrowed_at),
        "due_at": Sort(Loan.due_at),
    },
    filters={
        "user_id": equals(Loan.user_id),
        "book_id": equals(Loan.book_id),
        "copy_id": equals(Loan.copy_id),
        "reader": equals(Loan.user_id),
        **status_filters(STATUSES, _status_filter),
    },
)

_BY_ID = Compiled(lambda: Loan.select(*VIEW.columns).where(Loan.id == slot("id")))


def find(loan_id: int) -> dict[str, Any]:
    """The loan as it is stored. Raises Missing."""
    row = _BY_ID.row(id=loan_id)
    if row is None:
        raise Missing("There is no such loan.")
    return VIEW.read(row)


_BORROWER = Compiled(lambda: Loan.select(Loan.user_id).where(Loan.id == slot("id")))
_HOLDER = Compiled(
    lambda: (
        Loan.select(Loan.user_id)
        .join(Copy, on=(Copy.id == Loan.copy_id))
        .where(Loan.ended_at.is_null() & (Copy.barcode_key == slot("barcode")))
    )
)


def borrower(loan_id: int) -> int | None:
    """The member whose loan it is; None when there is no such loan, or it is forgotten whose."""
    found: int | None = _BORROWER.scalar(id=loan_id)
    return found


def borrower_of(barcode: str) -> int | None:
    """The member who has the copy with this barcode now, or None."""
    found: int | None = _HOLDER.scalar(barcode=barcode_key(barcode))
    return found


_NEW = (
    *("copy_id", "book_id", "user_id", "policy_id", "fine_per_day", "grace_days", "fine_cap"),
    *("replacement_fee", "borrowed_at", "due_at", "due_steps", "renewals", "revision"),
)
_INSERT = Compiled(lambda: Loan.insert({name: slot(name) for name in _NEW}))
_STEPS = Compiled(lambda: Loan.select(Loan.due_steps).where(Loan.id == slot("id")))
_END = Compiled(
    lambda: Loan.update(
        returned_at=slot("returned_at"),
        lost_at=slot("lost_at"),
        ended_at=slot("ended_at"),
        revision=Loan.revision + SQL("1"),
    ).where(Loan.id == slot("id"))
)


def insert(row: dict[str, Any], due_steps: list[dict[str, Any]]) -> dict[str, Any]:
    """Add a loan and give it as it is stored; `row` is what `VIEW` has before `renewals`.

    Raises Taken `copy-on-loan`: whatever was checked before, a copy is lent once (rule 1).
    """
    new = {**row, "renewals": 0, "revision": 1}
    try:
        loan_id = _INSERT.insert(**new, due_steps=orjson.dumps(due_steps).decode())
    except IntegrityError as broken:
        raise Taken("This copy is on loan.", code="copy-on-loan") from broken
    return {**dict.fromkeys(VIEW.names), "id": loan_id, **new}


def end(loan: dict[str, Any], **moments: str) -> dict[str, Any]:
    """Set `returned_at` or `lost_at`, and `ended_at`; give the loan as it is stored then."""
    ended = {**loan, **moments, "revision": loan["revision"] + 1}
    _END.execute(**{name: ended[name] for name in ("id", "returned_at", "lost_at", "ended_at")})
    return ended


def claim(loan: dict[str, Any], at: str) -> dict[str, Any]:
    """Note that the member says the copy is back; give the loan as it is stored then."""
    Loan.update(claimed_returned_at=at, revision=Loan.revision + 1).where(
        Loan.id == loan["id"]
    ).execute()
    return {**loan, "claimed_returned_at": at, "revision": loan["revision"] + 1}


def due_steps(loan_id: int) -> list[dict[str, Any]]:
    """How the loan's due date came about, step by step."""
    steps: list[dict[str, Any]] = orjson.loads(_STEPS.scalar(id=loan_id))
    return steps


def renew(
    loan: dict[str, Any], due_at: str, steps: list[dict[str, Any]], policy_id: int, at: str
) -> dict[str, Any]:
    """Move the due date on by a renewal; give the loan as it is stored then."""
    Renewal.insert(
        loan_id=loan["id"],
        renewed_at=at,
        policy_id=policy_id,
        due_before=loan["due_at"],
        due_after=due_at,
    ).execute()
    moved = {"due_at": due_at, "renewals": loan["renewals"] + 1, "revision": loan["revision"] + 1}
    trail = orjson.dumps([*due_steps(loan["id"]), *steps]).decode()
    Loan.update({**moved, "due_steps": trail}).where(Loan.id == loan["id"]).execute()
    return {**loan, **moved}


def to_forget(before: str, limit: int) -> list[int]:
    """The ids of some loans returned before a moment that still name their member."""
    past = Loan.returned_at.is_null(False) & (Loan.returned_at < before)
    query = Loan.select(Loan.id).where(past & Loan.user_id.is_null(False)).limit(limit)
    return [row[0] for row in for_update(query.order_by(Loan.returned_at)).tuples()]


def forget(loan_ids: list[int]) -> None:
    """Take the member's name off loans."""
    Loan.update(user_id=None, revision=Loan.revision + 1).where(Loan.id.in_(loan_ids)).execute()


def due_moments(first: str, last: str) -> list[str]:
    """The moments in a range at which running loans are due, each once."""
    due = is_running() & Loan.due_at.between(first, last)
    return [row[0] for row in rows(Loan.select(Loan.due_at).where(due).distinct())]


def postpone(due_at: str, to: str, step: dict[str, Any], actor: Actor) -> None:
    """Move all running loans that are due at a moment, with the step that explains it (rule 14)."""
    due = is_running() & (Loan.due_at == due_at)
    changes = {"due_at": [due_at, to]}
    audit.record_each(
        actor, "loan.postpone", "loan", Loan.select(Loan.id).where(due), changes=changes
    )
    steps = fn.SUBSTR(Loan.due_steps, 1, fn.LENGTH(Loan.due_steps) - 1)
    Loan.update(
        due_at=to,
        due_steps=steps.concat(f",{orjson.dumps(step).decode()}]"),
        revision=Loan.revision + 1,
    ).where(due).execute()


class Renewal(Table):
    """One renewal of a loan, and how it moved the due date."""

    loan_id = IntegerField()
    renewed_at = TextField()
    policy_id = IntegerField()
    due_before = TextField()
    due_after = TextField()


RENEWAL_VIEW = View(Renewal, "id loan_id renewed_at policy_id due_before due_after")


def renewals(loan_id: int) -> list[dict[str, Any]]:
    """A loan's renewals as they are stored, the oldest first."""
    query = Renewal.select(*RENEWAL_VIEW.columns).where(Renewal.loan_id == loan_id)
    return [RENEWAL_VIEW.read(row) for row in rows(query.order_by(Renewal.id))]
