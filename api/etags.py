"""Entity tags (RFC 9110, 8.8.3): made from content, compared whatever a proxy did to them."""

import re
from functools import lru_cache
from hashlib import blake2b

from api.context import Context
from models.errors import Stale

_OPAQUE = re.compile(r'(?:W/)?"([^"]*)"')
# What Apache and nginx append to a tag when they compress what it names.
_SUFFIXES = re.compile(r"(-gzip|-br|-deflate|;gzip)$")


# The state of a record: what kind, which one, which revision.
Tag = tuple[str, int, int]


def entity_tag(body: bytes, tag: Tag | None) -> str:
    """The strong tag of a representation; that of a record also names the record's state."""
    digest = blake2b(body, digest_size=12).hexdigest()
    return f'"{digest}"' if tag is None else f'"{_state(tag)}-{digest}"'


def is_known(etag: str, context: Context) -> bool:
    """Whether `If-None-Match` names the tag, or `*`."""
    given = context.header("HTTP_IF_NONE_MATCH")
    if given is None:
        return False
    return given.strip() == "*" or etag.strip('"') in _opaque_tags(given)


def require_match(tag: Tag, context: Context, *, required: bool) -> None:
    """Honour `If-Match` against a record's present state.

    Any representation of that state will do: the tag of a projection, of another media type, one
    that a proxy weakened. Raises Stale, or PreconditionRequired when none is given and one must be.
    """
    given = context.header("HTTP_IF_MATCH")
    if given is None:
        if required:
            raise PreconditionRequired
        return
    if given.strip() == "*":
        return
    state = re.compile(re.escape(_state(tag)) + r"-[0-9a-f]{24}\Z")
    if not any(state.match(opaque) for opaque in _opaque_tags(given)):
        raise Stale("The record has changed since you read it.")


class PreconditionRequired(Exception):
    """A change came without `If-Match` where the library demands it (RFC 6585, 3)."""


def _state(tag: Tag) -> str:
    noun, record_id, revision = tag
    return f"{noun}-{record_id}.{revision}"


@lru_cache(maxsize=1024)
def _opaque_tags(header: str) -> frozenset[str]:
    return frozenset(_SUFFIXES.sub("", opaque) for opaque in _OPAQUE.findall(header))
