"""Lists of any table: filtered, sorted, by page or by keyset, each shape of query compiled once."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import combinations
from operator import and_, or_
from typing import Any

from cachetools import LRUCache
from peewee import SQL, Node, NodeList, Tuple, fn

from models.database import Compiled, database, slot
from models.rows import RowReader

Slots = list[Node]
Position = list[Any]
Shape = tuple[tuple[str, int], ...]
MOST_SHAPES = 200
"""So many shapes of query of one table are kept compiled: a client can ask for any number."""


@dataclass(frozen=True)
class Sort:
    """A key to sort by: an expression that is never NULL, and is indexed where lists grow long.

    `order` names what it sorts by where an earlier release sorted by something else under the same
    key: a position in the one order is none in the other.
    """

    expression: Any
    order: str = ""


@dataclass(frozen=True)
class Filter:
    """A condition, built from slots for its values; `values` turns what was asked into them."""

    build: Callable[[Slots], Any]
    values: Callable[[Any], list[Any]] = lambda asked: [asked]


def equals(column: Any) -> Filter:
    """Rows whose column is the value asked for."""
    return Filter(lambda slots: column == slots[0])


def one_of(column: Any) -> Filter:
    """Rows whose column is among the values asked for."""
    return Filter(lambda slots: column.in_(slots), list)


def at_least(column: Any) -> Filter:
    """Rows whose column is not below the value asked for."""
    return Filter(lambda slots: column >= slots[0])


def at_most(column: Any) -> Filter:
    """Rows whose column is not above the value asked for."""
    return Filter(lambda slots: column <= slots[0])


def is_flag(column: Any) -> Filter:
    """Rows whose 0/1 column is the boolean asked for."""
    return Filter(lambda slots: column == slots[0], lambda asked: [int(asked)])


def status_name(statuses: Iterable[str]) -> str:
    """The name of the filter for the records in any of these statuses."""
    return "status " + " ".join(sorted(set(statuses)))


def status_filters(
    statuses: Sequence[str], build: Callable[[frozenset[str]], Filter]
) -> dict[str, Filter]:
    """A filter for every choice among the statuses, so that each is a shape of query of its own."""
    return {
        status_name(chosen): build(frozenset(chosen))
        for count in range(1, len(statuses) + 1)
        for chosen in combinations(statuses, count)
    }


def contains(column: Any, fold: Callable[[str], str]) -> Filter:
    """Rows whose folded text column contains every word asked for, in any order."""

    def words(asked: str) -> list[str]:
        return [like_pattern(word) for word in fold(asked).split()[:20]]

    def build(slots: Slots) -> Any:
        if not slots:
            return SQL("1 = 1")
        return reduce(and_, [_like(column, pattern) for pattern in slots])

    return Filter(build, words)


def like_pattern(word: str) -> str:
    """A LIKE pattern for text that contains `word` as it is."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


@dataclass
class Listing:
    """The lists of one table.

    `scope` is the condition that holds for every list (not deleted, for instance); `count` may
    answer the total without counting when there is no filter at all.
    """

    model: Any
    view: RowReader[Any]
    sorts: Mapping[str, Sort]
    default_sort: tuple[str, ...] = ("id",)
    filters: Mapping[str, Filter] = field(default_factory=dict)
    scope: Callable[[], Any] | None = None
    count: Callable[[], int] | None = None
    _compiled: LRUCache[Any, Compiled] = field(
        default_factory=lambda: LRUCache(MOST_SHAPES), init=False
    )

    def total(self, asked: Mapping[str, Any]) -> int:
        """How many rows the filters leave."""
        if self.count is not None and not asked:
            return self.count()
        values, shape = self._bind(asked)
        query = self._query(("count", shape), lambda: self._select([fn.COUNT(SQL("*"))], shape))
        total: int = query.scalar(**values)
        return total

    def page(
        self, asked: Mapping[str, Any], sort: Sequence[str], *, limit: int, offset: int
    ) -> list[Any]:
        """The rows of one page, as the row reader makes them."""
        values, shape = self._bind(asked)
        keys = self._keys(sort)
        query = self._query(("page", shape, keys), lambda: self._page(shape, keys))
        return self._read(query.rows(**values, limit=limit, offset=offset))

    def page_with_total(
        self, asked: Mapping[str, Any], sort: Sequence[str], *, limit: int, offset: int
    ) -> tuple[list[Any], int]:
        """The rows of one page, and how many the filters leave in all."""
        rows = self.page(asked, sort, limit=limit, offset=offset)
        return rows, self._total_with(rows, asked, limit=limit, offset=offset)

    def _total_with(
        self, rows: Sequence[Any], asked: Mapping[str, Any], *, limit: int, offset: int
    ) -> int:
        """How many rows the filters leave; not counted where a page shows it."""
        ends_here = len(rows) < limit and (not offset or bool(rows))
        return offset + len(rows) if ends_here else self.total(asked)

    def after(
        self,
        asked: Mapping[str, Any],
        sort: Sequence[str],
        position: Position | None,
        *,
        limit: int,
    ) -> tuple[list[Any], Position | None]:
        """The rows that follow `position` (None: the start), and where the next ones begin."""
        values, shape = self._bind(asked)
        keys = self._keys(sort)
        begins = position is None
        query = self._query(
            ("after", shape, keys, begins), lambda: self._after(shape, keys, begins=begins)
        )
        for number, value in enumerate(position or ()):
            values[f"key{number}"] = value
        rows = query.rows(**values, limit=limit + 1)
        width = len(keys)
        shown = self._read([row[:-width] for row in rows[:limit]])
        return shown, list(rows[limit - 1][-width:]) if len(rows) > limit else None

    def position(
        self, asked: Mapping[str, Any], sort: Sequence[str], count: int
    ) -> Position | None:
        """Where the rows after the first `count` begin, for `after`; None if there are fewer."""
        values, shape = self._bind(asked)
        keys = self._keys(sort)
        query = self._query(("position", shape, keys), lambda: self._position(shape, keys))
        found = query.row(**values, offset=count - 1)
        return None if found is None else list(found)

    def orders(self, sort: Sequence[str]) -> list[str]:
        """The names of the orders of these keys that are not as they ever were."""
        names = [key.lstrip("-") for key in tuple(sort) or self.default_sort]
        return [key.order for key in map(self.sorts.get, names) if key is not None and key.order]

    def some(self, ids: Collection[int]) -> list[Any]:
        """The rows with these ids, in no order, as `page` gives them."""
        query = self._select(list(self.view.columns), ()).where(self.model.id.in_(ids))
        return self._read(database.execute(query).fetchall())

    def _read(self, stored: list[tuple[Any, ...]]) -> list[Any]:
        return self.view.read_all(stored)

    def _keys(self, sort: Sequence[str]) -> tuple[str, ...]:
        """The keys that decide: each field once, and `id` at the end, as no two rows share it."""
        wanted = tuple(sort) or self.default_sort
        keys: dict[str, str] = {}
        for key in wanted:
            keys.setdefault(key.lstrip("-"), key)
            if "id" in keys:
                break
        keys.setdefault("id", "-id" if wanted[-1].startswith("-") else "id")
        return tuple(keys.values())

    def _bind(self, asked: Mapping[str, Any]) -> tuple[dict[str, Any], Shape]:
        values: dict[str, Any] = {}
        shape = []
        for name in sorted(asked):
            bound = self.filters[name].values(asked[name])
            shape.append((name, len(bound)))
            values.update({f"{name}{number}": value for number, value in enumerate(bound)})
        return values, tuple(shape)

    def _query(self, key: Any, build: Callable[[], Any]) -> Compiled:
        query = self._compiled.get(key)
        if query is None:
            query = self._compiled[key] = Compiled(build)
        return query

    def _select(self, columns: list[Any], shape: Shape) -> Any:
        query = self.model.select(*columns)
        if self.scope is not None:
            query = query.where(self.scope())
        return self._filtered(query, shape)

    def _filtered(self, query: Any, shape: Shape) -> Any:
        for name, width in shape:
            slots = [slot(f"{name}{number}") for number in range(width)]
            query = query.where(self.filters[name].build(slots))
        return query

    def _page(self, shape: Shape, keys: tuple[str, ...]) -> Any:
        query = self._select(self.view.stored, shape).order_by(*self._order(keys))
        return self.view.shown(query.limit(slot("limit")).offset(slot("offset")))

    def _after(self, shape: Shape, keys: tuple[str, ...], *, begins: bool) -> Any:
        expressions = [self._expression(key) for key in keys]
        query = self._select([*self.view.columns, *expressions], shape)
        if not begins:
            query = query.where(_beyond(expressions, [key.startswith("-") for key in keys]))
        return query.order_by(*self._order(keys)).limit(slot("limit"))

    def _position(self, shape: Shape, keys: tuple[str, ...]) -> Any:
        query = self._select([self._expression(key) for key in keys], shape)
        return query.order_by(*self._order(keys)).limit(1).offset(slot("offset"))

    def _expression(self, key: str) -> Any:
        return self.sorts[key.lstrip("-")].expression

    def _order(self, keys: tuple[str, ...]) -> list[Any]:
        return [
            self._expression(key).desc() if key.startswith("-") else self._expression(key).asc()
            for key in keys
        ]


def _like(column: Any, pattern: Node) -> Any:
    return NodeList((column, SQL("LIKE"), pattern, SQL("ESCAPE '\\'")))


def _beyond(expressions: list[Any], descends: list[bool]) -> Any:
    """The condition for rows after the keyset position bound to `key0`, `key1`, …"""
    slots = [slot(f"key{number}") for number in range(len(expressions))]
    if len(set(descends)) == 1:
        here, there = Tuple(*expressions), Tuple(*slots)
        return here < there if descends[0] else here > there
    steps = []
    for last in range(len(expressions)):
        equal = [expressions[n] == slots[n] for n in range(last)]
        past = (
            expressions[last] < slots[last] if descends[last] else expressions[last] > slots[last]
        )
        steps.append(reduce(and_, [*equal, past]))
    bound = expressions[0] <= slots[0] if descends[0] else expressions[0] >= slots[0]
    return bound & reduce(or_, steps)
