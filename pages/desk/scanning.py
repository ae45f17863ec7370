"""What a scan means: a card loads its member; a barcode lends, takes back or renews."""

from dataclasses import replace
from typing import Any

from api.problems import Problem
from models.errors import Conflict, Missing
from models.vocabulary import LoanStatus
from pages.desk.outcomes import REFUSALS, Outcome, attempted
from pages.desk.state import Mode, State
from pages.frame.visit import Visit
from validators.engine.errors import Invalid

RUNNING = f"{LoanStatus.OPEN},{LoanStatus.OVERDUE},{LoanStatus.CLAIMED_RETURNED}"
MOST_FOUND = 20


def scanned(visit: Visit, state: State, text: str, meant: str = "") -> tuple[State, Outcome]:
    """Do what a scan means, and say what came of it.

    `meant` is `card` or `barcode` where a number is both and the clerk was asked. An empty scan
    is the end of a member's turn.
    """
    if not text:
        return replace(state, member_id=None), Outcome()
    copy = None if meant == "card" else _copy(visit, text)
    member = None if meant == "barcode" else _member(visit, text)
    if copy is not None and member is not None:
        return state, Outcome("choice", {"text": text, "member": member})
    if member is not None:
        return replace(state, member_id=member["id"]), Outcome()
    if copy is not None:
        return of_copy(visit, state, copy)
    return state, _unknown(visit, text)


def of_copy(visit: Visit, state: State, copy: dict[str, Any]) -> tuple[State, Outcome]:
    """Lend, take back or renew a copy, by what the desk is set to and who stands there."""
    if state.mode is Mode.RENEW:
        return state, renew_copy(visit, copy)
    if state.mode is Mode.HOUSE:
        return state, use_in_house(visit, copy)
    if state.mode is Mode.RETURN or state.member_id is None:
        return state, take_back(visit, state, copy)
    return state, lend(visit, state, copy)


def lend(visit: Visit, state: State, copy: dict[str, Any], **override: Any) -> Outcome:
    """Lend a copy to the member at the desk; `override` has `override` and `due_on`, if wanted."""
    body = {"copy_id": copy["id"], "user_id": state.member_id, **override}
    book = book_of(visit, copy)
    loan, refusal = attempted(
        visit, lambda: visit.do("lend", body=body), act="lend", copy=copy, book=book
    )
    return refusal or Outcome("lent", {"loan": loan, "copy": copy, "book": book})


def take_back(
    visit: Visit, state: State, copy: dict[str, Any], *, is_lent_since: bool = False
) -> Outcome:
    """Take a copy back, as of the day that the desk is set to.

    One that was lent since the page was loaded is refused, but told again if this form has taken
    it back before.
    """
    body: dict[str, Any] = {"copy_id": copy["id"]}
    returned_at = state.returned_at
    if returned_at is not None:
        body["returned_at"] = returned_at
    book = book_of(visit, copy)
    done, refusal = attempted(
        visit,
        lambda: _taken_back(visit, body, is_lent_since=is_lent_since),
        act="return",
        copy=copy,
        book=book,
    )
    return refusal or Outcome(
        "returned",
        {
            "book": book,
            "copy": done["copy"],
            "loan": done["loan"],
            "owed": sum(one["balance"] for one in done["fees"]),
            "hold": done["hold"],
            "holder": _person(visit, done["hold"]),
            "borrower": _person(visit, done["loan"]),
            "returned_on": state.returned_on if returned_at else None,
        },
    )


def _taken_back(visit: Visit, body: dict[str, Any], *, is_lent_since: bool) -> Any:
    if not is_lent_since:
        return visit.do("takeBack", body=body)
    try:
        return visit.again().do("takeBack", body=body)
    except Missing:
        raise Conflict("This copy has been lent since.", code="copy-on-loan") from None


def use_in_house(visit: Visit, copy: dict[str, Any]) -> Outcome:
    """Count a copy that was used in the library and is put back."""
    book = book_of(visit, copy)
    body = {"copy_id": copy["id"], "in_house": True}
    _, refusal = attempted(
        visit, lambda: visit.do("takeBack", body=body), act="return", copy=copy, book=book
    )
    return refusal or Outcome("used", {"copy": copy, "book": book})


def renew_copy(visit: Visit, copy: dict[str, Any]) -> Outcome:
    """Renew the running loan of a copy, whoever has it."""
    loans = visit.do("listLoans", query={"copy_id": copy["id"], "status": RUNNING})["data"]
    if not loans:
        values = {"copy": copy, "book": book_of(visit, copy)}
        return Outcome("not_on_loan", values, is_refusal=True, status=409)
    return renew(visit, loans[0], copy=copy)


def renew(
    visit: Visit,
    loan: dict[str, Any],
    *,
    copy: dict[str, Any] | None = None,
    override: dict[str, Any] | None = None,
) -> Outcome:
    """Renew a loan."""
    copy = copy or visit.do("getCopy", copy_id=loan["copy_id"])
    values: dict[str, Any] = {"copy": copy, "book": book_of(visit, copy)}
    body = {} if override is None else {"override": override}
    renewed, refusal = attempted(
        visit,
        lambda: visit.do("renewLoan", loan_id=loan["id"], body=body),
        act="renew",
        loan_id=loan["id"],
        **values,
    )
    return refusal or Outcome("renewed", {"loan": renewed, **values})


def book_of(visit: Visit, copy: dict[str, Any]) -> dict[str, Any] | None:
    """The title of a copy; None where it has left the catalogue."""
    try:
        book: dict[str, Any] = visit.do("getBook", book_id=copy["book_id"])
    except REFUSALS:
        return None
    return book


def _copy(visit: Visit, text: str) -> dict[str, Any] | None:
    return _only(visit, "listCopies", "barcode", text)


def _member(visit: Visit, text: str) -> dict[str, Any] | None:
    return _only(visit, "listUsers", "card_number", text)


def _only(visit: Visit, operation: str, name: str, text: str) -> dict[str, Any] | None:
    try:
        found = visit.do(operation, query={name: text, "limit": 1})["data"]
    except Invalid:  # nothing has a number that is as long, or has such characters
        return None
    return found[0] if found else None


def _person(visit: Visit, record: dict[str, Any] | None) -> dict[str, Any] | None:
    """Whose a loan or hold is; None where nobody is named, or they have been deleted since."""
    if record is None or record["user_id"] is None:
        return None
    try:
        member: dict[str, Any] = visit.do("getUser", user_id=record["user_id"])
    except Missing:
        return None
    return member


def _unknown(visit: Visit, text: str) -> Outcome:
    """Neither card nor barcode: members of that name, and a way into the catalogue."""
    try:
        found = visit.do("listUsers", query={"q": text, "limit": MOST_FOUND, "sort": "last_name"})
    except (Invalid, Problem):
        found = {"data": [], "pagination": {"total": 0}}
    values = {"text": text, "members": found["data"], "total": found["pagination"]["total"]}
    is_number = not any(char.isalpha() for char in text)
    alarming = is_number or not found["data"]
    return Outcome("unknown", values, is_refusal=alarming, status=404 if alarming else 200)
