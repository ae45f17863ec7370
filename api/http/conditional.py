"""Entity tags (RFC 9110, 8.8.3): compared whatever a proxy did to them."""

import re

from werkzeug.datastructures import ETags
from werkzeug.http import parse_etags

from api.context import Context
from api.problems import Problem
from models.errors import Stale

# A list of tags in their quotes (RFC 9110, 8.8.3); Werkzeug also takes them without.
_QUOTED = re.compile(r'\s*(?:(?:W/)?"[^"]*"\s*(?:,\s*|\Z))+\Z', re.IGNORECASE)
_NO_QUOTES = (
    "If-Match is not an entity tag: the double quotes are missing. Send the ETag as it came, quotes"
    " included; a shell needs single quotes around it."
)
# What Apache and nginx append to a tag when they compress what it names.
_SUFFIXES = re.compile(r"(-gzip|-br|-deflate|;gzip)$")


# The state of a record: what kind, which one, which revision.
Tag = tuple[str, int, int]
STATE = "%s-%s.%s"
"""How an entity tag names the state of a record, before a hyphen and the digest of the body."""


def is_known(etag: str, given: str) -> bool:
    """Whether `given`, the header `If-None-Match`, names the tag, or `*`."""
    tags = parse_etags(given)
    return tags.star_tag or etag.strip('"') in _opaque(tags)


class IfMatch:
    """What `If-Match` demands: that the record is still in one of these states."""

    def __init__(self, tags: ETags) -> None:
        self._any = tags.star_tag
        self._opaque = _opaque(tags)

    def covers(self, tag: Tag) -> bool:
        """Whether one of the tags names this state of the record.

        That of any representation will do: of a projection, of another media type, one that a
        proxy weakened.
        """
        state = re.compile(re.escape(STATE % tag) + r"-[0-9a-f]{24}\Z")
        return self._any or any(state.match(opaque) for opaque in self._opaque)


def if_match(context: Context) -> IfMatch | None:
    """What `If-Match` demands, or None without it. Raises Problem `bad-entity-tag`."""
    given = context.header("HTTP_IF_MATCH")
    if given is None:
        return None
    tags = parse_etags(given)
    if not (tags.star_tag or _QUOTED.match(given)):
        raise Problem("bad-entity-tag", _NO_QUOTES)
    return IfMatch(tags)


def require_match(demanded: IfMatch | None, tag: Tag, *, required: bool) -> None:
    """Compare `If-Match` with a record's present state.

    Raises Stale, or PreconditionRequired when none is given and one must be.
    """
    if demanded is None:
        if required:
            raise PreconditionRequired
    elif not demanded.covers(tag):
        raise Stale("The record has changed since you read it.")


class PreconditionRequired(Problem):
    """A change came without `If-Match` where the library demands it (RFC 6585, 3)."""

    def __init__(self) -> None:
        super().__init__("precondition-required", "Send If-Match with the ETag of what you read.")


def _opaque(tags: ETags) -> set[str]:
    """The tags without quotes, weakness and what a proxy appended."""
    # Of an empty tag Werkzeug makes None.
    return {_SUFFIXES.sub("", opaque) for opaque in tags.as_set(include_weak=True) if opaque}
