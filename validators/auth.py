"""Registration, sign-in, one's own profile and API keys."""

from models.vocabulary import Scope, TextEncoding
from validators.engine.bodies import Schema
from validators.engine.fields import (
    BOOLEAN,
    COUNT,
    EMAIL,
    LONGEST_NAME,
    RECORD_ID,
    TIMESTAMP,
    nested,
    one_of,
    optional,
    required,
    server,
    some_of,
    text,
)
from validators.engine.queries import Query
from validators.users import GIVEN_PASSWORD, GIVEN_PIN, NEW_PASSWORD, NEW_PIN, USER

SCOPES = tuple(Scope)

REGISTRATION = Schema(
    "Registration",
    {
        "email": required(EMAIL, "Unique, ignoring case.", example="ada@example.org"),
        "password": NEW_PASSWORD,
        "first_name": required(text(LONGEST_NAME), "Given names.", example="Ada"),
        "last_name": required(text(LONGEST_NAME), "Family name.", example="Lovelace"),
        **{name: USER.fields[name] for name in USER.marked("readOnly")},
    },
)

# Any text may be tried as an email or password: what is wrong is answered 401, whatever its form.
LOGIN = Schema(
    "Login",
    {
        "email": {
            **text(1024),
            "meta": {"description": "Whose account.", "example": "a@example.org"},
        },
        "password": {**GIVEN_PASSWORD, "required": False},
        "card_number": {**text(1024), "meta": {"description": "A member's card, with `pin`."}},
        "pin": {**GIVEN_PIN, "required": False},
    },
    either=(("email", "card_number"),),
    together=(("email", "password"), ("card_number", "pin")),
)

REFRESH = Schema("Refresh", {"refresh_token": required(text(4096), "Works once.")})

LOGOUT = Schema(
    "Logout",
    {
        "everywhere": {
            **BOOLEAN,
            "default": False,
            "meta": {"description": "Ends all sign-ins, not only this one."},
        }
    },
)

TOKENS = Schema(
    "Tokens",
    {
        "access_token": text(4096),
        "token_type": one_of("Bearer"),
        "expires_in": {**COUNT, "meta": {"description": "Seconds."}},
        "refresh_token": text(4096),
        "user": nested(USER),
    },
)

PROFILE = Schema(
    "Profile",
    {
        **USER.fields,
        "current_password": {
            **text(1024),
            "meta": {
                "writeOnly": True,
                "description": "Required to change the email.",
                "example": "correct horse battery",
            },
        },
    },
)

PASSWORD_CHANGE = Schema(
    "PasswordChange", {"current_password": GIVEN_PASSWORD, "new_password": NEW_PASSWORD}
)

PIN_CHANGE = Schema(
    "PinChange",
    {
        "current_password": {**GIVEN_PASSWORD, "required": False},
        "current_pin": {**GIVEN_PIN, "required": False},
        "pin": NEW_PIN,
    },
    either=(("current_password", "current_pin"),),
)

PASSWORD_RESET_REQUEST = Schema(
    "PasswordResetRequest", {"email": required(text(1024), "Whose account.")}
)

PASSWORD_RESET_ASKED = Schema("PasswordResetAsked", {"detail": text(1000)})

PASSWORD_RESET = Schema(
    "PasswordReset",
    {
        "token": required(text(1024), "From the mail; works once, for an hour.", writeOnly=True),
        "new_password": NEW_PASSWORD,
    },
)

API_KEY = Schema(
    "ApiKey",
    {
        **RECORD_ID,
        "name": required(text(LONGEST_NAME), "What the key is for.", example="Self-check desk 2"),
        "scopes": required(some_of(*SCOPES), "What it may do, within what its owner may."),
        "encoding": {
            **one_of(*TextEncoding),
            "default": "utf-8",
            "meta": {"description": "How a SIP2 machine that signs in with the key writes text."},
        },
        "created_at": server(TIMESTAMP, "When the key was made."),
        "expires_at": optional(TIMESTAMP, "From when on it no longer works."),
    },
)

NEW_API_KEY = Schema(
    "NewApiKey",
    {**API_KEY.fields, "key": server(text(200), "The key itself, shown this once.")},
)

API_KEYS_QUERY = Query(
    sortable=("id", "name", "created_at"), fields=tuple(API_KEY.fields), paged=True
)
