"""Text in the encoding of a machine; letters that the encoding lacks become their nearest ones."""

import unicodedata

from anyascii import anyascii

LONGEST_VALUE = 255
"""Bytes of one field."""

ENCODINGS = ("utf-8", "cp850", "ascii")


def field_value(text: str, encoding: str) -> bytes:
    """A field's value: no delimiter, no control characters, at most 255 bytes, whole characters."""
    if text.isascii() and text.isprintable() and "|" not in text:
        return text[:LONGEST_VALUE].encode()
    shown = "".join(" " if _breaks(char) else char for char in unicodedata.normalize("NFC", text))
    encoded = b"".join(_encoded(char, encoding) for char in shown)
    if len(encoded) <= LONGEST_VALUE:
        return encoded
    return encoded[:LONGEST_VALUE].decode(encoding, "ignore").encode(encoding)


def _breaks(char: str) -> bool:
    """Whether a character would end the field or the message, or is a control character."""
    return char == "|" or unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs")


def _encoded(char: str, encoding: str) -> bytes:
    try:
        return char.encode(encoding)
    except UnicodeEncodeError:
        return (_base(char, encoding) or anyascii(char) or "?").replace("|", " ").encode(encoding)


def _base(char: str, encoding: str) -> str:
    """The letter without its marks, where the encoding has that one; else nothing."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    return bare if bare.encode(encoding, "ignore").decode(encoding) == bare else ""
