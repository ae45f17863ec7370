"""Title records: bodies, lists, batches and exports."""

from validators.base import Rules
from validators.bodies import Schema
from validators.common import (
    ANY_OBJECT,
    BOOLEAN,
    COUNT,
    FREE_TEXT,
    ID,
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    LONGEST_TITLE,
    RECORD_ID,
    STAMPS,
    TIMESTAMP,
    YEAR,
    listed,
    nested,
    one_of,
    optional,
    page_of,
    required,
    text,
)
from validators.copies import COPY
from validators.queries import Query

FACETS = ("language", "subject", "author", "published_year")
SORTABLE = ("relevance", "title", "author", "published_year", "created_at", "updated_at", "id")
MOST_OPERATIONS = 1000

ISBN: Rules = {"type": "string", "coerce": "isbn"}
LANGUAGE: Rules = {"type": "string", "coerce": "language"}

CONTRIBUTOR = Schema(
    "Contributor",
    {
        "name": required(text(LONGEST_NAME), "The person or body.", example="Christie, Agatha"),
        "role": optional(text(LONGEST_NAME), "Such as editor or translator."),
    },
)

AVAILABILITY = Schema(
    "Availability",
    {
        "copies": {**COUNT, "meta": {"description": "Copies not lost or withdrawn."}},
        "available": {**COUNT, "meta": {"description": "Copies on the shelf."}},
        "on_loan": {**COUNT, "meta": {"description": "Copies in readers' hands."}},
        "holds": {**COUNT, "meta": {"description": "Readers waiting."}},
    },
)

BOOK = Schema(
    "Book",
    {
        **RECORD_ID,
        "title": required(text(LONGEST_TITLE), "The title proper.", example="The Moonstone"),
        "subtitle": optional(text(LONGEST_TITLE), "The rest of the title."),
        "author": optional(
            text(LONGEST_NAME), "The main author, family name first.", example="Collins, Wilkie"
        ),
        "contributors": {
            **listed(CONTRIBUTOR, maxlength=200),
            "default": [],
            "meta": {"description": "Everybody else who had a part in it."},
        },
        "isbn": optional(
            ISBN, "Given with 10 or 13 digits, kept with 13.", example="9780141439679"
        ),
        "publisher": optional(text(LONGEST_NAME), "Who published it.", example="Penguin"),
        "published_year": optional(YEAR, "Negative before our era.", example=1868),
        "language": optional(
            LANGUAGE, "ISO 639-2/B; two-letter codes are converted.", example="eng"
        ),
        "edition": optional(text(LONGEST_NAME), "The edition statement."),
        "pages": optional({"type": "integer", "min": 1, "max": 1_000_000}, "How many pages."),
        "description": optional(text(LONGEST_DESCRIPTION), "A summary."),
        "subjects": {
            **listed({**text(200), "blank": False}, maxlength=100),
            "default": [],
            "meta": {"description": "What it is about.", "example": ["Detective stories"]},
        },
        "classification": optional(text(200), "The class number.", example="823.8"),
        "cover_url": optional(
            {"type": "string", "coerce": "url", "maxlength": 2000}, "A picture of the cover."
        ),
        **STAMPS,
        "availability": {
            **nested(
                AVAILABILITY,
                readOnly=True,
                optional=True,
                description="With `embed=availability`.",
            )
        },
        "copies": {
            **listed(COPY),
            "meta": {"readOnly": True, "optional": True, "description": "With `embed=copies`."},
        },
    },
)

FACET_VALUE = Schema("FacetValue", {"value": {"type": ["string", "integer"]}, "count": COUNT})

BOOKS = page_of(
    BOOK,
    extra={
        "facets": {
            "type": "dict",
            "schema": {
                name: {**listed(FACET_VALUE), "meta": {"optional": True}} for name in FACETS
            },
            "meta": {"optional": True, "description": "With `facets=`."},
        },
        "suggestions": {
            **listed(text(LONGEST_TITLE)),
            "meta": {"optional": True, "description": "What `q` may have meant; nothing has it."},
        },
    },
)

FILTERS: dict[str, Rules] = {
    "q": {**FREE_TEXT, "meta": {"description": 'Words, `"phrases"`, `-without`, `prefix*`.'}},
    "author": {**FREE_TEXT, "meta": {"description": "Words of the author's name."}},
    "subject": {**FREE_TEXT, "meta": {"description": "A subject."}},
    "language": {**LANGUAGE, "meta": {"description": "A code of two or three letters."}},
    "publisher": {**FREE_TEXT, "meta": {"description": "Words of the publisher's name."}},
    "isbn": {**ISBN, "meta": {"description": "In any form."}},
    "published_from": {**YEAR, "meta": {"description": "The first year wanted."}},
    "published_to": {**YEAR, "meta": {"description": "The last year wanted."}},
    "available": {
        **BOOLEAN,
        "meta": {"description": "Books with a copy on the shelf now, or (`false`) without one."},
    },
    "updated_since": {**TIMESTAMP, "meta": {"description": "Changed at this time or later."}},
}

BOOKS_QUERY = Query(
    filters=FILTERS,
    sortable=SORTABLE,
    fields=tuple(name for name in BOOK.fields if name not in ("availability", "copies")),
    embeddable=("availability", "copies"),
    facets=FACETS,
    paged=True,
)

BOOK_QUERY = Query(embeddable=("availability", "copies"))

EXPORT_QUERY = Query(
    filters={**FILTERS, "format": {**one_of("marc", "marcxml", "csv", "ndjson"), "required": True}}
)

OPERATION = Schema(
    "BatchOperation",
    {
        "op": required(one_of("create", "update", "delete"), "What to do."),
        "id": {**ID, "meta": {"description": "Which book to update or delete."}},
        "revision": {**COUNT, "meta": {"description": "Do it only if the book is at this one."}},
        "book": {**ANY_OBJECT, "meta": {"description": "The book, or in an update its changes."}},
    },
)

BATCH = Schema(
    "Batch",
    {
        "operations": required(
            listed(OPERATION, minlength=1, maxlength=MOST_OPERATIONS), "Done in this order."
        ),
        "atomic": {
            **BOOLEAN,
            "default": False,
            "meta": {"description": "All or none."},
        },
    },
)

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
