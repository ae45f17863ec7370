"""Orders: what members and staff want bought, and the copies that came of it."""

from typing import Any

from peewee import IntegerField, TextField

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
        "book_id": equals(Order.book_id),
        "status": one_of(Order.status),
    },
)

_BY_ID = Compiled(lambda: Order.select(*VIEW.columns).where(Order.id == slot("id")))
_LOCKED = Compiled(lambda: for_update(Order.select(*VIEW.columns).where(Order.id == slot("id"))))


def find(order_id: int) -> dict[str, Any]:
    """The order as it is stored. Raises Missing."""
    return VIEW.read(_existing(_BY_ID.row(id=order_id)))


def locked(order_id: int) -> dict[str, Any]:
    """The order, held against other writers until the transaction ends. Raises Missing."""
    return VIEW.read(_existing(_LOCKED.row(id=order_id)))


def _existing(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    if row is None:
        raise Missing("There is no such order.")
    return row
