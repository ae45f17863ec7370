"""scan: the terms of an index in their order, with how many books each finds."""

from typing import Any, NamedTuple

from peewee import SQL, fn

from models.book import Book, is_present
from models.database import rows
from models.new_book import sort_keys
from models.search.tables import BookCount
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
    key = source.key(plain(searched.term))
    before = source.terms(key, limit=max(place - 1, 0), descends=True)
    after = source.terms(key, limit=most - len(before), skip=place == 0)
    return before[::-1] + after


class _OfColumn(NamedTuple):
    """Terms that books are sorted by."""

    column: Any
    shown: Any
    name: str

    def key(self, text: str) -> str:
        """How a term is compared."""
        book = {"title": text, "language": None, "author": text, "part": None}
        return sort_keys(book)[self.name]

    def terms(
        self, key: str, *, limit: int, descends: bool = False, skip: bool = False
    ) -> list[Entry]:
        """The terms from a key on, or, descending, before it."""
        beyond = (
            self.column < key if descends else self.column > key if skip else self.column >= key
        )
        order = self.column.desc() if descends else self.column
        query = (
            Book.select(fn.MIN(self.shown), fn.COUNT(Book.id))
            .where(is_present() & beyond & (self.column != SQL("''")))
            .group_by(self.column)
            .order_by(order)
            .limit(limit)
        )
        return [Entry(*row) for row in rows(query)] if limit > 0 else []


class _OfFacet(NamedTuple):
    """Terms that are counted for the facets."""

    name: str

    def key(self, text: str) -> str:
        """How a term is compared."""
        return fold(text)

    def terms(
        self, key: str, *, limit: int, descends: bool = False, skip: bool = False
    ) -> list[Entry]:
        """The terms from a key on, or, descending, before it."""
        folded = fn.LOWER(BookCount.value)
        beyond = _beyond(folded, key, descends=descends, skip=skip)
        query = (
            BookCount.select(BookCount.value, BookCount.count)
            .where((BookCount.name == self.name) & (BookCount.count > 0) & beyond)
            .order_by(folded.desc() if descends else folded, BookCount.value)
            .limit(limit)
        )
        return [Entry(*row) for row in rows(query)] if limit > 0 else []


def _beyond(column: Any, key: str, *, descends: bool, skip: bool) -> Any:
    if descends:
        return column < key
    return column > key if skip else column >= key


_SOURCES: dict[tuple[str, str], _OfColumn | _OfFacet] = {
    ("dc", "title"): _OfColumn(Book.title_key, Book.title, "title_key"),
    ("dc", "creator"): _OfColumn(Book.author_key, Book.author, "author_key"),
    ("dc", "subject"): _OfFacet("subject"),
    ("dc", "language"): _OfFacet("language"),
    ("dc", "date"): _OfFacet("published_year"),
}
SCANNED = tuple(_SOURCES)
"""The indexes that can be scanned, for explain."""
