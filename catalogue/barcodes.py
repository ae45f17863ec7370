"""New barcodes: 14 digits, of which the last one is a check digit."""

from collections.abc import Iterator
from itertools import count

from models import copy

PREFIX = "30000"
"""3 is an item's, as 2 is a member's; four digits are for the library."""
_SERIAL_DIGITS = 8


def new_barcodes() -> Iterator[str]:
    """Barcodes that no copy has, in their order, as long as nobody else makes any."""
    last = copy.last_barcode(PREFIX, len(PREFIX) + _SERIAL_DIGITS + 1)
    first = int(last[len(PREFIX) : -1]) + 1 if last else 1
    for serial in count(first):
        stem = f"{PREFIX}{serial:0{_SERIAL_DIGITS}}"
        yield stem + check_digit(stem)


def check_digit(stem: str) -> str:
    """The digit that libraries put behind 13 others (modulo 10, ISO/IEC 7812-1)."""
    doubled = "".join(str(int(digit) * 2) for digit in stem[::2])
    total = sum(map(int, doubled)) + sum(map(int, stem[1::2]))
    return str(-total % 10)
