"""Notices, and the templates of their texts."""

from models.vocabulary import Channel, Language, NoticeKind, NoticeStatus
from validators.engine.bodies import Schema
from validators.engine.fields import (
    BOOLEAN,
    COUNT,
    DATE,
    ID,
    RECORD_ID,
    TIMESTAMP,
    data_of,
    listed,
    one_of,
    optional,
    required,
    server,
    text,
)
from validators.engine.queries import Query
from validators.engine.validator import Rules

MOST_LETTERS = 500
LONGEST_TEMPLATE = 20_000
_KIND = one_of(*NoticeKind)
_LANGUAGE = one_of(*Language)

NOTICE = Schema(
    "Notice",
    {
        **RECORD_ID,
        "user_id": {**server(ID, "The member; null when erased."), "nullable": True},
        "kind": server(_KIND, "What it tells."),
        "channel": server(one_of(*Channel), "print is a letter: the member has no email address."),
        "status": server(one_of(*NoticeStatus), "queued is still to be sent or printed."),
        "subject": {
            **server(text(1000), "As it was sent; of a queued one as it would be now."),
            "nullable": True,
        },
        "body": {
            **server(text(200_000), "The text, with … in place of a token."),
            "nullable": True,
        },
        "language": server(_LANGUAGE, "Of the text."),
        "attempts": server(COUNT, "How often the mail server was given it."),
        "error": {
            **server(text(1000), "Why it failed, was put off or cancelled."),
            "nullable": True,
        },
        "created_at": server(TIMESTAMP, "When it was queued."),
        "sent_at": {**server(TIMESTAMP, "When it was sent or printed."), "nullable": True},
        "loan_ids": {**listed(ID), "meta": {"readOnly": True, "description": "What it is about."}},
        "hold_ids": {**listed(ID), "meta": {"readOnly": True, "description": "What it is about."}},
    },
)

NOTICES_QUERY = Query(
    filters={
        "user_id": ID,
        "kind": _KIND,
        "status": one_of(*NoticeStatus),
        "channel": one_of(*Channel),
        "created_from": DATE,
        "created_to": DATE,
    },
    sortable=("id", "created_at"),
    fields=tuple(NOTICE.fields),
    paged=True,
    in_order=(("created_from", "created_to"),),
)

PRINTED = Schema(
    "PrintedNotices",
    {
        "ids": {
            **listed(ID, required=True, minlength=1, maxlength=MOST_LETTERS, unique=True),
            "meta": {"description": "The letters that were printed."},
        }
    },
)

PRINTED_COUNT = Schema("PrintedNoticesCount", {"printed": COUNT})

_PARTS: dict[str, Rules] = {
    "subject": required(text(LONGEST_TEMPLATE), "A template of one line.", example="Due soon"),
    "text": required(
        text(LONGEST_TEMPLATE), "A template of plain text.", example="Dear {{ member.name }}, …"
    ),
    "html": optional(
        text(LONGEST_TEMPLATE), "A template of HTML; made from the text where there is none."
    ),
}

TEMPLATE = Schema(
    "NoticeTemplate",
    {
        "kind": server(_KIND, "What it is the text of."),
        "language": server(_LANGUAGE, "In which language."),
        **_PARTS,
        "built_in": server(BOOLEAN, "Whether the library has not written its own."),
        "updated_at": {**server(TIMESTAMP, "Null of a built-in one."), "nullable": True},
    },
)

TEMPLATES = data_of(TEMPLATE)

PREVIEW = Schema(
    "TemplatePreview",
    {
        name: {**rules, "required": False, "nullable": True, "default": None}
        for name, rules in _PARTS.items()
    },
)

RENDERED = Schema(
    "RenderedTemplate", {"subject": text(1000), "text": text(200_000), "html": text(400_000)}
)
