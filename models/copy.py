"""Copies: the things with a barcode that stand on the shelf."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from peewee import SQL, Case, IntegerField, TextField, fn

from models import audit
from models.audit import Actor
from models.clock import timestamp
from models.database import Compiled, Table, for_update, rows, slot, unique
from models.errors import Missing, Taken
from models.listing import Filter, Listing, Sort, equals, one_of
from models.view import View


class Copy(Table):
    """One copy of a book. A withdrawn one stays as a row, with its history."""

    book_id = IntegerField()
    barcode = TextField()
    barcode_key = TextField()
    location = TextField(null=True)
    shelfmark = TextField(null=True)
    loan_type = TextField()
    status = TextField()
    price = IntegerField(null=True)
    acquired_on = TextField(null=True)
    note = TextField(null=True)
    created_at = TextField()
    updated_at = TextField()
    revision = IntegerField()


VIEW = View(
    Copy,
    "id book_id barcode location shelfmark loan_type status price acquired_on note created_at"
    " updated_at revision",
    staff={"note"},
)

# The fields a client may write, with what they are when left out.
DEFAULTS: dict[str, Any] = {
    "location": None,
    "shelfmark": None,
    "loan_type": "standard",
    "status": "available",
    "price": None,
    "acquired_on": None,
    "note": None,
}


def barcode_key(barcode: str) -> str:
    """A barcode as it is compared: without case and surrounding space (rule 30)."""
    return barcode.strip().casefold()


LISTING = Listing(
    Copy,
    VIEW,
    sorts={
        "id": Sort(Copy.id),
        "barcode": Sort(Copy.barcode_key),
        "location": Sort(fn.COALESCE(Copy.location, SQL("''"))),
        "shelfmark": Sort(fn.COALESCE(Copy.shelfmark, SQL("''"))),
        "created_at": Sort(Copy.created_at),
        "updated_at": Sort(Copy.updated_at),
    },
    filters={
        "book_id": equals(Copy.book_id),
        "status": one_of(Copy.status),
        "location": equals(Copy.location),
        "loan_type": equals(Copy.loan_type),
        "barcode": Filter(lambda slots: Copy.barcode_key == slots[0], lambda b: [barcode_key(b)]),
        "in_stock": Filter(lambda slots: Copy.status != "withdrawn", lambda asked: []),
    },
)

_BY_ID = Compiled(lambda: Copy.select(*VIEW.columns).where(Copy.id == slot("id")))
_LOCKED = Compiled(lambda: for_update(Copy.select(*VIEW.columns).where(Copy.id == slot("id"))))
_COLUMNS = (
    "book_id",
    "barcode",
    *DEFAULTS,
    "barcode_key",
    "created_at",
    "updated_at",
    "revision",
)
_INSERT = Compiled(lambda: Copy.insert({name: slot(name) for name in _COLUMNS}))


def tag(record: Mapping[str, Any]) -> tuple[str, int, int]:
    """What names the present state of the record: noun, id and revision."""
    return ("copy", record["id"], record["revision"])


def find(copy_id: int) -> dict[str, Any]:
    """The copy, as it is shown to staff. Raises Missing."""
    return VIEW.present(_existing(_BY_ID.row(id=copy_id)))


def locked(copy_id: int) -> dict[str, Any]:
    """The copy, held against other writers until the transaction ends. Raises Missing."""
    return VIEW.read(_existing(_LOCKED.row(id=copy_id)))


def of_books(book_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """The copies in stock of several books at once, by book id."""
    shown: dict[int, list[dict[str, Any]]] = {book_id: [] for book_id in book_ids}
    query = (
        Copy.select(*VIEW.columns)
        .where(Copy.book_id.in_(list(shown)) & (Copy.status != "withdrawn"))
        .order_by(Copy.id)
    )
    for row in rows(query):
        copy = VIEW.present(row)
        shown[copy["book_id"]].append(copy)
    return shown


def counts(book_ids: Iterable[int]) -> dict[int, tuple[int, int, int]]:
    """Copies not lost, available ones and lent ones of several books at once, by book id."""
    found: dict[int, tuple[int, int, int]] = {}
    query = (
        Copy.select(
            Copy.book_id,
            fn.COUNT(Copy.id),
            fn.SUM(Case(None, [(Copy.status == "available", 1)], 0)),
            fn.SUM(Case(None, [(Copy.status == "on_loan", 1)], 0)),
        )
        .where(Copy.book_id.in_(list(book_ids)) & Copy.status.not_in(("lost", "withdrawn")))
        .group_by(Copy.book_id)
    )
    for book_id, copies, available, on_loan in rows(query):
        found[book_id] = (copies, int(available), int(on_loan))
    return found


def some(copy_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Copies by their ids, as they are shown to staff, in the order of the ids."""
    query = Copy.select(*VIEW.columns).where(Copy.id.in_(copy_ids)).order_by(Copy.id)
    return [VIEW.present(row) for row in rows(query)]


def barcodes(copy_ids: Iterable[int]) -> dict[int, str]:
    """The barcodes of copies, withdrawn ones included, by id."""
    return dict(rows(Copy.select(Copy.id, Copy.barcode).where(Copy.id.in_(list(copy_ids)))))


def create(book_id: int, values: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Add a copy to a book. Raises Taken `barcode-taken`."""
    moment = timestamp()
    row = {
        **DEFAULTS,
        **values,
        "book_id": book_id,
        "created_at": moment,
        "updated_at": moment,
        "revision": 1,
    }
    with unique(_taken):
        copy_id = _INSERT.insert(**row, barcode_key=barcode_key(row["barcode"]))
    audit.record(actor, "copy.create", "copy", copy_id)
    return find(copy_id)


def create_all(many: Iterable[tuple[int, Mapping[str, Any]]], actor: Actor) -> None:
    """Add many copies, each given with the id of its book.

    Raises Taken `barcode-taken` if one of them cannot be added, and then adds none.
    """
    moment = timestamp()
    stamps = {"created_at": moment, "updated_at": moment, "revision": 1}
    new = [{**DEFAULTS, **values, **stamps, "book_id": book_id} for book_id, values in many]
    for row in new:
        row["barcode_key"] = barcode_key(row["barcode"])
    with unique(_taken):
        ids = _INSERT.insert_many(new)
    audit.record_all(actor, "copy.create", "copy", ids)


def update(
    copy: dict[str, Any], values: Mapping[str, Any], actor: Actor, *, action: str = "copy.update"
) -> dict[str, Any]:
    """Write changed fields of a copy that is `locked`. Raises Taken `barcode-taken`."""
    changed = {name: value for name, value in values.items() if copy[name] != value}
    if changed:
        after = {**copy, **changed}
        with unique(_taken):
            Copy.update(
                {
                    **changed,
                    "barcode_key": barcode_key(after["barcode"]),
                    "updated_at": timestamp(),
                    "revision": Copy.revision + 1,
                }
            ).where(Copy.id == copy["id"]).execute()
        changes = audit.differences(copy, after)
        audit.record(actor, action, "copy", copy["id"], changes=changes)
    return find(copy["id"])


_PLACE = Compiled(
    lambda: Copy.update(
        status=slot("status"), updated_at=slot("now"), revision=Copy.revision + SQL("1")
    ).where(Copy.id == slot("id"))
)


def place(copy_id: int, status: str, now: str) -> None:
    """Write where a copy is; what brought it there is what the audit log tells."""
    _PLACE.execute(id=copy_id, status=status, now=now)


def withdraw(copy: dict[str, Any], actor: Actor) -> None:
    """Take a copy that is `locked` out of stock; it stays readable by its id (rule 31)."""
    update(copy, {"status": "withdrawn"}, actor, action="copy.withdraw")


def withdraw_all(book_id: int, actor: Actor) -> None:
    """Withdraw every copy of a book."""
    query = Copy.select(*VIEW.columns).where(
        (Copy.book_id == book_id) & (Copy.status != "withdrawn")
    )
    for row in rows(for_update(query)):
        withdraw(VIEW.read(row), actor)


def with_barcodes(keys: Iterable[str]) -> dict[str, int]:
    """The ids of the books whose copies have one of these barcode keys, by key."""
    query = Copy.select(Copy.barcode_key, Copy.book_id).where(
        Copy.barcode_key.in_(list(keys)) & (Copy.status != "withdrawn")
    )
    return dict(rows(query))


def _existing(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    if row is None:
        raise Missing("There is no such copy.")
    return row


def _taken() -> Taken:
    return Taken("Another copy has this barcode.", code="barcode-taken")
