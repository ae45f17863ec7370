"""The arithmetic of International Standard Book Numbers (ISO 2108), for all who read them.

`stdnum.isbn` does the same in three times as long, and takes music (979-0) for books; see
docs/decisions/0008-reading-input.md.
"""

import re

from models.kept import keep_short

_TEN = re.compile(r"[0-9]{9}[0-9Xx]")
# 979-0 is for printed music (ISMN).
_THIRTEEN = re.compile(r"97(?:8|9(?!0))[0-9]{10}")


_DIGITS = "0123456789"
_ZEROS = ord("0") * (6 + 3 * 6)


def is_formed(digits: str) -> bool:
    """Whether these may be the digits of an ISBN, whatever the check digit."""
    return bool(_THIRTEEN.fullmatch(digits) or _TEN.fullmatch(digits))


# A reader of files asks of each ISBN, and what checks the record asks once more.
@keep_short(64)
def isbn_13(digits: str) -> str | None:
    """The 13 digits of an ISBN-10 or ISBN-13 without separators.

    None for what is not formed like one, or has a wrong check digit.
    """
    if _THIRTEEN.fullmatch(digits):
        return digits if _check_digit_13(digits) == digits[12] else None
    if not _TEN.fullmatch(digits) or _check_digit_10(digits) != digits[9].upper():
        return None
    stem = "978" + digits[:9]
    return stem + _check_digit_13(stem)


def _check_digit_13(digits: str) -> str:
    # Sums of bytes, without what makes digits of them: three times as fast as sums of digits.
    stem = digits[:12].encode()
    total = sum(stem[::2]) + 3 * sum(stem[1::2]) - _ZEROS
    return _DIGITS[-total % 10]


def _check_digit_10(digits: str) -> str:
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9]))
    return "0123456789X"[-total % 11]
