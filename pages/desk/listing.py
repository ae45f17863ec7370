"""Lists of the desk: the filters in an address, and the addresses of their pages."""

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlencode


def filters(given: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The filters of these names that an address sets; an empty field sets none."""
    return {name: given[name].strip() for name in names if given.get(name, "").strip()}


def address_of(path: str, asked: Mapping[str, str]) -> Callable[[int], str]:
    """Where a page of a list is found, by its number."""
    return lambda number: f"{path}?{urlencode({**asked, 'page': number})}"
