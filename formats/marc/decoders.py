"""Text from the bytes of one MARC record, in the encoding found to be theirs."""

import re
from collections.abc import Callable

from formats.encoding_names import called
from formats.marc import code_pages, marc8
from formats.marc.code_pages import decoding
from formats.record import Note, Unreadable

# The end of an 008 that names a language written in Cyrillic letters.
_IN_CYRILLIC = re.compile(rb"(?:rus|ukr|bel|bul|mac|srp)[ -~]{0,2}\x1e")
_CYRILLIC = "cp1251"

Named = tuple[str, Callable[[bytes], str]]


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

    def _found(self, raw: bytes, said: str | None) -> Named:
        if said is not None:
            return _named(said)
        if code_pages.says_utf8(raw):
            is_another = self._page is not None and not code_pages.is_mostly_utf8(raw)
            return self._noted(self._page) if self._page and is_another else _named("utf-8")
        is_unimarc = code_pages.is_unimarc(raw)
        if not raw.isascii() and b"\x1b" not in raw and code_pages.is_utf8(raw):
            # A diacritic of MARC-8 comes before its letter, which never reads as UTF-8.
            if not is_unimarc:
                detail = "The leader says MARC-8, the text is UTF-8."
                self._notes.append(Note(None, "encoding", detail))
            return _named("utf-8")
        return self._unimarc(raw) if is_unimarc else self._marc_21(raw)

    def _marc_21(self, raw: bytes) -> Named:
        is_cyrillic = bool(_IN_CYRILLIC.search(raw))
        may_be_marc_8 = marc8.may_be(raw)
        if self._is_in_page(raw, is_cyrillic=is_cyrillic or not may_be_marc_8):
            return self._noted(self._page)
        if may_be_marc_8:
            page = code_pages.of_record(raw)
            return self._noted(page) if page else _named("marc-8")
        if is_cyrillic:
            return self._noted(_CYRILLIC)
        detail = "The text is neither MARC-8 nor UTF-8; name its encoding with `encoding`."
        raise Unreadable("encoding", detail)

    def _unimarc(self, raw: bytes) -> Named:
        is_cyrillic = _looks_cyrillic(raw)
        if self._is_in_page(raw, is_cyrillic=is_cyrillic):
            return self._noted(self._page)
        page = _CYRILLIC if is_cyrillic else code_pages.of_record(raw)
        return self._noted(page) if page else _named("iso-5426")

    def _is_in_page(self, raw: bytes, *, is_cyrillic: bool) -> bool:
        if self._page is None:
            return False
        others = {code_pages.should_be_in(raw), *([_CYRILLIC] if is_cyrillic else [])}
        return code_pages.is_likelier(raw, self._page, others - {self._page})

    def _noted(self, encoding: str | None) -> Named:
        name = encoding or ""
        said = called(name).replace("windows", "Windows").replace("iso-8859", "ISO 8859")
        self._notes.append(Note(None, "encoding", f"The text was read as {said}."))
        return _named(name)


def _named(encoding: str) -> Named:
    return encoding, decoding(encoding)


def _looks_cyrillic(raw: bytes) -> bool:
    """Whether there are words of letters that Windows-1251 has and ISO 5426 never has in a row."""
    return bool(re.search(rb"[\xe0-\xff]{4}", raw))
