"""Questions about books put together from clauses by and, or and not, however they are nested.

What the search index can answer stays one question to it for as long as possible; what it cannot
becomes a condition on the books.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import OP, SQL, Expression, fn

from models.book import ROWS, Book, is_present
from models.book_fields import BookRow
from models.search import fts
from models.search.book_list import LISTING
from models.search.parser import Query
from models.search.tables import found, index


@dataclass(frozen=True, slots=True)
class Clause:
    """One question: as text for the search index, else as a condition on books.

    `as_search` is the same as the list of books asks it, where it can.
    """

    text: str | None = None
    condition: Any = None
    as_search: Mapping[str, Any] | None = None

    @property
    def on_books(self) -> Any:
        """The condition on books."""
        return self.condition if self.text is None else Book.id.in_(found(self.text))


def words(queries: Sequence[Query], column: str | None, *, any_of: bool = False) -> Clause:
    """All, or any, of some questions in a column of the search index, or anywhere."""
    columns = () if column is None else (column,)
    parts = [fts.all_of(query.wanted, columns) for query in queries]
    return Clause(fts.either(parts) if any_of else fts.both(parts))


def condition(on_books: Any) -> Clause:
    """A condition on books."""
    return Clause(condition=on_books)


def both(left: Clause, right: Clause) -> Clause:
    """What both find."""
    if left.text is not None and right.text is not None:
        return Clause(fts.both([left.text, right.text]), as_search=_joined(left, right))
    return Clause(condition=left.on_books & right.on_books, as_search=_joined(left, right))


def either(left: Clause, right: Clause) -> Clause:
    """What one of them finds."""
    if left.text is not None and right.text is not None:
        return Clause(fts.either([left.text, right.text]))
    return Clause(condition=left.on_books | right.on_books)


def without(left: Clause, right: Clause) -> Clause:
    """What the first finds and the second does not, such as does not say what is asked (NULL)."""
    if left.text is not None and right.text is not None:
        return Clause(fts.without(left.text, right.text))
    return Clause(condition=left.on_books & Expression(right.on_books, OP.IS_NOT, SQL("TRUE")))


def total(clause: Clause) -> int:
    """How many books a question finds."""
    if clause.as_search is not None:
        return LISTING.total(clause.as_search)
    if clause.text is not None:
        here = index()
        query = here.entry.select(fn.COUNT(SQL("*"))).where(here.matches(clause.text))
    else:
        query = Book.select(fn.COUNT(Book.id)).where(is_present() & clause.condition)
    count: int = query.scalar()
    return count


def page(clause: Clause, sort: Sequence[str], *, limit: int, offset: int) -> list[BookRow]:
    """Some of the books found, in the order of `models.search.book_list`."""
    if clause.as_search is not None:
        return LISTING.page(clause.as_search, sort, limit=limit, offset=offset)
    query = ROWS.select().where(is_present() & clause.on_books)
    keys = [_key(name) for name in (*sort, "id")]
    return ROWS.all(query.order_by(*keys).limit(limit).offset(offset))


def _key(name: str) -> Any:
    expression = LISTING.sorts[name.lstrip("-")].expression
    return expression.desc() if name.startswith("-") else expression


def _joined(left: Clause, right: Clause) -> Mapping[str, Any] | None:
    """Two searches as one, where they ask different things, or both for words anywhere."""
    if left.as_search is None or right.as_search is None:
        return None
    shared = left.as_search.keys() & right.as_search.keys()
    if not shared:
        return {**left.as_search, **right.as_search}
    if shared == {"q"} == left.as_search.keys() == right.as_search.keys():
        return {"q": f"{left.as_search['q']} {right.as_search['q']}"}
    return None
