"""Lists of any length as one bound value: JSON text, which both databases read as rows."""

from collections.abc import Iterable
from typing import Any

import orjson
from peewee import SQL, NodeList, Value

from models.database import is_postgresql

_TEXTS = {
    False: "(SELECT value FROM json_each({}))",
    True: "(SELECT value FROM json_array_elements_text(CAST({} AS JSON)))",
}
_NUMBERS = {
    False: "(SELECT value FROM json_each({}))",
    True: "(SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST({} AS JSON)))",
}


def bound(values: Any) -> str:
    """A list as it is bound."""
    return orjson.dumps(list(values)).decode()


def texts(slot: Any) -> Any:
    """The texts of a list that is bound to a slot, for `IN`."""
    return _read(_TEXTS, slot)


def numbers(slot: Any) -> Any:
    """The numbers of a list that is bound to a slot, for `IN`."""
    return _read(_NUMBERS, slot)


def among(column: Any, values: Iterable[int]) -> Any:
    """The condition that a column has one of these numbers, for a query that is built each time.

    However many they are: of values that are bound one by one SQLite takes 32,766, and PostgreSQL
    65,535.
    """
    return column.in_(numbers(Value(bound(values), converter=False)))


def _read(sql: dict[bool, str], slot: Any) -> Any:
    before, after = sql[is_postgresql()].split("{}")
    return NodeList((SQL(before), slot, SQL(after)), glue="")
