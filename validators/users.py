"""Members and staff."""

from models.vocabulary import TO_MEMBERS, NoticeKind, Role
from validators.batches import batch_of
from validators.engine.bodies import Schema
from validators.engine.fields import (
    BOOLEAN,
    COUNT,
    CURRENCY,
    DATE,
    EMAIL,
    FREE_TEXT,
    ID,
    LABEL,
    LANGUAGE,
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    RECORD_ID,
    SIGNED_MONEY,
    STAMPS,
    TIMESTAMP,
    WORD,
    listed,
    nested,
    one_of,
    optional,
    required,
    server,
    text,
)
from validators.engine.queries import Query
from validators.reasons import REASON

ROLES = tuple(Role)
SWITCHABLE = [kind.value for kind in TO_MEMBERS if kind is not NoticeKind.PASSWORD_RESET]

NEW_PASSWORD = required(
    {"type": "string", "minlength": 8, "maxlength": 128, "check_with": "uncommon"},
    "8 to 128 characters of any kind, not among the well-known leaked ones.",
    writeOnly=True,
    example="correct horse battery",
)
GIVEN_PASSWORD = required(text(1024), "The password in use.", writeOnly=True)
NEW_PIN = required(
    {"type": "string", "minlength": 4, "maxlength": 12, "check_with": "pin"},
    "4 to 12 digits, not all the same and not a run such as 1234 or 9876.",
    writeOnly=True,
    example="4817",
)
GIVEN_PIN = required(text(64), "The PIN in use.", writeOnly=True, example="4817")

_SWITCH = {**BOOLEAN, "nullable": True, "meta": {"optional": True}}

_NAME = {**text(LONGEST_NAME), "blank": False}

USER = Schema(
    "User",
    {
        **RECORD_ID,
        "email": optional(
            EMAIL,
            "The name to sign in with: unique, ignoring case; null for members who never do.",
            example="ada@example.org",
        ),
        "contact_email": optional(
            EMAIL, "Where notices go instead; need not be unique.", example="family@example.org"
        ),
        "first_name": optional(_NAME, "Given names.", example="Ada"),
        "last_name": optional(_NAME, "Family name.", example="Lovelace"),
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
        "phone": optional(text(64), "A telephone number.", example="+49 30 1234567"),
        "address": optional(text(1000), "The postal address, with line breaks."),
        "birth_date": optional(DATE, "The date of birth.", role="librarian"),
        "language": optional(LANGUAGE, "The language of notices and pages.", example="ger"),
        "note": optional(
            text(LONGEST_DESCRIPTION), "For staff only.", role="librarian", staff_only=True
        ),
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
        "blocked_until": optional(
            DATE,
            "The last day of the block, not in the past; it then ends by itself.",
            role="librarian",
        ),
        "expires_on": optional(DATE, "The last day of the membership.", role="librarian"),
        "has_password": server(BOOLEAN, "Whether the person can sign in with a password."),
        "has_pin": server(BOOLEAN, "Whether the person can sign in with card and PIN."),
        "notices": {
            "type": "dict",
            "schema": dict.fromkeys(SWITCHABLE, _SWITCH),
            "default": {},
            "meta": {
                "component": "NoticeSwitches",
                "description": "Kinds of notice switched on or off; others are as in the settings."
                " In a PATCH, null removes a switch, or all of them.",
                "example": {"due-soon": False},
            },
        },
        **STAMPS,
    },
)

NEW_USER = Schema(
    "NewUser",
    {**USER.fields, "password": {**NEW_PASSWORD, "required": False, "nullable": True}},
)

PASSWORD_OF_USER = Schema("PasswordOfUser", {"new_password": NEW_PASSWORD})
PIN_OF_USER = Schema("PinOfUser", {"pin": NEW_PIN})
PIN_CHECK = Schema("PinCheck", {"pin": GIVEN_PIN})

_ALLOWED = nested(Schema("Allowed", {"allowed": BOOLEAN, "reasons": listed(REASON)}))

BATCH = batch_of("user")

STANDING = Schema(
    "Standing",
    {
        "user_id": ID,
        "loan": _ALLOWED,
        "renewal": _ALLOWED,
        "hold": _ALLOWED,
        "loans": {**COUNT, "meta": {"description": "Open loans, overdue and claimed ones too."}},
        "overdue": {**COUNT, "meta": {"description": "Loans past due."}},
        "holds": {**COUNT, "meta": {"description": "Active holds, ready ones too."}},
        "ready": {**COUNT, "meta": {"description": "Holds with a copy on the hold shelf."}},
        "balance": {**SIGNED_MONEY, "meta": {"description": "Owed, in minor units."}},
        "accruing": {**COUNT, "meta": {"description": "Fines of running loans, in minor units."}},
        "currency": CURRENCY,
    },
)

USERS_QUERY = Query(
    filters={
        "q": {
            **FREE_TEXT,
            "meta": {"description": "Words of email, names, card number or telephone."},
        },
        "card_number": {**LABEL, "meta": {"description": "The whole number of the card."}},
        "role": one_of(*ROLES),
        "category": WORD,
        "is_active": BOOLEAN,
        "blocked": BOOLEAN,
        "expires_before": {**DATE, "meta": {"description": "Memberships that end before."}},
        "updated_since": {**TIMESTAMP, "meta": {"description": "Changed at this time or later."}},
    },
    sortable=("id", "email", "last_name", "expires_on", "created_at", "updated_at"),
    fields=tuple(USER.fields),
    paged=True,
)
