"""The catalogue's lists: filtered, searched, ranked, counted by facet, on either database."""

from collections.abc import Mapping, Sequence
from typing import Any

from peewee import JOIN, SQL, fn

from models.book import VIEW, Book, is_present
from models.book_index import language_tag
from models.copy import Copy
from models.database import Compiled, is_postgresql, slot
from models.listing import Filter, Listing, Position, Shape, Sort, at_least, at_most, equals
from models.matching import AUTHOR, PUBLISHER, REST, SUBJECT, Match
from models.query import Query, Term, loose_words, parse
from models.search_index import BookCount, found, index

_TEXT = {"author": AUTHOR, "subject": SUBJECT, "publisher": PUBLISHER}
RELEVANCE = "relevance"
_MANY = 1000
_LAST_PLACE = (1 << 63) - 1


def _is_available() -> Any:
    return fn.EXISTS(
        Copy.select(SQL("1")).where((Copy.book_id == Book.id) & (Copy.status == SQL("'available'")))
    )


class Catalogue(Listing):
    """The lists of books, with the filters that the search index answers.

    Beside the plain filters it takes `q` (see `models.query.parse`) and the words of `author`,
    `subject` and `publisher`; beside the plain sorts `relevance`, which is what `q` is sorted by
    when nothing else is asked: all words in the title, then in title and author, then anywhere;
    the shorter title first, then the lower id. Without words to rank by it is the order of ids.
    """

    def total(self, asked: Mapping[str, Any]) -> int:
        """How many books the filters leave; exact."""
        plain, match = divide(asked)
        if plain.keys() == {"language"} and not match:
            return _IN_LANGUAGE.scalar(language=plain["language"]) or 0
        if match and not match.only_excludes and not plain:
            count: int = _COUNT.scalar(match=match.whole())
            return count
        return super().total(as_filters(asked))

    def page(
        self, asked: Mapping[str, Any], sort: Sequence[str], *, limit: int, offset: int
    ) -> list[tuple[Any, ...]]:
        """The rows of one page, in the view's columns."""
        plain, match = divide(asked)
        if not _ranks(match, sort):
            return super().page(_walked(asked), _unranked(sort), limit=limit, offset=offset)
        rows: list[tuple[Any, ...]] = []
        for tier in _tiers(match, sort):
            found = self._ranked(plain, tier, sort, limit=limit - len(rows), offset=offset)
            rows += [row[:-1] for row in found]
            if len(rows) == limit:
                break
            skipped = offset if found or not offset else self._ranked_total(plain, tier)
            offset -= min(offset, skipped)
        return rows

    def after(
        self,
        asked: Mapping[str, Any],
        sort: Sequence[str],
        position: Position | None,
        *,
        limit: int,
    ) -> tuple[list[tuple[Any, ...]], Position | None]:
        """The rows that follow `position` (None: the start), and where the next ones begin."""
        plain, match = divide(asked)
        if not _ranks(match, sort):
            return super().after(_walked(asked), _unranked(sort), position, limit=limit)
        first, place = position or (0, None)
        rows: list[tuple[Any, ...]] = []
        places: list[Position] = []
        for number, tier in list(enumerate(_tiers(match, sort)))[first:]:
            wanted = limit + 1 - len(rows)
            found = self._ranked(plain, tier, sort, limit=wanted, offset=0, place=place)
            rows += [row[:-1] for row in found]
            places += [[number, row[-1]] for row in found]
            if len(rows) > limit:
                return rows[:limit], places[limit - 1]
            place = None
        return rows, None

    def _ranked(
        self,
        plain: Mapping[str, Any],
        tier: str,
        sort: Sequence[str],
        *,
        limit: int,
        offset: int,
        place: int | None = None,
    ) -> list[tuple[Any, ...]]:
        """Books of one tier that come after a place (None: all), each row ending with its place."""
        values, shape = self._bind(plain)
        descends = _descends(sort)
        query = self._query(("ranked", shape, descends), lambda: self._ranking(shape, descends))
        if place is None:
            place = _LAST_PLACE if descends else 0
        return query.rows(**values, match=tier, place=place, limit=limit, offset=offset)

    def _ranked_total(self, plain: Mapping[str, Any], tier: str) -> int:
        if not plain:
            count: int = _COUNT.scalar(match=tier)
            return count
        return super().total({**plain, "match": tier})

    def _ranking(self, shape: Shape, descends: bool) -> Any:
        here = index()
        place = here.entry.place
        joined = here.entry.select(*VIEW.columns, place).join(Book, JOIN.CROSS)
        query = joined.where((Book.id == here.book_id) & here.matches(slot("match")))
        beyond = place < slot("place") if descends else place > slot("place")
        return (
            self._filtered(query.where(beyond), shape)
            .order_by(place.desc() if descends else place)
            .limit(slot("limit"))
            .offset(slot("offset"))
        )


LISTING = Catalogue(
    Book,
    VIEW,
    sorts={
        "id": Sort(Book.id),
        "title": Sort(Book.title_key),
        "author": Sort(Book.author_key),
        "published_year": Sort(Book.year_key),
        "created_at": Sort(Book.created_at),
        "updated_at": Sort(Book.updated_at),
    },
    filters={
        "language": equals(Book.language),
        "isbn": equals(Book.isbn),
        "published_from": at_least(Book.published_year),
        "published_to": at_most(Book.published_year),
        "updated_since": at_least(Book.updated_at),
        "available": Filter(lambda slots: _is_available(), lambda asked: []),
        "not available": Filter(lambda slots: ~_is_available(), lambda asked: []),
        "match": Filter(lambda slots: Book.id.in_(found(slots[0]))),
        "among": Filter(lambda slots: (Book.id + 0).in_(found(slots[0]))),
        "unless": Filter(lambda slots: Book.id.not_in(found(slots[0]))),
    },
    scope=is_present,
    count=lambda: _all(),
)


def _all() -> int:
    return _TOTAL.scalar() or 0


_COUNT = Compiled(
    lambda: index().entry.select(fn.COUNT(SQL("*"))).where(index().matches(slot("match")))
)
_TOTAL = Compiled(lambda: BookCount.select(BookCount.count).where(BookCount.name == SQL("'book'")))
_IN_LANGUAGE = Compiled(
    lambda: BookCount.select(BookCount.count).where(
        (BookCount.name == SQL("'language'")) & (BookCount.value == slot("language"))
    )
)


def divide(asked: Mapping[str, Any]) -> tuple[dict[str, Any], Match]:
    """What was asked as plain filters, and as a question to the search index."""
    plain = dict(asked)
    query = parse(plain.pop("q", ""))
    within = {
        column: loose_words(plain.pop(name)) for name, column in _TEXT.items() if name in plain
    }
    if "language" in plain and (query.wanted or any(part.wanted for part in within.values())):
        within[REST] = Query((Term((language_tag(plain.pop("language")),)),))
    if plain.get("available") is False:
        plain["not available"] = plain.pop("available")
    return plain, Match(query, within)


def as_filters(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked, as filters of the plain kind."""
    plain, match = divide(asked)
    if match:
        plain["unless" if match.only_excludes else "match"] = match.whole()
    return plain


def _walked(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked, as filters of a list that is sorted otherwise than by relevance.

    Where much matches, SQLite is kept from sorting every match: it goes through the books in order
    until the page is full.
    """
    filters = as_filters(asked)
    if "match" in filters and not is_postgresql() and _COUNT.scalar(match=filters["match"]) > _MANY:
        filters["among"] = filters.pop("match")
    return filters


def _ranks(match: Match, sort: Sequence[str]) -> bool:
    return match.is_ranked and (not sort or sort[0].lstrip("-") == RELEVANCE)


def _descends(sort: Sequence[str]) -> bool:
    return bool(sort) and sort[0] == f"-{RELEVANCE}"


def _tiers(match: Match, sort: Sequence[str]) -> list[str]:
    tiers = match.tiers()
    return tiers[::-1] if _descends(sort) else tiers


def _unranked(sort: Sequence[str]) -> list[str]:
    rest = [key for key in sort if key.lstrip("-") != RELEVANCE]
    return rest or (["-id"] if _descends(sort) else [])
