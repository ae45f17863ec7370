"""Due dates moved for many loans at once, and how each moved."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from peewee import Case, ForeignKeyField, IntegerField, TextField

from models.copy import Copy
from models.database import Table, for_update, rows
from models.errors import Missing
from models.loan import Loan, is_running
from models.rows import Json
from models.timestamps import timestamp
from models.user import User


class DueDateBatch(Table):
    """One change of many due dates."""

    created_at = TextField()
    reason = TextField()


class DueDateMove(Table):
    """How the due date of one loan moved in a batch.

    No mere history: the loan is compared with it, so both moments follow the library's time zone
    while the loan runs (`rezone`). One that had ended then, and was reopened, is not reversed.
    `steps` is how many steps explained the due date after the move; a loan keeps its steps.
    """

    batch = ForeignKeyField(DueDateBatch)
    loan = ForeignKeyField(Loan)
    due_before = TextField()
    due_after = TextField()
    steps = IntegerField(null=True)


DueDateMove.add_index(DueDateMove.batch, DueDateMove.loan, unique=True, name="due_date_move_loan")


class DueLoan(NamedTuple):
    """A running loan that is due in the days asked for, with the end of its member's time."""

    id: int
    due_at: str
    expires_on: str | None


class Move(NamedTuple):
    """How a loan that still runs moved in a batch, and when it is due now, by which steps.

    `steps` is None where the release before moved it.
    """

    loan_id: int
    due_before: str
    due_after: str
    steps: int | None
    due_at: str
    due_steps: list[Json]


def running(first: str, last: str, category: str | None, loan_type: str | None) -> list[DueLoan]:
    """The running loans due between two moments, locked, in the order of their ids."""
    where = is_running() & Loan.due_at.between(first, last)
    query = Loan.select(Loan.id, Loan.due_at, User.expires_on).join(User)
    if category is not None:
        where &= User.category == category
    if loan_type is not None:
        where &= Loan.copy_id.in_(Copy.select(Copy.id).where(Copy.loan_type == loan_type))
    ids = [each[0] for each in rows(query.where(where).order_by(Loan.id))]
    _lock(ids)
    return [DueLoan(*each) for each in rows(query.where(where).order_by(Loan.id))]


def begin(reason: str) -> int:
    """Note a batch, and return its id."""
    created: int = DueDateBatch.insert(created_at=timestamp(), reason=reason).execute()
    return created


def note(batch_id: int, moves: Sequence[tuple[int, str, str, int]]) -> None:
    """Note how each loan moved: its id, when it was and is due, and by how many steps."""
    for start in range(0, len(moves), 200):
        DueDateMove.insert_many(
            [(batch_id, *move) for move in moves[start : start + 200]],
            fields=[
                DueDateMove.batch,
                DueDateMove.loan,
                DueDateMove.due_before,
                DueDateMove.due_after,
                DueDateMove.steps,
            ],
        ).execute()


def of_running(batch_id: int) -> list[Move]:
    """The moves of a batch whose loans still run, which are locked.

    Raises Missing for a batch that never was.
    """
    if not DueDateBatch.select().where(DueDateBatch.id == batch_id).exists():
        raise Missing("There is no such change of due dates.")
    moved = (DueDateMove.loan_id, DueDateMove.due_before, DueDateMove.due_after, DueDateMove.steps)
    query = (
        DueDateMove.select(*moved, Loan.due_at, Loan.due_steps)
        .join(Loan)
        .where((DueDateMove.batch == batch_id) & is_running())
        .order_by(DueDateMove.loan_id)
    )
    _lock([each[0] for each in rows(query)])
    return [Move(*each) for each in rows(query)]


def _is_of_running() -> Any:
    return DueDateMove.loan.in_(Loan.select(Loan.id).where(is_running()))


def moments() -> set[str]:
    """When running loans were due before and after their batches."""
    columns = (DueDateMove.due_before, DueDateMove.due_after)
    queries = [DueDateMove.select(each).where(_is_of_running()).distinct() for each in columns]
    return {row[0] for query in queries for row in rows(query)}


def rezone(ends: Mapping[str, str]) -> None:
    """Give the moves of running loans the ends of days of another time zone: each old one its new.

    So a batch can still be reversed. One statement: no moment moves twice.
    """
    if ends:
        pairs = tuple(ends.items())
        DueDateMove.update(
            due_before=Case(DueDateMove.due_before, pairs, DueDateMove.due_before),
            due_after=Case(DueDateMove.due_after, pairs, DueDateMove.due_after),
        ).where(_is_of_running()).execute()


def _lock(loan_ids: Collection[int]) -> None:
    ids = list(loan_ids)
    for start in range(0, len(ids), 500):
        some = Loan.select(Loan.id).where(Loan.id.in_(ids[start : start + 500]))
        rows(for_update(some.order_by(Loan.id)))
