"""Renewals: when a loan was renewed, by which policy, and how that moved its due date."""

from collections.abc import Sequence
from typing import NamedTuple

from peewee import ForeignKeyField, IntegerField, TextField

from models.database import Table
from models.loan import Loan, LoanRow, due_steps
from models.rows import Json, RowReader


class Renewal(Table):
    """One renewal of a loan, and how it moved the due date."""

    loan = ForeignKeyField(Loan)
    renewed_at = TextField()
    policy_id = IntegerField()
    due_before = TextField()
    due_after = TextField()


class RenewalRow(NamedTuple):
    """A renewal as it is stored."""

    renewed_at: str
    policy_id: int
    due_before: str
    due_after: str

    def to_json(self) -> Json:
        """The renewal as the explanation of its loan shows it."""
        return self._asdict()


ROWS = RowReader(Renewal, RenewalRow)


def of_loan(loan_id: int) -> list[RenewalRow]:
    """A loan's renewals, the oldest first."""
    query = ROWS.select().where(Renewal.loan_id == loan_id)
    return ROWS.all(query.order_by(Renewal.id))


def renew(loan: LoanRow, due_at: str, steps: Sequence[Json], policy_id: int, at: str) -> LoanRow:
    """Move the due date on by a renewal; give the loan as it is stored then."""
    Renewal.insert(
        loan_id=loan.id,
        renewed_at=at,
        policy_id=policy_id,
        due_before=loan.due_at,
        due_after=due_at,
    ).execute()
    renewed = loan._replace(due_at=due_at, renewals=loan.renewals + 1, revision=loan.revision + 1)
    Loan.update(
        due_at=due_at,
        renewals=renewed.renewals,
        revision=renewed.revision,
        due_steps=[*due_steps(loan.id), *steps],
    ).where(Loan.id == loan.id).execute()
    return renewed
