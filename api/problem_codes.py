"""Every problem code: its status, its title, and what it means and how to mend it."""

from collections.abc import Sequence
from typing import NamedTuple

from circulation.reasons import HOLD_CODES, LOAN_CODES, PARAMS, RENEWAL_CODES
from models.vocabulary import ProblemCode, ReasonCode


class ProblemType(NamedTuple):
    """One kind of problem; the code itself is the key in `PROBLEMS`."""

    status: int
    title: str
    meaning: str


def _refusal(title: str, codes: Sequence[ReasonCode]) -> ProblemType:
    """A refusal, its meaning with every reason there may be, and the `params` of each."""
    reasons = ", ".join(_with_params(code) for code in codes)
    meaning = "`reasons` lists everything that stands in the way, each with its `params`: "
    return ProblemType(409, title, f"{meaning}{reasons}.")


def _with_params(code: ReasonCode) -> str:
    params = ", ".join(f"`{name}`" for name in PARAMS.get(code, ()))
    return f"`{code}` ({params})" if params else f"`{code}`"


PROBLEMS: dict[str, ProblemType] = {
    ProblemCode.MALFORMED_BODY: ProblemType(
        400,
        "The body cannot be read",
        "Send one JSON object in UTF-8: no NaN, no NUL characters, no lone surrogates, no nesting"
        " deeper than 32 levels.",
    ),
    ProblemCode.INVALID: ProblemType(
        400,
        "The request is not valid",
        "`errors` lists every fault, each with the place in the body (`pointer`) or the query"
        " `parameter`, a code and a sentence.",
    ),
    ProblemCode.BAD_CURSOR: ProblemType(
        400,
        "The cursor cannot be used",
        "A cursor is used as it was given, with the same filters and the same `sort`. Begin again"
        " with an empty `cursor=`.",
    ),
    ProblemCode.BAD_ENTITY_TAG: ProblemType(
        400,
        "The entity tag cannot be read",
        "`If-Match` takes the `ETag` of what was read, in its double quotes, several with commas"
        " between them, or `*`.",
    ),
    ProblemCode.BAD_IDEMPOTENCY_KEY: ProblemType(
        400,
        "The idempotency key cannot be used",
        "`Idempotency-Key` takes 1 to 64 visible characters, in quotes or not.",
    ),
    ProblemCode.AUTHENTICATION_REQUIRED: ProblemType(
        401,
        "Credentials are required",
        "Send `Authorization: Bearer` with an access token or API key, or `Basic` with email and"
        " password.",
    ),
    ProblemCode.BAD_CREDENTIALS: ProblemType(
        401,
        "Email or password is wrong",
        "No active account has this email and password.",
    ),
    ProblemCode.BAD_TOKEN: ProblemType(
        401,
        "The token is not valid",
        "It is unknown, expired or used, or its sign-in has ended. Refresh it or sign in again.",
    ),
    ProblemCode.FORBIDDEN: ProblemType(
        403, "Not permitted", "The caller's role does not permit this operation."
    ),
    ProblemCode.INSUFFICIENT_SCOPE: ProblemType(
        403,
        "The API key lacks a scope",
        "`scope` names the scope that the API key lacks.",
    ),
    ProblemCode.FIELD_NOT_ALLOWED: ProblemType(
        403,
        "A field may not be changed",
        "`fields` names the fields whose values the caller's role may not change.",
    ),
    ProblemCode.REGISTRATION_CLOSED: ProblemType(
        403, "Registration is closed", "Ask the library for an account."
    ),
    ProblemCode.WRONG_PASSWORD: ProblemType(
        403, "The current password is wrong", "Give the password you sign in with now."
    ),
    ProblemCode.COPY_LENT: ProblemType(
        409, "The copy has been lent", "A receipt is taken back only while its copy was never lent."
    ),
    ProblemCode.TOO_LATE: ProblemType(
        409,
        "The day of the loan is over",
        "A loan is cancelled on the day it was made; later the copy is taken back.",
    ),
    ProblemCode.HOLDS_MOVED: ProblemType(
        409,
        "Holds have changed since",
        "A hold that the loan fulfilled or moved has been changed since; take the copy back.",
    ),
    ProblemCode.LOAN_OPEN: ProblemType(
        409, "The loan was not returned", "Only the return of a loan can be taken back."
    ),
    ProblemCode.LOAN_LOST: ProblemType(
        409,
        "The copy was lost and found again",
        "The loan ended when the copy was lost; lend the copy again.",
    ),
    ProblemCode.NOT_CLAIMED: ProblemType(
        409, "The loan is not claimed returned", "There is no claim to withdraw."
    ),
    ProblemCode.PAID: ProblemType(
        409, "Something was paid on this fee", "Void the payment first, or waive what is left."
    ),
    ProblemCode.VOID: ProblemType(409, "It is void already", "A voided fee or payment stays void."),
    ProblemCode.REFUNDED: ProblemType(
        409,
        "What was paid has been refunded",
        "The money went back to the member as a refund; the payment cannot be taken back too.",
    ),
    ProblemCode.FORGOTTEN: ProblemType(
        409,
        "The member's name was erased",
        "The record no longer names its member, so this cannot be undone.",
    ),
    ProblemCode.WRONG_PIN: ProblemType(403, "The PIN is wrong", "Give the PIN of the card."),
    ProblemCode.NOT_FOUND: ProblemType(
        404,
        "Not found",
        "There is no such path or record, or the caller may not know of it.",
    ),
    ProblemCode.MERGED: ProblemType(
        410,
        "The book was merged into another one",
        "`into` is the book that it is now, with its copies, loans and holds.",
    ),
    ProblemCode.COPY_NOT_FOUND: ProblemType(
        404, "There is no such copy", "No copy in stock has this barcode or id."
    ),
    ProblemCode.USER_NOT_FOUND: ProblemType(
        404, "There is no such member", "No account has this id or card number."
    ),
    ProblemCode.METHOD_NOT_ALLOWED: ProblemType(
        405,
        "The method is not allowed on this path",
        "`Allow` names the methods it takes.",
    ),
    ProblemCode.NOT_ACCEPTABLE: ProblemType(
        406,
        "No acceptable media type",
        "`Accept` names none of the media types that are offered.",
    ),
    ProblemCode.TEMPLATE: ProblemType(
        400,
        "The template cannot be used",
        "`field`, `line` and `reason` say what is wrong with which part of it, and where.",
    ),
    ProblemCode.NOTICE_STATE: ProblemType(
        409, "The notice is not in that state", "Only a failed notice is sent again."
    ),
    ProblemCode.CONFLICT: ProblemType(409, "The record's state does not allow it", "See `detail`."),
    ProblemCode.EMAIL_TAKEN: ProblemType(
        409, "The email is taken", "Emails are unique, whatever their case."
    ),
    ProblemCode.CARD_NUMBER_TAKEN: ProblemType(
        409, "The card number is taken", "Card numbers are unique, whatever their case."
    ),
    ProblemCode.ISBN_TAKEN: ProblemType(
        409, "The ISBN is taken", "`existing_id` is the book that has it."
    ),
    ProblemCode.BARCODE_TAKEN: ProblemType(
        409, "The barcode is taken", "Barcodes are unique among copies not withdrawn."
    ),
    ProblemCode.LAST_ADMIN: ProblemType(
        409,
        "This is the last active administrator",
        "Make another administrator active first.",
    ),
    ProblemCode.LOANS_OPEN: ProblemType(409, "Loans are open", "Take the copies back first."),
    ProblemCode.FEES_OWED: ProblemType(409, "Fees are owed", "Pay or waive the fees first."),
    ProblemCode.COPIES_ON_LOAN: ProblemType(409, "Copies are on loan", "Take them back first."),
    ProblemCode.HOLDS_OPEN: ProblemType(409, "Holds are open", "Cancel or fulfil them first."),
    ProblemCode.COPY_ON_LOAN: ProblemType(409, "The copy is on loan", "Take it back first."),
    ProblemCode.COPY_HELD: ProblemType(
        409,
        "The copy is set aside",
        "It is on the hold shelf for a member; cancel the hold first.",
    ),
    ProblemCode.MERGE_REFUSED: ProblemType(
        409,
        "The books cannot be merged",
        "`reasons` lists everything that stands in the way, each with its `params`: `self`"
        " (`book_id`), `merged` (`book_id`, `into`), `same-member-has-both` (`user_id`,"
        " `book_ids`): a member who has several of them on loan returns all but one first.",
    ),
    ProblemCode.LOAN_REFUSED: _refusal("The loan is refused", LOAN_CODES),
    ProblemCode.RENEWAL_REFUSED: _refusal("The renewal is refused", RENEWAL_CODES),
    ProblemCode.HOLD_REFUSED: _refusal("The hold is refused", HOLD_CODES),
    ProblemCode.LOAN_CLOSED: ProblemType(
        409, "The loan is closed", "It was returned, lost or cancelled."
    ),
    ProblemCode.HOLD_CLOSED: ProblemType(
        409, "The hold has ended", "It was fulfilled, was cancelled or has expired."
    ),
    ProblemCode.HOLD_READY: ProblemType(
        409,
        "The hold is ready",
        "A copy is set aside already; it can neither be suspended nor moved in the queue now.",
    ),
    ProblemCode.STOCKTAKE_CLOSED: ProblemType(
        409, "The stocktaking is closed", "It takes no scans and no changes any more."
    ),
    ProblemCode.HOLD_NOT_READY: ProblemType(
        409,
        "The hold is not ready",
        "No copy is set aside for it, so there is no pick-up time to change.",
    ),
    ProblemCode.OVERPAID: ProblemType(
        409, "More than is owed", "`balance` is what is left of the fee."
    ),
    ProblemCode.CALENDAR_CLOSED: ProblemType(
        409, "No open day would be left", "An open day within the next 365 days is required."
    ),
    ProblemCode.PLAN_BEGUN: ProblemType(
        409, "This week has begun", "Only a week that has not begun can be withdrawn."
    ),
    ProblemCode.POLICY_TAKEN: ProblemType(
        409,
        "The policy exists already",
        "There is one policy for each pair of member category and loan type.",
    ),
    ProblemCode.POLICY_REQUIRED: ProblemType(
        409, "This policy cannot be deleted", "The policy `*`/`*` applies where no other does."
    ),
    ProblemCode.ORDER_STATE: ProblemType(
        409, "The order's status does not allow this", "`order_status` is its present status."
    ),
    ProblemCode.ORDER_COMPLETE: ProblemType(
        409, "More than was ordered", "`outstanding` copies may still be received."
    ),
    ProblemCode.IDEMPOTENCY_IN_PROGRESS: ProblemType(
        409,
        "The first request is still running",
        "Ask again in a moment with the same key.",
    ),
    ProblemCode.STALE: ProblemType(
        412,
        "The record has changed",
        "It has changed since you read it. Read it again and repeat the change.",
    ),
    ProblemCode.BODY_TOO_LARGE: ProblemType(
        413, "The body is too large", "`limit` is the largest size taken, in bytes."
    ),
    ProblemCode.UNSUPPORTED_MEDIA_TYPE: ProblemType(
        415,
        "The media type of the body is not supported",
        "`supported` lists the media types that are.",
    ),
    ProblemCode.IDEMPOTENCY_KEY_REUSED: ProblemType(
        422,
        "The idempotency key was used for another body",
        "Use a new key for a new request.",
    ),
    ProblemCode.NOT_DONE: ProblemType(
        424,
        "Not done, as another operation failed",
        "This operation was valid, but another one of the same atomic batch failed.",
    ),
    ProblemCode.PRECONDITION_REQUIRED: ProblemType(
        428, "If-Match is required", "Send `If-Match` with the ETag of what you read."
    ),
    ProblemCode.RATE_LIMITED: ProblemType(
        429, "Too many requests", "Wait as many seconds as `Retry-After` says."
    ),
    ProblemCode.BAD_REQUEST: ProblemType(400, "The request cannot be understood", "See `detail`."),
    ProblemCode.INTERNAL: ProblemType(
        500,
        "Internal error",
        "Nothing was changed. Report it to the library with the `request_id`.",
    ),
    ProblemCode.UNAVAILABLE: ProblemType(
        503,
        "Temporarily unavailable",
        "A part of the service is busy or does not answer; try again soon.",
    ),
}
