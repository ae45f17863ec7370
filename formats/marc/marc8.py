"""MARC-8, the character sets libraries used before Unicode, read with pymarc's tables."""

import re
from functools import cache, lru_cache
from typing import Any

from formats.text import nfc

REPLACEMENT = "\ufffd"

# In force unless an escape sequence says otherwise: ASCII below 80, Extended Latin (ANSEL) above.
_ASCII, _LATIN = 0x42, 0x45
_EAST_ASIAN = 0x31
_LOCKING = {b"g": 0x67, b"b": 0x62, b"p": 0x70, b"s": _ASCII}
_ESCAPE = re.compile(rb"\x1b(?:([gbps])|\$?([(,)\-]?)(?<!\x1b)!?([1-4BENQS]))?", re.DOTALL)

# The mapping of 2004: a ligature and a double tilde are one mark over two letters, their right
# halves nothing; and what the control characters of MARC-8 are (Library of Congress, MARC 21
# Specifications for Record Structure, Character Sets, and Exchange Media).
_OVER_TWO = {0xEB: "\u0361", 0xEC: "", 0xFA: "\u0360", 0xFB: ""}
_CONTROLS = {0x88: "\x98", 0x89: "\x9c", 0x8D: "\u200d", 0x8E: "\u200c"}

# Characters that MARC-8 lacks (the same specifications, "lossless conversion").
_REFERENCE = re.compile(r"&#x([0-9A-Fa-f]{2,6});")
# Text in a national code page is full of these; MARC-8 without escape sequences has none.
_CODE_PAGE = re.compile(rb"[\xe0-\xfe]{4}")


def may_be(raw: bytes) -> bool:
    """Whether the bytes of a record can be MARC-8."""
    return b"\x1b" in raw or not _CODE_PAGE.search(raw)


def decode(data: bytes) -> str:
    """A field with its subfield delimiters, in NFC; U+FFFD stands for what has no meaning."""
    if b"\x1b" in data:
        # Each subfield begins in the default sets again.
        text = "\x1f".join(_with_escapes(part) for part in data.split(b"\x1f"))
    else:
        text = _in_sets(data, _ASCII, _LATIN)
    return nfc(_REFERENCE.sub(_referred, _marked().sub(_letter_first, text)))


@cache
def _mapping() -> Any:
    """The module of pymarc's tables, which take 4 MiB: loaded for the first text in MARC-8."""
    from pymarc import marc8_mapping

    return marc8_mapping


@cache
def _marked() -> re.Pattern[str]:
    """Diacritics, and the letter that follows: Unicode writes them after it."""
    marks = "\u0360\u0361" + "".join(
        re.escape(chr(char))
        for table in _mapping().CODESETS.values()
        for char, combines in table.values()
        if combines
    )
    return re.compile(f"([{marks}]+)([^{marks}\x1f])?")


def _with_escapes(data: bytes) -> str:
    low, high, at = _ASCII, _LATIN, 0
    parts = []
    for escape in _ESCAPE.finditer(data):
        parts.append(_in_sets(data[at : escape.start()], low, high))
        at = escape.end()
        if escape[1]:
            low = _LOCKING[escape[1]]
        elif not escape[3]:
            parts.append(REPLACEMENT)
        elif escape[2] in (b")", b"-"):
            high = escape[3][0]
        else:
            low = escape[3][0]
    return "".join([*parts, _in_sets(data[at:], low, high)])


def _in_sets(data: bytes, low: int, high: int) -> str:
    if low != _EAST_ASIAN:
        return data.decode("latin-1").translate(_table(low, high))
    numbers = (int.from_bytes(data[at : at + 3], "big") for at in range(0, len(data), 3))
    return "".join(map(_east_asian, numbers))


def _east_asian(number: int) -> str:
    known = _mapping()
    char, _ = known.CODESETS[_EAST_ASIAN].get(number) or (known.ODD_MAP.get(number), 0)
    return REPLACEMENT if char is None else chr(char)


@lru_cache
def _table(low: int, high: int) -> dict[int, str]:
    """What each byte means; control characters of ASCII, but for the delimiter, mean nothing."""
    table = {code: "" for code in range(0x20) if code != 0x1F}
    table |= dict.fromkeys(range(0x21, 0x100), REPLACEMENT)
    codesets = _mapping().CODESETS
    for code, (char, _) in codesets[low].items():
        if code & 0x7F > 0x20:
            table[code & 0x7F] = chr(char)
    for code, (char, _) in codesets[high].items():
        if code & 0x7F > 0x20:
            table[code | 0x80] = chr(char)
    return table | _CONTROLS | (_OVER_TWO if high == _LATIN else {})


def _letter_first(match: re.Match[str]) -> str:
    return match[2] + match[1] if match[2] else ""


def _referred(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    is_text = number >= 0xA0 and not 0xD800 <= number < 0xE000 and number <= 0x10FFFF
    return chr(number) if is_text else match[0]
