"""International Standard Book Numbers: any usual spelling in, 13 digits out (ISO 2108)."""

import re

from validators.errors import BadValue

_LABEL = re.compile(r"\s*(?:urn:)?isbn(?:-1[03])?[:\s]*", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212]+")
_TEN = re.compile(r"[0-9]{9}[0-9Xx]")
# 979-0 is for printed music (ISMN).
_THIRTEEN = re.compile(r"97(?:8|9(?!0))[0-9]{10}")


def normalise_isbn(text: str) -> str:
    """The 13 digits of an ISBN-10 or ISBN-13, hyphens, spaces and an `ISBN` label left out.

    Raises BadValue with the code `format` (no such number) or `checksum` (a digit is wrong).
    """
    label = _LABEL.match(text)
    digits = _SEPARATORS.sub("", text[label.end() if label else 0 :])
    if _THIRTEEN.fullmatch(digits):
        return _checked(digits, _check_digit_13(digits) == digits[12])
    if _TEN.fullmatch(digits):
        _checked(digits, _check_digit_10(digits) == digits[9].upper())
        stem = "978" + digits[:9]
        return stem + _check_digit_13(stem)
    raise BadValue("format", "An ISBN has 10 digits, or 13 beginning with 978 or 979, not 979-0.")


def _checked(digits: str, right: bool) -> str:
    if not right:
        raise BadValue(
            "checksum", "The check digit of this ISBN is wrong; look for a typing error."
        )
    return digits


def _check_digit_13(digits: str) -> str:
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits[:12]))
    return str(-total % 10)


def _check_digit_10(digits: str) -> str:
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9]))
    return "0123456789X"[-total % 11]
