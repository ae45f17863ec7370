"""What Schemathesis must know beyond the document: how to sign in, and what no schema can say."""

import os
from typing import Any

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import Case as AnyCase
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.openapi.checks import RejectedPositiveData

Case = AnyCase[Any]
BASE = os.environ["OCTAVO_TRIED_URL"]
EMAIL = os.environ.get("OCTAVO_TRIED_EMAIL", "")
PASSWORD = os.environ.get("OCTAVO_TRIED_PASSWORD", "")
NOT_THERE = 2**62
LONGEST_CURSOR = 1000
# Faults that the schemas of the document cannot exclude: a code, and how the sentence begins.
BEYOND_SCHEMAS = (
    ("required", "Say what the file is"),
    ("format", "An ISSN"),
    ("before-loan", ""),
    ("checksum", ""),
    ("common-password", ""),
    ("format", "An ISBN"),
    ("format", "An email address"),
    ("format", "Copies are described by"),
    ("future", ""),
    ("not-allowed", "There is no block that could end"),
    ("not-found", "There is no such book."),
    ("not-allowed", "Not allowed to "),
    ("required", "Required to "),
    ("required", "Staff sign in by email"),
    ("too-many", "One batch sets"),
    ("weak-pin", ""),
    ("not-allowed", "ISO 639"),
    ("not-allowed", "Only CSV has columns"),
    ("not-allowed", "Only JSON embeds"),
    ("not-allowed", "Only MARC takes this"),
    ("not-allowed", "The IANA time zone database"),
    ("not-allowed", "To "),
    ("not-settable", ""),
    ("past", ""),
    ("repeated", ""),
    ("required", "A copy that is not lent"),
    ("required", "Send email and password"),
    ("required", "To "),
    ("too-large", "Past row"),
    ("too-large", "This is after the last day"),
    ("too-late", ""),
    ("too-small", "A report covers"),
    ("too-small", "This may not be before"),
    ("too-small", "This moment is past"),
    ("type", "This must be a whole number"),  # 22.0 is one to JSON Schema, not in a query
    ("unknown", ""),
)
# The same of one operation alone: what is missing depends on the record or on who asks.
BEYOND_SCHEMAS_OF = (
    ("createUser", "required", "Give first_name or last_name."),
    ("createUser", "required", "Give email or card_number."),
    ("updateUser", "required", "Give first_name or last_name."),
    ("updateUser", "required", "Give email or card_number."),
    ("updateProfile", "required", "Give first_name or last_name."),
    ("updateProfile", "required", "Give email or card_number."),
    ("updateProfile", "required", "Give the current password to change the email."),
    ("placeHold", "required", "Give user_id or card_number: staff place holds for members."),
    ("decideHold", "required", "Give user_id or card_number: staff place holds for members."),
)

schemathesis.openapi.format(
    "isbn", st.sampled_from(["9780141439679", "978-0-306-40615-7", "0-306-40615-2", "080442957X"])
)


def signed_in() -> dict[str, Any]:
    """A new pair of tokens, and the account they are of."""
    credentials = {"email": EMAIL, "password": PASSWORD}
    answer = requests.post(f"{BASE}/api/v1/auth/login", json=credentials, timeout=30)
    answer.raise_for_status()
    tokens: dict[str, Any] = answer.json()
    return tokens


if EMAIL:
    OWN_ID = signed_in()["user"]["id"]

    @schemathesis.auth(refresh_interval=None)
    class SignIn:
        """One sign-in for the whole run, and another for each that is ended."""

        def get(self, _case: Case, _context: schemathesis.AuthContext) -> str:
            """A token."""
            return str(signed_in()["access_token"])

        def set(self, case: Case, data: str, _context: schemathesis.AuthContext) -> None:
            """Send it."""
            token = signed_in()["access_token"] if _is(case, "logout") else data
            case.headers["Authorization"] = f"Bearer {token}"

    @schemathesis.hook
    def before_call(
        _context: schemathesis.HookContext, case: Case, _arguments: dict[str, Any]
    ) -> None:
        """Spare the account that is signed in: without it the rest would all be 401."""
        acts_on_account = _is(case, "updateUser") or _is(case, "deleteUser")
        if acts_on_account and str(case.path_parameters.get("user_id")) == str(OWN_ID):
            case.path_parameters["user_id"] = NOT_THERE


@schemathesis.hook
def map_query(_context: schemathesis.HookContext, query: dict[str, Any]) -> dict[str, Any]:
    """Leave out a cursor beside a page: which cannot be given together, nor guessed."""
    cursor = (query or {}).get("cursor")
    if "page" in (query or {}) and isinstance(cursor, str) and len(cursor) <= LONGEST_CURSOR:
        return {name: value for name, value in query.items() if name != "cursor"}
    return query


@schemathesis.hook
def before_add_examples(_context: schemathesis.HookContext, examples: list[Case]) -> None:
    """Change the records that are there: the example of an entity tag is none of theirs."""
    for case in examples:
        case.headers.pop("If-Match", None)


@schemathesis.hook
def map_headers(_context: schemathesis.HookContext, headers: dict[str, Any]) -> dict[str, Any]:
    """Make up a tag for few changes only, as each of them is refused."""
    tag = (headers or {}).get("If-Match")
    if tag is None or len(str(tag)) % 4 == 0:
        return headers
    return {name: value for name, value in headers.items() if name != "If-Match"}


@schemathesis.hook
def filter_failure(
    _context: schemathesis.HookContext,
    failure: Failure,
    case: Case,
    response: schemathesis.Response,
) -> bool:
    """Whether it is a failure: not where only the validators can refuse what the document allows.

    The server's own fields may be sent back, whatever they hold; to Schemathesis they are faults.
    """
    if response.status_code == 405 and not _has_ids(case):
        return False
    if isinstance(failure, AcceptedNegativeData):
        return "Value is not allowed" not in failure.message and not _spells_a_boolean(case)
    if not isinstance(failure, RejectedPositiveData) or response.status_code != 400:
        return True
    problem = response.json()
    if problem["code"] == "bad-cursor" or "NUL character" in problem["detail"]:
        return False
    return not all(_is_beyond_schemas(case, fault) for fault in problem.get("errors", [{}]))


def _is(case: Case, operation_id: str) -> bool:
    return bool(case.operation.definition.raw.get("operationId") == operation_id)


def _has_ids(case: Case) -> bool:
    """Whether what is in the path are numbers; `/books/batch`, for one, is no book."""
    return all(str(value).isdigit() for value in (case.path_parameters or {}).values())


def _spells_a_boolean(case: Case) -> bool:
    """Whether a parameter that is true or false is `1`, `0` or in capitals, which is taken."""
    booleans = {
        each["name"]
        for each in case.operation.definition.raw.get("parameters", [])
        if each.get("schema", {}).get("type") == "boolean"
    }
    spellings = {"true", "false", "1", "0"}
    return any(str((case.query or {}).get(name)).lower() in spellings for name in booleans)


def _is_beyond_schemas(case: Case, fault: dict[str, str]) -> bool:
    of_this = [(code, start) for name, code, start in BEYOND_SCHEMAS_OF if _is(case, name)]
    return any(
        fault.get("code") == code and fault["detail"].startswith(start)
        for code, start in (*BEYOND_SCHEMAS, *of_this)
    )
