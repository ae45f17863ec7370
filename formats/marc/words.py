"""Text of MARC fields as the JSON has it: without marks of sorting, line breaks and punctuation."""

import re
from functools import lru_cache

from formats.marc.punctuation import bare
from formats.text import nfc

# Where words that do not count in sorting begin and end: in MARC 21 and in UNIMARC (ISO 6630), and
# as German libraries type it.
_BEGIN, _END = "\x88\x98", "\x89\x9c"
_MARKS = re.compile(f"<<([^<>]*)>>|[{_BEGIN}{_END}]")
_LEADING = re.compile(
    rf"\s*(?:[{_BEGIN}]([^{_BEGIN}{_END}]*)[{_END}]|<<([^<>]*)>>|([^{_BEGIN}{_END}]*)[{_END}])(\s*)"
)
_SHORT = 80
_BREAKS = re.compile(r"[ \t]*[\r\n\t][ \t\r\n]*")
_ODD = re.compile(f"[{_BEGIN}{_END}\r\n\t]|<<")


def plain(text: str) -> str:
    """One line of text in NFC, stripped, without the marks around what does not count in sorting.

    Line breaks are not part of it: they come from XML that was made pretty.
    """
    if _ODD.search(text):
        text = _BREAKS.sub(" ", _MARKS.sub(lambda match: match[1] or "", text.strip()))
    return nfc(text.strip())


def unmarked(text: str) -> str:
    """Paragraphs in NFC as they are, without the marks around what does not count in sorting."""
    if _ODD.search(text):
        text = _MARKS.sub(lambda match: match[1] or "", text)
    return nfc(text)


def words(text: str) -> str:
    """The `plain` text without the punctuation that ends a part of a field."""
    return _words(text) if len(text) <= _SHORT else bare(plain(text))


@lru_cache(maxsize=1 << 13)
def _words(text: str) -> str:
    """Of what a catalogue says again and again: names, publishers, subjects."""
    return bare(plain(text))


def marked(text: str) -> int | None:
    """How many characters at the beginning of the `plain` text are marked as not counting."""
    match = _LEADING.match(text) if _ODD.search(text) else None
    if not match:
        return None
    skipped = next((part for part in match.groups()[:3] if part is not None), "")
    return len(nfc((skipped + match[4]).lstrip()))
