"""Orders: what members and staff want bought, and the copies that came of it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from peewee import ForeignKeyField, IntegerField, TextField

from models import audit, copy
from models.audit import Actor
from models.book import Book
from models.copy import Copy, CopyRow
from models.database import Table, for_update
from models.errors import Missing
from models.fields import EnumField
from models.listing import Listing, Sort, equals, one_of
from models.rows import Json, RowReader, Tag
from models.user import User
from models.vocabulary import OrderStatus


class Order(Table):
    """One order; `received` counts the copies that have come."""

    user = ForeignKeyField(User, null=True, on_delete="SET NULL")
    title = TextField()
    author = TextField(null=True)
    isbn = TextField(null=True)
    publisher = TextField(null=True)
    quantity = IntegerField()
    note = TextField(null=True)
    status = EnumField(OrderStatus)
    vendor = TextField(null=True)
    unit_price = IntegerField(null=True)
    book = ForeignKeyField(Book, null=True)
    received = IntegerField()
    reason = TextField(null=True)
    created_at = TextField()
    updated_at = TextField()
    revision = IntegerField()

    class Meta:
        table_name = "purchase_order"


class Receipt(Table):
    """One copy that came with an order (rule 33)."""

    order = ForeignKeyField(Order)
    copy = ForeignKeyField(Copy, unique=True)
    received_at = TextField()


class OrderRow(NamedTuple):
    """An order as it is stored."""

    id: int
    user_id: int | None
    title: str
    author: str | None
    isbn: str | None
    publisher: str | None
    quantity: int
    note: str | None
    status: OrderStatus
    vendor: str | None
    unit_price: int | None
    book_id: int | None
    received: int
    reason: str | None
    created_at: str
    updated_at: str
    revision: int

    @property
    def tag(self) -> Tag:
        """What names the present state of the order."""
        return ("order", self.id, self.revision)

    @property
    def outstanding(self) -> int:
        """How many copies have not come yet."""
        return self.quantity - self.received

    def to_json(self, currency: str) -> Json:
        """The order as clients see it; the currency is the library's."""
        shown = self._asdict()
        after_price = {name: shown.pop(name) for name in _AFTER_PRICE}
        return {**shown, "currency": currency, **after_price}


_AFTER_PRICE = OrderRow._fields[OrderRow._fields.index("unit_price") + 1 :]

ROWS = RowReader(Order, OrderRow)
LISTING = Listing(
    Order,
    ROWS,
    sorts={"id": Sort(Order.id)},
    filters={
        "user_id": equals(Order.user_id),
        "reader": equals(Order.user_id),
        "book_id": equals(Order.book_id),
        "status": one_of(Order.status),
    },
)


def find(order_id: int) -> OrderRow:
    """The order. Raises Missing."""
    return _existing(ROWS.first(ROWS.select().where(Order.id == order_id)))


def locked(order_id: int) -> OrderRow:
    """The order, locked until the transaction ends. Raises Missing."""
    return _existing(ROWS.first(for_update(ROWS.select().where(Order.id == order_id))))


def create(values: Mapping[str, Any], at: str, actor: Actor) -> OrderRow:
    """Add an order of the actor's, as requested."""
    row = {**values, "user_id": actor.id, "status": OrderStatus.REQUESTED, "received": 0}
    stamps = {"created_at": at, "updated_at": at, "revision": 1}
    order_id: int = Order.insert({**row, **stamps}).execute()
    audit.record(actor, "order.create", "order", order_id)
    return find(order_id)


def update(
    order: OrderRow, values: Mapping[str, Any], action: str, at: str, actor: Actor
) -> OrderRow:
    """Write changed fields of an order that is `locked`."""
    after = order._replace(**values)
    if after == order:
        return order
    changes = audit.differences(order._asdict(), after._asdict())
    after = after._replace(updated_at=at, revision=order.revision + 1)
    Order.update(after._asdict()).where(Order.id == order.id).execute()
    reason = after.reason if "reason" in values and changes.keys() & _STEPS else None
    audit.record(actor, action, "order", order.id, reason=reason, changes=changes)
    return after


_STEPS = {"status", "reason"}


def receive(order_id: int, copy_ids: Sequence[int], at: str) -> None:
    """Note that these copies came with an order."""
    received = [{"order_id": order_id, "copy_id": each, "received_at": at} for each in copy_ids]
    Receipt.insert_many(received).execute()


def received_copies(order_id: int) -> list[CopyRow]:
    """The copies that came with an order, the last one first."""
    came = Receipt.select(Receipt.copy).where(Receipt.order == order_id)
    chosen = copy.ROWS.select().where(Copy.id.in_(came))
    return copy.ROWS.all(chosen.order_by(Copy.id.desc()))


def has_received(order_id: int, copy_id: int) -> bool:
    """Whether this copy came with this order."""
    came = (Receipt.order == order_id) & (Receipt.copy == copy_id)
    return bool(Receipt.select().where(came).exists())


def take_back(order_id: int, copy_id: int) -> None:
    """Forget that this copy came with an order."""
    came = (Receipt.order == order_id) & (Receipt.copy == copy_id)
    Receipt.delete().where(came).execute()


def _existing(row: OrderRow | None) -> OrderRow:
    if row is None:
        raise Missing("There is no such order.")
    return row
