"""Orders: asked for, approved, ordered, received in parts, and taken back."""

from functools import partial
from typing import Any

from flask import Response, request

from models.order import received_copies
from models.vocabulary import OrderStatus, Role
from pages.desk import record_forms as forms
from pages.desk.blueprint import DESK
from pages.desk.listing import address_of, filters
from pages.desk.outcomes import Outcome, attempted
from pages.desk.record_forms import Field, Kind, Tried
from pages.desk.rendering import render
from pages.frame.views import page, see
from pages.frame.visit import Visit

_WANTED = (
    Field("title", is_required=True),
    Field("author"),
    Field("isbn"),
    Field("publisher"),
    Field("quantity", Kind.NUMBER, default=1),
    Field("note", Kind.LONG),
)
_BUYING = (Field("vendor"), Field("unit_price", Kind.MONEY))
_RECEIPT = (Field("barcodes", Kind.LINES, is_required=True),)
_RUNNING = f"{OrderStatus.REQUESTED},{OrderStatus.APPROVED},{OrderStatus.ORDERED}"
_STEPS: dict[str, tuple[OrderStatus, ...]] = {
    OrderStatus.REQUESTED: (OrderStatus.APPROVED, OrderStatus.DECLINED),
    OrderStatus.APPROVED: (OrderStatus.ORDERED, OrderStatus.CANCELLED),
    OrderStatus.ORDERED: (OrderStatus.CANCELLED,),
}
"""What is offered; the API alone decides what is possible."""
_WITH_REASON = (OrderStatus.DECLINED, OrderStatus.CANCELLED)


@page(DESK, "/desk/orders", least=Role.LIBRARIAN)
def orders(visit: Visit) -> Response:
    """Orders, the newest first; those that still run unless others are asked for."""
    asked = filters(request.args, ("status",))
    query = {
        "status": asked.get("status", _RUNNING),
        "embed": "user",
        "sort": "-id",
        "page": request.args.get("page", "1"),
    }
    return render(
        visit,
        "desk/orders.html",
        found=visit.do("listOrders", query=query),
        asked=asked,
        statuses=list(OrderStatus),
        address=address_of("/desk/orders", asked),
    )


@page(DESK, "/desk/orders/new", least=Role.LIBRARIAN)
def new_order_form(visit: Visit) -> Response:
    """The form of a new order."""
    return _new(visit, None)


@page(DESK, "/desk/orders/new", least=Role.LIBRARIAN, methods=("POST",))
def new_order(visit: Visit) -> Response:
    """Ask for a title."""
    done = forms.tried(visit, _WANTED, lambda body: visit.do("createOrder", body=body))
    return _new(visit, done) if done.faults else see(visit, f"/desk/orders/{done.answer['id']}")


@page(DESK, "/desk/orders/<id:order_id>", least=Role.LIBRARIAN)
def order_page(visit: Visit, order_id: int) -> Response:
    """An order with its next steps."""
    return _shown(visit, order_id)


@page(DESK, "/desk/orders/<id:order_id>", least=Role.LIBRARIAN, methods=("POST",))
def change_order(visit: Visit, order_id: int) -> Response:
    """Change what is wanted, or where it is bought."""
    done = forms.changed(
        visit,
        partial(visit.find, "getOrder", order_id=order_id),
        _fields,
        partial(visit.do, "updateOrder", order_id=order_id),
    )
    return _shown(visit, order_id, tried=done) if done.faults else _seen(visit, order_id)


@page(DESK, "/desk/orders/<id:order_id>/steps", least=Role.LIBRARIAN, methods=("POST",))
def step(visit: Visit, order_id: int) -> Response:
    """Take the next step."""
    body = {"status": visit.form.get("status", "")}
    if visit.form.get("reason", "").strip():
        body["reason"] = visit.form["reason"]
    _, refusal = attempted(visit, lambda: visit.do("updateOrder", order_id=order_id, body=body))
    return _shown(visit, order_id, refusal=refusal) if refusal else _seen(visit, order_id)


@page(DESK, "/desk/orders/<id:order_id>/receipts", least=Role.LIBRARIAN, methods=("POST",))
def receive(visit: Visit, order_id: int) -> Response:
    """Receive copies by their barcodes, one a line."""
    done = forms.tried(
        visit, _RECEIPT, lambda body: visit.do("receiveOrder", order_id=order_id, body=body)
    )
    return _shown(visit, order_id, received=done) if done.faults else _seen(visit, order_id)


@page(
    DESK,
    "/desk/orders/<id:order_id>/receipts/<id:copy_id>/deletion",
    least=Role.LIBRARIAN,
    methods=("POST",),
)
def take_back_receipt(visit: Visit, order_id: int, copy_id: int) -> Response:
    """Take the receipt of one copy back."""
    _, refusal = attempted(
        visit, lambda: visit.do("takeBackReceipt", order_id=order_id, received_id=copy_id)
    )
    return _shown(visit, order_id, refusal=refusal) if refusal else _seen(visit, order_id)


def _fields(order: dict[str, Any]) -> tuple[Field, ...]:
    """What can still be changed."""
    if order["status"] in (OrderStatus.REQUESTED, OrderStatus.APPROVED):
        return (*_WANTED, *_BUYING)
    return _BUYING


def _new(visit: Visit, tried: Tried | None) -> Response:
    return render(
        visit,
        "desk/record_form.html",
        status=tried.status if tried else 200,
        heading=visit.say("desk.new_order"),
        action="/desk/orders/new",
        back="/desk/orders",
        inputs=forms.inputs(visit, _WANTED, {}, tried),
        tried=tried,
    )


def _seen(visit: Visit, order_id: int) -> Response:
    return see(visit, f"/desk/orders/{order_id}?done=saved")


def _shown(
    visit: Visit,
    order_id: int,
    *,
    tried: Tried | None = None,
    received: Tried | None = None,
    refusal: Outcome | None = None,
) -> Response:
    order = visit.do("getOrder", order_id=order_id)
    failed = tried or received or refusal
    return render(
        visit,
        "desk/order.html",
        status=failed.status if failed else 200,
        order=order,
        copies=received_copies(order_id),
        steps=[(one, one in _WITH_REASON) for one in _STEPS.get(order["status"], ())],
        inputs=forms.inputs(visit, _fields(order), order, tried),
        tried=tried,
        receipt=forms.inputs(visit, _RECEIPT, {}, received),
        received=received,
        refusal=refusal.values if refusal else None,
        done=request.args.get("done", ""),
    )
