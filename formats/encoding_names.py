"""Names of encodings, as people and programs say them."""

import codecs

WIDE = ("utf-16", "utf-32")
"""Of which a file begins with a mark that tells in which order the bytes are."""


def codec_name(told: str) -> str | None:
    """The name that Python has for an encoding of text, None where there is none.

    It knows codecs that are none as well, such as `hex` and `rot13`, which decode no text.
    """
    try:
        b"a".decode(told, "replace")
    except (LookupError, ValueError):
        return None
    return codecs.lookup(told).name
