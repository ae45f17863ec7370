"""The feed of events, and webhooks with their deliveries."""

from models.vocabulary import AuditAction, DeliveryStatus
from validators.engine.bodies import Schema
from validators.engine.fields import (
    ANY_OBJECT,
    BOOLEAN,
    COUNT,
    ID,
    RECORD_ID,
    TIMESTAMP,
    listed,
    one_of,
    optional,
    required,
    server,
    some_of,
    text,
)
from validators.engine.queries import CURSOR, LIMIT, Query

LONGEST_URL = 2000
TYPES = tuple(AuditAction)

EVENT = Schema(
    "Event",
    {
        **RECORD_ID,
        "type": server(one_of(*TYPES), "What happened, as the audit log calls it."),
        "at": server(TIMESTAMP, "When it happened."),
        "record_type": server(text(100), "What it happened to."),
        "record_id": {**server(ID, "The id of the record."), "nullable": True},
        "data": {
            **ANY_OBJECT,
            "nullable": True,
            "meta": {
                "readOnly": True,
                "description": "The record as it is now, without names of members and notes of"
                " staff; null when it is gone, or is none that events show. Of a very long one the"
                " longest texts are left out.",
            },
        },
    },
)

EVENTS = Schema(
    "EventList",
    {
        "data": listed(EVENT),
        "next_cursor": {
            **text(1024),
            "meta": {"description": "Where to go on, now or at any time later."},
        },
    },
)

EVENTS_QUERY = Query(
    filters={
        "cursor": {
            **CURSOR,
            "meta": {"description": "Empty for the start, then the last `next_cursor`."},
        },
        "limit": LIMIT,
        "types": {**some_of(*TYPES), "meta": {"description": "Only events of these types."}},
    }
)

WEBHOOK = Schema(
    "Webhook",
    {
        **RECORD_ID,
        "url": required(
            text(LONGEST_URL), "Where events are sent to.", example="https://example.org/octavo"
        ),
        "types": {
            **some_of(*TYPES),
            "required": True,
            "minlength": 1,
            "meta": {"description": "The events that are sent.", "example": ["loan.create"]},
        },
        "description": optional(text(1000), "What it is for."),
        "enabled": {
            **BOOLEAN,
            "default": True,
            "meta": {"description": "Enabled again, it goes on with what waited for five days."},
        },
        "disabled_at": {**server(TIMESTAMP, "When it was disabled."), "nullable": True},
        "disabled_reason": {**server(text(1000), "Why it was disabled."), "nullable": True},
        "created_at": server(TIMESTAMP, "Only what happens after it is sent."),
    },
)

NEW_WEBHOOK = Schema(
    "NewWebhook",
    {name: rules for name, rules in WEBHOOK.fields.items() if name != "enabled"}
    | {
        "enabled": WEBHOOK.fields["enabled"],
        "secret": server(text(100), "What signs its deliveries; shown this once."),
    },
)

WEBHOOKS_QUERY = Query(sortable=("id",), fields=tuple(WEBHOOK.fields), paged=True)

DELIVERY = Schema(
    "Delivery",
    {
        **RECORD_ID,
        "event_id": {**server(ID, "The event; null of a ping."), "nullable": True},
        "status": server(one_of(*DeliveryStatus), "pending is still to be tried."),
        "attempts": server(COUNT, "How often it was tried."),
        "response_status": {
            **server(COUNT, "What the receiver answered last."),
            "nullable": True,
        },
        "error": {**server(text(1000), "Why the last try failed."), "nullable": True},
        "next_try_at": {**server(TIMESTAMP, "When it is tried next."), "nullable": True},
        "created_at": server(TIMESTAMP, "When it was queued."),
    },
)

DELIVERIES_QUERY = Query(
    filters={"status": one_of(*DeliveryStatus)},
    sortable=("id",),
    fields=tuple(DELIVERY.fields),
    paged=True,
)
