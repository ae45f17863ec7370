"""Holds: places in the queue for a title, for any copy of it or for one."""

from models.vocabulary import HoldEnd, HoldStatus
from validators.copies import BARCODE
from validators.embedding import with_embeds
from validators.engine.bodies import Schema
from validators.engine.fields import (
    DATE,
    ID,
    LABEL,
    RECORD_ID,
    TIMESTAMP,
    one_of,
    optional,
    server,
    some_of,
)
from validators.engine.queries import Query
from validators.overrides import OVERRIDE_FIELD
from validators.references import BY_MEMBER

STATUSES = tuple(HoldStatus)

NOT_NEEDED_AFTER = optional(DATE, "Wanted up to and on this day.")

_HOLD = Schema(
    "Hold",
    {
        **RECORD_ID,
        "book_id": server(ID, "The book that the hold is on."),
        "user_id": {**server(ID, "The member; null once erased."), "nullable": True},
        "status": server(one_of(*STATUSES), "ready is set aside for the member."),
        "position": {
            **ID,
            "nullable": True,
            "meta": {
                "example": 1,
                "description": "The place in the queue from 1; null unless waiting. Staff may set"
                " it; past the end is the end.",
            },
        },
        "copy_id": {**server(ID, "The copy set aside, or lent at the end."), "nullable": True},
        "requested_copy_id": {
            **server(ID, "The only copy that will do; null for any copy of the book."),
            "nullable": True,
        },
        "placed_at": server(TIMESTAMP, "When it was placed."),
        "ready_at": {**server(TIMESTAMP, "When a copy was set aside."), "nullable": True},
        "expires_at": {**server(TIMESTAMP, "Until when it is set aside."), "nullable": True},
        "ended_at": {**server(TIMESTAMP, "When it ended."), "nullable": True},
        "end_reason": {**server(one_of(*HoldEnd), "Why it ended."), "nullable": True},
        "not_needed_after": NOT_NEEDED_AFTER,
        "suspended_until": optional(
            DATE, "Suspended until this day, from which on it is active again."
        ),
    },
)

EMBEDS = ("user", "book", "copy")
HOLD = with_embeds(_HOLD, *EMBEDS)
HOLD_QUERY = Query(embeddable=EMBEDS)

HOLD_CHANGES = Schema(
    "HoldChanges",
    {
        **HOLD.fields,
        "expires_on": {
            **DATE,
            "meta": {
                "writeOnly": True,
                "description": "The last day on which a ready hold can be fetched; staff may set"
                " it. A closed day moves on; `not_needed_after` may end it earlier.",
            },
        },
    },
)

_NAMED_AT_FIRST = ("book_id", "user_id", "copy_id")

NEW_HOLD = Schema(
    "NewHold",
    {
        "book_id": {
            **ID,
            "meta": {"description": "The book wanted, any copy of it.", "example": 1},
        },
        "copy_id": {**ID, "meta": {"description": "Or one copy, which alone will do."}},
        "barcode": {
            **LABEL,
            "meta": {"description": "Or that copy, by its barcode.", "example": BARCODE},
        },
        "user_id": {
            **ID,
            "meta": {"description": "The member; a member who calls unless given.", "example": 1},
        },
        "card_number": {**LABEL, "meta": {"description": "Or the member, by the card."}},
        "not_needed_after": NOT_NEEDED_AFTER,
        "override": OVERRIDE_FIELD,
        **{n: _HOLD.fields[n] for n in _HOLD.marked("readOnly") if n not in _NAMED_AT_FIRST},
    },
    either=(("book_id", "copy_id", "barcode"),),
    at_most_one=(("user_id", "card_number"),),
)

HOLDS_QUERY = Query(
    filters={
        **BY_MEMBER,
        "book_id": ID,
        "status": some_of(*STATUSES),
    },
    sortable=("id", "placed_at", "expires_at", "ended_at"),
    embeddable=EMBEDS,
    fields=tuple(_HOLD.fields),
    paged=True,
)
