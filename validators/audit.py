"""The audit log."""

from validators.engine.bodies import Schema
from validators.engine.fields import ANY_OBJECT, ID, RECORD_ID, TIMESTAMP, server, text
from validators.engine.queries import Query

ENTRY = Schema(
    "AuditEntry",
    {
        **RECORD_ID,
        "at": server(TIMESTAMP, "When it happened."),
        "actor_id": {
            **server(ID, "Who did it; null for jobs of the library itself."),
            "nullable": True,
        },
        "action": {**text(100), "meta": {"description": "noun.verb", "example": "loan.create"}},
        "record_type": {**text(100), "meta": {"example": "loan"}},
        "record_id": {**ID, "nullable": True},
        "request_id": text(64),
        "reason": {"type": "string", "nullable": True},
        "changes": {**ANY_OBJECT, "nullable": True},
    },
)

AUDIT_QUERY = Query(
    filters={
        "request_id": text(64),
        "actor_id": ID,
        "action": text(100),
        "record_type": text(100),
        "record_id": ID,
    },
    sortable=("id",),
    fields=tuple(ENTRY.fields),
    paged=True,
)
