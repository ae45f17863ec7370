"""Lines of text files of unknown encoding, which can be put back."""

import codecs
import re
from collections import deque
from collections.abc import Iterator
from itertools import chain

from formats.records import LONGEST_RECORD, Unreadable
from formats.streams import Piece, pieces

_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_WIDE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{1,3}")
_HIGH = re.compile(rb"[\x80-\xff]")
# How many bytes may be put back for each byte read, so that no file is read over and over.
_PATIENCE = 4


class Lines:
    """Iterates over lines as text, keeping the pieces of the present row in `taken`.

    UTF-8 (`mark` is its byte order mark, if there was one) is told from Windows-1252 by the
    first letters beyond ASCII; UTF-16 needs a mark, and its pieces are in UTF-8. Raises
    Unreadable: `too-long` if the present row is over LONGEST_RECORD bytes, `nul`, `encoding`.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        start, rest, self._encoding = _in_bytes(chunks)
        self.mark = codecs.BOM_UTF8 if self._encoding else b""
        self._encoding = self._encoding or _encoding(start)
        line_end = b"\r" if b"\r" in start and b"\n" not in start else b"\n"
        self._source = pieces(chain([start], rest), line_end)
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
        data = piece.data
        if piece.is_too_long:
            raise Unreadable("too-long", f"A row has at most {LONGEST_RECORD:,} bytes.")
        if b"\0" in data:
            raise Unreadable("nul", "The row has NUL characters in it.")
        if data.isascii():
            return data.decode("ascii")
        if self._encoding is None:
            self._encoding = _encoding(data)
        if self._encoding != "utf-8":
            return _western(data)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            raise Unreadable("encoding", "The row is not in UTF-8 like the others.") from None

    def _next_piece(self) -> Piece:
        if self._waiting:
            return self._waiting.popleft()
        piece = next(self._source)
        self._credit += _PATIENCE * len(piece.data)
        return piece


def _in_bytes(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes], str | None]:
    """The first chunk and the others without byte order mark, and the encoding if that told it."""
    start = next(chunks, b"")
    if start.startswith(codecs.BOM_UTF8):
        return start.removeprefix(codecs.BOM_UTF8), chunks, "utf-8"
    utf_16 = _UTF_16.get(start[:2])
    if utf_16 is None:
        return start, chunks, None
    decoder = codecs.getincrementaldecoder(utf_16)("replace")
    texts = (decoder.decode(chunk).encode() for chunk in chain([start[2:]], chunks))
    return next(texts), texts, "utf-8"


def _encoding(data: bytes) -> str | None:
    """UTF-8 if more of the letters beyond ASCII make sense as that, None if there are none."""
    high = len(_HIGH.findall(data))
    if not high:
        return None
    return "utf-8" if 2 * sum(map(len, _WIDE.findall(data))) > high else "cp1252"


def _western(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("iso-8859-1")
