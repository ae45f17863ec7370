"""Spreadsheets as CSV: reading any usual kind, writing one."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import orjson

from formats.csv import cells as values
from formats.csv.columns import Columns, understood
from formats.csv.looks import looks_of
from formats.csv.reading import MOST_COPIES, RowReader
from formats.csv.rows import Row, Rows
from formats.csv.source import Source
from formats.dates import ORDER_WORDS, YMD, orders_of
from formats.record import (
    COPY_FIELDS,
    LONGEST_RECORD,
    Fault,
    Item,
    Reader,
    Record,
    Unreadable,
    written_status,
)
from models.book_fields import FIELDS

_DATES = ("acquired_on",)
_IN_MEMORY = 1 << 20
_NUMBERS = {"isbn", "isbns", "control_number"}


class CsvReader(Reader):
    """Reads CSV with a line of headers. Rows in which all cells are empty do not count."""

    def __iter__(self) -> Iterator[Item]:
        with SpooledTemporaryFile(_IN_MEMORY) as file:
            yield from self._items(file)

    def _items(self, file: IO[bytes]) -> Iterator[Item]:
        headers: Row | None = None
        try:
            source = Source(self._chunks, file, self._options)
            rows = self._rows(source)
            headers = next(rows, None)
            if headers is None:
                return
            self.header = rows.head + headers.raw
            self.read_as = rows.read_as
            reader = self._row_reader(source, headers)
        except Unreadable as error:
            yield self._refuse(error.fault(1, headers.raw if headers else b""))
            return
        rows.width = len(headers.cells)
        yield from _records(rows, reader)
        self.read_as = [*self.read_as, *reader.sentences()]

    def _rows(self, source: Source) -> Rows:
        return Rows(source, partial(understood, chosen=self._options.columns.values()))

    def _row_reader(self, source: Source, headers: Row) -> RowReader:
        self.encoding, self.samples = source.name, source.samples
        if headers.error:
            raise headers.error
        options = self._options
        columns = Columns(headers.cells, options.columns, may_correct=options.may_correct)
        self.unused = columns.unused
        order = self._order(source, columns)
        looks = looks_of(columns, partial(self._column, source))
        return RowReader(columns, order, options.decimals, looks)

    def _order(self, source: Source, columns: Columns) -> str:
        """The order of day, month and year, for which dates of the whole file are looked at."""
        order = self._options.dates
        for name in _DATES:
            for at in columns.places.get(name, ()):
                found = orders_of(self._column(source, at))
                if len(found) > 1 and order is None:
                    detail = (
                        f"The dates of the column {columns.headers[at]!a} may begin with the day"
                        " or the month; say which with the parameter dates."
                    )
                    raise Unreadable("dates", detail, name)
                order = order or (found[0] if found else None)
                if order and order != YMD:
                    self.read_as = [*self.read_as, f"{name}: {ORDER_WORDS[order]}"]
        return order or YMD

    def _column(self, source: Source, at: int) -> Iterator[str]:
        rows = self._rows(source)
        rows.width = len(next(rows).cells)
        for row in rows:
            if row.error is None and len(row.cells) > at:
                yield row.cells[at]


def _records(rows: Rows, reader: RowReader) -> Iterator[Item]:
    """A record of each row; rows of the copies of one title wait for each other."""
    title = _Title()
    number = 0
    for row in rows:
        if not (row.error or any(row.cells)):
            continue
        number += 1
        item = _item(number, row, reader)
        shared = reader.shared(row.cells) if isinstance(item, Record) else None
        if isinstance(item, Record) and shared is not None and _has_no_number(item):
            yield from title.added(item, shared)
        else:
            yield from title.ended()
            yield item
    yield from title.ended()


def _has_no_number(record: Record) -> bool:
    return not record.book.keys() & _NUMBERS


class _Title:
    """Rows that follow each other, each with a barcode, and differ in their copies alone."""

    def __init__(self) -> None:
        self._shared: Sequence[str] | None = None
        self._first = 0
        self._waiting: list[Record] = []
        self._size = 0

    def added(self, record: Record, shared: Sequence[str]) -> Iterator[Record]:
        """Add a row of this title or of a new one; gives those that need not wait any more."""
        if shared != self._shared:
            yield from self.ended()
            self._shared, self._first = shared, record.number
        elif len(self._waiting) == MOST_COPIES or self._size > LONGEST_RECORD:
            yield from self._counted()
        record.first_row = self._first
        self._waiting.append(record)
        self._size += len(record.raw)

    def ended(self) -> Iterator[Record]:
        """Give the rows that waited; none that follows is of the same title."""
        yield from self._counted()
        self._shared = None

    def _counted(self) -> Iterator[Record]:
        """Give the rows that waited. How many copies there are in all counts once for them."""
        waiting, self._waiting, self._size = self._waiting, [], 0
        if len(waiting) > 1:
            first, *others = waiting
            first.unlabelled = first.unlabelled[sum(len(one.copies) for one in others) :]
            for one in others:
                one.unlabelled = []
        yield from waiting


def _item(number: int, row: Row, reader: RowReader) -> Record | Fault:
    if row.error:
        return row.error.fault(number, row.raw)
    said = reader.row(row.cells)
    return Record(
        number,
        said.book,
        row.raw,
        said.copies,
        None,
        said.notes,
        said.nonfiling,
        said.unlabelled,
    )


def head(*, copies: bool = False) -> bytes:
    """The line of headers of the files we write."""
    return _line([*FIELDS, *COPY_FIELDS] if copies else FIELDS)


def encode(book: Mapping[str, Any], copies: Sequence[Mapping[str, Any]] | None = None) -> bytes:
    """One book as a line that `CsvReader` reads back; with `copies` a line for each of them."""
    said = [_cell(name, book.get(name)) for name in FIELDS]
    if copies is None:
        return _line(said)
    written = [{**copy, **written_status(copy)} for copy in copies] or [{}]
    return b"".join(
        _line([*said, *(_cell(name, copy.get(name)) for name in COPY_FIELDS)]) for copy in written
    )


def _line(cells: Iterable[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()


def _cell(name: str, value: Any) -> str:
    if value is None or value == []:
        return ""
    if name == "contributors":
        return _people(value)
    if name == "author" and _read_author(values.guarded(value)) != [value]:
        return orjson.dumps([value]).decode()
    if isinstance(value, list):
        return _list(value, "; ".join(value), values.texts)
    if isinstance(value, int):
        return values.year_written(value) if name == "published_year" else str(value)
    return _text(name, value)


def _text(name: str, value: str) -> str:
    """A cell from which the text is read, where plain text would be taken for something else."""
    plain, read = values.guarded(value), _READ.get(name)
    if read is None or read(plain) == value:
        return plain
    lists = (orjson.dumps([text]).decode() for text in (value, f"'{value}"))
    forms = (f"'{plain}", values.as_markup(value), *lists)
    return next((cell for cell in forms if read(cell) == value), plain)


def _read_barcode(cell: str) -> str | None:
    read = [values.barcode(code) for code in values.barcodes(cell)]
    return read[0] if len(read) == 1 else None


_READ: Mapping[str, Callable[[str], str | None]] = {
    "description": values.markup,
    "series_volume": values.volume,
    "barcode": _read_barcode,
}
"""How cells are read that are more than texts."""


def _read_author(cell: str) -> list[str]:
    return values.names(values.text(cell.strip()), several=False)


def _people(people: list[dict[str, Any]]) -> str:
    plain = [{"name": one["name"], "role": one.get("role")} for one in people]
    names = (f"{one['name']} ({one['role']})" if one["role"] else one["name"] for one in plain)
    return _list(plain, "; ".join(names), values.people)


def _list(items: list[Any], joined: str, read: Any) -> str:
    """The items as people write them, or as JSON where that would be misread."""
    plain = read(joined) == items and values.guarded(joined) == joined
    return joined if plain else orjson.dumps(items).decode()
