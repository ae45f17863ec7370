"""Spreadsheets as CSV: reading any usual kind, writing one."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from formats import csv_values as values
from formats.csv_columns import Columns, understood
from formats.csv_rows import Row, Rows
from formats.records import BOOK_FIELDS, Fault, Item, Reader, Record, Unreadable


class CsvReader(Reader):
    """Reads CSV with a line of headers. Rows in which all cells are empty do not count."""

    def __iter__(self) -> Iterator[Item]:
        rows = Rows(self._chunks, understood)
        headers = next(rows, None)
        if headers is None:
            return
        self.header = rows.head + headers.raw
        try:
            columns = self._columns(headers)
        except Unreadable as error:
            yield error.fault(1, headers.raw)
            return
        rows.width = len(headers.cells)
        number = 0
        for row in rows:
            if row.error or any(row.cells):
                number += 1
                yield _item(number, row, columns)

    def _columns(self, headers: Row) -> Columns:
        if headers.error:
            raise headers.error
        options = self._options
        return Columns(headers.cells, options.columns, may_correct=options.may_correct)


def _item(number: int, row: Row, columns: Columns) -> Record | Fault:
    if row.error:
        return row.error.fault(number, row.raw)
    book, notes = columns.book(row.cells)
    copies, more = columns.copies(row.cells)
    return Record(number, book, row.raw, copies, None, [*notes, *more])


def head() -> bytes:
    """The line of headers of the files we write."""
    return _line(list(BOOK_FIELDS))


def encode(book: Mapping[str, Any]) -> bytes:
    """One book as a line that `CsvReader` reads back."""
    return _line([_cell(name, book.get(name)) for name in BOOK_FIELDS])


def _line(cells: Iterable[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()


def _cell(name: str, value: Any) -> str:
    if value is None or value == []:
        return ""
    if name == "contributors":
        return _people(value)
    if name == "subjects":
        return _list(value, "; ".join(value), values.texts)
    return str(value) if isinstance(value, int) else values.guarded(value)


def _people(people: list[dict[str, Any]]) -> str:
    plain = [{"name": one["name"], "role": one.get("role")} for one in people]
    names = (f"{one['name']} ({one['role']})" if one["role"] else one["name"] for one in plain)
    return _list(plain, "; ".join(names), values.people)


def _list(items: list[Any], joined: str, read: Any) -> str:
    """The items as people write them, or as JSON where that would be misread."""
    plain = read(joined) == items and values.guarded(joined) == joined
    return joined if plain else orjson.dumps(items).decode()
