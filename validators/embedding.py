"""Records of other nouns that others may embed, in few fields: `embed=user,book,copy`."""

from validators.engine.bodies import Schema
from validators.engine.fields import ID, nested, text
from validators.engine.validator import Rules

_NULLABLE = {"nullable": True}
BRIEF = {
    "user": Schema(
        "UserBrief",
        {
            "id": ID,
            "first_name": {**text(500), **_NULLABLE},
            "last_name": {**text(500), **_NULLABLE},
            "card_number": {**text(64), **_NULLABLE},
        },
    ),
    "book": Schema(
        "BookBrief", {"id": ID, "title": text(1000), "author": {**text(500), **_NULLABLE}}
    ),
    "copy": Schema(
        "CopyBrief",
        {
            "id": ID,
            "barcode": text(64),
            "location": {**text(500), **_NULLABLE},
            "shelfmark": {**text(500), **_NULLABLE},
        },
    ),
}


def with_embeds(schema: Schema, *names: str) -> Schema:
    """The schema of records in which these may be embedded; null where there is none."""
    embedded: dict[str, Rules] = {
        name: {
            **nested(
                BRIEF[name],
                readOnly=True,
                optional=True,
                description=f"With `embed={name}`.",
            ),
            "nullable": True,
        }
        for name in names
    }
    return Schema(schema.name, {**schema.fields, **embedded})
