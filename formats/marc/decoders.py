"""Text from the bytes of one MARC record, in the encoding found to be theirs."""

import codecs
import re
from collections.abc import Callable

from formats.encodings import likelihood, readings
from formats.marc import iso5426, marc8
from formats.record import Note, Unreadable

# The end of an 008 that names a language written in Cyrillic letters.
_IN_CYRILLIC = re.compile(rb"(?:rus|ukr|bel|bul|mac|srp)[ -~]{0,2}\x1e")
# The coded data of UNIMARC (100): 26 characters, then the character sets; 50 is UTF-8.
_UNIMARC_SETS = re.compile(rb"\x1e  \x1fa[0-9]{8}[^\x1e\x1f]{18}([0-9]{2})")

# What these two never have and text in a code page is full of: characters that they lack, in MARC-8
# a diacritic that no letter follows, in ISO 5426 certain capitals behind a small letter.
_NOT_IN_MARC_8 = re.compile(
    rb"[\xaf\xbb\xbe\xbf\xc9-\xdf\xfc\xfd\xff]|[\xe0-\xfb\xfe](?=[ ,.;:/)\]\x1e\x1f'-])"
)
_NOT_IN_ISO_5426 = re.compile(rb"[\xe0\xe4\xe7\xeb\xed-\xef\xf4]|(?<=[a-z])[\xe8-\xea]")
_SEPARATORS = re.compile(rb"\x1f.|[\x1d\x1e]", re.DOTALL)
_END_OF_UNIMARC = b"450 "
# Bytes that tell one encoding from another.
_MOST_COMPARED = 4_000
# One is a slip.
_FEWEST = 2


def code_page(raw: bytes) -> str | None:
    """The code page of a record that cannot be in the encoding that it should have, or None."""
    if raw.isascii() or raw[9:10] == b"a" or b"\x1b" in raw:
        return None
    impossible = _NOT_IN_ISO_5426 if raw[20:24] == _END_OF_UNIMARC else _NOT_IN_MARC_8
    if len(impossible.findall(raw)) < _FEWEST:
        return None
    found = [] if _is_utf8(raw) else readings(_beyond_ascii(raw))
    usual = [one.encoding for one in found if one.encoding.startswith(("cp125", "iso8859"))]
    return usual[0] if len(found) == 1 and usual else None


def _beyond_ascii(raw: bytes) -> bytes:
    lines = _SEPARATORS.sub(b"\n", raw).split(b"\n")
    return b"\n".join(line for line in lines if not line.isascii())[:_MOST_COMPARED]


class Decoder:
    """Decodes the fields of one record; `name` says the encoding.

    A `page` is one that other records of its file are in: it is taken where that is likelier.
    Raises Unreadable `encoding` if the text is in none that can be told.
    """

    def __init__(
        self, raw: bytes, said: str | None, notes: list[Note], page: str | None = None
    ) -> None:
        self._notes = notes
        self._page = page
        self.name, self._decode = self._found(raw, said)

    def text(self, tag: str, data: bytes) -> str:
        """One field's text, subfield delimiters included."""
        if data.isascii() and b"\x1b" not in data:
            return data.decode("ascii")
        text = self._decode(data)
        if marc8.REPLACEMENT in text:
            self._notes.append(Note(tag, "encoding", "Some characters could not be read."))
        return text

    def _found(self, raw: bytes, said: str | None) -> tuple[str, Callable[[bytes], str]]:
        if said is not None:
            return _named(said)
        if raw[9:10] == b"a":
            return _named("utf-8")
        is_utf8 = not raw.isascii() and b"\x1b" not in raw and _is_utf8(raw)
        if raw[20:24] == _END_OF_UNIMARC:
            return self._unimarc(raw, is_utf8=is_utf8)
        if is_utf8:
            # A diacritic of MARC-8 comes before its letter, which never reads as UTF-8.
            self._notes.append(Note(None, "encoding", "The leader says MARC-8, the text is UTF-8."))
            return _named("utf-8")
        if marc8.may_be(raw):
            return self._in_code_page(raw, "marc-8") or _named("marc-8")
        if _IN_CYRILLIC.search(raw):
            self._notes.append(Note(None, "encoding", "The text was read as Windows-1251."))
            return _named("cp1251")
        detail = "The text is neither MARC-8 nor UTF-8; name its encoding with `encoding`."
        raise Unreadable("encoding", detail)

    def _unimarc(self, raw: bytes, *, is_utf8: bool) -> tuple[str, Callable[[bytes], str]]:
        sets = _UNIMARC_SETS.search(raw)
        if is_utf8 or (sets and sets[1] == b"50"):
            return _named("utf-8")
        if _looks_cyrillic(raw):
            self._notes.append(Note(None, "encoding", "The text was read as Windows-1251."))
            return _named("cp1251")
        return self._in_code_page(raw, "iso-5426") or _named("iso-5426")

    def _in_code_page(
        self, raw: bytes, otherwise: str
    ) -> tuple[str, Callable[[bytes], str]] | None:
        """A code page that the text is in rather than in the encoding it should have."""
        page = self._page if self._is_likelier(raw, otherwise) else code_page(raw)
        if page is None:
            return None
        name = page.replace("cp", "Windows-").replace("iso8859_", "ISO 8859-")
        self._notes.append(Note(None, "encoding", f"The text was read as {name}."))
        return _named(page)

    def _is_likelier(self, raw: bytes, otherwise: str) -> bool:
        """Whether the text is likelier one in the code page of the file."""
        if self._page is None or b"\x1b" in raw:
            return False
        lines = _beyond_ascii(raw).split(b"\n")
        as_page, as_said = (
            "\n".join(map(_named(name)[1], lines)) for name in (self._page, otherwise)
        )
        return likelihood(as_page, self._page) > likelihood(as_said, self._page)


def _named(encoding: str) -> tuple[str, Callable[[bytes], str]]:
    if encoding == "marc-8":
        return encoding, marc8.decode
    if encoding == "iso-5426":
        return encoding, iso5426.decode
    return encoding, lambda data: codecs.decode(data, encoding, "replace")


def _looks_cyrillic(raw: bytes) -> bool:
    """Whether there are words of letters that Windows-1251 has and ISO 5426 never has in a row."""
    return bool(re.search(rb"[\xe0-\xff]{4}", raw))


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
