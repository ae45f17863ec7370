"""How many records are read and stored at a time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from time import monotonic
from typing import Any, TypeVar

from catalogue.record_check import MOST_COPIES, Candidate

BATCH_BYTES = 4 << 20
"""Most bytes of records in memory at once, as far as one record is not longer by itself."""
_FIRST = 50
_FIRST_PART = 500
Item = TypeVar("Item")


@dataclass
class Pace:
    """How many records may be stored at a time that it takes no longer than so many seconds.

    At most `most`, and `least` however long they take.
    """

    seconds: float
    most: int
    least: int = 1
    size: int = _FIRST

    def __post_init__(self) -> None:
        self.size = min(self.size, self.most)

    @contextmanager
    def measured(self, number: int) -> Iterator[None]:
        """A context in which so many records are stored, and after which `size` is known better."""
        started = monotonic()
        yield
        fitting = int(number * self.seconds / max(monotonic() - started, 0.001))
        self.size = max(self.least, min(fitting, 2 * self.size, self.most))


def parts(items: Iterator[Item], most: int) -> Iterator[list[Item]]:
    """The records in parts of at most so many, and of few bytes.

    The first ones are shorter, so that nobody waits long for the beginning of what is read. Rows of
    one title that follow each other stay together, as `end_of_title` says, also if they are more,
    unless they are very long.
    """
    size = min(_FIRST_PART, most)
    ahead: list[Item] = []
    while part := next_part(chain(ahead, items), size):
        ahead = _rest_of_title(part, items)
        yield part
        size = min(2 * size, most)


def _rest_of_title(part: list[Item], items: Iterator[Item]) -> list[Item]:
    """Add to a part the rows of its last title; gives what was read beyond them, if anything."""
    room = BATCH_BYTES
    for _ in range(MOST_COPIES):
        if _title(part[-1]) is None or room <= 0:
            break
        following = list(islice(items, 1))
        if not following or _title(following[0]) != _title(part[-1]):
            return following
        part += following
        room -= _bytes(following[0])
    return []


def end_of_title(items: Sequence[Any], end: int) -> int:
    """Where the rows end of the title of the last one before this place.

    They are known by each other's barcodes, so that what becomes of them would depend on where they
    are parted. At most MOST_COPIES stay together.
    """
    last = min(end + MOST_COPIES, len(items))
    while 0 < end < last and _title(items[end]) == _title(items[end - 1]) is not None:
        end += 1
    return end


def _title(item: Any) -> str | None:
    """The number of the first row of the title, of a row that is one copy of it."""
    rows = item.names.get("first_row") if isinstance(item, Candidate) else None
    return rows[0] if rows else None


def next_part(items: Iterator[Item], most: int) -> list[Item]:
    """The next records, at most so many, and of few bytes; none at the end."""
    batch: list[Item] = []
    room = BATCH_BYTES
    for item in items:
        batch.append(item)
        room -= _bytes(item)
        if len(batch) == most or room <= 0:
            break
    return batch


def _bytes(item: Any) -> int:
    original = item.original if isinstance(item, Candidate) else None
    return len(item.raw) + len(original or b"")
