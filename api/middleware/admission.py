"""Which answers get a place in a full memory: those that were asked for before.

Whoever leafs through the whole catalogue, as crawlers do, asks for nothing twice: keeping such
answers takes a tenth of what they take to make, and pushes out those that others ask for.
"""

import mmap
import struct

_MARKS = 1 << 16
"""Of so many questions it is known that they were asked: some times what memory has places for."""
_FILLED = struct.Struct("<q")


class Admission:
    """Tells which answers to keep, for all processes that are forked from this one.

    Until as much has been kept as there is room for, that is every one. They share their memory
    without a lock: what two of them write at once may be lost, and then an answer is kept
    one time later or earlier.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._shared = mmap.mmap(-1, _FILLED.size + _MARKS)
        self._is_full = False

    def admits(self, question: str) -> bool:
        """Whether to keep the answer; and note that it was asked for."""
        # Processes that are forked have the same hashes. A mark of another question with the same
        # place and byte, one of 256, is taken for its own.
        number = hash(question)
        place, mark = _FILLED.size + number % _MARKS, number >> 24 & 0xFF
        before = self._shared[place]
        self._shared[place] = mark
        return before == mark or not self._is_full

    def note(self, size: int) -> None:
        """Count what was kept, of `room` in all."""
        if not self._is_full:
            (filled,) = _FILLED.unpack_from(self._shared)
            _FILLED.pack_into(self._shared, 0, filled + size)
            self._is_full = filled + size >= self._room
