"""How the database finds books by what records name them by."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Literal

from models import book, copy, source_key

Key = Literal["source_key", "first_row", "isbn", "control_number", "barcode", "title"]
KEYS: tuple[Key, ...] = ("source_key", "first_row", "isbn", "control_number", "barcode", "title")

_AT_ONCE = 1000


def _by_source_key(keys: Iterable[str]) -> dict[str, list[int]]:
    return _now({key: one for key, one in source_key.find("books", keys).items() if one})


def _by_control_number(numbers: Collection[str]) -> dict[str, list[int]]:
    """The books with these numbers, also with those that this library's own MARC gives them."""
    found = book.ids_by_control_number(numbers)
    if any(number.startswith("(") for number in numbers):
        code = source_key.code()
        ids = ((number, source_key.own_id(number, code)) for number in numbers)
        for number, own in _now({number: one for number, one in ids if one is not None}).items():
            found[number] = list(dict.fromkeys([*own, *found.get(number, ())]))
    return found


def _now(found: Mapping[str, int]) -> dict[str, list[int]]:
    """The books by their names, or those into which they were merged."""
    merged = book.merged_into(found.values()) if found else {}
    return {name: [merged.get(one, one)] for name, one in found.items()}


FINDERS: dict[Key, Callable[[Collection[str]], dict[str, list[int]]]] = {
    "source_key": _by_source_key,
    "first_row": lambda names: {},
    "isbn": book.ids_by_isbn,
    "control_number": _by_control_number,
    "barcode": copy.books_by_barcode,
    "title": book.ids_by_title,
}


def in_parts(
    find: Callable[[Collection[str]], dict[str, list[int]]], wanted: Iterable[str]
) -> dict[str, list[int]]:
    """What the query finds, asked in parts: a statement takes only so many values."""
    found: dict[str, list[int]] = {}
    for part in _parts(iter(wanted)):
        found |= find(part)
    return found


def _parts(values: Iterator[str]) -> Iterator[list[str]]:
    while part := list(islice(values, _AT_ONCE)):
        yield part
