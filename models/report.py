"""What reports count: one statement each, answered from indexes."""

from collections.abc import Sequence

from peewee import fn

from models.book import Book, is_present
from models.copy import Copy
from models.database import rows, run
from models.listing import Filter, Listing, Sort
from models.loan import VIEW, Loan, is_overdue

# The counts are subqueries of each period, so that each is a walk along one index.
_CIRCULATION = """
    WITH period (number, first, last) AS (VALUES {periods})
    SELECT
        (SELECT COUNT(*) FROM loan WHERE borrowed_at BETWEEN first AND last),
        (SELECT COUNT(*) FROM renewal WHERE renewed_at BETWEEN first AND last),
        (SELECT COUNT(*) FROM loan
            WHERE returned_at IS NOT NULL AND returned_at BETWEEN first AND last)
    FROM period ORDER BY number
"""


def circulation(periods: Sequence[tuple[str, str]]) -> list[tuple[int, int, int]]:
    """Loans, renewals and returns in each of some periods, given by their first and last second."""
    values = [item for number, period in enumerate(periods) for item in (number, *period)]
    places = ", ".join(["(CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS TEXT))"] * len(periods))
    found: list[tuple[int, int, int]] = run(_CIRCULATION.format(periods=places), values).fetchall()
    return found


def popular(first: str, last: str, limit: int) -> list[tuple[int, str, int]]:
    """The books lent most often between two seconds: id, title and loans, the most lent first."""
    lent = (
        Loan.select(Loan.book_id, fn.COUNT(Loan.id).alias("loans"))
        .where(Loan.borrowed_at.between(first, last))
        .group_by(Loan.book_id)
        .order_by(fn.COUNT(Loan.id).desc(), Loan.book_id)
        .limit(limit)
        .alias("lent")
    )
    query = (
        Book.select(Book.id, Book.title, lent.c.loans)
        .join(lent, on=(lent.c.book_id == Book.id))
        .order_by(lent.c.loans.desc(), Book.id)
    )
    return rows(query)


OVERDUE = Listing(
    Loan,
    VIEW,
    sorts={"due_at": Sort(Loan.due_at), "id": Sort(Loan.id)},
    default_sort=("due_at",),
    filters={"now": Filter(lambda slots: is_overdue(slots[0]))},
)


def books() -> int:
    """How many books the catalogue has."""
    found: int = Book.select().where(is_present()).count()
    return found


def copies_by(column: str) -> dict[str, int]:
    """How many copies in stock have each value of a column."""
    field = getattr(Copy, column)
    query = Copy.select(field, fn.COUNT(Copy.id)).where(Copy.status != "withdrawn")
    return dict(rows(query.group_by(field).order_by(field)))
