"""Title records: bodies, lists, batches and exports."""

from collections.abc import Callable

from models.book_fields import FIELDS, Field, Kind
from models.vocabulary import DuplicateReason, MaterialType
from validators.batches import batch_of
from validators.copies import COPY
from validators.engine.bodies import Schema
from validators.engine.fields import (
    BOOLEAN,
    COUNT,
    FREE_TEXT,
    ID,
    LANGUAGE,
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
from validators.engine.queries import Query
from validators.engine.validator import Rules

FACETS = ("language", "subject", "author", "published_year", "material_type")
SORTABLE = ("relevance", "title", "author", "published_year", "created_at", "updated_at", "id")

MOST_IDS = 100

ISBN: Rules = {"type": "string", "coerce": "isbn"}
ISSN: Rules = {"type": "string", "coerce": "issn"}

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
        "available": {
            **COUNT,
            "meta": {
                "description": "Copies on the shelf that may be taken: not promised to holds,"
                " and of a type that is lent."
            },
        },
        "on_loan": {**COUNT, "meta": {"description": "Copies on loan."}},
        "holds": {**COUNT, "meta": {"description": "Holds that wait or are ready."}},
        "next_due_at": {
            **TIMESTAMP,
            "nullable": True,
            "meta": {"description": "When the first of its copies on loan is due."},
        },
    },
)


def _rules(name: str, field: Field) -> Rules:
    """What the schema says of one field of a book."""
    noted = {"description": field.description}
    if field.example is not None:
        noted["example"] = field.example
    rules = _KINDS[field.kind](field)
    if field.kind.is_list:
        return {**rules, "default": [], "meta": noted}
    if field.kind is Kind.MATERIAL:
        return {**rules, "default": field.default, "meta": noted}
    made = required if name == "title" else optional
    return made(rules, noted.pop("description"), **noted)


_KINDS: dict[Kind, Callable[[Field], Rules]] = {
    Kind.TEXT: lambda field: text(field.longest),
    Kind.YEAR: lambda field: YEAR,
    Kind.PAGES: lambda field: {"type": "integer", "min": 1, "max": 1_000_000},
    Kind.ISBN: lambda field: ISBN,
    Kind.ISSN: lambda field: ISSN,
    Kind.LANGUAGE: lambda field: LANGUAGE,
    Kind.MATERIAL: lambda field: one_of(*MaterialType),
    Kind.URL: lambda field: {"type": "string", "coerce": "url", "maxlength": field.longest},
    Kind.TEXTS: lambda field: listed({**text(field.longest), "blank": False}, maxlength=field.most),
    Kind.ISBNS: lambda field: listed(ISBN, maxlength=field.most),
    Kind.PEOPLE: lambda field: listed(CONTRIBUTOR, maxlength=field.most),
}

BOOK = Schema(
    "Book",
    {
        **RECORD_ID,
        **{name: _rules(name, field) for name, field in FIELDS.items()},
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

FACETS_SAMPLE = Schema("FacetsSample", {"one_in": {**COUNT, "min": 2}})
FACETS_SAMPLED = (
    "Set if so many books are found that the counts of `facets` are estimates: one book in `one_in`"
    " was counted, always the same ones. Without it they are exact."
)

BOOKS = page_of(
    BOOK,
    extra={
        "facets": {
            "type": "dict",
            "schema": {
                name: {**listed(FACET_VALUE), "meta": {"optional": True}} for name in FACETS
            },
            "meta": {
                "component": "Facets",
                "optional": True,
                "description": "With `facets=`; of each the 50 greatest.",
            },
        },
        "facets_sample": {
            **nested(FACETS_SAMPLE, optional=True, description=FACETS_SAMPLED),
        },
        "suggestions": {
            **listed(text(LONGEST_TITLE)),
            "meta": {
                "optional": True,
                "description": "Words like those of `q`, when nothing is found.",
            },
        },
    },
)

FILTERS: dict[str, Rules] = {
    "q": {**FREE_TEXT, "meta": {"description": 'Words, `"phrases"`, `-without`, `prefix*`.'}},
    "author": {**FREE_TEXT, "meta": {"description": "Words of the author's name."}},
    "subject": {**FREE_TEXT, "meta": {"description": "A subject."}},
    "language": {**LANGUAGE, "meta": {"description": "A code of two or three letters."}},
    "publisher": {**FREE_TEXT, "meta": {"description": "Words of the publisher's name."}},
    "series": {**FREE_TEXT, "meta": {"description": "Words of the series."}},
    "material_type": {**one_of(*MaterialType), "meta": {"description": "The kind of thing."}},
    "id": {
        **listed(ID, maxlength=MOST_IDS),
        "meta": {"description": f"The books with these ids, up to {MOST_IDS}."},
    },
    "isbn": {**ISBN, "meta": {"description": "Any of a book's ISBNs, in any form."}},
    "issn": {**ISSN, "meta": {"description": "In any form."}},
    "published_from": {**YEAR, "meta": {"description": "The first year wanted."}},
    "published_to": {**YEAR, "meta": {"description": "The last year wanted."}},
    "available": {
        **BOOLEAN,
        "meta": {"description": "Books with a copy that may be taken now, or (`false`) without."},
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
    filters={
        **FILTERS,
        "format": {**one_of("marc", "marcxml", "unimarc", "csv", "ndjson"), "required": True},
        "copies": {
            **BOOLEAN,
            "default": False,
            "meta": {"description": "Whether the copies come too."},
        },
        "deleted": {
            **BOOLEAN,
            "default": False,
            "meta": {
                "description": "In NDJSON: whether titles that were deleted or merged follow,"
                " with `deleted_at`, so that past loans of them can be brought in elsewhere."
            },
        },
    }
)

BATCH = batch_of("book")

MERGE = Schema(
    "BookMerge",
    {
        "from": required(
            listed(ID, minlength=1, maxlength=MOST_IDS),
            "The books that become this one.",
            example=[2],
        )
    },
)

DUPLICATES = page_of(
    Schema(
        "Duplicates",
        {
            "reason": {
                **one_of(*DuplicateReason),
                "meta": {"description": "The same ISBN, or title, author, part and year."},
            },
            "books": listed(BOOK),
        },
    )
)
