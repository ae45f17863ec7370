"""What an operation is, declared once on the verb method; what a handler gets and gives."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from api.auth.permission import Permission
from api.context import Caller, Context
from api.http.conditional import IfMatch, Tag
from api.http.csv_answers import CSV
from api.http.idempotency import Vault
from api.http.representations import JSON, Representation
from api.records import Record, Row
from api.settings import Settings
from models.audit import Actor
from validators.engine.bodies import Body, Schema
from validators.engine.errors import Fault, Invalid
from validators.engine.queries import QueryReader

MERGE_PATCH = "application/merge-patch+json"
FILE = "application/octet-stream"
"""A file of any format, which then is named in the query."""
MOST_QUERIES = 64
"""Of each operation so many query strings are kept as read: 100 kB at most."""
Handler = TypeVar("Handler", bound=Callable[..., Any])
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True)
class Answer:
    """What a handler gives back.

    `data` is what the representation of the media type agreed on takes, a JSON-able value for JSON;
    with a `content_type` it is bytes in that type. `tag` names the revision a single
    representation shows; `at` is the path of what was made, below that of the API; `stream` is set
    instead of `data` for an answer of any length; `more` are members that the answer has beside
    the record at `at`, whose ETag it carries (RFC 9110, 15.3.2).
    """

    data: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    tag: Tag | None = None
    content_type: str = ""
    stream: Any = None
    at: str = ""
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Call:
    """One call of an operation, with all checked that can be before the record is read.

    `condition` is what lists are filtered by, so that they show what the caller may know of.
    `if_match` is the state that the record must be in.
    `content` is the body as it came, or what stands for it under an idempotency key; `at_end` is
    called when the transaction is over, however it ended.
    """

    context: Context
    served: "Served"
    query: Mapping[str, Any]
    body: dict[str, Any]
    accepted: str = JSON
    prepared: Any = None
    content: bytes = b""
    if_match: IfMatch | None = None
    at_end: list[Callable[[], None]] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        """The settings of the application."""
        return self.served.settings

    @property
    def operation(self) -> "Operation":
        """The operation called."""
        return self.served.operation

    @property
    def caller(self) -> Caller:
        """Who calls."""
        return self.context.caller

    @property
    def actor(self) -> Actor:
        """The caller as the audit log names it."""
        return Actor(self.context.caller.id, self.context.request_id)

    @property
    def user_id(self) -> int:
        """The id of the signed-in caller; only for operations that need one."""
        if self.context.caller.id is None:
            raise LookupError("this operation was declared for anyone")
        return self.context.caller.id

    @property
    def only_for(self) -> int | None:
        """The member for whom alone the caller may lend and take back; None for staff."""
        return None if self.context.caller.is_staff else self.context.caller.id

    @property
    def condition(self) -> dict[str, Any]:
        """What lists are filtered by, so that they show what the caller may know of."""
        return self.served.permission.condition(self.context.caller)


@dataclass(frozen=True, slots=True)
class Operation:
    """The declaration of one verb of one resource.

    `body` is absent when none is taken and `body_optional` when it may be left out; `answer` is
    the schema of the answer, of each item or of the whole page when `paged`; `problems` lists the
    codes the handler can raise beside those every operation can; `offers` the media types of the
    answer; `takes` those of the body; `prepare` runs before the transaction (slow work such as
    hashing, or reading what is sent where `takes` comes without `body`); `record` is the record
    that is not named in the path; `find` reads it, or the named one, as a call needs it;
    `check` is called with the record before `If-Match` is compared and may raise
    Invalid; `streamed` tells that the answer is written as it is sent, and so has no ETag;
    `on_replica` tells of a call that it reads nothing but the catalogue, as a replica has it.
    """

    id: str
    summary: str
    body: Body | None = None
    body_optional: bool = False
    query: QueryReader | None = None
    answer: Schema | None = None
    paged: bool = False
    status: int = 200
    problems: Sequence[str] = ()
    offers: Sequence[str] = (JSON,)
    takes: Sequence[str] = ()
    prepare: Callable[[Call], Any] | None = None
    record: Record | None = None
    find: Callable[[Call, Any], Row] | None = None
    check: Callable[[Call, Row], None] | None = None
    reads_only: bool = False
    streamed: bool = False
    on_replica: Callable[[Call], bool] | None = None


def operation(id: str, summary: str, **declared: Any) -> Callable[[Handler], Handler]:  # noqa: A002
    """Declare a verb method as an operation; it only records, `api.resource` acts.

    Every list can be had as CSV too.
    """
    if declared.get("paged"):
        declared.setdefault("offers", (JSON, CSV))

    def mark(handler: Handler) -> Handler:
        handler.__dict__["operation"] = Operation(id, summary, **declared)
        return handler

    return mark


def taken_types(method: str, operation: Operation) -> tuple[str, ...]:
    """The media types of the body of this operation."""
    if operation.takes:
        return tuple(operation.takes)
    return (MERGE_PATCH, JSON) if method == "patch" else (JSON,)


class Served:
    """An operation as one application serves it: with its permission and the settings.

    `parameter` is the name in the path that `record` is found by, if it is named there;
    `offered` is the first media type of the answer. `kept_query` is `query` for short query
    strings, which it keeps as they were read.
    """

    def __init__(
        self,
        method: str,
        operation: Operation,
        permission: Permission,
        named: tuple[str, Record] | None,
        settings: Settings,
        vault: Vault,
        representations: Mapping[str, Representation],
    ) -> None:
        self.operation = operation
        self.permission = permission
        self.parameter, self.record = named or ("", operation.record)
        self.find = operation.find
        self.settings = settings
        self.vault = vault
        self.representations = representations
        self.takes = taken_types(method, operation)
        self.is_restricted = not permission.is_open
        self.is_public = permission.catalogue and method == "get"
        self.reads_body = operation.body is not None or bool(operation.takes)
        self.takes_key = method == "post"
        self.writes = method != "get" and not operation.reads_only
        self.compares = method in ("put", "patch", "delete")
        self.defaults = _defaults(operation.body)
        self.offered = operation.offers[0]
        self.on_replica = operation.on_replica if settings.database_read_url else None
        self.kept_query = lru_cache(MOST_QUERIES)(self.query)

    def own_id(self, caller: Caller) -> Any:
        """The id of the record that no path names, if there is such a record."""
        identify = None if self.record is None else self.record.id_of
        return None if identify is None else identify(caller)

    def query(self, query_string: str) -> Mapping[str, Any]:
        """What the query asks for. Raises Invalid."""
        pairs = pairs_of(query_string) if query_string else []
        if self.operation.query is not None:
            return MappingProxyType(self.operation.query(pairs))
        if pairs:
            detail = "This operation takes no parameters."
            raise Invalid([Fault("unknown-parameter", detail, parameter=n) for n, _ in pairs])
        return _NOTHING


def pairs_of(query_string: str) -> list[tuple[str, str]]:
    """The parameters of a query string, in order; most have no escapes."""
    if "%" in query_string or "+" in query_string:
        return parse_qsl(query_string, keep_blank_values=True)
    split = [pair.partition("=") for pair in query_string.split("&") if pair]
    return [(name, value) for name, _, value in split]


def _defaults(body: Body | None) -> Mapping[str, Any]:
    """What the fields of a body are unless given."""
    if body is None:
        return _NOTHING
    return {name: rules.get("default") for name, rules in body.schema.fields.items()}
