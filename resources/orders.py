"""Orders: what members and staff want bought, and the copies that came of it."""

from typing import Any

from api.fields import require_allowed
from api.operation import Answer, Call, operation
from api.paging import Records, Rows, filters, listed
from api.pipeline import Resource
from api.problems import Problem
from circulation import ordering
from models import clock, order
from models.errors import Missing
from validators import orders
from validators.bodies import compile_body
from validators.queries import compile_query


def _answered(call: Call, record: dict[str, Any], status: int = 200) -> Answer:
    shown = order.shown(record, call.settings.currency)
    return Answer(shown, status, tag=order.tag(record), at=f"/orders/{record['id']}")


class Orders(Resource):
    """`/orders`"""

    @operation(
        "listOrders",
        "List orders",
        query=compile_query(orders.ORDERS_QUERY),
        answer=orders.ORDER,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The orders; to a member, their own."""
        asked = filters(call)
        if not call.caller.is_staff:
            asked["reader"] = call.user_id
        currency = call.settings.currency

        def present(rows: Rows) -> Records:
            return [order.shown(order.VIEW.read(row), currency) for row in rows]

        return listed(call, order.LISTING, asked, present=present)

    @operation(
        "createOrder",
        "Ask for a book to be bought",
        body=compile_body(orders.NEW_ORDER, "create"),
        answer=orders.ORDER,
        status=201,
        problems=("not-found",),
    )
    def post(self, call: Call) -> Answer:
        """The caller's order, as requested."""
        return _answered(call, ordering.request(call.body, call.actor, clock.now()), 201)


class Order(Resource):
    """`/orders/{order_id}`"""

    @operation("getOrder", "Read an order", answer=orders.ORDER, problems=("not-found",))
    def get(self, call: Call, order_id: int) -> Answer:
        """The order; to a member, their own."""
        _require_visible(call, order_id)
        return _answered(call, order.find(order_id))

    @operation(
        "updateOrder",
        "Take an order's next step",
        body=compile_body(orders.ORDER, "patch"),
        answer=orders.ORDER,
        problems=("not-found", "field-not-allowed", "forbidden", "order-state"),
    )
    def patch(self, call: Call, order_id: int) -> Answer:
        """The order, a step further; a member may cancel their own while it is requested."""
        _require_visible(call, order_id)

        def check(present: dict[str, Any]) -> None:
            require_allowed(call, present)
            _require_cancelling(call, present)
            call.precondition(order.tag(present))
            _require_requested(call, present)

        return _answered(call, ordering.change(order_id, call.body, call.actor, clock.now(), check))


class Receipts(Resource):
    """`/orders/{order_id}/receipts`"""

    @operation(
        "receiveOrder",
        "Take in copies that came",
        body=compile_body(orders.RECEIPT, "create"),
        answer=orders.RECEIVED,
        status=201,
        problems=("not-found", "order-state", "order-complete", "barcode-taken", "calendar-closed"),
    )
    def post(self, call: Call, order_id: int) -> Answer:
        """The order, and its new copies; those that holds wait for are set aside."""
        received, copies = ordering.receive(
            order_id, call.body["barcodes"], call.actor, clock.now()
        )
        shown = order.shown(received, call.settings.currency)
        return Answer({"order": shown, "copies": copies}, 201, at=f"/orders/{order_id}")


def _require_visible(call: Call, order_id: int) -> None:
    if not call.caller.is_staff and not order.is_of(order_id, call.caller.id):
        raise Missing("There is no such order.")


def _require_cancelling(call: Call, present: dict[str, Any]) -> None:
    """A member does nothing to an order but cancel it, and say why."""
    changes = any(present[name] != value for name, value in call.body.items())
    cancels = ordering.step_of(present, call.body) == "cancelled"
    if changes and not call.caller.is_staff and not cancels:
        raise Problem("forbidden", "Of your own order you may only set status to cancelled.")


def _require_requested(call: Call, present: dict[str, Any]) -> None:
    steps = ordering.step_of(present, call.body) is not None
    if steps and not call.caller.is_staff and present["status"] != "requested":
        raise ordering.no_step(present, "be cancelled by you")
