"""Orders: asking for books, the steps to buying them, and receiving what came (rule 33)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from circulation import hold_queue, inventory, loading, rulebook
from circulation.locking import lock_order
from circulation.title_changes import transaction, write
from models import book, copy, loan, locks, order
from models.audit import Actor
from models.copy import CopyRow
from models.errors import Conflict, Missing, Taken
from models.order import OrderRow
from models.timestamps import stamp
from models.vocabulary import AuditAction, CopyStatus, OrderStatus

# What may follow on what by PATCH; receipts make an ordered one received.
STEPS = {
    OrderStatus.REQUESTED: {
        OrderStatus.APPROVED,
        OrderStatus.DECLINED,
        OrderStatus.CANCELLED,
    },
    OrderStatus.APPROVED: {OrderStatus.ORDERED, OrderStatus.CANCELLED},
    OrderStatus.ORDERED: {OrderStatus.CANCELLED},
}
WANTED = ("title", "author", "isbn", "publisher", "quantity", "note")
"""What is asked for."""
_CHANGEABLE = {"status", "vendor", "unit_price", "book_id", "reason"}
_ACTIONS = {
    OrderStatus.APPROVED: "order.approve",
    OrderStatus.DECLINED: "order.decline",
    OrderStatus.ORDERED: "order.order",
    OrderStatus.CANCELLED: "order.cancel",
}


def request(values: Mapping[str, Any], actor: Actor, now: datetime) -> OrderRow:
    """Ask for a book to be bought, and give the stored order; its book is the one with its ISBN.

    Raises Missing for a `book_id` that is not in the catalogue.
    """
    with transaction():
        _require_book(values["book_id"])
        book_id = values["book_id"] or _with_isbn(values["isbn"])
        return order.create({**values, "book_id": book_id}, stamp(now), actor)


def change(
    order_id: int,
    values: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    *,
    by_member: bool = False,
) -> OrderRow:
    """Take the step to `status` and write the other fields; give the stored order.

    A member takes a step only while the order is requested. Another ISBN finds another book, see
    `_with_its_book`. Raises Missing, Conflict `order-state`.
    """
    with transaction():
        present = lock_order(order_id)
        wanted = step_of(present, values)
        _require_open_to_change(present, values)
        if by_member and wanted and present.status is not OrderStatus.REQUESTED:
            raise no_step(present, "be cancelled by you")
        values = _with_its_book(present, values)
        if values.get("book_id") != present.book_id:
            _require_book(values.get("book_id"))
        if wanted is not None and wanted not in STEPS.get(present.status, ()):
            raise no_step(present, f"become {wanted}")
        action = _ACTIONS[wanted] if wanted else "order.update"
        return order.update(present, values, action, stamp(now), actor)


def take_back_receipt(order_id: int, copy_id: int, actor: Actor, now: datetime) -> OrderRow:
    """Withdraw a copy that came with an order and was never lent; the order waits for it again.

    One that was cancelled since stays so. A hold that the copy was set aside for waits again in its
    place (rule 41). Raises Missing, Conflict `copy-lent`.
    """
    with transaction():
        present = lock_order(order_id)
        if not order.has_received(order_id, copy_id):
            raise Missing("There is no such copy among those that came with this order.")
        locks.take(copy_id=copy_id)
        if loan.is_known(copy_id):
            raise Conflict("This copy has been lent since.", code="copy-lent")
        # The order waits for the copy again, and so do the holds on the title.
        awaited = present.status is not OrderStatus.CANCELLED
        withdrawn = {"status": CopyStatus.WITHDRAWN}
        inventory.change_copy(copy_id, withdrawn, actor, now, sent_back=True, awaited=awaited)
        order.take_back(order_id, copy_id)
        whole = present.status is OrderStatus.RECEIVED
        status = OrderStatus.ORDERED if whole else present.status
        changed = {"received": present.received - 1, "status": status}
        return order.update(present, changed, AuditAction.ORDER_UNRECEIVE, stamp(now), actor)


def _require_open_to_change(present: OrderRow, values: Mapping[str, Any]) -> None:
    """What is wanted can be changed until it is ordered. Raises Conflict `order-state`."""
    changed = [name for name in WANTED if name in values and values[name] != getattr(present, name)]
    if changed and present.status not in (OrderStatus.REQUESTED, OrderStatus.APPROVED):
        raise no_step(present, f"be changed: {', '.join(changed)}")


def step_of(present: OrderRow, values: Mapping[str, Any]) -> OrderStatus | None:
    """The step that a change asks for; an order sent back whole asks for none."""
    if "status" not in values:
        return None
    wanted = OrderStatus(values["status"])
    sent_back = wanted is present.status and values.keys() >= _CHANGEABLE
    return None if sent_back else wanted


def receive(
    order_id: int, barcodes: Sequence[str], actor: Actor, now: datetime
) -> tuple[OrderRow, list[CopyRow]]:
    """Take in copies that came, and give the stored order and the copies (rule 33).

    The copies go to the holds that wait for them, else to the shelf. When the order has no book in
    the catalogue, its ISBN finds one, or one is made.

    Raises Missing, Conflict `order-state`, Conflict `order-complete` with what is `outstanding`,
    Taken `barcode-taken` with the `barcode`.
    """
    with transaction():
        present = lock_order(order_id)
        outstanding = present.outstanding
        _require_outstanding(present, len(barcodes), outstanding)
        book_id = _book(present, actor)
        today = rulebook.today(now)
        bought = {"price": present.unit_price, "acquired_on": today.isoformat()}
        copy_ids = [_copy(book_id, {"barcode": each, **bought}, actor) for each in barcodes]
        order.receive(order_id, copy_ids, stamp(now))
        received: dict[str, Any] = {"received": present.received + len(copy_ids)}
        if len(copy_ids) == outstanding:
            received["status"] = OrderStatus.RECEIVED
        changed = order.update(
            present, {**received, "book_id": book_id}, "order.receive", stamp(now), actor
        )
        _serve_holds(book_id, copy_ids, actor, now)
        return changed, copy.some(copy_ids)


def _require_outstanding(present: OrderRow, coming: int, outstanding: int) -> None:
    if present.status not in (OrderStatus.ORDERED, OrderStatus.RECEIVED):
        raise no_step(present, "be received")
    if coming > outstanding:
        detail = f"Of this order {outstanding} of {present.quantity} copies are outstanding."
        raise Conflict(detail, code="order-complete", outstanding=outstanding)


def no_step(present: OrderRow, wanted: str) -> Conflict:
    """The refusal of a step that an order may not take from where it stands."""
    detail = f"An order that is {present.status} cannot {wanted}."
    return Conflict(detail, code="order-state", order_status=present.status)


def _require_book(book_id: int | None) -> None:
    if book_id is not None and not book.exists(book_id):
        raise book.missing(book_id)


def _with_isbn(isbn: str | None) -> int | None:
    return None if isbn is None else book.with_isbn(isbn)


def _with_its_book(present: OrderRow, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values of a change, with the book that another ISBN stands for (rule 33).

    A `book_id` among them is named, also where it is the present one sent back. Else the book of an
    order that has the ISBN it had, and not the new one, was found by it: the new one finds another,
    or none until the receipt. Any other was named, and stays.
    """
    isbn, old = values.get("isbn"), present.book_id
    if isbn in (None, present.isbn) or "book_id" in values:
        return values
    if old is not None and (_has_isbn(old, isbn) or not _has_isbn(old, present.isbn)):
        return values
    return {**values, "book_id": _with_isbn(isbn)}


def _has_isbn(book_id: int, isbn: str | None) -> bool:
    return isbn is not None and book_id in book.ids_by_isbn([isbn]).get(isbn, ())


def _book(present: OrderRow, actor: Actor) -> int:
    """The book that an order's copies belong to, locked, and made if need be."""
    book_id: int | None = present.book_id
    while True:
        # Until it is locked, somebody may take it out of the catalogue.
        locks.take(book_id=book_id)
        if book_id is not None and book.exists(book_id):
            return book_id
        book_id = _with_isbn(present.isbn) or _made(present, actor)


def _made(present: OrderRow, actor: Actor) -> int | None:
    """A new book for an order; None if one with its ISBN has come and gone in the meantime."""
    wanted = {name: getattr(present, name) for name in ("title", "author", "isbn", "publisher")}
    try:
        created: int | None = book.create(wanted, actor).id
    except Taken as taken:
        # Somebody made it in the meantime.
        created = taken.extra["existing_id"]
    return created


def _copy(book_id: int, values: Mapping[str, Any], actor: Actor) -> int:
    try:
        created = copy.create(book_id, values, actor).id
    except Taken as taken:
        detail = f"Another copy has the barcode {values['barcode']}."
        raise Taken(detail, code="barcode-taken", barcode=values["barcode"]) from taken
    return created


def _serve_holds(book_id: int, copy_ids: Sequence[int], actor: Actor, now: datetime) -> None:
    """Set the new copies aside for the holds that may have them (rules 21, 33)."""
    situation = loading.of_title(book_id, now)
    if situation is None:
        raise Missing("There is no such book.")
    lapsed = hold_queue.lapse_holds(situation.title, situation.rules, now)
    title = lapsed.title
    for copy_id in copy_ids:
        title = hold_queue.hand_over(title, copy_id, situation.rules, situation.now)
    write(situation.title, title, lapsed.ended, actor, now)
