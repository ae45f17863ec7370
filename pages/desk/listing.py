"""Lists of the desk: the filters in an address, and the addresses of their pages."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode


def filters(given: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The filters of these names that an address sets; an empty field sets none."""
    return {name: given[name].strip() for name in names if given.get(name, "").strip()}


def address_of(path: str, asked: Mapping[str, str]) -> Callable[[int], str]:
    """Where a page of a list is found, by its number."""
    return lambda number: f"{path}?{urlencode({**asked, 'page': number})}"


def following(path: str, asked: Mapping[str, str], found: Mapping[str, Any]) -> str:
    """Where a list that was read by cursor goes on; empty at its end.

    For lists of what grows for ever: to count them, every record would have to be looked at.
    """
    cursor = found["pagination"]["next_cursor"]
    return f"{path}?{urlencode({**asked, 'cursor': cursor})}" if cursor else ""
