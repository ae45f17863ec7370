"""How the rows of a table are read and shown: the columns in order, and from row to JSON object."""

from collections.abc import Collection
from typing import Any

import orjson
from peewee import Field


class View:
    """The fields of a record as clients see them, in order.

    `json` names columns that hold JSON text, which goes into the answer as it is; `flags` names
    columns that hold 0 or 1 and are answered as booleans; `staff` names fields for staff alone.
    """

    def __init__(
        self,
        model: Any,
        names: str,
        *,
        json: Collection[str] = (),
        flags: Collection[str] = (),
        staff: Collection[str] = (),
    ) -> None:
        self.names = tuple(names.split())
        self.columns: list[Field] = [getattr(model, name) for name in self.names]
        self.staff = frozenset(staff)
        self._json = [name for name in self.names if name in json]
        self._flags = [name for name in self.names if name in flags]

    def present(self, row: tuple[Any, ...]) -> dict[str, Any]:
        """A row of `columns` as the object to answer; JSON text is passed on unread."""
        shown = dict(zip(self.names, row, strict=True))
        for name in self._json:
            if shown[name] is not None:
                shown[name] = orjson.Fragment(shown[name])
        for name in self._flags:
            shown[name] = bool(shown[name])
        return shown

    def read(self, row: tuple[Any, ...]) -> dict[str, Any]:
        """A row of `columns` as Python values, JSON text read: to decide and compare with."""
        values = dict(zip(self.names, row, strict=True))
        for name in self._json:
            if values[name] is not None:
                values[name] = orjson.loads(values[name])
        for name in self._flags:
            values[name] = bool(values[name])
        return values
