"""`/account`: loans, holds, fees and notices of whoever is signed in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Response, request

from api.problem_codes import PROBLEMS
from api.problems import as_problem
from circulation import dry_runs
from models import timestamps
from models.vocabulary import NoticeKind, Role
from pages.frame.book_languages import tell_languages
from pages.frame.errors import REFUSALS, reasons
from pages.frame.fee_titles import account_of
from pages.frame.held import holds_of
from pages.frame.views import page, render, see
from pages.frame.visit import Visit
from pages.reader.blueprint import READER
from validators.users import SWITCHABLE

_PER_PAGE = 50
"""Loans and holds of a page, as many as it decides on."""
_OVER = {"allowed": False, "reasons": []}
"""Of a loan that was returned meanwhile."""
_RUNNING = "open,overdue,claimed_returned"
_DONE = frozenset(
    {"hold-cancelled", "hold-changed", "password-changed", "pin-changed", "details-changed"}
)


@page(READER, "/account", least=Role.MEMBER)
def account(visit: Visit) -> Response:
    """Everything at once."""
    done = request.args.get("done", "")
    return _account(visit, done=done.replace("-", "_") if done in _DONE else "")


@page(READER, "/account/renewals", least=Role.MEMBER, methods=("POST",))
def renew(visit: Visit) -> Response:
    """Renew the loan named, or every one; what is refused says why."""
    named = visit.form.get("loan_id", "")
    outcomes = [
        {"loan": one, **_renewed(visit, one["id"])}
        for one in _all_loans(visit)
        if named in ("", str(one["id"]))
    ]
    return _account(visit, outcomes=outcomes)


@page(READER, "/account/holds/<id:hold_id>/cancellation", least=Role.MEMBER, methods=("POST",))
def cancel_hold(visit: Visit, hold_id: int) -> Response:
    """Cancel a hold."""
    visit.do("cancelHold", hold_id=hold_id)
    return see(visit, "/account?done=hold-cancelled")


@page(READER, "/account/holds/<id:hold_id>/suspension", least=Role.MEMBER, methods=("POST",))
def suspend_hold(visit: Visit, hold_id: int) -> Response:
    """Suspend a hold until a day, or resume it where none is given."""
    until = visit.form.get("suspended_until", "").strip() or None
    try:
        visit.do("changeHold", hold_id=hold_id, body={"suspended_until": until})
    except REFUSALS as error:
        problem = as_problem(error)
        if problem.code not in ("invalid", "hold-ready", "hold-closed"):
            raise
        return _account(visit, wrong_hold=True, status=PROBLEMS[problem.code].status)
    return see(visit, "/account?done=hold-changed")


@page(READER, "/account/history", least=Role.MEMBER)
def history(visit: Visit) -> Response:
    """Loans that are over, as far as the library keeps them."""
    query = {
        "user_id": visit.caller.id,
        "status": "returned,lost",
        "embed": "book",
        "sort": "-id",
        "page": request.args.get("page", "1"),
    }
    found = visit.do("listLoans", query=query)
    tell_languages(found["data"])
    return render(visit, "reader/history.html", found=found)


@page(READER, "/account/notices", least=Role.MEMBER)
def notices(visit: Visit) -> Response:
    """What the library has written."""
    return _notices(visit)


def _notices(visit: Visit, *, is_stale: bool = False) -> Response:
    query = {"user_id": visit.caller.id, "page": request.args.get("page", "1"), "limit": 20}
    return render(
        visit,
        "reader/notices.html",
        status=412 if is_stale else 200,
        is_stale=is_stale,
        found=visit.do("listNotices", query=query),
        switches=_switches(visit),
        is_saved=request.args.get("done") == "saved",
    )


@page(READER, "/account/notices", least=Role.MEMBER, methods=("POST",))
def switch_notices(visit: Visit) -> Response:
    """Switch kinds of notices on and off; those left as they were stay as the library has them."""
    if "was_on" not in visit.form:
        return _notices(visit, is_stale=True)
    wanted = {kind for name, kind in visit.form_pairs if name == "kind"}
    was_on = set(visit.form["was_on"].split())
    changed = {kind: kind in wanted for kind in SWITCHABLE if (kind in wanted) != (kind in was_on)}
    if changed:
        visit.do("updateProfile", body={"notices": changed})
    return see(visit, "/account/notices?done=saved")


def _switches(visit: Visit) -> list[tuple[str, bool]]:
    """The kinds of notices that members choose themselves, and whether each is sent."""
    own = visit.do("getProfile")["notices"]
    known = visit.settings.notices
    return [(kind, own.get(kind, known[NoticeKind(kind)].is_on)) for kind in SWITCHABLE]


def _renewed(visit: Visit, loan_id: int) -> dict[str, Any]:
    """The new due date, or the reasons against it."""
    try:
        made = visit.do("renewLoan", loan_id=loan_id)
    except REFUSALS as error:
        problem = as_problem(error)
        told = reasons(problem.extra.get("reasons", ()), visit)
        return {"due_at": "", "reasons": told or [str(visit.say("account.not_now"))]}
    return {"due_at": made["due_at"], "reasons": []}


def _running(visit: Visit) -> dict[str, Any]:
    """What asks for the running loans of whoever is signed in."""
    query = {"status": _RUNNING, "sort": "due_at", "embed": "book,copy"}
    return {**query, "user_id": visit.caller.id}


def _all_loans(visit: Visit) -> list[dict[str, Any]]:
    """Every running loan, read before the first is renewed: that moves it in the list."""
    return visit.every("listLoans", query=_running(visit))


def _page_of(name: str) -> dict[str, Any]:
    """Which page of the loans or holds is looked at."""
    return {"limit": _PER_PAGE, "page": request.args.get(name, "1")}


def _address_of(name: str) -> Callable[[int], str]:
    return lambda number: f"/account?{name}={number}#{name}"


def _account(
    visit: Visit,
    *,
    done: str = "",
    outcomes: Any = (),
    wrong_hold: bool = False,
    status: int = 200,
) -> Response:
    own: dict[str, Any] = {"user_id": visit.caller.id}
    loans = visit.do("listLoans", query={**_running(visit), **_page_of("loans")})
    tell_languages(loans["data"])
    decided = dry_runs.renewals(
        own["user_id"],
        {one["id"] for one in loans["data"]},
        timestamps.now(),
    )
    for one in loans["data"]:
        asked = decided.get(one["id"], _OVER)
        one["renewable"], one["against"] = asked["allowed"], reasons(asked["reasons"], visit)
    holds = {"embed": "book,copy", **_page_of("holds"), **own}
    return render(
        visit,
        "reader/account.html",
        status=status,
        wrong_hold=wrong_hold,
        tomorrow=visit.calendar.local_date(timestamps.now()) + timedelta(days=1),
        done=done,
        outcomes=outcomes,
        loans=loans,
        loans_address=_address_of("loans"),
        holds=holds_of(visit, holds),
        holds_address=_address_of("holds"),
        account=account_of(visit, own["user_id"]),
        standing=_standing(visit),
    )


def _standing(visit: Visit) -> list[str]:
    """Why the member may not borrow at all at the moment."""
    standing = visit.do("getStanding", user_id=visit.caller.id)
    return reasons(standing["loan"]["reasons"], visit)
