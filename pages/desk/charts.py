"""Charts as SVG, drawn on the server: bars, beside a table that says the same."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

_HEIGHT = 200
_TOP = 20
_LABEL = 60
_WIDTH = 720
_MOST_LABELS = 8
_LINE = 28
_TEXT = 240
_NAME = 34
"""Characters of a name beside its bar."""


class Bar(NamedTuple):
    """One value: its name, the number, and how the number is said."""

    name: str
    value: int
    said: str


def columns(bars: Sequence[Bar], title: str) -> Markup:
    """Upright bars, for days and other things in order. Values below nothing are drawn as none."""
    highest = max((bar.value for bar in bars), default=0) or 1
    step = _WIDTH / max(len(bars), 1)
    every = -(-len(bars) // _MOST_LABELS) or 1
    parts = [_line(_TOP), _line(_TOP + _HEIGHT)]
    parts.append(_text(0, _TOP - 6, max(bars, key=lambda bar: bar.value).said if bars else ""))
    for place, bar in enumerate(bars):
        height = round(max(bar.value, 0) / highest * _HEIGHT, 1)
        left, wide = round(place * step, 1), round(step * 0.8, 1)
        parts.append(_rect(left, round(_TOP + _HEIGHT - height, 1), wide, height, bar))
        if place % every == 0:
            # The last ones would stand out of the drawing.
            end = left > _WIDTH - _LABEL
            parts.append(
                _text(left + wide if end else left, _TOP + _HEIGHT + 18, bar.name, end=end)
            )
    return _svg(_WIDTH, _TOP + _HEIGHT + 26, title, parts)


def rows(bars: Sequence[Bar], title: str) -> Markup:
    """Bars one below the other, for things with long names."""
    highest = max((bar.value for bar in bars), default=0) or 1
    parts = []
    for place, bar in enumerate(bars):
        wide = round(max(bar.value, 0) / highest * (_WIDTH - _TEXT - 60), 1)
        top = place * _LINE
        name = bar.name if len(bar.name) <= _NAME else bar.name[: _NAME - 1] + "…"
        parts.append(_text(0, top + 18, name))
        parts.append(_rect(_TEXT, top + 4, wide, _LINE - 8, bar))
        parts.append(_text(_TEXT + wide + 6, top + 18, bar.said))
    return _svg(_WIDTH, max(len(bars), 1) * _LINE, title, parts)


def _rect(left: float, top: float, width: float, height: float, bar: Bar) -> Markup:
    shape = Markup('<rect x="{}" y="{}" width="{}" height="{}"><title>{}: {}</title></rect>')
    return shape.format(left, top, width, height, bar.name, bar.said)


def _line(top: float) -> Markup:
    return Markup('<line x1="0" x2="{}" y1="{}" y2="{}"/>').format(_WIDTH, top, top)


def _text(left: float, top: float, words: str, *, end: bool = False) -> Markup:
    text = Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>')
    return text.format(left, top, "end" if end else "start", words)


def _svg(width: float, height: float, title: str, parts: Sequence[Markup]) -> Markup:
    # The names are told by the table; to a reader of screens the drawing is one image.
    head = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">')
    return head.format(width, height, title) + Markup("").join(parts) + Markup("</svg>")
