"""Registration, sign-in, the own profile and API keys."""

from validators.bodies import Schema
from validators.common import (
    BOOLEAN,
    COUNT,
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
from validators.queries import Query
from validators.users import GIVEN_PASSWORD, NEW_PASSWORD, USER

SCOPES = (
    "catalogue:write",
    "circulation:read",
    "circulation:write",
    "members:read",
    "members:write",
    "orders:write",
    "posts:write",
    "reports:read",
    "admin",
)

REGISTRATION = Schema(
    "Registration",
    {
        "email": USER.fields["email"],
        "password": NEW_PASSWORD,
        **USER.only("first_name", "last_name"),
        **{name: USER.fields[name] for name in USER.marked("readOnly")},
    },
)

# Any text may be tried as an email or password: what is wrong is answered 401, whatever its form.
LOGIN = Schema(
    "Login",
    {"email": required(text(1024), "Whose account."), "password": GIVEN_PASSWORD},
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
                "description": "Needed to change the email.",
                "example": "correct horse battery",
            },
        },
    },
)

PASSWORD_CHANGE = Schema(
    "PasswordChange", {"current_password": GIVEN_PASSWORD, "new_password": NEW_PASSWORD}
)

API_KEY = Schema(
    "ApiKey",
    {
        **RECORD_ID,
        "name": required(text(LONGEST_NAME), "What the key is for.", example="Self-check desk 2"),
        "scopes": required(some_of(*SCOPES), "What it may do, within what its owner may."),
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
