"""What the forms of sheets have in common: lines, the sheet, where it begins, how far it is off."""

import re
from collections.abc import Mapping
from itertools import islice
from math import isfinite
from typing import Any

from pages.print.barcodes import Symbology, Unprintable
from pages.print.drawing import Label
from pages.print.sheets import PAPERS, Sheet

MOST = 1000
"""Labels at once."""
OWN = "own"
"""The name of a sheet that is described by its measures."""
MEASURES = ("width", "height", "left", "top", "step_x", "step_y")
"""Lengths of `Sheet`, in its order."""
_FURTHEST = 30.0
_SMALLEST = 10.0
_PLAY = 0.5
_MOST_IN_A_ROW = 50
_COUNT = re.compile(r"[0-9]{1,4}")


def lines(text: str) -> list[str]:
    """The lines that are not blank. Raises Unprintable for too many."""
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if len(found) > MOST:
        raise Unprintable("too_many")
    return found


def sheet(given: Mapping[str, str], known: Mapping[str, Sheet]) -> Sheet:
    """The sheet chosen or measured, moved by its offsets. Raises Unprintable for what is none."""
    name = given.get("sheet", "") or next(iter(known))
    chosen = _measured(given) if name == OWN else known.get(name)
    if chosen is None:
        raise Unprintable("no_sheet")
    return chosen.moved(_offset(given, "offset_x"), _offset(given, "offset_y"))


def _measured(given: Mapping[str, str]) -> Sheet:
    """A sheet by its measures; labels must lie on the paper, one beside the other."""
    paper = given.get("paper", "")
    if paper not in PAPERS:
        raise Unprintable("measures")
    lengths = [_millimetres(given.get(name, ""), "measures") for name in MEASURES]
    columns, rows = (_in_a_row(given.get(name, "")) for name in ("columns", "rows"))
    made = Sheet(paper, columns, rows, *lengths)
    right = made.left + (columns - 1) * made.step_x + made.width
    bottom = made.top + (rows - 1) * made.step_y + made.height
    fits = right <= made.size[0] + _PLAY and bottom <= made.size[1] + _PLAY
    apart = made.step_x >= made.width and made.step_y >= made.height
    if min(lengths) < 0 or min(made.width, made.height) < _SMALLEST or not (fits and apart):
        raise Unprintable("measures")
    return made


def _in_a_row(text: str) -> int:
    """How many labels lie in a row or column. Raises Unprintable."""
    found = _count(text)
    if found is None or not 0 < found <= _MOST_IN_A_ROW:
        raise Unprintable("measures")
    return found


def _count(text: str) -> int | None:
    """A number of labels; None for what is none, or has more digits than any sheet needs."""
    return int(text) if _COUNT.fullmatch(text.strip()) else None


def _offset(given: Mapping[str, str], name: str) -> float:
    value = _millimetres(given.get(name) or "0", "offset")
    if not -_FURTHEST <= value <= _FURTHEST:
        raise Unprintable("offset")
    return value


def _millimetres(text: str, fault: str) -> float:
    """A number with a point or a comma. Raises Unprintable."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        raise Unprintable(fault) from None
    if not isfinite(value):
        raise Unprintable(fault)
    return value


def symbology(given: Mapping[str, str]) -> Symbology:
    """How numbers become bars; Code 128 unless chosen. Raises Unprintable."""
    try:
        return Symbology(given.get("symbology") or Symbology.CODE128)
    except ValueError:
        raise Unprintable("no_symbology") from None


def skipped(given: Mapping[str, str], sheet: Sheet) -> int:
    """How many labels of the first sheet are used already. Raises Unprintable."""
    found = _count(given.get("skip") or "0")
    if found is None or found >= sheet.columns * sheet.rows:
        raise Unprintable("skip")
    return found


def filled(sheet: Sheet, labels: list[Label], skip: int) -> list[list[tuple[float, float, Any]]]:
    """The sheets, each a list of labels with their places."""
    places = list(sheet.places())
    found = []
    remaining = iter(labels)
    while taken := list(islice(remaining, len(places) - skip)):
        spots = places[skip:]
        found.append([(x, y, one) for (x, y), one in zip(spots, taken, strict=False)])
        skip = 0
    return found
