"""Lists of any length as one bound value: JSON text, which both databases read as rows."""

from typing import Any

import orjson
from peewee import SQL, NodeList

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


def _read(sql: dict[bool, str], slot: Any) -> Any:
    before, after = sql[is_postgresql()].split("{}")
    return NodeList((SQL(before), slot, SQL(after)), glue="")
