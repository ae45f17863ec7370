"""Lists of rows that no single query gives: found at once, then paged like every other list."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.copy import ROWS, Copy
from models.listing import Listing, Position


class FoundRows(Listing):
    """A list of rows in an order of their own; each has a key, and the keys ascend."""

    def __init__(self, rows: Sequence[tuple[list[Any], Any]]) -> None:
        super().__init__(Copy, ROWS, sorts={})
        self._rows = rows

    def everything(self) -> list[Any]:
        """All rows, in their order."""
        return [row for _, row in self._rows]

    def total(self, asked: Mapping[str, Any]) -> int:
        """How many rows there are."""
        return len(self._rows)

    def page(
        self, asked: Mapping[str, Any], sort: Sequence[str], *, limit: int, offset: int
    ) -> list[Any]:
        """The rows of one page."""
        return [row for _, row in self._rows[offset : offset + limit]]

    def after(
        self,
        asked: Mapping[str, Any],
        sort: Sequence[str],
        position: Position | None,
        *,
        limit: int,
    ) -> tuple[list[Any], Position | None]:
        """The rows that follow a position (None: the start), and where the next ones begin."""
        left = [each for each in self._rows if position is None or each[0] > position]
        rows = [row for _, row in left[:limit]]
        return rows, left[limit - 1][0] if len(left) > limit else None

    def position(
        self, asked: Mapping[str, Any], sort: Sequence[str], count: int
    ) -> Position | None:
        """Where the rows after the first `count` begin; None if there are fewer."""
        return self._rows[count - 1][0] if len(self._rows) >= count else None
