"""Bytes in: chunks of a stream, and the pieces between delimiters, whatever their length."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from formats.record import LONGEST_RECORD

CHUNK = 1 << 16

_COMPRESSED = (
    b"\x1f\x8b",  # gzip
    b"PK\x03\x04",  # zip, and with it .xlsx and .ods
    b"PK\x05\x06",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd",  # Zstandard
)


class Piece(NamedTuple):
    """Up to LONGEST_RECORD bytes of what ends with a delimiter or the file, and its true length."""

    data: bytes
    length: int

    @property
    def is_too_long(self) -> bool:
        """Whether `data` is only its beginning."""
        return self.length > len(self.data)


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    """The stream in chunks that are full except for the last, however little each read gives."""
    chunk = b""
    while more := stream.read(CHUNK - len(chunk)):
        chunk += more
        if len(chunk) >= CHUNK:
            yield chunk
            chunk = b""
    if chunk:
        yield chunk


def is_compressed(start: bytes) -> bool:
    """Whether a file that starts so is an archive or compressed."""
    return start.startswith(_COMPRESSED)


def pieces(chunks: Iterator[bytes], delimiter: bytes) -> Iterator[Piece]:
    """The pieces with their delimiters; of one that is too long the rest is passed over."""
    rest, length = b"", 0
    for chunk in chunks:
        first, *others = chunk.split(delimiter)
        rest, length = _longer(rest, length, first)
        for other in others:
            yield Piece(*_longer(rest, length, delimiter))
            rest, length = other, len(other)
    if rest:
        yield Piece(rest, length)


def _longer(rest: bytes, length: int, more: bytes) -> tuple[bytes, int]:
    if length < LONGEST_RECORD:
        rest += more[: LONGEST_RECORD - length]
    return rest, length + len(more)
