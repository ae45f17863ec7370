"""How many records are read and stored at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

from catalogue.record_check import Candidate

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

    The first ones are shorter, so that nobody waits long for the beginning of what is read.
    """
    size = min(_FIRST_PART, most)
    while part := next_part(items, size):
        yield part
        size = min(2 * size, most)


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
