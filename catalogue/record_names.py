"""By what names records and books are known, kind by kind."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from catalogue.finders import Key
from catalogue.record_check import Candidate
from models.new_book import every_isbn, sort_keys, title_keys

OF_BOOK: dict[Key, Callable[[Mapping[str, Any]], Iterable[str]]] = {
    "isbn": every_isbn,
    "control_number": lambda values: filter(None, [values["control_number"]]),
    "title": lambda values: [sort_keys(values)["title_key"]],
}
"""The names that a book has of its own, and an update can change."""


def named(candidates: Sequence[Candidate], key: Key) -> list[tuple[str, int]]:
    """The names of a kind, each with the number of its record."""
    if key == "title":
        return [(name, one.number) for one in candidates for name in names_of(one, key)]
    return [(name, one.number) for one in candidates if key in one.names for name in one.names[key]]


def sharing(
    pairs: Sequence[tuple[str, int]], found: Collection[str], *, is_unique: bool
) -> set[int]:
    """The records that share a name, as `named` gives them, with each other or have one `found`."""
    if is_unique:
        return {number for name, number in pairs if name in found} if found else set()
    first: dict[str, int] = {}
    shared = {number for name, number in pairs if first.setdefault(name, number) != number}
    shared |= {first[name] for name, number in pairs if number in shared}
    return shared | {number for name, number in pairs if name in found}


def names_of(candidate: Candidate, key: Key) -> Iterable[str]:
    """By what a book is asked for that the candidate may be; an article counts in some titles."""
    if key != "title":
        return candidate.names.get(key, ())
    if candidate.is_correction:
        return []
    book = candidate.book
    return dict.fromkeys((sort_keys(book)["title_key"], *title_keys(book["title"])))


def brought(candidate: Candidate, key: Key) -> Iterable[str]:
    """By what the book is known that the candidate brings; a correction brings none."""
    if key not in OF_BOOK:
        return candidate.names.get(key, ())
    return [] if candidate.is_correction else OF_BOOK[key](candidate.book)
