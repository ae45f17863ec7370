"""The days the library is open, and the closures."""

from validators.bodies import Schema
from validators.common import DATE, RECORD_ID, required, text
from validators.queries import Query

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
