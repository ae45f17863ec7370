"""International Standard Book Numbers: any usual spelling in, 13 digits out."""

import re

from models.isbn import is_formed, isbn_13
from validators.engine.errors import BadValue

_LABEL = re.compile(r"\s*(?:urn:)?isbn(?:-1[03])?[:\s]*", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212]+")

# As it is typed where letters are Cyrillic.
_CYRILLIC_X = str.maketrans("\u0425\u0445", "XX")


def normalise_isbn(text: str) -> str:
    """The 13 digits of an ISBN-10 or ISBN-13, hyphens, spaces and an `ISBN` label left out.

    Raises BadValue with the code `format` (no such number) or `checksum` (a digit is wrong).
    """
    # Most come as they are stored, those of an import for the second time.
    number = isbn_13(text)
    if number is not None:
        return number
    label = _LABEL.match(text)
    digits = _SEPARATORS.sub("", text[label.end() if label else 0 :]).translate(_CYRILLIC_X)
    number = isbn_13(digits)
    if number is not None:
        return number
    if is_formed(digits):
        raise BadValue(
            "checksum", "The check digit of this ISBN is wrong; look for a typing error."
        )
    raise BadValue(
        "format", "An ISBN must have 10 digits, or 13 that begin with 978 or 979, not 979-0."
    )
