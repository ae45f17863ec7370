"""A search as it stands in the address of its page: what is asked for, and how it is changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

PAGE_SIZE = 20
FACETS = ("author", "subject", "language", "published_year", "material_type")
SORTS = ("relevance", "title", "author", "-published_year", "-created_at")
_FILTERS = ("author", "subject", "language", "publisher", "series", "material_type", "available")
_YEARS = ("published_from", "published_to")
_NAMES = ("q", *_FILTERS, *_YEARS, "sort", "page")
SHOWN_VALUES = 12
"""Of each facet."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked for, by the names of the operation `listBooks`."""

    asked: Mapping[str, str]

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Search":
        """The search in a query; what is none of it is left alone."""
        found = {name: given.get(name, "").strip() for name in _NAMES}
        return cls({name: value for name, value in found.items() if value})

    @property
    def words(self) -> str:
        """What stands in the field."""
        return self.asked.get("q", "")

    @property
    def sort(self) -> str:
        """What the list is sorted by."""
        given = self.asked.get("sort", "")
        return given if given in SORTS else ("relevance" if self.words else "title")

    @property
    def query(self) -> dict[str, Any]:
        """What the operation is asked."""
        return {
            **self.asked,
            "sort": self.sort,
            "limit": PAGE_SIZE,
            "embed": "availability,copies",
            "facets": ",".join(FACETS),
        }

    def address(self, **changes: str | int | None) -> str:
        """The page with some of it changed, from its first page on unless `page` is given."""
        kept = {name: value for name, value in self.asked.items() if name != "page"}
        changed = {**kept, **changes}
        return "/?" + urlencode({name: v for name, v in changed.items() if v not in (None, "")})

    def narrowed(self, facet: str, value: str | int) -> str:
        """The page with only those that have this value."""
        if facet == "published_year":
            return self.address(published_from=value, published_to=value)
        return self.address(**{facet: value})

    def filters(self) -> list[tuple[str, str, str]]:
        """What the list is narrowed by: the name, the value, and the page without it."""
        found = [
            (name, self.asked[name], self.address(**{name: None}))
            for name in _FILTERS
            if name in self.asked
        ]
        years = [self.asked.get(name, "") for name in _YEARS]
        if any(years):
            told = years[0] if years[0] == years[1] else " \N{EN DASH} ".join(years)
            without = self.address(published_from=None, published_to=None)
            found.append(("published_year", told, without))
        return found
