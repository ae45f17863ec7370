"""Barcodes as bars: Code 128, Code 39 and Codabar, for the scanners of libraries.

python-barcode reckons the bars (ISO/IEC 15417, ISO/IEC 16388, EN 798); what scanners make of
them is settled here. Its own drawing has a style in each element, which pages may not have.
"""

import re
from enum import StrEnum

import barcode


class Symbology(StrEnum):
    """How a number becomes bars."""

    CODE128 = "code128"
    CODE39 = "code39"
    CODABAR = "codabar"


class Unprintable(ValueError):
    """A number that has no bars; `code` says why, by the name of a text."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_ALPHABETS = {
    Symbology.CODE128: re.compile(r"[ -~]+\Z"),
    Symbology.CODE39: re.compile(r"[0-9A-Z .$/+%-]+\Z"),
    Symbology.CODABAR: re.compile(r"[0-9$:/.+-]+\Z"),
}
_FAULTS = {
    Symbology.CODE128: "ascii_only",
    Symbology.CODE39: "capitals_only",
    Symbology.CODABAR: "digits_only",
}
_LIBRARY_DIGITS = 14
"""A library's number in Codabar: thirteen digits and a check digit by Luhn."""


def printed(value: str, symbology: Symbology) -> str:
    """The number that the bars say and that stands under them.

    In Codabar thirteen digits get their check digit. Raises Unprintable for characters that the
    symbology lacks, and for fourteen digits whose last one does not check.
    """
    if not _ALPHABETS[symbology].match(value):
        raise Unprintable(_FAULTS[symbology])
    if symbology is not Symbology.CODABAR or not value.isdigit():
        return value
    if len(value) == _LIBRARY_DIGITS - 1:
        return value + luhn(value)
    if len(value) == _LIBRARY_DIGITS and luhn(value[:-1]) != value[-1]:
        raise Unprintable("check_digit")
    return value


def bars(value: str, symbology: Symbology, *, check: bool = False) -> str:
    """The bars of a number that `printed` has let pass: `1` is black, all are equally wide.

    Code 39 gets its check character only with `check`: scanners hand it on as a part of the number.
    """
    if symbology is Symbology.CODE39:
        made = barcode.get_barcode_class("code39")(value, add_checksum=check)
    elif symbology is Symbology.CODABAR:
        made = barcode.get_barcode_class("codabar")(f"A{value}A")
    else:
        made = barcode.get_barcode_class("code128")(value)
    pattern: str = made.build()[0]
    return pattern


def luhn(digits: str) -> str:
    """The check digit by Luhn (ISO/IEC 7812-1, annex B) for digits without one."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)
