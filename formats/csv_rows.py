"""Rows of CSV and their bytes: delimiter and quotes found out, nothing believed."""

import csv
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from formats.csv_lines import Lines
from formats.records import Unreadable
from formats.streams import Piece

_DELIMITERS = ",;\t"
_SEPARATOR = re.compile(r"sep=([,;\t])\s*", re.IGNORECASE)


class Row(NamedTuple):
    """The cells of a row, or why there are none, and its bytes with their line end."""

    cells: list[str]
    error: Unreadable | None
    raw: bytes


class Rows:
    """The rows of a file, the line of headers first.

    `score` rates how well headers are understood, to find the delimiter. A row that cannot be
    read costs one line: what a lone quote had swallowed is read again.
    """

    def __init__(self, chunks: Iterator[bytes], score: Callable[[list[str]], int]) -> None:
        self._lines = Lines(chunks)
        self.head = self._lines.mark
        first = self._lines.peek()
        while first and not first.strip():
            self.head += next(self._lines).encode()
            first = self._lines.peek()
        if separator := _SEPARATOR.fullmatch(first):
            self.head += next(self._lines).encode()
            first = self._lines.peek()
        quote = "'" if first.startswith("'") else '"'
        self._delimiter = separator[1] if separator else _delimiter(first, quote, score)
        self._reader = csv.reader(
            self._lines, delimiter=self._delimiter, quotechar=quote, strict=True
        )
        self.width: int | None = None

    def __iter__(self) -> Iterator[Row]:
        return self

    def __next__(self) -> Row:
        self._lines.begin_row()
        cells, error = self._read()
        if error is None:
            error = self._raggedness(cells)
        if error is not None:
            self._lines.keep_first()
            literal = self._literally(self._lines.taken[0])
            cells, error = (literal, None) if literal else ([], error)
        return Row(cells, error, b"".join(piece.data for piece in self._lines.taken))

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


def _delimiter(line: str, quote: str, score: Callable[[list[str]], int]) -> str:
    """The delimiter with which the headers make most sense, or else there are most of them."""

    def sense(delimiter: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader([line], delimiter=delimiter, quotechar=quote), [])
        except csv.Error:
            return 0, 0
        return score(cells), len(cells)

    return max(_DELIMITERS, key=sense)
