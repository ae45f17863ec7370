"""Text from the bytes of one MARC record, in the encoding found to be theirs."""

import codecs
import re
from collections.abc import Callable

from formats.marc import iso5426, marc8
from formats.record import Note, Unreadable

# The end of an 008 that names a language written in Cyrillic letters.
_IN_CYRILLIC = re.compile(rb"(?:rus|ukr|bel|bul|mac|srp)[ -~]{0,2}\x1e")
# The coded data of UNIMARC (100): 26 characters, then the character sets; 50 is UTF-8.
_UNIMARC_SETS = re.compile(rb"\x1e  \x1fa[0-9]{8}[^\x1e\x1f]{18}([0-9]{2})")


class Decoder:
    """Decodes the fields of one record; `name` says the encoding.

    Raises Unreadable `encoding` if the text is in none that can be told.
    """

    def __init__(self, raw: bytes, said: str | None, notes: list[Note]) -> None:
        self._notes = notes
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
        if raw[20:24] == b"450 ":
            return self._unimarc(raw, is_utf8=is_utf8)
        if is_utf8:
            # A diacritic of MARC-8 comes before its letter, which never reads as UTF-8.
            self._notes.append(Note(None, "encoding", "The leader says MARC-8, the text is UTF-8."))
            return _named("utf-8")
        if marc8.may_be(raw):
            return "marc-8", marc8.decode
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
        return "iso-5426", iso5426.decode


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
