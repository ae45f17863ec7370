"""The days the library is open, and the closures."""

from validators.engine.bodies import Schema
from validators.engine.fields import (
    DATE,
    RECORD_ID,
    listed,
    optional,
    required,
    server,
    text,
)
from validators.engine.queries import Query

PLAN = Schema(
    "CalendarPlan",
    {
        "valid_from": {**DATE, "nullable": True},
        "open_weekdays": {"type": "list", "schema": {"type": "integer"}},
    },
)

CALENDAR = Schema(
    "Calendar",
    {
        "timezone": required(
            {**text(100), "check_with": "timezone"},
            "A name of the IANA time zone database.",
            example="Europe/Zurich",
        ),
        "open_weekdays": required(
            {
                "type": "list",
                "schema": {"type": "integer", "min": 1, "max": 7},
                "unique": True,
                "maxlength": 7,
            },
            "1 is Monday.",
            example=[1, 2, 3, 4, 5, 6],
        ),
        "valid_from": optional(
            DATE, "From when these weekdays hold; today unless given, never earlier."
        ),
        "history": server(
            listed(PLAN), "All weeks, the first one first; that has no `valid_from`."
        ),
    },
)

CLOSURE = Schema(
    "Closure",
    {
        **RECORD_ID,
        "starts_on": required(DATE, "The first day closed.", example="2026-12-24"),
        "ends_on": required(DATE, "The last day closed.", example="2026-12-26"),
        "reason": required(text(1000), "Shown to readers.", example="Christmas"),
    },
    in_order=(("starts_on", "ends_on"),),
)

CLOSURES_QUERY = Query(sortable=("id", "starts_on"), fields=tuple(CLOSURE.fields), paged=True)
