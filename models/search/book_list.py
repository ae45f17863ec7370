"""The catalogue's lists: filtered, searched, ranked, counted by facet, on either database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from peewee import JOIN, SQL, Case, Join, NodeList, Tuple, fn

from models.book import ROWS, WRITTEN, Book, has_isbn, is_present
from models.book_fields import (
    IN_AUTHOR,
    IN_PUBLISHER,
    IN_REST,
    IN_SERIES,
    IN_SUBJECT,
)
from models.copy import Copy
from models.database import Compiled, is_postgresql, slot
from models.json_lists import bound, numbers, texts
from models.listing import (
    Filter,
    Listing,
    Position,
    Shape,
    Slots,
    Sort,
    at_least,
    equals,
    one_of,
)
from models.search import totals
from models.search.entries import tag
from models.search.fts import Match
from models.search.parser import Query, Term, loose_words, parse
from models.search.tables import found, index, is_nth, nth_ids

_TEXT = {
    "author": IN_AUTHOR,
    "subject": IN_SUBJECT,
    "publisher": IN_PUBLISHER,
    "series": IN_SERIES,
}
RELEVANCE = "relevance"
_MANY = 1000
# So many free copies are few: their books are looked up, instead of a copy for every book. Of more
# than so many a page is sooner full.
_FEW = 3_500
_FEW_FOR_A_PAGE = 500
# A book without a year comes before all that have one.
_EARLIEST = SQL("-9999")
_LAST_PLACE = (1 << 63) - 1


class Shelf(NamedTuple):
    """What the shelf has for walk-ins, beside the status of copies.

    `never_lent` are loan types that nobody may borrow; `promised` are the ids of books whose free
    copies are all for holds that wait, `freed` of some that have a copy for walk-ins, whatever the
    status of their copies says.
    """

    never_lent: list[str]
    promised: list[int]
    freed: list[int]

    def values(self) -> list[Any]:
        """What the filter is bound to: nothing where no book needs more than its status."""
        if not (self.never_lent or self.promised or self.freed):
            return []
        return [bound(self.never_lent), bound(self.promised), bound(self.freed)]


def _is_available(slots: Slots) -> Any:
    free = (Copy.book_id == Book.id) & (Copy.status == SQL("'available'"))
    if not slots:
        return fn.EXISTS(Copy.select(SQL("1")).where(free))
    types, promised, freed = slots
    lent = free & Copy.loan_type.not_in(texts(types))
    standing = fn.EXISTS(Copy.select(SQL("1")).where(lent))
    return (standing & Book.id.not_in(numbers(promised))) | Book.id.in_(numbers(freed))


class _Order(NamedTuple):
    """The order of a ranked search: by place, from the last one on if it `descends`.

    `sorts`: what is found is sorted, however many PostgreSQL expects. It does not know how many
    books have a word in the title and takes all rare words for equally rare; expecting more than
    there are, it would go through the whole index by place until a page is full.
    """

    descends: bool
    sorts: bool


class _Few(NamedTuple):
    """What a ranked search finds that finds few books: some of them, where each is, and how many.

    A position is the number of a tier in the order asked for, and a place.
    """

    rows: list[Any]
    positions: list[Position]
    total: int


class Catalogue(Listing):
    """The lists of books, with the filters that the search index answers.

    Beside the plain filters it takes `q` (see `models.search.parser.parse`), the words of
    `author`, `subject`, `publisher` and `series`, and `material_type`; `available` and `not
    available` take a `Shelf`; beside the plain sorts
    `relevance`, the order of `q` unless told otherwise: all words in the title, then in title and
    author, then anywhere; the shorter title first, then the lower id. Without words to rank by it
    is the order of ids.
    """

    def total(self, asked: Mapping[str, Any]) -> int:
        """How many books the filters leave; exact."""
        if not asked:
            return totals.whole()
        if asked.keys() <= totals.KEPT:
            return totals.kept(asked)
        plain, match = divide(asked)
        if plain and not match and plain.keys() <= totals.KEPT:
            return totals.kept(plain)
        if match and not plain:
            count: int = _COUNT.scalar(match=match.whole())
            return totals.whole() - count if match.only_excludes else count
        return super().total(as_filters(narrowed(asked)))

    def page(
        self, asked: Mapping[str, Any], sort: Sequence[str], *, limit: int, offset: int
    ) -> list[Any]:
        """The books of one page."""
        return self._slice(asked, sort, limit=limit, offset=offset)[0]

    def page_with_total(
        self, asked: Mapping[str, Any], sort: Sequence[str], *, limit: int, offset: int
    ) -> tuple[list[Any], int]:
        """The books of one page, and how many the filters leave in all; exact."""
        rows, total = self._slice(asked, sort, limit=limit, offset=offset)
        if total is None:
            total = self._total_with(rows, asked, limit=limit, offset=offset)
        return rows, total

    def _slice(
        self, asked: Mapping[str, Any], sort: Sequence[str], *, limit: int, offset: int
    ) -> tuple[list[Any], int | None]:
        """The books of one page, and the total where that was found with them."""
        if not asked:
            return super().page(asked, _unranked(sort), limit=limit, offset=offset), None
        plain, match = divide(asked)
        if not _ranks(match, sort):
            return super().page(_walked(asked), _unranked(sort), limit=limit, offset=offset), None
        few = self._few(plain, match, sort, limit=limit, offset=offset)
        if few is not None:
            return few.rows, few.total
        found = self._of_tiers(plain, match, sort, limit=limit, offset=offset)
        return [self.view.read(row[:-1]) for _, row in found], None

    def _of_tiers(
        self,
        plain: Mapping[str, Any],
        match: Match,
        sort: Sequence[str],
        *,
        limit: int,
        offset: int,
    ) -> list[tuple[int, tuple[Any, ...]]]:
        """The rows of one page of a ranked search, as `_ranked` gives them, each with its tier."""
        rows: list[tuple[int, tuple[Any, ...]]] = []
        order = _order_of(plain, match, sort)
        for number, tier in enumerate(_tiers(match, sort)):
            found = self._ranked(plain, tier, order, limit=limit - len(rows), offset=offset)
            rows += [(number, row) for row in found]
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
    ) -> tuple[list[Any], Position | None]:
        """The books that follow `position` (None: the start), and where the next ones begin."""
        plain, match = divide(asked)
        if not _ranks(match, sort):
            return super().after(_walked(asked), _unranked(sort), position, limit=limit)
        few = self._few(plain, match, sort, limit=limit + 1, offset=0, position=position)
        if few is not None:
            following = few.positions[limit - 1] if len(few.rows) > limit else None
            return few.rows[:limit], following
        first, place = position or (0, None)
        rows: list[Any] = []
        places: list[Position] = []
        order = _order_of(plain, match, sort)
        for number, tier in list(enumerate(_tiers(match, sort)))[first:]:
            wanted = limit + 1 - len(rows)
            found = self._ranked(plain, tier, order, limit=wanted, offset=0, place=place)
            rows += [self.view.read(row[:-1]) for row in found]
            places += [[number, row[-1]] for row in found]
            if len(rows) > limit:
                return rows[:limit], places[limit - 1]
            place = None
        return rows, None

    def position(
        self, asked: Mapping[str, Any], sort: Sequence[str], count: int
    ) -> Position | None:
        """Where the books after the first `count` begin; None if there are fewer."""
        plain, match = divide(asked)
        if not _ranks(match, sort):
            return super().position(_walked(asked), _unranked(sort), count)
        found = self._of_tiers(plain, match, sort, limit=1, offset=count - 1)
        return [found[0][0], found[0][1][-1]] if found else None

    def sample(
        self, asked: Mapping[str, Any], names: tuple[str, ...], every: int
    ) -> list[tuple[Any, ...]]:
        """The named columns of the books that the filters leave, of one book in `every`.

        A power of two; which books these are depends on their ids alone.
        """
        plain, match = divide(asked)
        values, shape = self._bind(plain)
        key = ("sample", names, shape, every, bool(match), match.only_excludes)
        query = self._query(key, lambda: self._sampled(names, shape, every, match))
        return query.rows(**values, match=match.whole() if match else "")

    def _sampled(self, names: tuple[str, ...], shape: Shape, every: int, match: Match) -> Any:
        columns = [getattr(Book, name) for name in names]
        if match and not match.only_excludes:
            here = index()
            query = here.entry.select(*columns).join(Book, JOIN.CROSS)
            query = query.where((Book.id == here.book_id) & here.matches(slot("match")))
            return self._filtered(query.where(is_nth(here.book_id, every)), shape)
        query = self._select(columns, shape)
        if match:
            query = query.where(Book.id.not_in(found(slot("match"), every)))
        if every > 1:
            query = query.from_(Join(nth_ids(every), Book, JOIN.CROSS))
            query = query.where(Book.id == SQL("nth.id"))
        return query

    def _few(
        self,
        plain: Mapping[str, Any],
        match: Match,
        sort: Sequence[str],
        *,
        limit: int,
        offset: int,
        position: Position | None = None,
    ) -> _Few | None:
        """The books after a position (None: the start) of a search that at most _MANY match.

        One statement that visits each of them once; by tiers each would be visited to see whether
        there are many, for every tier, and to count. For PostgreSQL, without other filters.
        """
        if plain or not is_postgresql():
            return None
        descends = _descends(sort)
        tier, place = position or (-1, 0)
        in_title, in_title_and_author = match.nearer()
        query = self._query(("few", descends), lambda: self._all_tiers(descends=descends))
        stored = query.rows(
            match=match.whole(),
            most=_MANY + 1,
            in_title=in_title,
            in_title_and_author=in_title_and_author,
            tier=tier,
            key=-place if descends else place,
            limit=limit,
            offset=offset,
        )
        total = stored[0][-1]
        if total > _MANY:
            return None
        found = [row for row in stored if row[-2] is not None]
        rows = [self.view.read(row[:-3]) for row in found]
        return _Few(rows, [list(row[-3:-1]) for row in found], total)

    def _all_tiers(self, *, descends: bool) -> Any:
        """Rows of the view's columns, tier, place and total; one of NULL and the total if no other.

        `tier` is a number in the order asked for, and `key` ascends with it.
        """
        here = index()
        entry = here.entry
        hits = entry.select(here.book_id, entry.place, entry.words)
        hits = hits.where(here.matches(slot("match"))).limit(slot("most")).cte("hit")
        counted = hits.select_from(fn.COUNT(SQL("*")).alias("total")).cte("counted")
        nearer = [
            NodeList((hits.c.words, SQL("@@ CAST("), slot(name), SQL("AS tsquery)")))
            for name in ("in_title", "in_title_and_author")
        ]
        first, second, last = (SQL(number) for number in ("210" if descends else "012"))
        tier = Case(None, [(nearer[0], first), (nearer[1], second)], last).alias("tier")
        key = (SQL("-") if descends else SQL("+"), hits.c.place)
        tiered = (
            hits.select_from(hits.c.id, hits.c.place, NodeList(key).alias("key"), tier)
            .join(counted, JOIN.CROSS)
            .where(counted.c.total < slot("most"))
            .cte("tiered")
        )
        keys = (tiered.c.tier, tiered.c.key)
        chosen = tiered.select_from(tiered.c.id, tiered.c.place, *keys)
        chosen = chosen.where(Tuple(*keys) > Tuple(slot("tier"), slot("key")))
        chosen = _some(chosen, keys).cte("chosen")
        joined = Join(counted, chosen, JOIN.LEFT_OUTER, on=SQL("TRUE"))
        books = Book.select(*self.view.columns, chosen.c.tier, chosen.c.place, counted.c.total)
        books = books.from_(Join(joined, Book, JOIN.LEFT_OUTER, on=Book.id == chosen.c.id))
        books = books.order_by(chosen.c.tier, chosen.c.key)
        return books.with_cte(hits, counted, tiered, chosen)

    def _ranked(
        self,
        plain: Mapping[str, Any],
        tier: str,
        order: _Order,
        *,
        limit: int,
        offset: int,
        place: int | None = None,
    ) -> list[tuple[Any, ...]]:
        """Books of one tier that come after a place (None: all), each row ending with its place."""
        values, shape = self._bind(plain)
        query = self._query(("ranked", shape, order), lambda: self._ranking(shape, order))
        if place is None:
            place = _LAST_PLACE if order.descends else 0
        return query.rows(**values, match=tier, place=place, limit=limit, offset=offset)

    def _ranked_total(self, plain: Mapping[str, Any], tier: str) -> int:
        if not plain:
            count: int = _COUNT.scalar(match=tier)
            return count
        return super().total({**plain, "match": tier})

    def _ranking(self, shape: Shape, order: _Order) -> Any:
        here = index()
        place = here.entry.place
        beyond = place < slot("place") if order.descends else place > slot("place")
        matches = here.matches(slot("match")) & beyond
        # No index has the order of a sum, so that what is found is sorted.
        key = place + SQL("0") if order.sorts else place
        keys = (key.desc() if order.descends else key,)
        if is_postgresql() and not shape:
            # Only the books of the page are read.
            hits = _some(here.entry.select(here.book_id, place).where(matches), keys).alias("hit")
            books = Book.select(*self.view.columns, hits.c.place)
            again = hits.c.place.desc() if order.descends else hits.c.place
            return books.join(hits, on=Book.id == hits.c.id).order_by(again)
        joined = here.entry.select(*self.view.stored, place).join(Book, JOIN.CROSS)
        query = self._filtered(joined.where((Book.id == here.book_id) & matches), shape)
        return self.view.shown(_some(query, keys), "place")


def _some(query: Any, keys: Sequence[Any]) -> Any:
    return query.order_by(*keys).limit(slot("limit")).offset(slot("offset"))


LISTING = Catalogue(
    Book,
    ROWS,
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
        "kind": equals(Book.material_type),
        "isbn": Filter(lambda slots: has_isbn(slots[0])),
        "issn": equals(Book.issn),
        "id": one_of(Book.id),
        "published_from": at_least(Book.year_key),
        "published_to": Filter(lambda slots: Book.year_key.between(_EARLIEST, slots[0])),
        "updated_since": at_least(Book.updated_at),
        "available": Filter(_is_available, Shelf.values),
        "not available": Filter(lambda slots: ~_is_available(slots), Shelf.values),
        "few": Filter(lambda slots: Book.id.in_(numbers(slots[0])), lambda ids: [bound(ids)]),
        "match": Filter(lambda slots: Book.id.in_(found(slots[0]))),
        "among": Filter(lambda slots: (Book.id + 0).in_(found(slots[0]))),
        "unless": Filter(lambda slots: Book.id.not_in(found(slots[0]))),
    },
    scope=is_present,
    count=totals.whole,
)
AS_JSON = replace(LISTING, view=WRITTEN)
"""The same lists, whose rows are what clients see of the books."""


_COUNT = Compiled(
    lambda: index().entry.select(fn.COUNT(SQL("*"))).where(index().matches(slot("match")))
)

_IS_MANY = Compiled(
    lambda: (
        index()
        .entry.select(SQL("1"))
        .where(index().matches(slot("match")))
        .limit(1)
        .offset(slot("most"))
    )
)


def divide(asked: Mapping[str, Any]) -> tuple[dict[str, Any], Match]:
    """What was asked as plain filters, and as a question to the search index."""
    plain = dict(asked)
    query = parse(plain.pop("q", ""))
    within = {
        column: loose_words(plain.pop(name)) for name, column in _TEXT.items() if name in plain
    }
    tags = [tag("material_type", plain.pop("material_type"))] if "material_type" in plain else []
    if "language" in plain and (tags or query.wanted or any(q.wanted for q in within.values())):
        tags.append(tag("language", plain.pop("language")))
    if tags:
        within[IN_REST] = Query(tuple(Term((word,)) for word in tags))
    return plain, Match(query, within)


def narrowed(asked: Mapping[str, Any], most: int | None = None) -> Mapping[str, Any]:
    """What was asked, with the `few` books that have a copy on the shelf, if only those are wanted.

    PostgreSQL begins with them by itself.
    """
    shelf = asked.get("available")
    if shelf is None or is_postgresql():
        return asked
    most = _FEW if most is None else most
    ids = [row[0] for row in _FREE.rows(limit=most + 1)]
    return asked if len(ids) > most else {**asked, "few": [*ids, *shelf.freed]}


_FREE = Compiled(
    lambda: Copy.select(Copy.book_id).where(Copy.status == SQL("'available'")).limit(slot("limit"))
)


def as_filters(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked, as filters of the plain kind."""
    plain, match = divide(asked)
    if match:
        plain["unless" if match.only_excludes else "match"] = match.whole()
    return plain


def _walked(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked, as filters of a list that is sorted otherwise than by relevance.

    Where much matches, SQLite is kept from sorting every match: it goes through the books in order
    until the page is full. A kind of material that most books are of is not looked up for that.
    """
    plain: dict[str, Any] = {}
    if not is_postgresql() and _is_of_most(asked.get("material_type")):
        plain["kind"] = asked["material_type"]
        asked = {name: value for name, value in asked.items() if name != "material_type"}
    filters = as_filters(narrowed(asked, _FEW_FOR_A_PAGE)) | plain
    if "match" in filters and not is_postgresql() and _finds_many(filters["match"]):
        filters["among"] = filters.pop("match")
    return filters


def _is_of_most(kind: str | None) -> bool:
    return kind is not None and totals.kept({"material_type": kind}) * 2 > totals.whole()


def _ranks(match: Match, sort: Sequence[str]) -> bool:
    return match.is_ranked and (not sort or sort[0].lstrip("-") == RELEVANCE)


def _descends(sort: Sequence[str]) -> bool:
    return bool(sort) and sort[0] == f"-{RELEVANCE}"


def _order_of(plain: Mapping[str, Any], match: Match, sort: Sequence[str]) -> _Order:
    """How a tier is ordered; without other filters PostgreSQL has found many already."""
    sorts = is_postgresql() and bool(plain) and not _finds_many(match.whole())
    return _Order(_descends(sort), sorts)


def _finds_many(match: str) -> bool:
    return _IS_MANY.row(match=match, most=_MANY) is not None


def _tiers(match: Match, sort: Sequence[str]) -> list[str]:
    tiers = match.tiers()
    return tiers[::-1] if _descends(sort) else tiers


def _unranked(sort: Sequence[str]) -> list[str]:
    rest = [key for key in sort if key.lstrip("-") != RELEVANCE]
    return rest or (["-id"] if _descends(sort) else [])
