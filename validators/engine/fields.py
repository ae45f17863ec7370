"""Fields that several nouns have, and the envelopes around answers."""

from validators.engine.bodies import Schema
from validators.engine.validator import Fields, Rules

LARGEST_ID = 2**63 - 1
MOST_MONEY = 10**12
LONGEST_NAME = 500
LONGEST_TITLE = 1000
LONGEST_LABEL = 64
LONGEST_DESCRIPTION = 20_000


def server(rules: Rules, description: str) -> Rules:
    """A field the server sets: clients may send it back, and it is ignored."""
    return {
        **rules,
        "meta": {**rules.get("meta", {}), "readOnly": True, "description": description},
    }


def optional(rules: Rules, description: str, **meta: object) -> Rules:
    """A field that may be null, and is unless given."""
    noted = {**rules.get("meta", {}), "description": description, **meta}
    return {**rules, "nullable": True, "default": None, "meta": noted}


def required(rules: Rules, description: str, **meta: object) -> Rules:
    """A field without which nothing is made; a text in it is not blank."""
    noted = {**rules.get("meta", {}), "description": description, **meta}
    visible = {"blank": False} if rules["type"] == "string" else {}
    return {**rules, **visible, "required": True, "meta": noted}


def text(longest: int) -> Rules:
    """A text of so many characters at most."""
    return {"type": "string", "maxlength": longest}


def one_of(*choices: str) -> Rules:
    """One word of a few."""
    return {"type": "string", "allowed": list(choices)}


def some_of(*choices: str) -> Rules:
    """Several words of a few; in a query string with commas between them."""
    return {"type": "list", "schema": one_of(*choices), "unique": True}


def listed(rules: Rules | Schema, **more: object) -> Rules:
    """A list of values, or of objects."""
    item = nested(rules) if isinstance(rules, Schema) else rules
    return {"type": "list", "schema": item, **more}


def nested(schema: Schema, **meta: object) -> Rules:
    """An object inside another; its name is the component of the OpenAPI document."""
    return {
        "type": "dict",
        "schema": dict(schema.fields),
        "meta": {"component": schema.name, **meta},
    }


ID: Rules = {"type": "integer", "min": 1, "max": LARGEST_ID}
COUNT: Rules = {"type": "integer", "min": 0}
BOOLEAN: Rules = {"type": "boolean"}
DATE: Rules = {"type": "string", "coerce": "date"}
TIMESTAMP: Rules = {"type": "string", "coerce": "timestamp"}
YEAR: Rules = {"type": "integer", "min": -4000, "max": 9999}
MONEY: Rules = {
    "type": "integer",
    "min": 0,
    "max": MOST_MONEY,
    "meta": {
        "description": "Minor units.",
        "when_wrong": "Give money in minor units, such as cents: 12.50 is 1250.",
    },
}
SIGNED_MONEY: Rules = {"type": "integer"}
LABEL: Rules = {"type": "string", "coerce": "label", "blank": False, "maxlength": LONGEST_LABEL}
WORD: Rules = {"type": "string", "blank": False, "maxlength": LONGEST_LABEL}
LANGUAGE: Rules = {"type": "string", "coerce": "language"}
EMAIL: Rules = {"type": "string", "coerce": "email", "maxlength": 254}
FREE_TEXT: Rules = {"type": "string", "coerce": "free"}
ANY_OBJECT: Rules = {"type": "dict", "allow_unknown": True}
CURRENCY = server(
    {**text(3), "meta": {"example": "EUR"}}, "The ISO 4217 code of the library's currency."
)

RECORD_ID: Fields = {"id": server(ID, "The number of this record, never used again.")}
REVISION: Fields = {"revision": server(COUNT, "Grows by one with each change.")}
TIMES: Fields = {
    "created_at": server(TIMESTAMP, "When the record was made."),
    "updated_at": server(TIMESTAMP, "When it was last changed."),
}
STAMPS: Fields = {**TIMES, **REVISION}

PAGINATION = Schema(
    "Pagination",
    {
        "page": {**COUNT, "meta": {"optional": True, "description": "Not with a cursor."}},
        "limit": {**COUNT, "meta": {"description": "How many records a page has."}},
        "total": {**COUNT, "meta": {"optional": True, "description": "Not with a cursor."}},
        "pages": {**COUNT, "meta": {"optional": True, "description": "Not with a cursor."}},
        "next_cursor": {
            "type": "string",
            "nullable": True,
            "meta": {"optional": True, "description": "With a cursor; null at the end."},
        },
    },
)


def page_of(schema: Schema, extra: Fields | None = None) -> Schema:
    """The answer of a list of these records, each with all its fields or with those asked for."""
    item = nested(schema, component=f"{schema.name}Item", partial=True)
    fields: dict[str, Rules] = {"data": listed(item), "pagination": nested(PAGINATION)}
    return Schema(f"{schema.name}List", fields | dict(extra or {}))


def data_of(schema: Schema) -> Schema:
    """The answer of a list that is not paged."""
    return Schema(f"{schema.name}List", {"data": listed(schema)})
