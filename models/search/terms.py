"""The terms of a facet in the order in which they are compared, kept while no book changes.

No database folds text as we do, and a key beside each term would be written by every change of a
book. So the terms are read and folded once for each version of the catalogue.
"""

from bisect import insort
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from cachetools import LRUCache

from models import version
from models.database import Compiled, database, rows, slot
from models.search.tables import BookCount

MOST_KEPT = 300_000
"""So many terms are kept in a process, in some 30 MB; of more than that they are read each time."""

Key = Callable[[str], Any]
_NAMED = Compiled(
    lambda: BookCount.select(BookCount.value).where(
        (BookCount.name == slot("name")) & (BookCount.count > 0)
    )
)


class _Kept(NamedTuple):
    """The terms, and the version of the catalogue that was read before them."""

    version: int
    terms: list[str]


_kept: LRUCache[tuple[Any, str], _Kept] = LRUCache(
    MOST_KEPT, getsizeof=lambda kept: len(kept.terms)
)


def in_order(name: str, key: Key) -> Sequence[str]:
    """All terms of a facet by their keys, and those of one key by themselves."""
    number = version.of_catalogue()
    place = (database.obj, name)
    kept = _kept.get(place)
    if kept is not None and kept.version == number:
        return kept.terms
    found = (term for (term,) in _NAMED.execute(name=name))
    terms = _arranged(found, kept.terms if kept else [], key)
    if len(terms) <= MOST_KEPT:
        _kept[place] = _Kept(number, terms)
    return terms


def counts(name: str, terms: Sequence[str]) -> dict[str, int]:
    """How many books have each of a few terms; without those that no book has."""
    named = (BookCount.name == name) & BookCount.value.in_(terms) & (BookCount.count > 0)
    return dict(rows(BookCount.select(BookCount.value, BookCount.count).where(named)))


def _arranged(found: Iterable[str], before: Sequence[str], key: Key) -> list[str]:
    """The terms in order, made of an earlier order where few have been added since."""
    present = set(found)
    terms = [term for term in before if term in present]
    added = present.difference(terms)
    if len(added) > len(terms) // 100:
        terms = sorted(present)
        terms.sort(key=key)
        return terms
    for term in added:
        insort(terms, term, key=lambda each: (key(each), each))
    return terms
