"""The delimiter and the quotation mark of a CSV file, told by which rows fit."""

import csv
from collections.abc import Callable
from itertools import islice
from typing import NamedTuple

DELIMITERS = ",;\t|"
_QUOTES = "\"'"
_ROWS = 100
_NEARLY_ALL = 0.8
# Lines in which headers are looked for, and how many of those that are no first line must be known:
# more if the first line has one that is.
_MOST_ABOVE = 10
_CLEAR = 2

Score = Callable[[list[str]], int]
"""How well a row is understood as headers: how many of its cells are known."""


class Dialect(NamedTuple):
    """What parts the cells, and what stands around them."""

    delimiter: str
    quote: str


class _Trial(NamedTuple):
    dialect: Dialect
    rows: list[list[str]]


def dialect_of(text: str, score: Score, delimiters: str = DELIMITERS) -> Dialect:
    """The dialect in which the headers make most sense, and then most rows are as wide as they.

    `text` begins with the headers; `score` rates how well they are understood.
    """
    lines = text.splitlines(keepends=True)
    trials = [
        trial
        for quote in _QUOTES
        for delimiter in delimiters
        if (trial := _Trial(Dialect(delimiter, quote), _rows(lines, delimiter, quote)))
        and (quote != "'" or _is_in_apostrophes(lines, trial.rows))
    ]

    def sense(trial: _Trial) -> tuple[int, float, int, str]:
        headers, *rows = trial.rows or [[]]
        fitting = sum(len(row) == len(headers) for row in rows)
        return (
            score(headers),
            round(fitting / (len(rows) or 1), 2),
            len(headers),
            trial.dialect.quote,
        )

    return max(trials, key=sense).dialect


def lines_above(text: str, score: Score, delimiters: str, end: str) -> list[str]:
    """The lines before the headers: none, unless the first is not understood and a later one is.

    `text` begins with the first line that is not empty; `end` ends its lines. Words that are known
    may stand in a sentence, too: below headers are rows that are as wide.
    """
    dialects = [Dialect(delimiter, quote) for quote in _QUOTES for delimiter in delimiters]

    def known(line: str, dialect: Dialect) -> int:
        return max(map(score, _rows([line], *dialect)), default=0)

    lines = text.split(end)
    first = max(known(lines[0], one) for one in dialects)
    if first >= _CLEAR:
        return []
    for at, line in enumerate(lines[: _MOST_ABOVE + 1]):
        clear = [one for one in dialects if known(line, one) >= first + _CLEAR]
        if any(_has_rows(_rows(lines[at:], *one)) for one in clear):
            return lines[:at]
    return []


def _rows(lines: list[str], delimiter: str, quote: str) -> list[list[str]]:
    reader = csv.reader(lines, delimiter=delimiter, quotechar=quote)
    try:
        return [row for row in islice(reader, _ROWS) if any(row)]
    except csv.Error:
        return []


def _has_rows(rows: list[list[str]]) -> bool:
    """Whether most of the rows below the first one are as wide as it is, and there are any."""
    width = len(rows[0]) if rows else 0
    fitting = sum(len(row) >= width and not any(row[width:]) for row in rows[1:])
    return 2 * fitting >= len(rows[1:]) > 0


def _is_in_apostrophes(lines: list[str], rows: list[list[str]]) -> bool:
    """Whether apostrophes stand around the cells of the headers, and were taken off the others."""
    cells = [cell for row in rows[1:] for cell in row if cell]
    free = sum(not cell.startswith("'") and not cell.endswith("'") for cell in cells)
    return "".join(lines[:1]).startswith("'") and (not cells or free >= _NEARLY_ALL * len(cells))
