"""Holds of a title: placed for members, moved in the queue, suspended, kept longer, cancelled."""

from collections.abc import Callable
from typing import Any

from flask import Response

from models.vocabulary import Role
from pages.desk.blueprint import DESK
from pages.desk.outcomes import attempted
from pages.desk.state import number
from pages.desk.stock import seen, shown
from pages.frame.held import place
from pages.frame.views import page
from pages.frame.visit import Visit

_LABELS = {"expires_on": "desk.pick_up_until"}


@page(DESK, "/desk/books/<id:book_id>/holds", least=Role.LIBRARIAN, methods=("POST",))
def place_hold(visit: Visit, book_id: int) -> Response:
    """Place a hold for the member of a card."""
    form = visit.form
    body: dict[str, Any] = {"book_id": book_id, "card_number": form.get("card_number", "").strip()}
    codes = [code for code in form.get("codes", "").split(",") if code]
    if codes:
        body["override"] = {"codes": codes, "reason": form.get("reason", "")}
    return _done(
        visit,
        book_id,
        lambda: place(visit, body),
        "held",
        card_number=body["card_number"],
    )


@page(
    DESK,
    "/desk/books/<id:book_id>/holds/<id:hold_id>",
    least=Role.LIBRARIAN,
    methods=("POST",),
)
def change_hold(visit: Visit, book_id: int, hold_id: int) -> Response:
    """Move a hold in the queue, suspend or resume it, or change until when it can be fetched."""
    body = _changes(visit.form)
    return _done(
        visit, book_id, lambda: visit.do("changeHold", hold_id=hold_id, body=body), "saved"
    )


@page(
    DESK,
    "/desk/books/<id:book_id>/holds/<id:hold_id>/cancellation",
    least=Role.LIBRARIAN,
    methods=("POST",),
)
def cancel_hold_of_title(visit: Visit, book_id: int, hold_id: int) -> Response:
    """Cancel a hold."""
    return _done(visit, book_id, lambda: visit.do("cancelHold", hold_id=hold_id), "hold_cancelled")


def _done(visit: Visit, book_id: int, do: Callable[[], Any], done: str, **values: Any) -> Response:
    """Do something with a hold, and go on to its title; where it is refused, say why there."""
    _, refusal = attempted(visit, do, labels=_LABELS, **values)
    if refusal:
        return shown(visit, book_id, None, refusal=refusal)
    return seen(visit, book_id, done)


def _changes(form: dict[str, str]) -> dict[str, Any]:
    """The body that a form stands for; each form has one field, and an empty day ends it."""
    if "position" in form:
        return {"position": number(form["position"].strip())}
    name = "expires_on" if "expires_on" in form else "suspended_until"
    return {name: form.get(name, "").strip() or None}
