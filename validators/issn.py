"""International Standard Serial Numbers (ISO 3297): `1234-567X`."""

import re

from validators.engine.errors import BadValue

_LABEL = re.compile(r"\s*(?:urn:)?issn[:\s]*", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212]+")
_ISSN = re.compile(r"[0-9]{7}[0-9Xx]")


def normalise_issn(text: str) -> str:
    """An ISSN with its hyphen, from any usual spelling.

    Raises BadValue with the code `format` (no such number) or `checksum` (a digit is wrong).
    """
    label = _LABEL.match(text)
    digits = _SEPARATORS.sub("", text[label.end() if label else 0 :]).upper()
    if not _ISSN.fullmatch(digits):
        raise BadValue("format", "An ISSN must have eight digits, such as 0028-0836.")
    total = sum(int(digit) * (8 - place) for place, digit in enumerate(digits[:7]))
    if "0123456789X"[-total % 11] != digits[7]:
        raise BadValue(
            "checksum", "The check digit of this ISSN is wrong; look for a typing error."
        )
    return f"{digits[:4]}-{digits[4:]}"
