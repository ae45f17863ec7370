"""Paths: where the API begins, how clients write them, and what may stand in them.

That is ids, days, kinds of notices and languages; anything else is another path.
"""

import re
from datetime import date
from functools import cache

from werkzeug.routing import BaseConverter, ValidationError

from models.vocabulary import TO_MEMBERS, Language, NoticeKind
from validators.engine.errors import BadValue
from validators.language import normalise_language

PREFIX = "/api/v1"
_ID = "[1-9][0-9]{0,17}"
RECORD_ID = re.compile(rf"{_ID}\Z").match
"""Whether a piece of a path is an id."""


@cache
def template(rule: str) -> str:
    """A route as clients write it: `/books/{book_id}` (RFC 6570)."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


class RecordId(BaseConverter):
    """Ids in paths, without leading zeros; anything else is another path.

    Below 10^18: those up to 2^63 - 1 that a database could give are never reached.
    """

    regex = _ID
    to_python = staticmethod(int)  # type: ignore[assignment]


class Kind(BaseConverter):
    """A kind of notice whose text may be replaced."""

    def to_python(self, value: str) -> NoticeKind:
        """The kind."""
        if value not in TO_MEMBERS:
            raise ValidationError
        return NoticeKind(value)


class LanguageCode(BaseConverter):
    """One of the languages that people are written to in, by its code of two or three letters."""

    def to_python(self, value: str) -> Language:
        """The language."""
        try:
            return Language(normalise_language(value))
        except (BadValue, ValueError):
            raise ValidationError from None


class Day(BaseConverter):
    """A date, `YYYY-MM-DD`."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """The date."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValidationError from None


CONVERTERS = {"day": Day, "id": RecordId, "kind": Kind, "language": LanguageCode}
