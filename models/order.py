"""Orders: what members and staff want bought, and the copies that came of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from peewee import IntegerField, TextField

from models import audit
from models.audit import Actor
from models.database import Compiled, Table, for_update, slot
from models.errors import Missing
from models.listing import Listing, Sort, equals, one_of
from models.view import View


class Order(Table):
    """One order; `received` counts the copies that have come."""

    user_id = IntegerField(null=True)
    title = TextField()
    author = TextField(null=True)
    isbn = TextField(null=True)
    publisher = TextField(null=True)
    quantity = IntegerField()
    note = TextField(null=True)
    status = TextField()
    vendor = TextField(null=True)
    unit_price = IntegerField(null=True)
    book_id = IntegerField(null=True)
    received = IntegerField()
    reason = TextField(null=True)
    created_at = TextField()
    updated_at = TextField()
    revision = IntegerField()

    class Meta:
        table_name = "purchase_order"


class Receipt(Table):
    """One copy that came with an order (rule 33)."""

    order_id = IntegerField()
    copy_id = IntegerField()
    received_at = TextField()


# What clients see lacks the currency, which is the library's.
VIEW = View(
    Order,
    "id user_id title author isbn publisher quantity note status vendor unit_price book_id received"
    " reason created_at updated_at revision",
)

LISTING = Listing(
    Order,
    VIEW,
    sorts={"id": Sort(Order.id)},
    filters={
        "user_id": equals(Order.user_id),
        "reader": equals(Order.user_id),
        "book_id": equals(Order.book_id),
        "status": one_of(Order.status),
    },
)

_BY_ID = Compiled(lambda: Order.select(*VIEW.columns).where(Order.id == slot("id")))
_LOCKED = Compiled(lambda: for_update(Order.select(*VIEW.columns).where(Order.id == slot("id"))))


def tag(record: Mapping[str, Any]) -> tuple[str, int, int]:
    """What names the present state of the record: noun, id and revision."""
    return ("order", record["id"], record["revision"])


def shown(record: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """A stored order as clients see it."""
    names = list(VIEW.names)
    place = names.index("unit_price") + 1
    head = {name: record[name] for name in names[:place]}
    return {**head, "currency": currency, **{name: record[name] for name in names[place:]}}


def find(order_id: int) -> dict[str, Any]:
    """The order as it is stored. Raises Missing."""
    return VIEW.read(_existing(_BY_ID.row(id=order_id)))


def locked(order_id: int) -> dict[str, Any]:
    """The order, held against other writers until the transaction ends. Raises Missing."""
    return VIEW.read(_existing(_LOCKED.row(id=order_id)))


def is_of(order_id: int, user_id: int | None) -> bool:
    """Whether this member asked for it."""
    row = _BY_ID.row(id=order_id)
    return row is not None and user_id is not None and VIEW.read(row)["user_id"] == user_id


def create(values: Mapping[str, Any], at: str, actor: Actor) -> dict[str, Any]:
    """Add an order of the actor's, as requested."""
    row = {**values, "user_id": actor.id, "status": "requested", "received": 0}
    stamps = {"created_at": at, "updated_at": at, "revision": 1}
    order_id: int = Order.insert({**row, **stamps}).execute()
    audit.record(actor, "order.create", "order", order_id)
    return find(order_id)


def update(
    order: dict[str, Any], values: Mapping[str, Any], action: str, at: str, actor: Actor
) -> dict[str, Any]:
    """Write changed fields of an order that is `locked`."""
    changes = audit.differences(order, {**order, **values})
    if changes:
        Order.update({**values, "updated_at": at, "revision": Order.revision + 1}).where(
            Order.id == order["id"]
        ).execute()
        told = "status" in changes or "reason" in changes
        reason = values.get("reason") if told else None
        audit.record(actor, action, "order", order["id"], reason=reason, changes=changes)
    return find(order["id"])


def receive(order_id: int, copy_ids: Sequence[int], at: str) -> None:
    """Note that these copies came with an order."""
    received = [{"order_id": order_id, "copy_id": each, "received_at": at} for each in copy_ids]
    Receipt.insert_many(received).execute()


def _existing(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    if row is None:
        raise Missing("There is no such order.")
    return row
