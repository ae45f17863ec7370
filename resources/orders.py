"""Orders: what members and staff want bought, and the copies that came of it."""

from api.http.embedding import embedded, embedder
from api.http.pagination import Records, Rows, filters, listed
from api.operation import Answer, Call, operation
from api.resource import Resource
from circulation import acquisitions
from models import order, timestamps
from models.order import OrderRow
from resources.shared import copies_seen_by
from validators import orders as schemas
from validators.engine.bodies import compile_body
from validators.engine.queries import compile_query


def _answered(call: Call, row: OrderRow, status: int = 200) -> Answer:
    shown = row.to_json(call.settings.currency)
    return Answer(shown, status, tag=row.tag, at=f"/orders/{row.id}")


class Orders(Resource):
    """`/orders`"""

    @operation(
        "listOrders",
        "List orders",
        query=compile_query(schemas.ORDERS_QUERY),
        answer=schemas.ORDER,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The orders; to a member, their own."""
        asked = filters(call)
        currency = call.settings.currency

        def present(rows: Rows) -> Records:
            return [row.to_json(currency) for row in rows]

        return listed(call, order.LISTING, asked, present=present, finish=embedder(call))

    @operation(
        "createOrder",
        "Ask for a book to be bought",
        body=compile_body(schemas.NEW_ORDER, "create"),
        answer=schemas.ORDER,
        status=201,
        problems=("not-found", "merged"),
    )
    def post(self, call: Call) -> Answer:
        """The caller's order, as requested."""
        return _answered(call, acquisitions.request(call.body, call.actor, timestamps.now()), 201)


class Order(Resource):
    """`/orders/{order_id}`"""

    @operation(
        "getOrder",
        "Read an order",
        query=compile_query(schemas.ORDER_QUERY),
        answer=schemas.ORDER,
        problems=("not-found",),
    )
    def get(self, call: Call, found: OrderRow) -> Answer:
        """The order; to a member, their own."""
        shown = found.to_json(call.settings.currency)
        return Answer(embedded(shown, embedder(call)), tag=found.tag)

    @operation(
        "updateOrder",
        "Take an order's next step",
        body=compile_body(schemas.ORDER, "patch"),
        answer=schemas.ORDER,
        problems=("not-found", "merged", "field-not-allowed", "forbidden", "order-state"),
    )
    def patch(self, call: Call, present: OrderRow) -> Answer:
        """The order, changed or a step further; what is wanted can be changed until `ordered`.

        A member may cancel their own while it is requested.
        """
        by_member = not call.caller.is_staff
        changed = acquisitions.change(
            present.id, call.body, call.actor, timestamps.now(), by_member=by_member
        )
        return _answered(call, changed)


class Receipts(Resource):
    """`/orders/{order_id}/receipts`"""

    @operation(
        "receiveOrder",
        "Take in copies that came",
        body=compile_body(schemas.RECEIPT, "create"),
        answer=schemas.RECEIVED,
        status=201,
        problems=("not-found", "order-state", "order-complete", "barcode-taken", "calendar-closed"),
    )
    def post(self, call: Call, present: OrderRow) -> Answer:
        """The order, and its new copies; those that holds wait for are set aside."""
        received, copies = acquisitions.receive(
            present.id, call.body["barcodes"], call.actor, timestamps.now()
        )
        made = {
            "order": received.to_json(call.settings.currency),
            "copies": copies_seen_by(call, copies),
        }
        return Answer(made, 201, at=f"/orders/{received.id}")


class OrderReceipt(Resource):
    """`/orders/{order_id}/receipts/{received_id}`"""

    @operation(
        "takeBackReceipt",
        "Take a receipt back",
        status=204,
        problems=("not-found", "copy-lent"),
    )
    def delete(self, call: Call, present: OrderRow, received_id: int) -> Answer:
        """The copy is withdrawn, and the order waits for it again; its book stays."""
        acquisitions.take_back_receipt(present.id, received_id, call.actor, timestamps.now())
        return Answer(status=204)
