"""Sheets of labels, in millimetres."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of `columns` times `rows` labels; all lengths are millimetres.

    `left` and `top` are where the first label begins, `step_x` and `step_y` how far away the next
    one does.
    """

    paper: str
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    step_x: float
    step_y: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the paper."""
        return PAPERS[self.paper]

    def moved(self, x: float, y: float) -> "Sheet":
        """The sheet as a printer needs it that draws everything so far off."""
        return replace(self, left=self.left + x, top=self.top + y)

    def places(self) -> Iterator[tuple[float, float]]:
        """Where each label begins, row by row."""
        for row in range(self.rows):
            for column in range(self.columns):
                yield self.left + column * self.step_x, self.top + row * self.step_y


PAPERS = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}

LABELS: Mapping[str, Sheet] = {
    "a4-3x8": Sheet("a4", 3, 8, 70, 36, 0, 4.5, 70, 36),
    "a4-3x7": Sheet("a4", 3, 7, 63.5, 38.1, 7.2, 15.1, 66, 38.1),
    "a4-4x10": Sheet("a4", 4, 10, 48.5, 25.4, 8, 21.5, 48.5, 25.4),
    "letter-3x10": Sheet("letter", 3, 10, 66.7, 25.4, 4.8, 12.7, 69.9, 25.4),
    "letter-2x7": Sheet("letter", 2, 7, 101.6, 33.9, 4, 21.1, 106.4, 33.9),
}
CARDS: Mapping[str, Sheet] = {
    "a4-2x5": Sheet("a4", 2, 5, 85, 54, 15, 13.5, 95, 54),
    "letter-2x5": Sheet("letter", 2, 5, 88.9, 50.8, 19.05, 12.7, 88.9, 50.8),
}
"""The last one for pre-cut cards of 3.5 by 2 inches."""
