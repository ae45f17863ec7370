"""Many rows of a table written at once, as they were stored elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import orjson

from models.database import as_peewee, database, is_postgresql, run

_NEXT_IDS = """
    SELECT nextval(pg_get_serial_sequence(?, 'id')) FROM generate_series(1, ?) ORDER BY 1
"""


def insert(table: Any, many: Sequence[Mapping[str, Any]]) -> list[int]:
    """Add rows that have the same columns (two at least), and give their ids in order.

    As `insert_rows`.
    """
    if not many:
        return []
    names = tuple(many[0])
    return insert_rows(table, names, list(map(itemgetter(*names), many)))


def insert_rows(table: Any, names: Sequence[str], many: Sequence[tuple[Any, ...]]) -> list[int]:
    """Add rows of these columns, and give their ids in order.

    Values are as the driver takes them, columns are named as in the database. Raises
    IntegrityError. PostgreSQL is sent them by COPY; SQLite, on which nobody else writes meanwhile,
    gives ids one after the other.
    """
    if not many:
        return []
    name = table._meta.table_name
    if is_postgresql():
        return _copied(name, _listed(names), many)
    filled, rows = _filled(table, names, many)
    columns, places = _listed(filled), ", ".join("?" * len(filled))
    cursor = database.obj.cursor()
    with as_peewee():
        cursor.executemany(f'INSERT INTO "{name}" ({columns}) VALUES ({places})', rows)  # noqa: S608
        (last,) = cursor.execute("SELECT last_insert_rowid()").fetchone()
    return list(range(last - len(many) + 1, last + 1))


def _filled(
    table: Any, names: Sequence[str], many: Sequence[tuple[Any, ...]]
) -> tuple[Sequence[str], Sequence[tuple[Any, ...]]]:
    """The columns that are not NULL in every row, and the rows of these (two at least).

    What is left out is NULL as well: a column that may be has no other default. Of the columns of a
    book more than half are in no record of most files; to bind them takes a fifth of the insert.
    """
    fields = table._meta.columns
    places = [
        place
        for place, (name, values) in enumerate(zip(names, zip(*many, strict=True), strict=True))
        if not fields[name].null or values.count(None) < len(many)
    ]
    if len(places) in (0, 1, len(names)):
        return names, many
    chosen = itemgetter(*places)
    return chosen(names), list(map(chosen, many))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _copied(name: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> list[int]:
    ids = [row[0] for row in run(_NEXT_IDS, [f'"{name}"', len(rows)]).fetchall()]
    cursor = database.obj.cursor()
    with as_peewee(), cursor.copy(f'COPY "{name}" (id, {columns}) FROM STDIN') as copy:
        for row_id, row in zip(ids, rows, strict=True):
            copy.write_row((row_id, *row))
    return ids


def find(
    table: Any, names: Sequence[str], column: str, values: Iterable[Any], *, locks: bool = False
) -> list[tuple[Any, ...]]:
    """These columns of the rows with one of the values in a column, by id, as the driver has them.

    The query is text: an import asks it for each few rows, and building costs more than running.
    With `locks` the rows are locked until the transaction ends.
    """
    wanted = list(values)
    columns = ", ".join(f'"{name}"' for name in names)
    among = "IN (SELECT value FROM json_each(?))"
    listed: Any = orjson.dumps(wanted).decode()
    if is_postgresql():
        among, listed = "= ANY(?)", wanted
    lock = " FOR UPDATE" if locks and is_postgresql() else ""
    sql = (
        f'SELECT {columns} FROM "{table._meta.table_name}"'  # noqa: S608  names of ours
        f' WHERE "{column}" {among} ORDER BY "{names[0]}"{lock}'
    )
    found: list[tuple[Any, ...]] = run(sql, [listed]).fetchall() if wanted else []
    return found
