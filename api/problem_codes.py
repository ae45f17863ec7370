"""Every problem code: its status, its title, and what it means and how to mend it."""

from collections.abc import Sequence
from typing import NamedTuple

from circulation.reasons import HOLD_CODES, LOAN_CODES, PARAMS, RENEWAL_CODES, Code


class ProblemCode(NamedTuple):
    """One kind of problem; the code itself is the key in `PROBLEMS`."""

    status: int
    title: str
    meaning: str


def _refusal(title: str, codes: Sequence[Code]) -> ProblemCode:
    """A refusal, its meaning with every reason there may be, and the `params` of each."""
    reasons = ", ".join(_with_params(code) for code in codes)
    meaning = "`reasons` lists everything that stands in the way, each with its `params`: "
    return ProblemCode(409, title, f"{meaning}{reasons}.")


def _with_params(code: Code) -> str:
    params = ", ".join(f"`{name}`" for name in PARAMS.get(code, ()))
    return f"`{code}` ({params})" if params else f"`{code}`"


PROBLEMS: dict[str, ProblemCode] = {
    "malformed-body": ProblemCode(
        400,
        "The body cannot be read",
        "Send one JSON object in UTF-8: no NaN, no NUL characters, no lone surrogates, no absurd"
        " nesting.",
    ),
    "invalid": ProblemCode(
        400,
        "The request is not valid",
        "`errors` lists every fault, each with the place in the body (`pointer`) or the query"
        " `parameter`, a code and a sentence.",
    ),
    "bad-cursor": ProblemCode(
        400,
        "The cursor cannot be used",
        "A cursor is used as it was given, with the same filters and the same `sort`. Begin again"
        " with an empty `cursor=`.",
    ),
    "bad-idempotency-key": ProblemCode(
        400,
        "The idempotency key cannot be used",
        "`Idempotency-Key` takes 1 to 64 visible characters, in quotes or not.",
    ),
    "authentication-required": ProblemCode(
        401,
        "Sign in first",
        "Send `Authorization: Bearer` with an access token or API key, or `Basic` with email and"
        " password.",
    ),
    "bad-credentials": ProblemCode(
        401,
        "Email or password is wrong",
        "No active account has this email and password.",
    ),
    "bad-token": ProblemCode(
        401,
        "The token is not good",
        "It is unknown, expired, used up, or its sign-in is over. Refresh it or log in again.",
    ),
    "forbidden": ProblemCode(
        403, "You may not do this", "The caller's role does not allow this operation."
    ),
    "insufficient-scope": ProblemCode(
        403,
        "The key does not reach that far",
        "The API key lacks the scope named in `scope`.",
    ),
    "field-not-allowed": ProblemCode(
        403,
        "A field is not yours to set",
        "`fields` names those whose values the caller's role may not change.",
    ),
    "registration-closed": ProblemCode(
        403, "Registration is closed", "Ask the library for an account."
    ),
    "wrong-password": ProblemCode(
        403, "The current password is wrong", "Give the password you sign in with now."
    ),
    "not-found": ProblemCode(
        404,
        "There is nothing here",
        "No such path or record, or none that you may know of.",
    ),
    "copy-not-found": ProblemCode(
        404, "There is no such copy", "No copy in stock has this barcode or id."
    ),
    "user-not-found": ProblemCode(
        404, "There is no such member", "No account has this id or card number."
    ),
    "method-not-allowed": ProblemCode(
        405,
        "This path does not take that method",
        "`Allow` names the methods it takes.",
    ),
    "not-acceptable": ProblemCode(
        406,
        "No form of the answer is acceptable",
        "`Accept` names no media type offered here.",
    ),
    "conflict": ProblemCode(409, "The record's state does not allow it", "See `detail`."),
    "email-taken": ProblemCode(
        409, "The email is taken", "Emails are unique, whatever their case."
    ),
    "card-number-taken": ProblemCode(
        409, "The card number is taken", "Card numbers are unique, whatever their case."
    ),
    "isbn-taken": ProblemCode(409, "The ISBN is taken", "`existing_id` is the book that has it."),
    "barcode-taken": ProblemCode(
        409, "The barcode is taken", "Barcodes are unique among copies not withdrawn."
    ),
    "last-admin": ProblemCode(
        409,
        "The last administrator stays",
        "Make another active administrator first.",
    ),
    "loans-open": ProblemCode(409, "Loans are open", "Take the copies back first."),
    "fees-owed": ProblemCode(409, "Fees are owed", "Settle the account first."),
    "copies-on-loan": ProblemCode(409, "Copies are on loan", "Take them back first."),
    "holds-open": ProblemCode(409, "Holds are open", "Cancel or fulfil them first."),
    "copy-on-loan": ProblemCode(409, "The copy is on loan", "Take it back first."),
    "copy-held": ProblemCode(
        409,
        "The copy is set aside",
        "A member's hold is waiting on the shelf; cancel it first.",
    ),
    "loan-refused": _refusal("The loan is refused", LOAN_CODES),
    "renewal-refused": _refusal("The renewal is refused", RENEWAL_CODES),
    "hold-refused": _refusal("The hold is refused", HOLD_CODES),
    "loan-closed": ProblemCode(409, "The loan is over", "It was returned or lost already."),
    "hold-closed": ProblemCode(
        409, "The hold is over", "It was fulfilled, cancelled or expired already."
    ),
    "hold-ready": ProblemCode(
        409,
        "The hold is ready",
        "A copy is set aside already; it cannot be suspended now.",
    ),
    "overpaid": ProblemCode(409, "More than is owed", "`balance` is what is left of the fee."),
    "calendar-closed": ProblemCode(
        409, "The library would never open", "An open day must be left within 365 days."
    ),
    "policy-taken": ProblemCode(
        409,
        "There is such a policy",
        "One policy for each pair of category and loan type.",
    ),
    "policy-required": ProblemCode(
        409, "This policy is needed", "The policy for `*` and `*` is the last resort."
    ),
    "order-state": ProblemCode(
        409, "The order cannot take this step", "`order_status` is where the order stands."
    ),
    "order-complete": ProblemCode(
        409, "More than was ordered", "`outstanding` copies may still be received."
    ),
    "idempotency-in-progress": ProblemCode(
        409,
        "The first request is still running",
        "Ask again in a moment with the same key.",
    ),
    "stale": ProblemCode(
        412,
        "The record moved on",
        "Read it again and repeat the change on what you find.",
    ),
    "body-too-large": ProblemCode(
        413, "The body is too large", "`limit` is the largest size taken, in bytes."
    ),
    "unsupported-media-type": ProblemCode(
        415,
        "The body is of a type not taken here",
        "`supported` lists the types that are.",
    ),
    "idempotency-key-reused": ProblemCode(
        422,
        "The idempotency key was used for another body",
        "Use a new key for a new request.",
    ),
    "not-done": ProblemCode(
        424,
        "Undone with the others",
        "Nothing was wrong with this operation, but another one of an atomic batch failed.",
    ),
    "precondition-required": ProblemCode(
        428, "Say what you change", "Send `If-Match` with the ETag of what you read."
    ),
    "rate-limited": ProblemCode(
        429, "Too many requests", "Wait as many seconds as `Retry-After` says."
    ),
    "bad-request": ProblemCode(400, "The request cannot be understood", "See `detail`."),
    "internal": ProblemCode(
        500,
        "Something went wrong here",
        "Nothing was changed. Tell the library, naming the `request_id`.",
    ),
    "unavailable": ProblemCode(
        503,
        "Not available right now",
        "A part of the service is busy or down; try again soon.",
    ),
}
