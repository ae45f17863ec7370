"""Text of unknown origin made safe to store, to compare and to write."""

import re
import unicodedata

_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0816-\u082d\u08d3-\u08ff"
)
_MORE_MARKS = "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\u302a-\u302f\u3099\u309a\ufe20-\ufe2f"
# Normalising a run of marks takes time with the square of its length. No language needs more
# than a handful; Unicode's Stream-Safe Text Format (UAX #15, section 13) allows 30.
_ENDLESS_MARKS = re.compile(f"([{_MARKS}{_MORE_MARKS}]{{30}})[{_MARKS}{_MORE_MARKS}]+")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def nfc(text: str) -> str:
    """The text in NFC, in time proportional to its length."""
    if text.isascii():
        return text
    if len(text) > 1000:
        text = _ENDLESS_MARKS.sub(r"\1", text)
    return unicodedata.normalize("NFC", text)


def printable(text: str) -> str:
    """The text without what neither MARC 21 nor XML 1.0 can carry; tabs and line ends stay."""
    return _CONTROLS.sub("", text)
