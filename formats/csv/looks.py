"""How a spreadsheet writes what no cell tells by itself: its columns looked at as a whole."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from formats.csv import cells as values
from formats.csv.columns import Columns
from formats.csv.headers import SEVERAL

_ROWS = 10_000
_LISTS = ("subjects", "alternative_titles")


class Looks(NamedTuple):
    """What parts the items of columns, and in which of those of people commas part names.

    `separators` are by the place of the column; `listed` are places. `sentences` tell it.
    """

    separators: Mapping[int, str]
    listed: frozenset[int]
    sentences: list[str]


NO_LOOKS = Looks({}, frozenset(), [])


def looks_of(columns: Columns, column: Callable[[int], Iterator[str]]) -> Looks:
    """Look at the columns that need it; `column` gives the cells of one."""
    separators: dict[int, str] = {}
    listed: list[int] = []
    sentences: list[str] = []
    for name in _LISTS:
        for at in columns.places.get(name, ()):
            if columns.separator(at) != "," or not columns.may_differ(at):
                continue
            if _has_semicolons(_some(column(at))):
                separators[at] = ";"
                sentences.append(f"{columns.headers[at][:80]}: semicolons stand between the items")
    for at in columns.places.get("author", ()):
        if columns.headers[at] in SEVERAL and columns.separator(at) is None:
            are_listed = _are_listed(_some(column(at)))
            if are_listed is None:
                continue
            listed += [at] * are_listed
            between = "people" if are_listed else "family name and first names"
            sentences.append(f"{columns.headers[at]}: commas stand between {between}")
    return Looks(separators, frozenset(listed), sentences)


def _some(cells: Iterator[str]) -> Iterator[str]:
    return islice(filter(None, cells), _ROWS)


def _has_semicolons(cells: Iterator[str]) -> bool:
    """Whether the lists have semicolons between their items, so that commas are part of them."""
    semicolons = commas = 0
    for cell in cells:
        semicolons += ";" in cell
        commas += "," in cell and ";" not in cell
    return semicolons > 0 and semicolons >= commas


def _are_listed(cells: Iterator[str]) -> bool | None:
    """Whether commas part people, as the other names of the column tell; None without commas.

    They do where those who stand alone have none (`Olive Vane`), and where three names of several
    words follow each other; not where most are `Vane, Olive`, nor where nothing tells.
    """
    natural = turned = commas = 0
    for cell in cells:
        commas += "," in cell
        for name in values.texts(cell):
            parts = [part.strip() for part in name.split(",")]
            natural += values.is_listed(parts)
            turned += values.is_turned(parts)
    return natural > turned if commas else None
