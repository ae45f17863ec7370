"""Members and staff."""

from validators.bodies import Schema
from validators.common import (
    BOOLEAN,
    DATE,
    EMAIL,
    FREE_TEXT,
    LABEL,
    LONGEST_NAME,
    RECORD_ID,
    STAMPS,
    WORD,
    one_of,
    optional,
    required,
    text,
)
from validators.queries import Query

ROLES = ("member", "librarian", "admin")

NEW_PASSWORD = required(
    {"type": "string", "minlength": 8, "maxlength": 128, "check_with": "uncommon"},
    "8 to 128 characters of any kind, not among the well-known leaked ones.",
    writeOnly=True,
    example="correct horse battery",
)
GIVEN_PASSWORD = required(text(1024), "The password in use.", writeOnly=True)

USER = Schema(
    "User",
    {
        **RECORD_ID,
        "email": required(EMAIL, "Unique, ignoring case.", example="ada@example.org"),
        "first_name": required(text(LONGEST_NAME), "Given names.", example="Ada"),
        "last_name": required(text(LONGEST_NAME), "Family name.", example="Lovelace"),
        "role": {
            **one_of(*ROLES),
            "default": "member",
            "meta": {"role": "admin", "description": "What the person may do."},
        },
        "category": {
            **WORD,
            "default": "standard",
            "meta": {"role": "librarian", "description": "Chooses the lending policy."},
        },
        "card_number": optional(LABEL, "The library card, unique.", role="librarian"),
        "is_active": {
            **BOOLEAN,
            "default": True,
            "meta": {"role": "admin", "description": "Whether the person may sign in and borrow."},
        },
        "blocked": {
            **BOOLEAN,
            "default": False,
            "meta": {"role": "librarian", "description": "Whether borrowing is stopped by hand."},
        },
        "block_reason": optional(text(1000), "Why it is stopped.", role="librarian"),
        "expires_on": optional(DATE, "The last day of the membership.", role="librarian"),
        **STAMPS,
    },
)

NEW_USER = Schema(
    "NewUser",
    {
        "email": USER.fields["email"],
        "password": NEW_PASSWORD,
        **USER.only("first_name", "last_name", "category", "card_number", "expires_on", "role"),
        **{name: USER.fields[name] for name in USER.marked("readOnly")},
    },
)

USERS_QUERY = Query(
    filters={
        "q": {**FREE_TEXT, "meta": {"description": "Words of email, names or card number."}},
        "role": one_of(*ROLES),
        "category": WORD,
        "is_active": BOOLEAN,
        "blocked": BOOLEAN,
    },
    sortable=("id", "email", "last_name", "created_at", "updated_at"),
    fields=tuple(USER.fields),
    paged=True,
)
