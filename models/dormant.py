"""Copies that nobody has used for long."""

from collections.abc import Collection
from functools import reduce
from operator import and_

from peewee import SQL, fn

from models.copy import ROWS, SHELF_SORTS, Copy
from models.database import rows
from models.json_lists import among
from models.listing import Filter, Listing
from models.loan import Loan

# Said as the partial index says it: the others of all statuses, so that SQLite does not take the
# index by status for it, and in literals.
_ELSEWHERE = [SQL(f"'{one}'") for one in ("on_loan", "on_hold_shelf", "lost", "withdrawn")]
_PLACE = fn.COALESCE(Copy.location, SQL("''"))
_ACQUIRED_ON = fn.COALESCE(Copy.acquired_on, fn.SUBSTR(Copy.created_at, SQL("1"), SQL("10")))

LISTING = Listing(
    Copy,
    ROWS,
    sorts=SHELF_SORTS,
    default_sort=("location", "shelfmark"),
    filters={
        "not_lent_since": Filter(lambda slots: Copy.last_used_at < slots[0]),
        "acquired_before": Filter(lambda slots: slots[0] > _ACQUIRED_ON),
        "location": Filter(lambda slots: slots[0] == _PLACE),
    },
    scope=lambda: reduce(and_, (Copy.status != status for status in _ELSEWHERE)),
)
"""Copies in the house that are set aside for nobody.

`not_lent_since` is a moment, since when nobody borrowed or used them.
"""


def last_lent(copy_ids: Collection[int]) -> dict[int, str]:
    """When each of some copies was borrowed last; those never borrowed are left out."""
    lent = among(Loan.copy_id, copy_ids) & Loan.cancelled_at.is_null()
    query = Loan.select(Loan.copy_id, fn.MAX(Loan.borrowed_at)).where(lent)
    return dict(rows(query.group_by(Loan.copy_id)))
