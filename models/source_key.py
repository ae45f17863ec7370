"""What records are called where they came from, so that a row is brought in once.

A record may have several keys, one for each file it was in; the first one is what exports say.
A record without one is called `CODE:ID` there, CODE being the library's own.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from peewee import CompositeKey, IntegerField, TextField, fn

from models.book import Book
from models.closure import Closure
from models.copy import Copy
from models.database import Compiled, Table, database, is_postgresql, rows, run, slot
from models.fee import Fee, FeeEntry
from models.hold import Hold
from models.loan import Loan
from models.order import Order
from models.policy import Policy
from models.post import Post
from models.user import User

TABLES: Mapping[str, Any] = {
    "books": Book,
    "copies": Copy,
    "members": User,
    "loans": Loan,
    "holds": Hold,
    "fees": Fee,
    "payments": FeeEntry,
    "orders": Order,
    "posts": Post,
    "policies": Policy,
    "closures": Closure,
}
"""The tables of the kinds of records that are moved."""

_LARGEST = 2**63 - 1
_MADE = re.compile("row-[0-9a-f]{32}(-[0-9]+)?")


class SourceKey(Table):
    """One key; its record may be gone."""

    kind = TextField()
    source_key = TextField()
    record_id = IntegerField(null=True)

    class Meta:
        primary_key = CompositeKey("kind", "source_key")


class Library(Table):
    """The one row: by what this library is told from others."""

    code = TextField()


_ADD = """
    INSERT INTO source_key (kind, source_key, record_id) VALUES (?, ?, ?)
    ON CONFLICT (kind, source_key) DO NOTHING
"""
_ADD_TOGETHER = """
    INSERT INTO source_key (kind, source_key, record_id)
    SELECT ?, key, id FROM unnest(?::text[], ?::bigint[]) AS added (key, id)
    ON CONFLICT (kind, source_key) DO NOTHING
"""
# One by one along the primary keys: for a list both databases may walk through all of a kind.
_FIND_IN_SQLITE = """
    SELECT source_key, (SELECT id FROM "{table}" WHERE id = record_id)
    FROM json_each(?2) AS wanted
    CROSS JOIN source_key ON kind = ?1 AND source_key = wanted.value
"""
_FIND_IN_POSTGRESQL = """
    SELECT found.source_key, (SELECT id FROM "{table}" WHERE id = found.record_id)
    FROM unnest(%s::text[]) AS wanted (key)
    CROSS JOIN LATERAL (SELECT source_key, record_id FROM source_key
        WHERE kind = %s AND source_key = wanted.key OFFSET 0) AS found
"""
# A list is one value: a statement of PostgreSQL takes 65,535 at most.
_THERE_IN_SQLITE = 'SELECT id FROM "{table}" WHERE id IN (SELECT value FROM json_each(?))'
_THERE_IN_POSTGRESQL = 'SELECT id FROM "{table}" WHERE id = ANY(%s::bigint[])'
_CODE = Compiled(lambda: Library.select(Library.code).where(Library.id == slot("id")))


def code() -> str:
    """By what this library is told from others."""
    return str(_CODE.scalar(id=1))


def add(kind: str, keys: Iterable[tuple[str, int]]) -> None:
    """Keep what records are called; a key that is taken stays with its record."""
    values = [(kind, key, record_id) for key, record_id in keys]
    if values and is_postgresql():
        _, names, ids = zip(*values, strict=True)
        run(_ADD_TOGETHER, [kind, list(names), list(ids)])
    elif values:
        database.obj.cursor().executemany(_ADD, values)


def move(kind: str, keys: Iterable[tuple[str, int]]) -> None:
    """Give keys of records that are gone to others, by their ids."""
    for key, record_id in keys:
        named = (SourceKey.kind == kind) & (SourceKey.source_key == key)
        SourceKey.update(record_id=record_id).where(named).execute()


def find(kind: str, keys: Iterable[str]) -> dict[str, int | None]:
    """The ids of the records with these keys; None for one that is gone.

    A key that this library's own exports give is its record's, as long as there is one.
    """
    wanted, table = list(set(keys)), TABLES[kind]._meta.table_name
    if is_postgresql():
        asked = run(_FIND_IN_POSTGRESQL.format(table=table), [wanted, kind])
    else:
        asked = run(_FIND_IN_SQLITE.format(table=table), [kind, orjson.dumps(wanted).decode()])
    return {**_own(kind, wanted), **dict(asked.fetchall())}


def forget(kind: str, record_id: int) -> None:
    """Forget what a record was called that is erased or deleted: it may be brought in again."""
    of_record = (SourceKey.kind == kind) & (SourceKey.record_id == record_id)
    SourceKey.delete().where(of_record).execute()


def expression(kind: str, record_id: Any) -> Any:
    """The first key of the record with this id, for a query of many."""
    of_record = (SourceKey.kind == kind) & (SourceKey.record_id == record_id)
    return SourceKey.select(fn.MIN(SourceKey.source_key)).where(of_record)


def of_records(kind: str, record_ids: Iterable[int]) -> dict[int, str]:
    """The first key of each of the records; those without one as exports call them."""
    ids = list(record_ids)
    own = code()
    query = SourceKey.select(SourceKey.record_id, fn.MIN(SourceKey.source_key))
    of_kind = (SourceKey.kind == kind) & SourceKey.record_id.in_(ids)
    found = dict(rows(query.where(of_kind).group_by(SourceKey.record_id)))
    return {one: found.get(one) or f"{own}:{one}" for one in ids}


def all_of_records(kind: str, record_ids: Iterable[int]) -> dict[int, list[str]]:
    """Every key of each of the records that have any."""
    of_kind = (SourceKey.kind == kind) & SourceKey.record_id.in_(list(record_ids))
    found: dict[int, list[str]] = {}
    for record_id, key in rows(
        SourceKey.select(SourceKey.record_id, SourceKey.source_key).where(of_kind)
    ):
        found.setdefault(record_id, []).append(key)
    return found


def own(record_id: int) -> str:
    """What exports call a record that has no key."""
    return f"{code()}:{record_id}"


def is_given(kind: str, record_id: int) -> bool:
    """Whether a record has a key that a file gave, not only one made from what a row said."""
    of_record = (SourceKey.kind == kind) & (SourceKey.record_id == record_id)
    keys = rows(SourceKey.select(SourceKey.source_key).where(of_record))
    return any(not _MADE.fullmatch(key) for (key,) in keys)


def made(digest: str) -> str:
    """The key of a row that has none of its own, by 32 hexadecimal digits of what it says."""
    return f"row-{digest}"


def own_id(control_number: str, library: str) -> int | None:
    """The id in a number `(CODE)ID`, by which MARC of the `library` of this code calls a title."""
    return _id_after(f"({library})", control_number)


def _own(kind: str, keys: Iterable[str]) -> dict[str, int]:
    """The ids of the records there are, by the keys that this library's own exports give them."""
    begin = f"{code()}:"
    found = ((key, _id_after(begin, key)) for key in keys)
    own = {key: one for key, one in found if one is not None}
    there = _there(kind, own.values())
    return {key: one for key, one in own.items() if one in there}


def _id_after(begin: str, text: str) -> int | None:
    number = text.removeprefix(begin)
    return int(number) if text.startswith(begin) and _is_id(number) else None


def _there(kind: str, ids: Iterable[int]) -> set[int]:
    """Those of the ids that a record of the kind has."""
    wanted, table = list(ids), TABLES[kind]._meta.table_name
    if not wanted:
        return set()
    if is_postgresql():
        asked = run(_THERE_IN_POSTGRESQL.format(table=table), [wanted])
    else:
        asked = run(_THERE_IN_SQLITE.format(table=table), [orjson.dumps(wanted).decode()])
    return {row[0] for row in asked.fetchall()}


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19 and int(text) <= _LARGEST
