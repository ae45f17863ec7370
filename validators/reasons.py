"""Reasons: why circulation refuses a loan, a renewal or a hold."""

from validators.engine.bodies import Schema
from validators.engine.fields import ANY_OBJECT, BOOLEAN, text

REASON = Schema(
    "Reason",
    {
        "code": {**text(64), "meta": {"example": "loan-limit"}},
        "detail": text(1000),
        "overridable": BOOLEAN,
        "params": ANY_OBJECT,
    },
)
