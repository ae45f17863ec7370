"""Copies: the things with a barcode that stand on the shelf."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from peewee import SQL, Case, ForeignKeyField, IntegerField, TextField, fn

from models import audit
from models.audit import Actor
from models.book import Book
from models.database import Compiled, Table, for_update, rows, run, slot
from models.errors import Missing, Taken
from models.fields import EnumField
from models.integrity import unique, unique_or_over
from models.json_lists import among
from models.listing import Filter, Listing, Sort, equals, one_of
from models.rows import Json, RowReader, Tag
from models.search import index
from models.timestamps import timestamp
from models.vocabulary import CopyStatus


class Copy(Table):
    """One copy of a book. A withdrawn one stays as a row, with its history."""

    book = ForeignKeyField(Book)
    barcode = TextField()
    barcode_key = TextField()
    location = TextField(null=True)
    shelfmark = TextField(null=True)
    loan_type = TextField()
    status = EnumField(CopyStatus)
    price = IntegerField(null=True)
    acquired_on = TextField(null=True)
    note = TextField(null=True)
    last_seen_at = TextField(null=True)
    # When it was borrowed or used in the house last, other than by mistake; empty if it never was.
    last_used_at = TextField(default="")
    # The hold that it was set aside for and that has ended since the last scan.
    ended_hold_id = IntegerField(null=True)
    created_at = TextField()
    updated_at = TextField()
    revision = IntegerField()


# A withdrawn copy's barcode may be used again (rule 30).
Copy.add_index(
    Copy.barcode_key,
    unique=True,
    name="copy_barcode",
    where=Copy.status != CopyStatus.WITHDRAWN,
)


class CopyRow(NamedTuple):
    """A copy as it is stored."""

    id: int
    book_id: int
    barcode: str
    location: str | None
    shelfmark: str | None
    loan_type: str
    status: CopyStatus
    price: int | None
    acquired_on: str | None
    note: str | None
    last_seen_at: str | None
    created_at: str
    updated_at: str
    revision: int

    @property
    def tag(self) -> Tag:
        """What names the present state of the copy."""
        return ("copy", self.id, self.revision)

    def to_json(self) -> Json:
        """The copy as staff see it; others see it without `ROWS.staff`."""
        return self._asdict()


ROWS = RowReader(Copy, CopyRow, staff={"note"})

# The fields a client may write, with what they are when left out.
DEFAULTS: dict[str, Any] = {
    "location": None,
    "shelfmark": None,
    "loan_type": "standard",
    "status": CopyStatus.AVAILABLE,
    "price": None,
    "acquired_on": None,
    "note": None,
}


def barcode_key(barcode: str) -> str:
    """A barcode as it is compared: without case and surrounding space (rule 30)."""
    return barcode.strip().casefold()


SHELF_SORTS = {
    "id": Sort(Copy.id),
    "location": Sort(fn.COALESCE(Copy.location, SQL("''"))),
    "shelfmark": Sort(fn.COALESCE(Copy.shelfmark, SQL("''"))),
}
"""What lists of copies on the shelf are sorted by."""

LISTING = Listing(
    Copy,
    ROWS,
    sorts={
        **SHELF_SORTS,
        "barcode": Sort(Copy.barcode_key),
        "created_at": Sort(Copy.created_at),
        "updated_at": Sort(Copy.updated_at),
    },
    filters={
        "book_id": equals(Copy.book_id),
        "status": one_of(Copy.status),
        "location": equals(Copy.location),
        "loan_type": equals(Copy.loan_type),
        "barcode": Filter(lambda slots: Copy.barcode_key == slots[0], lambda b: [barcode_key(b)]),
        "in_stock": Filter(lambda slots: Copy.status != CopyStatus.WITHDRAWN, lambda asked: []),
    },
)

_BY_ID = Compiled(lambda: Copy.select(*ROWS.columns).where(Copy.id == slot("id")))
_LOCKED = Compiled(lambda: for_update(Copy.select(*ROWS.columns).where(Copy.id == slot("id"))))
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


def find(copy_id: int) -> CopyRow:
    """The copy. Raises Missing."""
    return _existing(_BY_ID.row(id=copy_id))


def locked(copy_id: int) -> CopyRow:
    """The copy, locked until the transaction ends. Raises Missing."""
    return _existing(_LOCKED.row(id=copy_id))


def of_books(book_ids: Iterable[int]) -> dict[int, list[CopyRow]]:
    """The copies in stock of several books at once, by book id."""
    found: dict[int, list[CopyRow]] = {book_id: [] for book_id in book_ids}
    in_stock = Copy.book_id.in_(list(found)) & (Copy.status != CopyStatus.WITHDRAWN)
    for row in ROWS.all(ROWS.select().where(in_stock).order_by(Copy.id)):
        found[row.book_id].append(row)
    return found


def by_barcodes(keys: Collection[str]) -> dict[str, CopyRow]:
    """The copies with these barcode keys, locked, each by its key.

    A barcode means the copy in stock; only where there is none, the last one withdrawn (rule 30).
    """
    query = ROWS.select().where(Copy.barcode_key.in_(list(keys))).order_by(Copy.id)
    found: dict[str, CopyRow] = {}
    for row in ROWS.all(for_update(query)):
        key = barcode_key(row.barcode)
        if key not in found or found[key].status is CopyStatus.WITHDRAWN:
            found[key] = row
    return found


def last_barcode(prefix: str, length: int) -> str | None:
    """The greatest barcode of so many digits that begins like this, of whatever copy."""
    is_like = Copy.barcode_key.between(prefix, prefix + ":") & (
        fn.LENGTH(Copy.barcode_key) == length
    )
    keys = Copy.select(Copy.barcode_key).where(is_like).order_by(Copy.barcode_key.desc())
    return next((key for (key,) in rows(keys) if key.isascii() and key.isdecimal()), None)


def barcodes_between(first: str, last: str) -> set[str]:
    """The barcode keys that copies have, withdrawn ones too, from one to another one."""
    is_between = Copy.barcode_key.between(first, last)
    return {row[0] for row in rows(Copy.select(Copy.barcode_key).where(is_between))}


def loan_types() -> set[str]:
    """The loan types of all copies."""
    return {row[0] for row in rows(Copy.select(Copy.loan_type).distinct())}


def some(copy_ids: Sequence[int]) -> list[CopyRow]:
    """Copies by their ids, in the order of the ids."""
    return ROWS.all(ROWS.select().where(among(Copy.id, copy_ids)).order_by(Copy.id))


def barcodes(copy_ids: Iterable[int]) -> dict[int, str]:
    """The barcodes of copies, withdrawn ones included, by id."""
    return dict(rows(Copy.select(Copy.id, Copy.barcode).where(among(Copy.id, copy_ids))))


def create(book_id: int, values: Mapping[str, Any], actor: Actor) -> CopyRow:
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
    index.refresh([book_id])
    audit.record(actor, "copy.create", "copy", copy_id)
    return find(copy_id)


def create_all(many: Iterable[tuple[int, Mapping[str, Any]]], actor: Actor) -> None:
    """Add many copies, each given with the id of its book, whose index is the caller's to refresh.

    Raises Taken `barcode-taken` if one of them cannot be added: then the transaction that it is
    called in has to end.
    """
    moment = timestamp()
    stamps = {"created_at": moment, "updated_at": moment, "revision": 1}
    new = [{**DEFAULTS, **values, **stamps, "book_id": book_id} for book_id, values in many]
    for row in new:
        row["barcode_key"] = barcode_key(row["barcode"])
    with unique_or_over(_taken):
        ids = _INSERT.insert_many(new)
    audit.record_all(actor, "copy.create", "copy", ids)


def update(
    copy: CopyRow, values: Mapping[str, Any], actor: Actor, *, action: str = "copy.update"
) -> CopyRow:
    """Write changed fields of a copy that is `locked`. Raises Taken `barcode-taken`."""
    after = copy._replace(**values)
    if after == copy:
        return copy
    changes = audit.differences(copy._asdict(), after._asdict())
    after = after._replace(updated_at=timestamp(), revision=copy.revision + 1)
    with unique(_taken):
        Copy.update({**after._asdict(), "barcode_key": barcode_key(after.barcode)}).where(
            Copy.id == copy.id
        ).execute()
    is_other_stock = CopyStatus.WITHDRAWN in (copy.status, after.status)
    if changes.keys() & {"barcode", "book_id"} or is_other_stock:
        index.refresh({copy.book_id, after.book_id})
    audit.record(actor, action, "copy", copy.id, changes=changes)
    return after


_PLACED = {
    "status": slot("status"),
    "updated_at": slot("now"),
    "revision": Copy.revision + SQL("1"),
}
_SEEN = {"last_seen_at": slot("now"), "ended_hold_id": None}
_PLACE = Compiled(lambda: Copy.update(_PLACED).where(Copy.id == slot("id")))
_PLACE_SEEN = Compiled(lambda: Copy.update({**_PLACED, **_SEEN}).where(Copy.id == slot("id")))
# The clocks of two nodes differ by a little.
_USED = Case(None, [(Copy.last_used_at < slot("now"), slot("now"))], Copy.last_used_at)
_LEND = Compiled(
    lambda: Copy.update({**_PLACED, **_SEEN, "last_used_at": _USED}).where(Copy.id == slot("id"))
)


def place(copy_id: int, status: CopyStatus, now: str, *, seen: bool) -> None:
    """Write where a copy is, and whether it was scanned for that (rule 45).

    What brought it there is what the audit log tells.
    """
    (_PLACE_SEEN if seen else _PLACE).execute(id=copy_id, status=status, now=now)


def lend(copy_id: int, now: str) -> None:
    """Write that a copy was scanned to be lent."""
    _LEND.execute(id=copy_id, status=CopyStatus.ON_LOAN, now=now)


_USE = Compiled(
    lambda: Copy.update({"last_used_at": slot("at")}).where(
        (Copy.id == slot("id")) & (Copy.last_used_at < slot("at"))
    )
)


def use(uses: Mapping[int, str]) -> None:
    """Write when copies, given by their ids, were used, as far as they were not used later."""
    _USE.execute_many([{"id": copy_id, "at": at} for copy_id, at in uses.items()])


_LAST_USE = """
    UPDATE copy SET last_used_at = COALESCE((SELECT MAX(at) FROM (
        SELECT MAX(borrowed_at) AS at FROM loan
            WHERE copy_id = copy.id AND cancelled_at IS NULL
        UNION ALL SELECT MAX(used_at) FROM house_use WHERE copy_id = copy.id
    ) AS used), '')
    WHERE id = ?
"""


def reckon_use(copy_id: int) -> None:
    """Write anew when a copy was used last, after a loan of it was cancelled."""
    run(_LAST_USE, (copy_id,))


def see(copy_ids: Collection[int], now: str) -> None:
    """Note that copies were scanned, which changes nothing else (rule 45)."""
    seen = {"last_seen_at": now, "ended_hold_id": None, "revision": Copy.revision + 1}
    Copy.update(seen).where(among(Copy.id, copy_ids)).execute()


def leave(copy_id: int, hold_id: int) -> None:
    """Note that a copy stands on the hold shelf for a hold that has ended."""
    Copy.update(ended_hold_id=hold_id).where(Copy.id == copy_id).execute()


def withdraw(copy: CopyRow, actor: Actor) -> None:
    """Take a copy that is `locked` out of stock; it stays readable by its id (rule 31)."""
    update(copy, {"status": CopyStatus.WITHDRAWN}, actor, action="copy.withdraw")


def withdraw_all(book_id: int, actor: Actor) -> None:
    """Withdraw every copy of a book."""
    in_stock = (Copy.book_id == book_id) & (Copy.status != CopyStatus.WITHDRAWN)
    for row in ROWS.all(for_update(ROWS.select().where(in_stock))):
        withdraw(row, actor)


def books_by_barcode(keys: Iterable[str]) -> dict[str, list[int]]:
    """The books whose copies in stock have each of these barcode keys."""
    return _owners(keys, Copy.status != CopyStatus.WITHDRAWN)


def books_by_withdrawn_barcode(keys: Iterable[str]) -> dict[str, list[int]]:
    """The books whose withdrawn copies have each of these barcode keys; several may (rule 30)."""
    return _owners(keys, Copy.status == CopyStatus.WITHDRAWN)


def _owners(keys: Iterable[str], condition: Any) -> dict[str, list[int]]:
    query = Copy.select(Copy.barcode_key, Copy.book_id)
    found: dict[str, list[int]] = {}
    for key, book_id in rows(query.where(Copy.barcode_key.in_(list(keys)) & condition)):
        found.setdefault(key, []).append(book_id)
    return found


def _existing(stored: tuple[Any, ...] | None) -> CopyRow:
    if stored is None:
        raise Missing("There is no such copy.")
    return ROWS.read(stored)


def _taken() -> Taken:
    return Taken("Another copy has this barcode.", code="barcode-taken")
