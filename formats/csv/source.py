"""The bytes of a text file of unknown origin, looked through once before they are read."""

import codecs
import re
from collections.abc import Iterator
from typing import IO

from formats.chunks import CHUNK
from formats.encoding_names import WIDE, called, codec_name
from formats.encodings import readings, samples, undecided
from formats.record import Options, Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{1,3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_LINES_TOLD_BY = 1 << 15  # bytes of them
_MOST_UTF_8 = 0.75


class Source:
    """A file that can be read from its beginning as often as need be.

    `encoding` is its encoding (`mark` its byte order mark, if it has one), `samples` are up to
    three of its words beyond ASCII, and `start` is the text it begins with. Raises Unreadable
    `encoding` if that cannot be told, or there is none of a name somebody gave.
    """

    def __init__(self, chunks: Iterator[bytes], file: IO[bytes], options: Options) -> None:
        """Look through the chunks and keep them in the file."""
        self._file = file
        is_utf8 = self._keep(chunks)
        self._file.seek(0)
        first = self._file.read(4)
        self.mark, marked = next(
            ((mark, name) for mark, name in _MARKS if first.startswith(mark)), (b"", "")
        )
        self.samples: list[str] = []
        self.encoding = self._told(marked, options) or self._detected(is_utf8=is_utf8)
        self.samples = self.samples or samples(self._words(self.encoding))
        self.start = next(self._texts(), "")

    @property
    def name(self) -> str:
        """The encoding as people call it: `windows-1250`, `utf-8`."""
        return called(self.encoding)

    def chunks(self) -> Iterator[bytes]:
        """The bytes without the mark, in UTF-8 instead of encodings with wider units."""
        if not self.is_wide:
            yield from self._bytes()
            return
        for text in self._texts():
            yield text.encode()

    @property
    def is_wide(self) -> bool:
        """Whether the units of the encoding are wider than a byte."""
        return self.encoding.startswith(("utf-16", "utf-32", "utf_16", "utf_32"))

    def _keep(self, chunks: Iterator[bytes]) -> bool:
        """Keep all bytes; whether they are UTF-8."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        is_utf8 = True
        for chunk in chunks:
            self._file.write(chunk)
            is_utf8 = is_utf8 and _takes(decoder, chunk)
        return is_utf8 and _takes(decoder, b"", final=True)

    def _told(self, marked: str, options: Options) -> str | None:
        """What somebody said, else what came with the file, else what its mark says."""
        if options.encoding is None and marked and marked != "utf-8":
            return marked
        asked = options.encoding or options.charset
        if asked is None:
            return marked or None
        name = codec_name(asked)
        if name is None:
            raise Unreadable("encoding", f"There is no encoding {asked!a}.")
        if name in WIDE:
            if marked.startswith(name):
                return marked
            either = f"{name}-le or {name}-be"
            raise Unreadable("encoding", f"The file has no mark of {name}; say {either}.")
        return {"ascii": "utf-8", "iso8859-1": "cp1252"}.get(name, name)

    def _detected(self, *, is_utf8: bool) -> str:
        if is_utf8:
            return "utf-8"
        lines = b"".join(self._telling_lines())
        high = len(_HIGH.findall(lines))
        if sum(map(len, _WIDE.findall(lines))) > _MOST_UTF_8 * high:
            return "utf-8"
        found = readings(lines)
        if len(found) > 1:
            raise undecided(found)
        self.samples = samples(found[0].text.splitlines())
        return found[0].encoding

    def _telling_lines(self) -> Iterator[bytes]:
        """Lines beyond ASCII from the whole file, the first ones and some from further on."""
        size = 0
        self._file.seek(0)
        while size < _LINES_TOLD_BY and (line := self._file.readline(_LINES_TOLD_BY)):
            if not line.isascii():
                size += len(line)
                yield line if line.endswith((b"\n", b"\r")) else line + b"\n"

    def _words(self, encoding: str) -> Iterator[str]:
        if self.is_wide:
            for text in self._texts():
                yield from text.splitlines()
            return
        for line in self._telling_lines():
            yield line.decode(encoding, "replace")

    def _texts(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        for chunk in self._bytes():
            yield decoder.decode(chunk)

    def _bytes(self) -> Iterator[bytes]:
        at = len(self.mark)
        while True:
            self._file.seek(at)
            chunk = self._file.read(CHUNK)
            if not chunk:
                return
            at += len(chunk)
            yield chunk


def _takes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True
