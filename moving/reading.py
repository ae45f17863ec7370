"""Files of one kind of records: their rows with typed values, from CSV or NDJSON of any origin.

A file is read twice: its columns of dates and money are looked at as a whole first.
"""

import codecs
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO, NamedTuple

import orjson

from catalogue.remembered import Remembered
from circulation.calendar import Calendar
from formats import Note
from formats.chunks import chunks, is_compressed, pieces
from formats.csv import cells
from formats.csv.rows import Rows
from formats.csv.source import Source
from formats.record import LONGEST_RECORD, Fault, Options, Unreadable
from models import source_key
from moving.fields import Field, Fields
from moving.sniffing import Columns, Looks
from moving.values import How, mended_label
from validators.engine.errors import BadValue

_IN_MEMORY = 1 << 20
_NOTHING = frozenset(["", "\\N", "NULL"])
_AT_ONCE = 1000


@dataclass(slots=True)
class Row:
    """One row: its number from 1, its bytes as they came, and what could be read of it.

    Fields without a value are not among the `values`. `faults` reject the row, `notes` are on
    values that were left out. `key` is what it is called where it comes from: as it says, else
    made from all that it says.
    """

    number: int
    raw: bytes
    values: dict[str, Any]
    key: str
    faults: list[Note] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a field, or the default."""
        return self.values.get(name, default)

    def note(self, name: str | None, code: str, detail: str) -> None:
        """Add something that somebody may want to look at."""
        self.notes.append(Note(name, code, detail))


class Wish(NamedTuple):
    """How a file is to be read, as it was asked for."""

    format: str
    options: Options
    money: str | None = None


class _Raw(NamedTuple):
    """A row before its values are read: by field, and its bytes."""

    said: Mapping[str, Any]
    raw: bytes
    error: Unreadable | None


_Every = Callable[[Collection[str] | None], Iterator[_Raw]]


class RowsOf:
    """Iterates over a file of rows once: a Row or a Fault for each.

    `header` makes a file again when it is put before the `raw` of any rows; `encoding`, `samples`,
    `unused` and `read_as` tell how the file was read, `refused` is the fault for which it was not.
    """

    footer = b""

    def __init__(
        self,
        stream: BinaryIO,
        wish: Wish,
        fields: Fields,
        calendar: Calendar,
        decimals: int,
        *,
        counts: bool,
    ) -> None:
        """`decimals` are those of money.

        `counts` tells rows apart that say the same and have no key of their own.
        """
        self._stream = stream
        self._wish = wish
        self._fields = fields
        self._readers = {name: one.read for name, one in fields.items()}
        is_major, mends = wish.money == "major", wish.format == "csv"
        self._how = How(calendar, decimals, is_major=is_major, mends=mends)
        self._same = Remembered(lasting=True) if counts else None
        self._kept = 0
        self.header = b""
        self.encoding: str | None = None
        self.samples: list[str] = []
        self.unused: list[str] = []
        self.read_as: list[str] = []
        self._above: list[str] = []
        self._notes: list[Note] = []
        self.refused: Fault | None = None

    def __iter__(self) -> Iterator[Row | Fault]:
        source = chunks(self._stream)
        start = next(source, b"")
        if not start:
            return
        with SpooledTemporaryFile(_IN_MEMORY) as file:
            try:
                if is_compressed(start):
                    detail = "The file is compressed, an archive or a workbook: send what is in it."
                    raise Unreadable("compressed", detail)
                rows = self._opened(chain([start], source), file)
                looks = Looks(self._fields, self._wish.options.dates, self._how.is_major)
                self._look(rows(looks.names), looks)
            except Unreadable as error:
                self.refused = error.fault(1, b"")
                yield self.refused
                return
            for number, raw in enumerate(rows(None), 1):
                yield self._row(number, raw)

    def _opened(self, data: Iterator[bytes], file: IO[bytes]) -> _Every:
        """What gives all rows of the file, or only some fields of them, as often as need be."""
        opened = self._csv if self._wish.format == "csv" else self._ndjson
        return opened(data, file)

    def _csv(self, data: Iterator[bytes], file: IO[bytes]) -> _Every:
        source = Source(data, file, self._wish.options)
        self.encoding, self.samples = source.name, source.samples
        known = Columns(self._fields)
        understood = partial(known.understood, chosen=self._wish.options.columns.values())
        rows = Rows(source, understood)
        headers = next(rows, None)
        if headers is None:
            raise Unreadable("empty", "The file has no rows.")
        if headers.error:
            raise headers.error
        self.header = rows.head + headers.raw
        self._above = rows.read_as
        columns = known.of(headers.cells, self._wish.options.columns)
        self.unused = columns.unused

        def every(names: Collection[str] | None) -> Iterator[_Raw]:
            places = [
                (name, at) for name, at in columns.places.items() if names is None or name in names
            ]
            again = Rows(source, understood)
            next(again)
            again.width = len(headers.cells)
            for row in again:
                if row.error:
                    yield _Raw({}, row.raw, row.error)
                elif any(row.cells):
                    yield _Raw(_said(places, row.cells), row.raw, None)

        return every

    def _ndjson(self, data: Iterator[bytes], file: IO[bytes]) -> _Every:
        for chunk in data:
            file.write(chunk)
        self.encoding = "utf-8"
        known = Columns(self._fields)
        unused: dict[str, None] = {}

        def every(names: Collection[str] | None) -> Iterator[_Raw]:
            file.seek(0)
            lines = pieces(iter(lambda: file.read(1 << 16), b""), b"\n")
            for at, piece in enumerate(lines):
                line = piece.data.removeprefix(codecs.BOM_UTF8) if at == 0 else piece.data
                if not line.strip():
                    continue
                try:
                    if piece.is_too_long:
                        detail = f"A line has at most {LONGEST_RECORD:,} bytes."
                        raise Unreadable("too-long", detail)
                    yield _Raw(known.named(_object(line), unused), line, None)
                except Unreadable as error:
                    yield _Raw({}, line, error)
            self.unused = list(unused)

        return every

    def _look(self, rows: Iterator[_Raw], looks: Looks) -> None:
        """Find out how the columns of dates and money are written. Raises Unreadable `dates`."""
        for row in rows:
            looks.at(row.said)
        self._how.orders = looks.orders()
        self.read_as = [*self._above, *looks.sentences()]
        self._notes = looks.notes(self._how.decimals)

    def _row(self, number: int, raw: _Raw) -> Row | Fault:
        if raw.error:
            return raw.error.fault(number, raw.raw)
        values: dict[str, Any] = {}
        faults: list[Note] = []
        notes: list[Note] = []
        how, readers = self._how, self._readers
        for name, said in raw.said.items():
            try:
                value = readers[name](said, how, name)
            except BadValue as bad:
                _tell(self._fields[name], bad, faults, notes)
            else:
                if value is not None:
                    values[name] = value
        if self._notes and not faults:
            notes += self._notes
            self._notes = []
        key = values.get("source_key") or self._made_key(raw.said)
        return Row(number, raw.raw, values, key, faults, notes)

    def _made_key(self, said: Mapping[str, Any]) -> str:
        """A key for a row that has none: what it says, and how often the file has said it."""
        content = orjson.dumps(dict(said), option=orjson.OPT_SORT_KEYS, default=str)
        digest = hashlib.blake2b(content, digest_size=16)
        if self._same is None:
            return source_key.made(digest.hexdigest())
        short = digest.hexdigest()[:20]
        number = (self._same.get("row", short) or 0) + 1
        self._same.put("row", short, number)
        self._kept += 1
        if self._kept % _AT_ONCE == 0:
            self._same.begin()
        return f"{source_key.made(digest.hexdigest())}-{number}"


def _tell(one: Field, bad: BadValue, faults: list[Note], notes: list[Note]) -> None:
    if one.needed:
        faults.append(Note(one.name, bad.code, bad.detail))
    else:
        notes.append(Note(one.name, bad.code, f"Left out: {bad.detail}"))


def _said(places: Sequence[tuple[str, tuple[int, ...]]], row: list[str]) -> dict[str, Any]:
    """What the cells say, by field: of several columns the first that is not empty."""
    said: dict[str, Any] = {}
    width = len(row)
    for name, columns in places:
        for at in columns:
            cell = row[at].strip() if at < width else ""
            if cell not in _NOTHING:
                said[name] = cells.text(cell) if cell[0] in "'=" or not cell.isascii() else cell
                break
    return said


def text_in(cell: str) -> str | None:
    """What a cell of texts says, None if that is nothing."""
    text: str | None = _said((("", (0,)),), [cell]).get("")
    return text


def label_in(cell: str) -> str | None:
    """The label that a cell has, None if it has none."""
    said = text_in(cell)
    return None if said is None else mended_label(said)


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise Unreadable("malformed-json", f"This is not JSON: {error.msg}.") from None
    if not isinstance(found, dict):
        raise Unreadable("malformed-json", "The line is not a JSON object.")
    return found
