"""Lines of text files, which can be put back."""

from collections import deque
from collections.abc import Iterator

from formats.chunks import Piece, pieces
from formats.csv.source import Source
from formats.record import LONGEST_RECORD, Unreadable

# How many bytes may be put back for each byte read, so that no file is read over and over.
_PATIENCE = 4


class Lines:
    """Iterates over lines as text, keeping the pieces of the present row in `taken`.

    `end` is what ends a line. Raises Unreadable: `too-long` if the present row is over
    LONGEST_RECORD bytes, `nul`, `encoding`.
    """

    def __init__(self, source: Source) -> None:
        self._encoding = "utf-8" if source.is_wide else source.encoding
        is_old_mac = "\r" in source.start and "\n" not in source.start
        self.end = "\r" if is_old_mac else "\n"
        self._source = pieces(source.chunks(), self.end.encode())
        self._waiting: deque[Piece] = deque()
        self._credit = LONGEST_RECORD
        self._size = 0
        self.taken: list[Piece] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        piece = self._next_piece()
        self.taken.append(piece)
        self._size += piece.length
        if self._size > LONGEST_RECORD:
            raise Unreadable("too-long", f"A row has at most {LONGEST_RECORD:,} bytes.")
        return self.text(piece)

    def peek(self) -> str:
        """The next line; empty at the end, and if it cannot be read."""
        try:
            piece = self._next_piece()
        except StopIteration:
            return ""
        self._waiting.appendleft(piece)
        try:
            return self.text(piece)
        except Unreadable:
            return ""

    def begin_row(self) -> None:
        """What was taken until now belongs to earlier rows."""
        self.taken = []
        self._size = 0

    def keep_first(self) -> None:
        """Put back all lines of this row but its first, if not too much was put back already."""
        extra = sum(len(piece.data) for piece in self.taken[1:])
        if extra <= self._credit:
            self._credit -= extra
            self._waiting.extendleft(reversed(self.taken[1:]))
            del self.taken[1:]

    def text(self, piece: Piece) -> str:
        """A line as text."""
        data, length = piece
        if length > len(data):
            raise Unreadable("too-long", f"A row has at most {LONGEST_RECORD:,} bytes.")
        if b"\0" in data:
            raise Unreadable("nul", "The row has NUL characters in it.")
        try:
            return data.decode(self._encoding)
        except UnicodeDecodeError:
            detail = f"The row is not in {self._encoding} like the others."
            raise Unreadable("encoding", detail) from None

    def _next_piece(self) -> Piece:
        if self._waiting:
            return self._waiting.popleft()
        piece = next(self._source)
        self._credit += _PATIENCE * len(piece.data)
        return piece
