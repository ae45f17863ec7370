"""Batches: many operations on one kind of record in one request."""

from validators.engine.bodies import Schema
from validators.engine.fields import ANY_OBJECT, BOOLEAN, COUNT, ID, listed, one_of, required

MOST_OPERATIONS = 1000

BATCH_ANSWER = Schema(
    "BatchAnswer",
    {
        "results": listed(
            Schema(
                "BatchResult",
                {
                    "status": COUNT,
                    "id": {**ID, "meta": {"optional": True}},
                    "problem": {**ANY_OBJECT, "meta": {"optional": True}},
                },
            )
        )
    },
)


def batch_of(noun: str) -> Schema:
    """The body of a batch on records of a noun, such as `book`."""
    operation = Schema(
        f"{noun.title()}Operation",
        {
            "op": required(one_of("create", "update", "delete"), "What to do."),
            "id": {**ID, "meta": {"description": f"Which {noun} to update or delete."}},
            "revision": {
                **COUNT,
                "meta": {"description": f"Do it only if the {noun} is at this one."},
            },
            noun: {
                **ANY_OBJECT,
                "meta": {"description": f"The {noun}, or in an update its changes."},
            },
        },
    )
    return Schema(
        f"{noun.title()}Batch",
        {
            "operations": required(
                listed(operation, minlength=1, maxlength=MOST_OPERATIONS), "Done in this order."
            ),
            "atomic": {**BOOLEAN, "default": False, "meta": {"description": "All or none."}},
        },
    )
