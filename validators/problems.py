"""Problem documents (RFC 9457): the only shape of an error."""

from validators.engine.bodies import Schema
from validators.engine.fields import ANY_OBJECT, ID, listed, text
from validators.reasons import REASON

FAULT = Schema(
    "Fault",
    {
        "pointer": {
            "type": "string",
            "meta": {"optional": True, "description": "Where in the body.", "example": "#/isbn"},
        },
        "parameter": {
            "type": "string",
            "meta": {"optional": True, "description": "Or which query parameter."},
        },
        "code": {**text(64), "meta": {"example": "checksum"}},
        "detail": {"type": "string"},
    },
)

PROBLEM = Schema(
    "Problem",
    {
        "type": {"type": "string", "meta": {"example": "/problems/invalid"}},
        "title": {"type": "string"},
        "status": {"type": "integer", "min": 400, "max": 599},
        "detail": {"type": "string"},
        "instance": {"type": "string", "meta": {"example": "/api/v1/books"}},
        "code": {**text(64), "meta": {"example": "invalid"}},
        "request_id": text(64),
        "errors": listed(
            FAULT, meta={"optional": True, "description": "Every fault, of `invalid` only."}
        ),
        "reasons": listed(
            REASON, meta={"optional": True, "description": "Every reason circulation refuses."}
        ),
        "existing_id": {
            **ID,
            "meta": {"optional": True, "description": "The other record, of `isbn-taken`."},
        },
        "into": {
            **ID,
            "meta": {"optional": True, "description": "What a book is now, of `merged`."},
        },
        "parts": {
            **ANY_OBJECT,
            "meta": {"optional": True, "description": "Of `/readyz`: `ok` or `failing`, by part."},
        },
    },
)
