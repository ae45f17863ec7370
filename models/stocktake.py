"""Stocktakings: going through the shelves with a scanner, and what was not found there."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from peewee import SQL, ForeignKeyField, IntegerField, TextField, fn

from models.copy import ROWS as COPY_ROWS
from models.copy import SHELF_SORTS, Copy
from models.database import Table, for_update, rows
from models.errors import Missing
from models.fields import EnumField
from models.listing import Filter, Listing, Slots, Sort, equals
from models.rows import Json, RowReader, Tag
from models.timestamps import timestamp
from models.vocabulary import CopyStatus, StocktakeStatus


class Stocktake(Table):
    """One stocktaking, of one location or of the whole library."""

    name = TextField()
    location = TextField(null=True)
    status = EnumField(StocktakeStatus)
    created_at = TextField()
    closed_at = TextField(null=True)
    revision = IntegerField()


class StocktakeScan(Table):
    """A copy that was scanned in a stocktaking, once for each."""

    stocktake = ForeignKeyField(Stocktake)
    copy = ForeignKeyField(Copy)
    scanned_at = TextField()


StocktakeScan.add_index(
    StocktakeScan.stocktake, StocktakeScan.copy, unique=True, name="stocktake_scan_copy"
)


class StocktakeRow(NamedTuple):
    """A stocktaking as it is stored."""

    id: int
    name: str
    location: str | None
    status: StocktakeStatus
    created_at: str
    closed_at: str | None
    revision: int

    @property
    def tag(self) -> Tag:
        """What names the present state of the stocktaking."""
        return ("stocktake", self.id, self.revision)

    def to_json(self) -> Json:
        """The stocktaking as clients see it."""
        return self._asdict()


ROWS = RowReader(Stocktake, StocktakeRow)
LISTING = Listing(
    Stocktake,
    ROWS,
    sorts={"id": Sort(Stocktake.id), "created_at": Sort(Stocktake.created_at)},
    default_sort=("-id",),
    filters={"status": equals(Stocktake.status)},
)


def find(stocktake_id: int) -> StocktakeRow:
    """The stocktaking. Raises Missing."""
    return _existing(ROWS.first(ROWS.select().where(Stocktake.id == stocktake_id)))


def locked(stocktake_id: int) -> StocktakeRow:
    """The stocktaking, locked until the transaction ends. Raises Missing."""
    return _existing(ROWS.first(for_update(ROWS.select().where(Stocktake.id == stocktake_id))))


def _existing(row: StocktakeRow | None) -> StocktakeRow:
    if row is None:
        raise Missing("There is no such stocktake.")
    return row


def create(name: str, location: str | None) -> StocktakeRow:
    """Begin a stocktaking."""
    values = {"name": name, "location": location, "status": StocktakeStatus.OPEN}
    made: int = Stocktake.insert({**values, "created_at": timestamp(), "revision": 1}).execute()
    return find(made)


def change(stocktake_id: int, values: Mapping[str, Any]) -> StocktakeRow:
    """Write changed fields, and give the stocktaking as it is stored then."""
    changed = {**values, "revision": Stocktake.revision + 1}
    Stocktake.update(changed).where(Stocktake.id == stocktake_id).execute()
    return find(stocktake_id)


def note(stocktake_id: int, copy_ids: Collection[int], at: str) -> None:
    """Note that copies were scanned; those scanned before stay as they are."""
    scans = [{"stocktake": stocktake_id, "copy": each, "scanned_at": at} for each in copy_ids]
    if scans:
        StocktakeScan.insert_many(scans).on_conflict_ignore().execute()


def scanned(stocktake_ids: Collection[int]) -> dict[int, int]:
    """How many copies were scanned in each of some stocktakings."""
    query = StocktakeScan.select(StocktakeScan.stocktake_id, fn.COUNT(StocktakeScan.id)).where(
        StocktakeScan.stocktake_id.in_(list(stocktake_ids))
    )
    return dict(rows(query.group_by(StocktakeScan.stocktake_id)))


def _is_unseen(slots: Slots) -> Any:
    """Copies that no scan of the stocktaking, and none after its beginning, has found."""
    seen = StocktakeScan.select(SQL("1")).where(
        (StocktakeScan.copy_id == Copy.id) & (StocktakeScan.stocktake_id == slots[0])
    )
    since = Copy.last_seen_at.is_null() | (Copy.last_seen_at <= slots[1])
    return ~fn.EXISTS(seen) & since


MISSING = Listing(
    Copy,
    COPY_ROWS,
    sorts=SHELF_SORTS,
    default_sort=("location", "shelfmark"),
    filters={
        # As a range: SQLite would sort what it finds by an equal expression once more.
        "location": Filter(
            lambda slots: SHELF_SORTS["location"].expression.between(slots[0], slots[0])
        ),
        "unseen": Filter(_is_unseen, list),
        "closed_at": Filter(lambda slots: Copy.created_at <= slots[0]),
    },
    # By no index: nearly all copies are available, and SQLite would sort them for each page.
    scope=lambda: fn.COALESCE(Copy.status, SQL("''")) == CopyStatus.AVAILABLE.value,
)
"""The copies that should stand on the shelf; `unseen` is a stocktaking's id and beginning."""


def missing_of(row: StocktakeRow) -> dict[str, Any]:
    """What to ask `MISSING` for, so that it lists the copies that a stocktaking has not found.

    A copy that was lent or taken back since it began has been found by that. Copies that came after
    it was closed are none of its.
    """
    asked: dict[str, Any] = {"unseen": (row.id, row.created_at)}
    if row.location is not None:
        asked["location"] = row.location
    if row.closed_at is not None:
        asked["closed_at"] = row.closed_at
    return asked
