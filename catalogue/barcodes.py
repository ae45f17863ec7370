"""New barcodes: 14 digits, of which the last one is a check digit."""

from collections.abc import Iterator

from models import copy
from models.errors import Taken

PREFIX = "30000"
"""3 is an item's, as 2 is a member's; four digits are for the library."""
_SERIAL_DIGITS = 8
_END = 10**_SERIAL_DIGITS
_AT_ONCE = 10_000


def new_barcodes() -> Iterator[str]:
    """Barcodes that no copy has, in their order, as long as nobody else makes any.

    After the last one of the range those follow that are free below it. Raises Taken
    `barcode-taken` when there is none.
    """
    last = copy.last_barcode(PREFIX, len(PREFIX) + _SERIAL_DIGITS + 1)
    first = int(last[len(PREFIX) : -1]) + 1 if last else 1
    yield from map(_barcode, range(first, _END))
    for start in range(1, first, _AT_ONCE):
        serials = range(start, min(start + _AT_ONCE, first))
        taken = copy.barcodes_between(_barcode(serials[0]), _barcode(serials[-1]))
        yield from (one for one in map(_barcode, serials) if one not in taken)
    raise Taken("All barcodes that the library can make are taken.", code="barcode-taken")


def _barcode(serial: int) -> str:
    stem = f"{PREFIX}{serial:0{_SERIAL_DIGITS}}"
    return stem + check_digit(stem)


def check_digit(stem: str) -> str:
    """The digit that libraries put behind 13 others (modulo 10, ISO/IEC 7812-1)."""
    doubled = "".join(str(int(digit) * 2) for digit in stem[::2])
    total = sum(map(int, doubled)) + sum(map(int, stem[1::2]))
    return str(-total % 10)
