"""Names of encodings, as people and programs say them."""

import codecs
import re

WIDE = ("utf-16", "utf-32")
"""Of which a file begins with a mark that tells in which order the bytes are."""


_WINDOWS = re.compile(r"cp(125[0-9])")


def called(codec: str) -> str:
    """A codec as people call its encoding: `windows-1250`, `iso-8859-2`, `utf-8`."""
    return _WINDOWS.sub(r"windows-\1", codec).replace("iso8859", "iso-8859").replace("_", "-")


def codec_name(told: str) -> str | None:
    """The name that Python has for an encoding of text, None where there is none.

    It knows codecs that are none as well, such as `hex` and `rot13`, which decode no text.
    """
    try:
        b"a".decode(told, "replace")
    except (LookupError, ValueError):
        return None
    return codecs.lookup(told).name
