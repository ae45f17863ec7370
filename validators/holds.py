"""Holds: places in the queue for a title."""

from validators.bodies import Schema
from validators.common import (
    COUNT,
    DATE,
    ID,
    RECORD_ID,
    TIMESTAMP,
    one_of,
    optional,
    required,
    server,
    some_of,
)
from validators.overrides import OVERRIDE_FIELD
from validators.queries import Query

STATUSES = ("waiting", "ready", "fulfilled", "cancelled", "expired")

NOT_NEEDED_AFTER = optional(DATE, "Wanted up to and on this day.")

HOLD = Schema(
    "Hold",
    {
        **RECORD_ID,
        "book_id": server(ID, "The book waited for."),
        "user_id": {**server(ID, "The member; null when forgotten."), "nullable": True},
        "status": server(one_of(*STATUSES), "ready is set aside for the member."),
        "position": {
            **server(COUNT, "The place in the queue from 1; null unless waiting."),
            "nullable": True,
        },
        "copy_id": {**server(ID, "The copy set aside."), "nullable": True},
        "placed_at": server(TIMESTAMP, "When it was placed."),
        "expires_at": {**server(TIMESTAMP, "Until when it is set aside."), "nullable": True},
        "not_needed_after": NOT_NEEDED_AFTER,
        "suspended_until": optional(DATE, "Passed over until this day, active again on it."),
    },
)

NEW_HOLD = Schema(
    "NewHold",
    {
        "book_id": required(ID, "The book wanted."),
        "user_id": {**ID, "meta": {"description": "The member; the caller unless given."}},
        "not_needed_after": NOT_NEEDED_AFTER,
        "override": OVERRIDE_FIELD,
        **{n: HOLD.fields[n] for n in HOLD.marked("readOnly") if n not in ("book_id", "user_id")},
    },
)

HOLDS_QUERY = Query(
    filters={"user_id": ID, "book_id": ID, "status": some_of(*STATUSES)},
    sortable=("id",),
    fields=tuple(HOLD.fields),
    paged=True,
)
