"""Rows of CSV and their bytes: delimiter and quotes found out, nothing believed."""

import csv
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from formats.chunks import Piece
from formats.csv.dialect import DELIMITERS, Dialect, dialect_of, lines_above
from formats.csv.lines import Lines
from formats.csv.source import Source
from formats.record import Unreadable

_SEPARATOR = re.compile(r"sep=([,;\t|])\s*", re.IGNORECASE)


class Row(NamedTuple):
    """The cells of a row, or why there are none, and its bytes with their line end."""

    cells: list[str]
    error: Unreadable | None
    raw: bytes


class Rows:
    """The rows of a file, the line of headers first.

    `score` rates how well headers are understood, to find the dialect, and the headers themselves
    where lines with a title stand above them (`read_as` tells it). A row that cannot be read costs
    one line: what a lone quote had swallowed is read again.
    """

    def __init__(self, source: Source, score: Callable[[list[str]], int]) -> None:
        self._lines = Lines(source)
        self.head = source.mark if source.encoding == "utf-8" else b""
        if source.is_wide:
            self.head = "\ufeff".encode()
        passed = 0
        first = self._lines.peek()
        while first and not first.strip():
            passed += self._pass()
            first = self._lines.peek()
        separator = _SEPARATOR.fullmatch(first)
        if separator:
            passed += self._pass()
        start = source.start[passed:]
        delimiters = separator[1] if separator else DELIMITERS
        self.read_as: list[str] = []
        above = lines_above(start, score, delimiters, self._lines.end)
        if above:
            passed += sum(self._pass() for _ in above)
            self.read_as = [_below(above)]
            start = source.start[passed:]
        found = dialect_of(start, score, delimiters)
        self._delimiter = found.delimiter
        self._reader = _reader(self._lines, found)
        self.width: int | None = None

    def __iter__(self) -> Iterator[Row]:
        return self

    def __next__(self) -> Row:
        self._lines.begin_row()
        cells, error = self._read()
        width = self.width
        if error is None and len(cells) != width:
            error = self._raggedness(cells)
        if error is not None:
            self._lines.keep_first()
            literal = self._literally(self._lines.taken[0])
            cells, error = (literal, None) if literal else ([], error)
        taken = self._lines.taken
        raw = taken[0].data if len(taken) == 1 else b"".join(piece.data for piece in taken)
        return Row(cells, error, raw)

    def _pass(self) -> int:
        """Take a line that is before the headers; its length."""
        line = next(self._lines)
        self.head += self._lines.taken[-1].data
        return len(line)

    def _read(self) -> tuple[list[str], Unreadable | None]:
        try:
            return next(self._reader), None
        except Unreadable as error:
            return [], error
        except csv.Error as error:
            code = "too-long" if "limit" in str(error) else "malformed-row"
            return [], Unreadable(code, f"The row cannot be read: {error}.")

    def _raggedness(self, cells: list[str]) -> Unreadable | None:
        width = len(cells) if self.width is None else self.width
        if len(cells) == width or not any(cells):
            return None
        if len(cells) > width and not any(cells[width:]):
            return None
        return Unreadable("columns", f"The row has {len(cells)} columns, the header {width}.")

    def _literally(self, piece: Piece) -> list[str] | None:
        """A line of tab-separated values in which quotes mean nothing special."""
        if self._delimiter != "\t":
            return None
        try:
            cells = self._lines.text(piece).rstrip("\r\n").split("\t")
        except Unreadable:
            return None
        return cells if len(cells) == self.width else None


def _below(above: list[str]) -> str:
    """In words, where the headers are."""
    title = next(filter(None, (line.strip(" ,;\t|\"'\r\n") for line in reversed(above))), "")
    return f"headers: the line below {title[:100]!r}"


def _reader(lines: Lines, found: Dialect) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=found.delimiter, quotechar=found.quote, strict=True)
