"""Orders: asking for books, the steps to buying them, and receiving what came (rule 33)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from circulation import gather, queue, rulebook
from circulation.act import Check, act, write
from models import book, copy, locks, order
from models.audit import Actor
from models.clock import stamp
from models.errors import Conflict, Missing, Taken

Row = dict[str, Any]

# What may follow on what by PATCH; receipts make an ordered one received.
STEPS = {
    "requested": {"approved", "declined", "cancelled"},
    "approved": {"ordered", "cancelled"},
    "ordered": {"cancelled"},
}
_CHANGEABLE = {"status", "vendor", "unit_price", "book_id", "reason"}
_DEEDS = {
    "approved": "order.approve",
    "declined": "order.decline",
    "ordered": "order.order",
    "cancelled": "order.cancel",
}


def request(values: Mapping[str, Any], actor: Actor, now: datetime) -> Row:
    """Ask for a book to be bought, and give the stored order; its book is the one with its ISBN.

    Raises Missing for a `book_id` that is not in the catalogue.
    """
    with act():
        _require_book(values["book_id"])
        book_id = values["book_id"] or _with_isbn(values["isbn"])
        return order.create({**values, "book_id": book_id}, stamp(now), actor)


def change(
    order_id: int, values: Mapping[str, Any], actor: Actor, now: datetime, check: Check
) -> Row:
    """Take the step to `status` and write the other fields; give the stored order.

    `check` is called with the stored row first. Raises Missing, Conflict `order-state`.
    """
    with act():
        present = order.locked(order_id)
        check(present)
        if values.get("book_id") != present["book_id"]:
            _require_book(values.get("book_id"))
        wanted = step_of(present, values)
        if wanted is not None and wanted not in STEPS.get(present["status"], ()):
            raise no_step(present, f"become {wanted}")
        deed = _DEEDS.get(wanted or "", "order.update")
        return order.update(present, values, deed, stamp(now), actor)


def step_of(present: Row, values: Mapping[str, Any]) -> str | None:
    """The step that a change asks for; an order sent back whole asks for none."""
    wanted: str | None = values.get("status")
    sent_back = wanted == present["status"] and values.keys() >= _CHANGEABLE
    return None if sent_back else wanted


def receive(
    order_id: int, barcodes: Sequence[str], actor: Actor, now: datetime
) -> tuple[Row, list[Row]]:
    """Take in copies that came, and give the stored order and the copies (rule 33).

    The copies go to the holds that wait for them, else to the shelf. When the order has no book in
    the catalogue, its ISBN finds one, or one is made.

    Raises Missing, Conflict `order-state`, Conflict `order-complete` with what is `outstanding`,
    Taken `barcode-taken` with the `barcode`.
    """
    with act():
        present = _held(order_id)
        outstanding = present["quantity"] - present["received"]
        _require_outstanding(present, len(barcodes), outstanding)
        book_id = _book(present, actor)
        today = rulebook.today(now)
        bought = {"price": present["unit_price"], "acquired_on": today.isoformat()}
        copy_ids = [_copy(book_id, {"barcode": each, **bought}, actor) for each in barcodes]
        order.receive(order_id, copy_ids, stamp(now))
        received = {"received": present["received"] + len(copy_ids), "book_id": book_id}
        if len(copy_ids) == outstanding:
            received["status"] = "received"
        changed = order.update(present, received, "order.receive", stamp(now), actor)
        _serve_holds(book_id, copy_ids, actor, now)
        return changed, copy.some(copy_ids)


def _held(order_id: int) -> Row:
    """The order, held, after its member: erasing a member writes their orders (models.locks)."""
    user_id = order.find(order_id)["user_id"]
    if user_id is not None:
        locks.take(user_id=user_id)
    return order.locked(order_id)


def _require_outstanding(present: Row, coming: int, outstanding: int) -> None:
    if present["status"] not in ("ordered", "received"):
        raise no_step(present, "be received")
    if coming > outstanding:
        detail = f"Of this order {outstanding} of {present['quantity']} copies are outstanding."
        raise Conflict(detail, code="order-complete", outstanding=outstanding)


def no_step(present: Row, wanted: str) -> Conflict:
    """The refusal of a step that an order may not take from where it stands."""
    detail = f"An order that is {present['status']} cannot {wanted}."
    return Conflict(detail, code="order-state", order_status=present["status"])


def _require_book(book_id: int | None) -> None:
    if book_id is not None and not book.exists(book_id):
        raise Missing("There is no such book.")


def _with_isbn(isbn: str | None) -> int | None:
    return None if isbn is None else book.with_isbn(isbn)


def _book(present: Row, actor: Actor) -> int:
    """The book that an order's copies belong to, held, and made if need be."""
    book_id: int | None = present["book_id"]
    while True:
        # Until it is held, somebody may take it out of the catalogue.
        locks.take(book_id=book_id)
        if book_id is not None and book.exists(book_id):
            return book_id
        book_id = _with_isbn(present["isbn"]) or _made(present, actor)


def _made(present: Row, actor: Actor) -> int | None:
    """A new book for an order; None if one with its ISBN has come and gone in the meantime."""
    wanted = {name: present[name] for name in ("title", "author", "isbn", "publisher")}
    try:
        created: int | None = book.create(wanted, actor)["id"]
    except Taken as taken:
        # Somebody made it in the meantime.
        created = taken.extra["existing_id"]
    return created


def _copy(book_id: int, values: Row, actor: Actor) -> int:
    try:
        created: int = copy.create(book_id, values, actor)["id"]
    except Taken as taken:
        detail = f"Another copy has the barcode {values['barcode']}."
        raise Taken(detail, code="barcode-taken", barcode=values["barcode"]) from taken
    return created


def _serve_holds(book_id: int, copy_ids: Sequence[int], actor: Actor, now: datetime) -> None:
    """Set the new copies aside for the holds that may have them (rules 21, 33)."""
    facts = gather.of_title(book_id, now)
    if facts is None:
        raise Missing("There is no such book.")
    settled = queue.settle(facts.title, facts.rules, now)
    title = settled.title
    for copy_id in copy_ids:
        title = queue.hand_over(title, copy_id, facts.rules, facts.today)
    write(facts.title, title, settled.ended, actor, now)
