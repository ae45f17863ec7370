"""`/desk`: one field that takes a card or a barcode, the member's standing, the last acts."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from models.errors import Missing
from models.vocabulary import FeeKind, PaymentMethod, Role
from pages.desk import acts
from pages.desk.blueprint import DESK
from pages.desk.outcomes import Outcome, attempted, reason
from pages.desk.rendering import render
from pages.desk.scanning import RUNNING, scanned
from pages.desk.state import Mode, State, number, today
from pages.frame.book_languages import tell_languages
from pages.frame.fee_titles import account_of
from pages.frame.held import holds_of
from pages.frame.views import page
from pages.frame.visit import Visit

_PER_PAGE = 50
"""Loans and holds of a member."""


@page(DESK, "/desk", least=Role.LIBRARIAN)
def start(visit: Visit) -> Response:
    """The desk, with a member where the address names one."""
    return shown(visit, State.of(request.args))


@page(DESK, "/desk", least=Role.LIBRARIAN, methods=("POST",))
def scan(visit: Visit) -> Response:
    """Do what a scan means."""
    form = visit.form
    state, outcome = scanned(
        visit, State.of(form), form.get("scan", "").strip(), form.get("meant", "")
    )
    return shown(visit, state, outcome)


@page(DESK, "/desk/undo", least=Role.LIBRARIAN, methods=("POST",))
def undo(visit: Visit) -> Response:
    """Undo one of the last acts."""
    state = State.of(visit.form)
    why = visit.form.get("reason", "").strip() or str(visit.say("desk.undo_reason"))
    act_id = number(visit.form.get("act", ""))
    act, refusal = attempted(visit, lambda: acts.undo(visit, act_id, why))
    return shown(visit, state, refusal or Outcome("undone", {"act": act}))


def shown(visit: Visit, state: State, outcome: Outcome | None = None) -> Response:
    """The desk after an act, which is told also where its member has been deleted meanwhile.

    The form of one that is refused, `refused_at` its path, keeps what was `typed` into it. Without
    an act, raises Missing for a member who is not there.
    """
    told = outcome or Outcome()
    look = _member if outcome is None else _found
    member = None if state.member_id is None else look(visit, state.member_id)
    is_gone = member is None and state.member_id is not None
    state = replace(state, member_id=None) if is_gone else state
    visit.shown_at = _address_of(state)
    return render(
        visit,
        "desk/counter.html",
        refused_at=request.path if told.is_refusal else "",
        typed=visit.form if told.is_refusal else {},
        status=told.status,
        state=state,
        outcome=told,
        member=member,
        is_gone=is_gone,
        address=partial(_pages_of, state),
        acts=acts.latest(visit),
        today=today(),
        modes=list(Mode),
        methods=[one.value for one in PaymentMethod],
        charges=[kind.value for kind in (FeeKind.MANUAL, FeeKind.MEMBERSHIP, FeeKind.DAMAGE)],
    )


def _found(visit: Visit, user_id: int) -> dict[str, Any] | None:
    try:
        return _member(visit, user_id)
    except Missing:
        return None


def _member(visit: Visit, user_id: int) -> dict[str, Any]:
    """All that the desk shows of a member."""
    own: dict[str, Any] = {"user_id": user_id}
    user = visit.do("getUser", **own)
    standing = visit.do("getStanding", **own)
    loans = {"status": RUNNING, "embed": "book,copy", "sort": "due_at", **_page_of("loans")}
    holds = {"embed": "book,copy", **_page_of("holds")}
    lent = visit.do("listLoans", query={**loans, **own})
    tell_languages(lent["data"])
    return {
        "user": user,
        "standing": standing,
        "against": [reason(visit, one) for one in standing["loan"]["reasons"]],
        "loans": lent,
        "holds": holds_of(visit, {**holds, **own}),
        "account": account_of(visit, user_id),
    }


def _page_of(name: str) -> dict[str, Any]:
    """Which page of the member's loans or holds is looked at; the first after an act."""
    return {"limit": _PER_PAGE, "page": request.args.get(name, "1")}


def _pages_of(state: State, name: str) -> Callable[[int], str]:
    """Where the pages of the member's loans or holds are, with what the desk is set to."""
    return lambda number: _address_of(state, **{name: number})


def _address_of(state: State, **more: Any) -> str:
    kept = {"member": state.member_id, "mode": state.mode, "returned_on": state.returned_on}
    named = {name: value for name, value in kept.items() if value is not None}
    return f"/desk?{urlencode({**named, **more})}"
