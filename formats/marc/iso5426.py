"""ISO 5426, the Latin characters of UNIMARC before Unicode: diacritics come before their letter."""

import re

from formats.text import nfc

_REPLACEMENT = "\ufffd"
_SIGNS = {
    0x88: "\x88", 0x89: "\x89",  # around what does not count in sorting (ISO 6630)
    0xA1: "\u00a1", 0xA2: "\u201e", 0xA3: "\u00a3", 0xA4: "$", 0xA5: "\u00a5", 0xA6: "\u2020",
    0xA7: "\u00a7", 0xA8: "\u2032", 0xA9: "\u2018", 0xAA: "\u201c", 0xAB: "\u00ab",
    0xAC: "\u266d", 0xAD: "\u00a9", 0xAE: "\u2117", 0xAF: "\u00ae", 0xB0: "\u02bb",
    0xB1: "\u02bc", 0xB2: "\u201a", 0xB6: "\u2021", 0xB7: "\u00b7", 0xB8: "\u2033",
    0xB9: "\u2019", 0xBA: "\u201d", 0xBB: "\u00bb", 0xBC: "\u266f", 0xBD: "\u02b9",
    0xBE: "\u02ba", 0xBF: "\u00bf", 0xE1: "\u00c6", 0xE2: "\u0110", 0xE6: "\u0132",
    0xE8: "\u0141", 0xE9: "\u00d8", 0xEA: "\u0152", 0xEC: "\u00de", 0xF1: "\u00e6",
    0xF2: "\u0111", 0xF3: "\u00f0", 0xF5: "\u0131", 0xF6: "\u0133", 0xF8: "\u0142",
    0xF9: "\u00f8", 0xFA: "\u0153", 0xFB: "\u00df", 0xFC: "\u00fe",
}  # fmt: skip
# From C0 on; the right half of a ligature is in the left one already.
_MARKS = (
    "\u0309\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u0308\u030a\u0315\u0313\u030b\u031b"
    "\u030c\u0327\u031c\u0326\u0328\u0325\u032e\u0323\u0324\u0332\u0333\u0329\u032d"
)
_LIGATURE, _ITS_RIGHT_HALF = 0xDD, 0xDE
_TABLE = (
    dict.fromkeys((*range(0x1F), 0x7F), "")
    | dict.fromkeys(range(0x80, 0x100), _REPLACEMENT)
    | _SIGNS
    | {0xC0 + at: mark for at, mark in enumerate(_MARKS)}
    | {0x1B: _REPLACEMENT, _LIGATURE: "\u0361", _ITS_RIGHT_HALF: ""}
)
_ALL_MARKS = "".join(dict.fromkeys(_MARKS)) + "\u0361"
_MARKED = re.compile(f"([{_ALL_MARKS}]+)([^{_ALL_MARKS}\x1f])?")


def decode(data: bytes) -> str:
    """A field with its subfield delimiters, in NFC; U+FFFD stands for what has no meaning."""
    text = data.decode("latin-1").translate(_TABLE)
    return nfc(_MARKED.sub(lambda match: match[2] + match[1] if match[2] else "", text))
