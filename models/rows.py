"""Rows with a type: from what a query gives to a `NamedTuple` of the table's columns.

A table whose rows travel has a `NamedTuple` beside its Peewee model, with the columns' names as
fields and one method `to_json` that gives the object a client sees, and one `RowReader` of both:

    class ClosureRow(NamedTuple):
        id: int
        starts_on: str

        def to_json(self) -> Json: ...

    ROWS = RowReader(Closure, ClosureRow)

    ROWS.all(ROWS.select().order_by(Closure.starts_on))  # plain Peewee
    ROWS.read(_BY_ID.row(id=closure_id))                 # what a `Compiled` query gave
"""

from collections.abc import Callable, Collection, Sequence
from itertools import chain
from typing import Any, Generic, TypeVar

import orjson
from peewee import SQL, BooleanField, Cast, CommaNodeList, Field, NodeList, fn

from models.database import is_postgresql
from models.fields import EnumField, JsonField

Json = dict[str, Any]
"""An object as it is answered."""

Tag = tuple[str, int, int]
"""What names the present state of a record: noun, id and revision."""

Row = TypeVar("Row", bound=tuple[Any, ...])


class RowReader(Generic[Row]):
    """Reads rows of a table's columns, in the order of the row type's fields.

    `staff` names fields that are shown to staff alone.
    """

    def __init__(self, model: Any, row: type[Row], *, staff: Collection[str] = ()) -> None:
        made: Any = row
        self.names: tuple[str, ...] = made._fields
        self.columns: list[Field] = [getattr(model, name) for name in self.names]
        self.staff = frozenset(staff)
        self._model = model
        self._make: Callable[[Any], Row] = made._make
        # What Peewee does to the rows of its own queries: SQLite gives 0 and 1 for a boolean.
        self._conversions = [
            (place, _conversion(column))
            for place, column in enumerate(self.columns)
            if isinstance(column, (BooleanField, EnumField, JsonField))
        ]
        self.read: Callable[[Any], Row] = self._converted if self._conversions else self._make
        """Makes a row of what the driver gave, by a query that is compiled."""

    def read_all(self, stored: Sequence[Any]) -> list[Any]:
        """Makes rows of all that the driver gave."""
        return [self.read(row) for row in stored]

    def select(self) -> Any:
        """A query of all rows, to be narrowed and ordered."""
        return self._model.select(*self.columns)

    @property
    def stored(self) -> list[Any]:
        """The columns of a query that `shown` completes."""
        return list(self.columns)

    def shown(self, query: Any, *further: str) -> Any:
        """A query with LIMIT and OFFSET of the columns `stored` and `further` ones, completed."""
        return query

    def all(self, query: Any) -> list[Row]:
        """The rows of a query that `select` began."""
        return [self._make(stored) for stored in query.tuples()]

    def first(self, query: Any) -> Row | None:
        """The first row of a query that `select` began, or None."""
        stored = query.tuples().first()
        return None if stored is None else self._make(stored)

    def _converted(self, stored: Any) -> Row:
        values = list(stored)
        for place, convert in self._conversions:
            values[place] = convert(values[place])
        return self._make(values)


class JsonReader(RowReader[Any]):
    """Reads rows as JSON that the database has written: for lists of many wide rows.

    A page of 20 books takes half as long, since neither rows nor objects are made of it.
    `lists` are the columns that hold JSON; the others are texts and numbers.
    """

    def __init__(self, model: Any, names: Sequence[str], lists: Collection[str]) -> None:
        self.names, self.staff = tuple(names), frozenset()
        self._model = model
        self._lists = frozenset(lists)
        self.read = lambda stored: orjson.Fragment(stored[0])

    def read_all(self, stored: Sequence[Any]) -> list[Any]:
        """Makes JSON of all that the driver gave."""
        return list(map(orjson.Fragment, chain.from_iterable(stored)))

    @property
    def columns(self) -> list[Any]:  # type: ignore[override]
        """The one column: the object, as text."""
        return [self._object(self._fields())]

    @property
    def stored(self) -> list[Any]:
        """The columns of a query that `shown` completes."""
        return self._fields() if is_postgresql() else self.columns

    def shown(self, query: Any, *further: str) -> Any:
        """A query with LIMIT and OFFSET of the columns `stored` and `further` ones, completed.

        PostgreSQL would make objects of the rows that OFFSET skips, too: 20 ms of them before row
        4,000. It keeps the order of the rows.
        """
        if not is_postgresql():
            return query
        columns = [SQL(f'page."{name}"') for name in (*self.names, *further)]
        width = len(self.names)
        made = self._model.select(self._object(columns[:width]), *columns[width:])
        return made.from_(query.alias("page"))

    def _fields(self) -> list[Any]:
        return [getattr(self._model, name) for name in self.names]

    def _object(self, columns: list[Any]) -> Any:
        named = list(zip(self.names, columns, strict=True))
        if not is_postgresql():
            pairs = [
                (SQL(f"'{name}'"), fn.JSON(column) if name in self._lists else column)
                for name, column in named
            ]
            # As bytes, which nobody decodes only to have them encoded again.
            return Cast(fn.JSON_OBJECT(*chain.from_iterable(pairs)), "BLOB")
        members = [
            (Cast(column, "json") if name in self._lists else column).alias(name)
            for name, column in named
        ]
        begin, end = SQL("(SELECT row_to_json(shown)::text FROM (SELECT"), SQL(") AS shown)")
        return NodeList((begin, CommaNodeList(members), end))


def _conversion(column: Field) -> Callable[[Any], Any]:
    """What a column's `python_value` does; by table where there are few values, which is C."""
    if isinstance(column, EnumField):
        members: dict[Any, Any] = {member.value: member for member in column.enum}
        return (members | {None: None}).__getitem__
    if isinstance(column, BooleanField):
        return {None: None, False: False, True: True}.__getitem__
    convert: Callable[[Any], Any] = column.python_value
    return convert
