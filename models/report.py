"""What reports count: one statement each, answered from indexes."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from peewee import SQL, fn

from models.book import Book, is_present
from models.copy import Copy
from models.database import rows, run
from models.listing import Filter, Listing, Sort
from models.loan import ROWS, Loan, is_overdue
from models.user import User
from models.vocabulary import CopyStatus, Role

# The counts are subqueries of each period, so that each is a walk along one index. Cancelled loans
# count nowhere; as they are few, they are taken off what the long indexes count.
_CIRCULATION = """
    WITH period (number, first, last) AS (VALUES {periods})
    SELECT
        (SELECT COUNT(*) FROM loan WHERE borrowed_at BETWEEN first AND last)
        - (SELECT COUNT(*) FROM loan
            WHERE cancelled_at IS NOT NULL AND borrowed_at BETWEEN first AND last),
        (SELECT COUNT(*) FROM renewal WHERE renewed_at BETWEEN first AND last)
        - (SELECT COUNT(*) FROM loan JOIN renewal ON renewal.loan_id = loan.id
            WHERE cancelled_at IS NOT NULL AND renewed_at BETWEEN first AND last),
        (SELECT COUNT(*) FROM loan
            WHERE returned_at IS NOT NULL AND returned_at BETWEEN first AND last),
        (SELECT COUNT(*) FROM house_use WHERE used_at BETWEEN first AND last)
    FROM period ORDER BY number
"""


def circulation(periods: Sequence[tuple[str, str]]) -> list[tuple[int, int, int, int]]:
    """Loans, renewals, returns and uses in the house in each of some periods.

    Periods are given by their first and last second.
    """
    values = [item for number, period in enumerate(periods) for item in (number, *period)]
    places = ", ".join(["(CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS TEXT))"] * len(periods))
    found: list[tuple[int, int, int, int]] = run(
        _CIRCULATION.format(periods=places), values
    ).fetchall()
    return found


class _Value(NamedTuple):
    """What loans and uses in the house are counted by, and the tables that it needs joined."""

    column: str
    of_loan: str
    of_use: str


_COPY_OF_USE = "JOIN copy ON copy.id = house_use.copy_id"
_OF_COPY = ("JOIN copy ON copy.id = loan.copy_id", _COPY_OF_USE)
_VALUES = {
    "category": _Value(
        "member.category", 'LEFT JOIN "user" member ON member.id = loan.user_id', ""
    ),
    "loan_type": _Value("copy.loan_type", *_OF_COPY),
    "location": _Value("copy.location", *_OF_COPY),
    "language": _Value(
        "book.language",
        "JOIN book ON book.id = loan.book_id",
        f"{_COPY_OF_USE} JOIN book ON book.id = copy.book_id",
    ),
}
_CIRCULATION_BY = """
    WITH period (number, first, last) AS (VALUES {periods}), counted AS (
        SELECT number, {value} AS value, COUNT(*) AS loans, 0 AS renewals, 0 AS returns, 0 AS uses
        FROM period JOIN loan ON borrowed_at BETWEEN first AND last {of_loan}
        WHERE cancelled_at IS NULL GROUP BY number, {value}
        UNION ALL
        SELECT number, {value}, 0, COUNT(*), 0, 0
        FROM period JOIN renewal ON renewed_at BETWEEN first AND last
        JOIN loan ON loan.id = renewal.loan_id {of_loan}
        WHERE cancelled_at IS NULL GROUP BY number, {value}
        UNION ALL
        SELECT number, {value}, 0, 0, COUNT(*), 0
        FROM period JOIN loan ON returned_at IS NOT NULL AND returned_at BETWEEN first AND last
        {of_loan} GROUP BY number, {value}
        UNION ALL
        SELECT number, {value_of_use}, 0, 0, 0, COUNT(*)
        FROM period JOIN house_use ON used_at BETWEEN first AND last {of_use}
        GROUP BY number, {value_of_use})
    SELECT number, value, SUM(loans), SUM(renewals), SUM(returns), SUM(uses)
    FROM counted GROUP BY number, value ORDER BY number, COALESCE(value, '')
"""


def circulation_by(
    name: str, periods: Sequence[tuple[str, str]]
) -> list[tuple[int, str | None, int, int, int, int]]:
    """Loans, renewals, returns and uses in the house by category, loan type, location or language.

    Each row is of a period, by its number, and a value; where nothing happened there is none. The
    category is the member's of today, null where the loan has lost its member; a use in the house
    has none.
    """
    values = [item for number, period in enumerate(periods) for item in (number, *period)]
    places = ", ".join(["(CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS TEXT))"] * len(periods))
    value = _VALUES[name]
    sql = _CIRCULATION_BY.format(
        periods=places,
        value=value.column,
        of_loan=value.of_loan,
        value_of_use=value.column if value.of_use else "CAST(NULL AS TEXT)",
        of_use=value.of_use,
    )
    return [(row[0], row[1], *map(int, row[2:])) for row in run(sql, values).fetchall()]


def popular(first: str, last: str, limit: int) -> list[tuple[int, str, int]]:
    """The books lent most often between two seconds: id, title and loans, the most lent first."""
    lent = (
        Loan.select(Loan.book_id, fn.COUNT(Loan.id).alias("loans"))
        .where(Loan.borrowed_at.between(first, last) & Loan.cancelled_at.is_null())
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
    ROWS,
    sorts={"due_at": Sort(Loan.due_at), "id": Sort(Loan.id)},
    default_sort=("due_at",),
    filters={"now": Filter(lambda slots: is_overdue(slots[0]))},
)


def members_by_category() -> dict[str, int]:
    """How many members, none switched off, each category has."""
    query = User.select(User.category, fn.COUNT(User.id)).where(_is_member())
    return dict(rows(query.group_by(User.category).order_by(User.category)))


def members_since(moment: str) -> int:
    """How many of them have come since a moment."""
    found: int = User.select().where(_is_member() & (User.created_at >= moment)).count()
    return found


def memberships_until(first: str, last: str) -> int:
    """How many memberships have their last day between two days, both included."""
    found: int = User.select().where(_is_member() & User.expires_on.between(first, last)).count()
    return found


def _is_member() -> Any:
    return (User.role == Role.MEMBER) & (User.is_active == 1)


def books() -> int:
    """How many books the catalogue has."""
    found: int = Book.select().where(is_present()).count()
    return found


def copies_by_status() -> dict[str, int]:
    """How many copies in stock have each status."""
    query = Copy.select(Copy.status, fn.COUNT(SQL("*"))).group_by(Copy.status)
    return {status: count for status, count in rows(query) if status != CopyStatus.WITHDRAWN}


def copies_by_loan_type() -> dict[str, int]:
    """How many copies in stock each type of loan has.

    All are counted, from an index that lending does not touch, and the withdrawn taken off.
    """
    # Said as the index says it.
    loan_type = fn.COALESCE(Copy.loan_type, SQL("''"))
    query = Copy.select(loan_type, fn.COUNT(SQL("*"))).group_by(loan_type)
    withdrawn = dict(rows(query.where(Copy.status == CopyStatus.WITHDRAWN)))
    left = {kind: count - withdrawn.get(kind, 0) for kind, count in sorted(rows(query))}
    return {kind: count for kind, count in left.items() if count}
