"""Labels and cards as SVG, in millimetres: a browser prints them to size, whatever its fonts."""

import unicodedata
from itertools import groupby
from typing import NamedTuple

from pages.print.barcodes import Unprintable

QUIET = 10
"""White on each side of the bars, in the widths of the narrowest (ISO/IEC 15417, 4.3.2)."""
_NARROWEST = 0.17
_WIDEST = 0.4
"""Of the narrowest bar, in millimetres: what scanners still read, and what is wide enough."""
_CARD = 50.8
"""Height of the lowest card that has room for all in its usual size."""


class Text(NamedTuple):
    """A line of text: where its base line begins or has its middle, and its size."""

    x: float
    y: float
    size: float
    text: str
    anchor: str = "middle"
    bold: bool = False


class Label(NamedTuple):
    """One label, its corner at 0, 0; `path` are the bars."""

    width: float
    height: float
    texts: list[Text]
    path: str = ""


def bar_path(pattern: str, x: float, y: float, width: float, height: float) -> str:
    """The bars as a path, in the middle of a box that has room for the quiet zones.

    `pattern` as `barcodes.bars` gives it. Raises Unprintable where they would be too narrow.
    """
    runs = [(bit, len(list(same))) for bit, same in groupby(pattern)]
    narrowest = min(length for _, length in runs)
    module = min(_WIDEST / narrowest, width / (len(pattern) + 2 * QUIET * narrowest))
    if module * narrowest < _NARROWEST:
        raise Unprintable("too_long")
    left = x + (width - module * len(pattern)) / 2
    drawn = []
    for bit, length in runs:
        wide = length * module
        if bit == "1":
            drawn.append(f"M{left:.3f} {y:.3f}h{wide:.3f}v{height:.3f}h-{wide:.3f}z")
        left += wide
    return "".join(drawn)


def fitted(text: str, width: float, size: float) -> str:
    """The text, cut with an ellipsis where it would be wider than so many millimetres."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def text_width(text: str, size: float) -> float:
    """About how wide a text is: 0.6 of its size for a letter, its size for a wide one."""
    widths = {"W": 1.0, "F": 1.0}
    return sum(widths.get(unicodedata.east_asian_width(char), 0.6) for char in text) * size


def spine_lines(shelfmark: str) -> list[str]:
    """A shelfmark as it stands on a spine: broken at blanks."""
    return shelfmark.split()


def copy_label(
    width: float, height: float, *, library: str, shelfmark: str, number: str, pattern: str
) -> Label:
    """The label of a copy: the library, the bars, the number, the shelfmark."""
    small, middle = min(2.8, height / 10), width / 2
    room = width - 4
    top = small + 1.5
    bottom = height - 2 * small - 3
    texts = [
        Text(middle, top, small, fitted(library, room, small)),
        Text(middle, bottom + small + 0.6, small, fitted(number, room, small)),
        Text(middle, bottom + 2 * small + 1.4, small, fitted(shelfmark, room, small), bold=True),
    ]
    path = bar_path(pattern, 1, top + 1, width - 2, bottom - top - 1)
    return Label(width, height, texts, path)


def spine_label(width: float, height: float, shelfmark: str) -> Label:
    """The label of a spine: the shelfmark in the middle, as large as it fits."""
    lines = spine_lines(shelfmark) or [""]
    widest = max(text_width(line, 1) for line in lines) or 1
    size = min(6.0, (height - 4) / (1.2 * len(lines)), (width - 4) / widest)
    first = (height - 1.2 * size * (len(lines) - 1)) / 2 + 0.35 * size
    texts = [
        Text(width / 2, first + number * 1.2 * size, size, line, bold=True)
        for number, line in enumerate(lines)
    ]
    return Label(width, height, texts)


def member_card(
    width: float, height: float, *, library: str, name: str, number: str, pattern: str
) -> Label:
    """A member's card: the library, the name, the bars and the number.

    On one that is lower than a card usually is, all of them are lower.
    """
    room, middle, small = width - 10, width / 2, min(1.0, height / _CARD)
    texts = [
        Text(middle, 9 * small, 4 * small, fitted(library, room, 4 * small), bold=True),
        Text(middle, 18 * small, 4.5 * small, fitted(name, room, 4.5 * small)),
        Text(middle, height - 5 * small, 3.5 * small, fitted(number, room, 3.5 * small)),
    ]
    path = bar_path(pattern, 4, height - 29 * small, width - 8, 19 * small)
    return Label(width, height, texts, path)
