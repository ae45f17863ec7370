"""Column types of our own: members of an enumeration, and JSON kept as text."""

from enum import StrEnum
from typing import Any

import orjson
from peewee import TextField


class EnumField(TextField):
    """A text column that holds a member of a `StrEnum`."""

    def __init__(self, enum: type[StrEnum], **options: Any) -> None:
        super().__init__(**options)
        self.enum = enum

    def db_value(self, value: Any) -> str | None:
        """Return the text; a value that is no member is an error of the caller's."""
        return None if value is None else self.enum(value).value

    def python_value(self, value: Any) -> StrEnum | None:
        """Return the member."""
        return None if value is None else self.enum(value)


class JsonField(TextField):
    """A text column that holds JSON."""

    def db_value(self, value: Any) -> str | None:
        """Return the JSON text of a value."""
        return None if value is None else orjson.dumps(value).decode()

    def python_value(self, value: Any) -> Any:
        """Return the value of a JSON text."""
        return None if value is None else orjson.loads(value)
