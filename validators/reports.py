"""Reports: their query strings and answers."""

from validators.base import Rules
from validators.bodies import Schema
from validators.common import (
    ANY_OBJECT,
    COUNT,
    DATE,
    ID,
    MONEY,
    TIMESTAMP,
    data_of,
    one_of,
    page_of,
    text,
)
from validators.queries import LIMIT, Query

_PERIOD: dict[str, Rules] = {
    "from": {**DATE, "meta": {"description": "The first day; 30 days back unless given."}},
    "to": {**DATE, "meta": {"description": "The last day; today unless given."}},
}
_FORWARD = (("from", "to"),)

CIRCULATION = data_of(
    Schema(
        "CirculationPeriod",
        {
            "period": {**text(10), "meta": {"description": "2026-11-21, 2026-W47 or 2026-11."}},
            "loans": COUNT,
            "renewals": COUNT,
            "returns": COUNT,
        },
    )
)

CIRCULATION_QUERY = Query(
    filters={**_PERIOD, "interval": {**one_of("day", "week", "month"), "default": "day"}},
    in_order=_FORWARD,
)

POPULAR = data_of(
    Schema("PopularBook", {"book_id": ID, "title": {"type": "string"}, "loans": COUNT})
)

POPULAR_QUERY = Query(filters={**_PERIOD, "limit": LIMIT}, in_order=_FORWARD)

OVERDUE_LOAN = Schema(
    "OverdueLoan",
    {
        "loan_id": ID,
        "user_id": {**ID, "nullable": True},
        "book_id": ID,
        "barcode": {"type": "string"},
        "due_at": TIMESTAMP,
        "days_overdue": {**COUNT, "meta": {"description": "Calendar days."}},
        "fine_accrued": MONEY,
    },
)

OVERDUE = page_of(OVERDUE_LOAN)

OVERDUE_QUERY = Query(paged=True)

INVENTORY = Schema(
    "Inventory",
    {"books": COUNT, "copies": COUNT, "by_status": ANY_OBJECT, "by_loan_type": ANY_OBJECT},
)
