"""Reports: their query strings and answers."""

from models.vocabulary import HoldStatus, PaymentMethod
from validators.copies import COPY
from validators.embedding import BRIEF
from validators.engine.bodies import Schema
from validators.engine.fields import (
    ANY_OBJECT,
    COUNT,
    DATE,
    ID,
    MONEY,
    SIGNED_MONEY,
    TIMESTAMP,
    data_of,
    listed,
    nested,
    one_of,
    page_of,
    text,
)
from validators.engine.queries import LIMIT, Query
from validators.engine.validator import Rules

_PERIOD: dict[str, Rules] = {
    "from": {**DATE, "meta": {"description": "The first day; 30 days back unless given."}},
    "to": {**DATE, "meta": {"description": "The last day; today unless given."}},
}
_FORWARD = (("from", "to"),)

BY = ("category", "loan_type", "location", "language")
_BY: Rules = {
    "type": "string",
    "nullable": True,
    "meta": {"optional": True, "description": "With `by=`; null for what has none."},
}

CIRCULATION = data_of(
    Schema(
        "CirculationPeriod",
        {
            "period": {**text(10), "meta": {"description": "2026-11-21, 2026-W47 or 2026-11."}},
            **dict.fromkeys(BY, _BY),
            "loans": COUNT,
            "renewals": COUNT,
            "returns": COUNT,
            "in_house": {**COUNT, "meta": {"description": "Copies used in the library."}},
        },
    )
)

_INTERVAL: dict[str, Rules] = {"interval": {**one_of("day", "week", "month"), "default": "day"}}

CIRCULATION_QUERY = Query(
    filters={
        **_PERIOD,
        **_INTERVAL,
        "by": {
            **one_of(*BY),
            "meta": {"description": "One row for each of these too, without empty ones."},
        },
    },
    in_order=_FORWARD,
)

TAKINGS_QUERY = Query(filters={**_PERIOD, **_INTERVAL}, in_order=_FORWARD)

TAKINGS = data_of(
    Schema(
        "Takings",
        {
            "period": {**text(10), "meta": {"description": "2026-11-21, 2026-W47 or 2026-11."}},
            "method": one_of(*PaymentMethod),
            "paid": {**COUNT, "meta": {"description": "In minor units."}},
            "voided": {**COUNT, "meta": {"description": "Payments taken back, on that day."}},
            "refunded": {**SIGNED_MONEY, "meta": {"description": "Refunds paid out."}},
        },
    )
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

DUPLICATES_QUERY = Query(paged=True)

_BRIEFS = {name: nested(BRIEF[name]) for name in ("user", "book", "copy")}

TO_PULL = Schema(
    "ToPull",
    {
        "hold_id": ID,
        "user": _BRIEFS["user"],
        "book": _BRIEFS["book"],
        "copies": {
            **listed(BRIEF["copy"]),
            "meta": {"description": "Any one of these will do."},
        },
    },
)

PULL_LIST_QUERY = Query(paged=True)

TO_CLEAR = Schema(
    "ToClear",
    {
        "hold_id": ID,
        "status": one_of(*HoldStatus),
        "ended_at": TIMESTAMP,
        "copy": _BRIEFS["copy"],
    },
)

DORMANT_COPY = Schema(
    "DormantCopy",
    {
        **COPY.fields,
        "title": {"type": "string"},
        "author": {"type": "string", "nullable": True},
        "last_lent_at": {
            **TIMESTAMP,
            "nullable": True,
            "meta": {"description": "When it was borrowed last; null if never."},
        },
    },
)

DORMANT_QUERY = Query(
    filters={
        "not_lent_since": {
            **DATE,
            "meta": {
                "description": "Nobody has borrowed it, or used it in the library, from this day"
                " on; two years back unless given."
            },
        },
        "acquired_before": {**DATE, "meta": {"description": "The library had it before this day."}},
        "location": text(200),
    },
    sortable=("id", "location", "shelfmark"),
    fields=tuple(DORMANT_COPY.fields),
    paged=True,
)

MEMBERS = Schema(
    "Members",
    {
        "by_category": ANY_OBJECT,
        "new": {**COUNT, "meta": {"description": "Of the last 30 days."}},
        "ended": {**COUNT, "meta": {"description": "Memberships that ended in the last 30 days."}},
        "ending": {**COUNT, "meta": {"description": "Memberships that end in the next 30 days."}},
    },
)

INVENTORY = Schema(
    "Inventory",
    {"books": COUNT, "copies": COUNT, "by_status": ANY_OBJECT, "by_loan_type": ANY_OBJECT},
)
