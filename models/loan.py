"""Loans: copies in somebody's hands, now or once."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import orjson
from peewee import SQL, Cast, ForeignKeyField, IntegerField, IntegrityError, TextField, fn

from models import audit
from models.audit import Actor
from models.book import Book
from models.copy import Copy
from models.database import Compiled, Table, for_update, rows, slot
from models.errors import Missing, Taken
from models.fields import JsonField
from models.integrity import Unique, breaks
from models.json_lists import among
from models.rows import Json, RowReader, Tag
from models.user import User
from models.vocabulary import LoanStatus


class Loan(Table):
    """One loan; it has ended when `ended_at` is set: returned, marked lost or cancelled.

    `fine_per_day` to `replacement_fee` are the policy's at lending (rule 26), `due_steps` how the
    due date came about, renewals and closures included, `fines` each overdue fine as it was charged
    and `fined` their sum. `effects` is what lending did to the title beside, null for nothing.
    """

    copy = ForeignKeyField(Copy)
    book = ForeignKeyField(Book)
    user = ForeignKeyField(User, null=True, on_delete="SET NULL")
    policy_id = IntegerField()
    fine_per_day = IntegerField(null=True)
    grace_days = IntegerField(null=True)
    fine_cap = IntegerField(null=True)
    replacement_fee = IntegerField(null=True)
    borrowed_at = TextField()
    due_at = TextField()
    due_steps = JsonField()
    renewals = IntegerField()
    fined = IntegerField(default=0)
    fines = JsonField(default=list)
    claimed_returned_at = TextField(null=True)
    lost_at = TextField(null=True)
    returned_at = TextField(null=True)
    ended_at = TextField(null=True)
    cancelled_at = TextField(null=True)
    effects = JsonField(null=True)
    revision = IntegerField()


Loan.add_index(Loan.copy_id, unique=True, name="loan_one_per_copy", where=Loan.ended_at.is_null())
ONE_PER_COPY = Unique("loan_one_per_copy", "loan.copy_id")


class NewLoan(NamedTuple):
    """What a loan is made with; the terms are the policy's."""

    copy_id: int
    book_id: int
    user_id: int
    policy_id: int
    fine_per_day: int | None
    grace_days: int | None
    fine_cap: int | None
    replacement_fee: int | None
    borrowed_at: str
    due_at: str


class LoanRow(NamedTuple):
    """A loan as it is stored, but for `due_steps`, `fines` and `effects`."""

    id: int
    copy_id: int
    book_id: int
    user_id: int | None
    policy_id: int
    fine_per_day: int | None
    grace_days: int | None
    fine_cap: int | None
    replacement_fee: int | None
    borrowed_at: str
    due_at: str
    renewals: int
    fined: int
    claimed_returned_at: str | None
    lost_at: str | None
    returned_at: str | None
    ended_at: str | None
    cancelled_at: str | None
    revision: int

    @property
    def tag(self) -> Tag:
        """What names the present state of the loan."""
        return ("loan", self.id, self.revision)

    def status_at(self, now: str) -> LoanStatus:
        """How the loan stands at a moment."""
        if self.returned_at:
            return LoanStatus.RETURNED
        if self.cancelled_at:
            return LoanStatus.CANCELLED
        if self.lost_at:
            return LoanStatus.LOST
        if self.claimed_returned_at:
            return LoanStatus.CLAIMED_RETURNED
        return LoanStatus.OVERDUE if self.due_at < now else LoanStatus.OPEN


# `circulation.presentation` makes of a row what clients see.
ROWS = RowReader(Loan, LoanRow)


def is_running() -> Any:
    """The condition that a copy is in somebody's hands: open, overdue or claimed returned."""
    return Loan.ended_at.is_null()


def is_unclaimed() -> Any:
    """The condition that a loan is running and not claimed returned."""
    return is_running() & Loan.claimed_returned_at.is_null()


def is_overdue(now: Any) -> Any:
    """The condition that a loan is past due at a moment, and not claimed returned."""
    return is_unclaimed() & (Loan.due_at < now)


_BY_ID = Compiled(lambda: Loan.select(*ROWS.columns).where(Loan.id == slot("id")))


_LOCKED = Compiled(lambda: for_update(Loan.select(*ROWS.columns).where(Loan.id == slot("id"))))


def find(loan_id: int) -> LoanRow:
    """The loan. Raises Missing."""
    return _existing(_BY_ID.row(id=loan_id))


def locked(loan_id: int) -> LoanRow:
    """The loan, locked until the transaction ends. Raises Missing."""
    return _existing(_LOCKED.row(id=loan_id))


_RUNNING = Compiled(
    lambda: Loan.select(*ROWS.columns).where((Loan.user_id == slot("user_id")) & is_running())
)


def running_of(user_id: int) -> list[LoanRow]:
    """A member's loans that have not ended."""
    return [ROWS.read(stored) for stored in _RUNNING.rows(user_id=user_id)]


def move(copy_id: int, book_id: int, actor: Actor) -> None:
    """Give the loans of a copy, which are over, to the book that it is one of now."""
    of_copy = Loan.copy_id == copy_id
    ids = [row[0] for row in rows(Loan.select(Loan.id).where(of_copy).order_by(Loan.id))]
    audit.record_all(actor, "loan.move", "loan", ids)
    Loan.update(book=book_id, revision=Loan.revision + 1).where(of_copy).execute()


def due_dates(copy_ids: Collection[int]) -> dict[int, str]:
    """When each of some copies is due that are on loan."""
    lent = among(Loan.copy_id, copy_ids) & is_running()
    return dict(rows(Loan.select(Loan.copy_id, Loan.due_at).where(lent)))


def lent(loan_ids: Collection[int]) -> dict[int, Json]:
    """Which book and copy each of some loans is of: `{book_id, copy_id}`."""
    query = Loan.select(Loan.id, Loan.book_id, Loan.copy_id).where(among(Loan.id, loan_ids))
    return {id_: {"book_id": book_id, "copy_id": copy_id} for id_, book_id, copy_id in rows(query)}


_NEW = (*NewLoan._fields, "due_steps", "effects", "renewals", "fined", "fines", "revision")
_NOTHING_YET = {"renewals": 0, "fined": 0, "fines": "[]", "revision": 1}
_INSERT = Compiled(lambda: Loan.insert({name: slot(name) for name in _NEW}))
_STEPS = Compiled(lambda: Loan.select(Loan.due_steps).where(Loan.id == slot("id")))
_END = Compiled(
    lambda: Loan.update(
        returned_at=slot("returned_at"),
        lost_at=slot("lost_at"),
        ended_at=slot("ended_at"),
        fined=slot("fined"),
        fines=slot("fines"),
        revision=Loan.revision + SQL("1"),
    ).where(Loan.id == slot("id"))
)
_FINES = Compiled(lambda: Loan.select(Loan.fines).where(Loan.id == slot("id")))


def insert(new: NewLoan, due_steps: Sequence[Json], effects: Json | None = None) -> LoanRow:
    """Add a loan and give it as it is stored.

    `effects` is what it does to the title beside.

    Raises Taken `copy-on-loan`: whatever was checked before, a copy is lent once (rule 1).
    """
    values = new._asdict()
    steps = orjson.dumps(due_steps).decode()
    beside = None if effects is None else orjson.dumps(effects).decode()
    try:
        loan_id = _INSERT.insert(**values, due_steps=steps, effects=beside, **_NOTHING_YET)
    except IntegrityError as broken:
        _check_lent_once(broken)
        raise
    return LoanRow(loan_id, *new, 0, 0, None, None, None, None, None, 1)


def end(
    loan: LoanRow,
    fines: Sequence[Json],
    fined: int,
    *,
    ended_at: str,
    returned_at: str | None = None,
    lost_at: str | None = None,
) -> LoanRow:
    """End a loan by its return or as lost; give it as it is stored then.

    `fines` are all it was charged, `fined` their sum. A lost loan that is returned keeps the
    moments it was lost and ended at.
    """
    ended = loan._replace(
        ended_at=loan.ended_at or ended_at,
        returned_at=returned_at,
        lost_at=loan.lost_at or lost_at,
        fined=fined,
        revision=loan.revision + 1,
    )
    _END.execute(
        id=ended.id,
        returned_at=ended.returned_at,
        lost_at=ended.lost_at,
        ended_at=ended.ended_at,
        fined=fined,
        fines=orjson.dumps(fines).decode(),
    )
    return ended


_EFFECTS = Compiled(lambda: Loan.select(Loan.effects).where(Loan.id == slot("id")))


def effects(loan_id: int) -> Json | None:
    """What lending did to the title beside, None for nothing."""
    stored = _EFFECTS.scalar(id=loan_id)
    return None if stored is None else dict(orjson.loads(stored))


def effects_since(borrowed_at: str) -> dict[int, Json]:
    """What loans made since a moment, which may be undone, did to titles beside, by their ids."""
    beside = _may_be_undone() & (Loan.borrowed_at >= borrowed_at)
    return dict(rows(Loan.select(Loan.id, Loan.effects).where(beside)))


class WithEffects(NamedTuple):
    """What a loan, of a book, did to the title beside."""

    id: int
    book_id: int
    effects: Json


def with_effects(book_ids: Collection[int], borrowed_at: str) -> list[WithEffects]:
    """The loans of some books, made since a moment, that did something to the title beside."""
    of_books = among(Loan.book_id, book_ids) & (Loan.borrowed_at >= borrowed_at)
    beside = _may_be_undone() & of_books
    query = Loan.select(Loan.id, Loan.book_id, Loan.effects).where(beside).order_by(Loan.id)
    return [WithEffects(*row) for row in rows(query)]


def _may_be_undone() -> Any:
    """The condition that undoing a loan gives something back; a return can be taken back first."""
    return Loan.cancelled_at.is_null() & Loan.effects.is_null(False)


def keep_effects(loan_id: int, effects: Json) -> None:
    """Write what undoing a loan has to give back; clients see nothing of it."""
    Loan.update(effects=effects).where(Loan.id == loan_id).execute()


def cancel(loan: LoanRow, at: str) -> LoanRow:
    """End a loan that was made by mistake; give it as it is stored then."""
    return _changed(loan, cancelled_at=at, ended_at=at)


def reopen(loan: LoanRow, due_at: str, fines: Sequence[Json], fined: int) -> LoanRow:
    """Let a returned loan run again, due at a moment; give it as it is stored then.

    `fines` are those of its renewals, `fined` their sum. Raises Taken `copy-on-loan` (rule 1).
    """
    Loan.update(fines=list(fines)).where(Loan.id == loan.id).execute()
    try:
        return _changed(loan, due_at=due_at, returned_at=None, ended_at=None, fined=fined)
    except IntegrityError as broken:
        _check_lent_once(broken)
        raise


def _check_lent_once(broken: IntegrityError) -> None:
    if breaks(broken, ONE_PER_COPY):
        raise Taken("This copy is on loan.", code="copy-on-loan") from broken


def _changed(loan: LoanRow, **values: Any) -> LoanRow:
    changed = loan._replace(**values, revision=loan.revision + 1)
    Loan.update({**values, "revision": changed.revision}).where(Loan.id == loan.id).execute()
    return changed


def lent_since(returned: LoanRow) -> bool:
    """Whether the copy of a returned loan was lent again, other than by mistake.

    An act that waited for another has the earlier moment: a later loan is known by its id.
    """
    later = (Loan.borrowed_at > returned.returned_at) | _is_later(returned)
    query = (Loan.copy_id == returned.copy_id) & later & Loan.cancelled_at.is_null()
    return bool(Loan.select().where(query).exists())


def borrowed_again(loan: LoanRow) -> bool:
    """Whether the member of a loan borrowed a copy of the title after it, other than by mistake."""
    theirs = (Loan.user_id == loan.user_id) & (Loan.book_id == loan.book_id)
    later = theirs & _is_later(loan) & Loan.cancelled_at.is_null()
    return bool(Loan.select().where(later).exists())


def _is_later(loan: LoanRow) -> Any:
    """The condition that a loan was made after another one, not brought in after it from a past.

    What was brought in so had ended before the other one began.
    """
    ended_at = fn.COALESCE(Loan.returned_at, Loan.ended_at)
    past = ended_at.is_null(False) & (ended_at < loan.borrowed_at)
    return (Loan.id > loan.id) & ~past


def fines(loan_id: int) -> list[Json]:
    """The overdue fines that were charged for a loan, the oldest first."""
    found: list[Json] = orjson.loads(_FINES.scalar(id=loan_id))
    return found


def keep_fines(loan: LoanRow, fines: Sequence[Json], fined: int) -> LoanRow:
    """Write what a running loan was charged so far; give it as it is stored then."""
    Loan.update(fined=fined, fines=list(fines)).where(Loan.id == loan.id).execute()
    return loan._replace(fined=fined)


def is_known(copy_id: int) -> bool:
    """Whether a copy was ever lent, other than by mistake."""
    lent = (Loan.copy_id == copy_id) & Loan.cancelled_at.is_null()
    return bool(Loan.select().where(lent).exists())


def claim(loan: LoanRow, at: str) -> LoanRow:
    """Note that the member says the copy is back; give the loan as it is stored then."""
    return _changed(loan, claimed_returned_at=at)


def due_steps(loan_id: int) -> list[Json]:
    """How the loan's due date came about, step by step."""
    steps: list[Json] = orjson.loads(_STEPS.scalar(id=loan_id))
    return steps


def set_due(loan_id: int, due_at: str, steps: Sequence[Json]) -> int:
    """Let a loan be due at another moment, with the steps that explain it (rule 40).

    Return how many steps explain it then.
    """
    explained = [*due_steps(loan_id), *steps]
    Loan.update(due_at=due_at, revision=Loan.revision + 1, due_steps=explained).where(
        Loan.id == loan_id
    ).execute()
    return len(explained)


def unclaim(loan: LoanRow) -> LoanRow:
    """Take the claim back that the copy had been returned; give the loan as it is stored then."""
    return _changed(loan, claimed_returned_at=None)


def to_forget(before: str, limit: int) -> list[int]:
    """The ids of some loans returned or cancelled before a moment that still name their member."""
    found: list[int] = []
    for ended_at in (Loan.returned_at, Loan.cancelled_at):
        past = ended_at.is_null(False) & (ended_at < before) & Loan.user_id.is_null(False)
        query = Loan.select(Loan.id).where(past).order_by(ended_at).limit(limit - len(found))
        found += [row[0] for row in for_update(query).tuples()]
    return found


def forget(loan_ids: list[int]) -> None:
    """Take the member's name off loans, and what they did to others' holds."""
    forgotten = {"user_id": None, "effects": None, "revision": Loan.revision + 1}
    Loan.update(forgotten).where(among(Loan.id, loan_ids)).execute()


def due_moments(first: str, last: str) -> list[str]:
    """The moments in a range at which running loans are due, each once."""
    due = is_running() & Loan.due_at.between(first, last)
    return [row[0] for row in rows(Loan.select(Loan.due_at).where(due).distinct())]


def postpone(due_at: str, to: str, step: Json, actor: Actor) -> None:
    """Move all running loans that are due at a moment, with the step that explains it (rule 14)."""
    due = is_running() & (Loan.due_at == due_at)
    changes = {"due_at": [due_at, to]}
    audit.record_each(
        actor, "loan.postpone", "loan", Loan.select(Loan.id).where(due), changes=changes
    )
    text = Cast(Loan.due_steps, "TEXT")
    steps = fn.SUBSTR(text, 1, fn.LENGTH(text) - 1)
    Loan.update(
        due_at=to,
        due_steps=steps.concat(f",{orjson.dumps(step).decode()}]"),
        revision=Loan.revision + 1,
    ).where(due).execute()


def rezone(due_at: str, to: str, actor: Actor) -> None:
    """Move the end of a due day to where another time zone has it (rule 11); the day stays."""
    due = is_running() & (Loan.due_at == due_at)
    changes = {"due_at": [due_at, to]}
    ids = Loan.select(Loan.id).where(due)
    audit.record_each(actor, "loan.rezone", "loan", ids, changes=changes)
    Loan.update(due_at=to, revision=Loan.revision + 1).where(due).execute()


def _existing(stored: tuple[Any, ...] | None) -> LoanRow:
    if stored is None:
        raise Missing("There is no such loan.")
    return ROWS.read(stored)
