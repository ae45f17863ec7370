"""scan: the terms of an index in their order, with how many books each finds."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Any, NamedTuple

from peewee import SQL, fn

from models.book import Book, is_present
from models.database import rows
from models.new_book import LONGEST_KEY, sort_keys, title_keys
from models.search import terms
from models.text import fold
from protocols.sru import cql
from protocols.sru.diagnostics import Diagnostic
from protocols.sru.indexes import Searched, plain
from protocols.sru.parameters import Request
from protocols.sru.responses import diagnostics, response
from protocols.xml import element

MOST_TERMS = 100
TERMS = 10


class Entry(NamedTuple):
    """A term, and the number of books that have it."""

    term: str
    books: int


def scan(request: Request) -> str:
    """The response. Raises Diagnostic."""
    if not request.given.get("scanClause"):
        raise Diagnostic(7, "scanClause")
    most = request.number("maximumTerms", TERMS, 1)
    if most > MOST_TERMS:
        raise Diagnostic(121, str(MOST_TERMS))
    place = request.number("responsePosition", 1, 0)
    if place > most + 1:
        raise Diagnostic(120, str(place))
    entries = _entries(cql.scan_clause(request.given["scanClause"]), most, place)
    inner = "".join(
        "<term>"
        + element("value", entry.term)
        + element("numberOfRecords", str(entry.books))
        + "</term>"
        for entry in entries
    )
    return response(request, f"<terms>{inner}</terms>" if inner else "")


def refusal(request: Request, wrong: Diagnostic) -> str:
    """The response to a scan that was refused."""
    return response(request, diagnostics(request, [wrong.told]))


def _entries(searched: Searched, most: int, place: int) -> list[Entry]:
    """The terms around the one asked for, which comes at a place from 1; at 0 it is left out."""
    source = _SOURCES.get(searched.index)
    if source is None:
        raise Diagnostic(16, searched.called)
    return source.around(source.key(plain(searched.term)), most, place)


class _OfColumn(NamedTuple):
    """Terms that books are sorted by, and by which key a term is compared with them."""

    column: Any
    shown: Any
    key: Callable[[str], str]

    def around(self, key: str, most: int, place: int) -> list[Entry]:
        """So many terms around a key, as for a scan."""
        beyond = self.column >= key if place else self.column > key
        before = self._terms(self.column < key, self.column.desc(), max(place - 1, 0))
        return before[::-1] + self._terms(beyond, self.column, most - len(before))

    def _terms(self, condition: Any, order: Any, limit: int) -> list[Entry]:
        query = (
            Book.select(fn.MIN(self.shown), fn.COUNT(Book.id))
            .where(is_present() & condition & (self.column != SQL("''")))
            .group_by(self.column)
            .order_by(order)
            .limit(limit)
        )
        return [Entry(*row) for row in rows(query)] if limit > 0 else []


class _OfFacet(NamedTuple):
    """Terms that are counted for the facets, in the order of their keys."""

    name: str
    key: Callable[[str], Any]

    def around(self, key: Any, most: int, place: int) -> list[Entry]:
        """So many terms around a key, as for a scan."""
        ordered = terms.in_order(self.name, self.key)
        if place:
            first = max(bisect_left(ordered, key, key=self.key) - place + 1, 0)
        else:
            first = bisect_right(ordered, key, key=self.key)
        shown = ordered[first : first + most]
        counted = terms.counts(self.name, shown)
        return [Entry(term, counted[term]) for term in shown if term in counted]


def _title_key(title: str) -> str:
    """The longest of its keys that a book has: without an article, or with what is none there."""
    possible = title_keys(title)
    query = Book.select(Book.title_key).where(is_present() & Book.title_key.in_(possible))
    known = {key for (key,) in rows(query.distinct())}
    return next((key for key in possible if key in known), _usual_title_key(title))


def _usual_title_key(title: str) -> str:
    book = {"title": title, "language": None, "author": None, "part": None}
    return sort_keys(book)["title_key"]


def _author_key(author: str) -> str:
    return fold(author)[:LONGEST_KEY]


def _year(text: str) -> int:
    """A year, the first of all for an empty term. Raises Diagnostic 36."""
    if not text.strip():
        return _FIRST_YEAR
    if not re.fullmatch(r"\s*-?[0-9]{1,9}\s*", text):
        raise Diagnostic(36, text)
    return int(text)


_FIRST_YEAR = -(10**9)
_SOURCES: dict[tuple[str, str], _OfColumn | _OfFacet] = {
    ("dc", "title"): _OfColumn(Book.title_key, Book.title, _title_key),
    ("dc", "creator"): _OfColumn(Book.author_key, Book.author, _author_key),
    ("dc", "subject"): _OfFacet("subject", fold),
    ("dc", "language"): _OfFacet("language", fold),
    ("dc", "date"): _OfFacet("published_year", _year),
}
SCANNED = tuple(_SOURCES)
"""The indexes that can be scanned, for explain."""
