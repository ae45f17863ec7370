"""What an operation is: declared once on the verb method, acted on by `api.pipeline`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from api.context import Caller, Context
from api.etags import Tag, require_match
from api.settings import Settings
from models.audit import Actor
from validators.bodies import Body, Schema
from validators.queries import QueryReader

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(slots=True)
class Answer:
    """What a handler gives back.

    `data` is a JSON-able value, or bytes already in `content_type`; `tag` names the revision a
    single representation shows; `at` is the path of what was made, below that of the API;
    `stream` is set instead of `data` for an answer of any length.
    """

    data: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    tag: Tag | None = None
    content_type: str = JSON
    stream: Any = None
    at: str = ""


@dataclass(slots=True)
class Call:
    """One call of an operation, with all checked that can be before the record is read.

    `content` is the body as it came, or what stands for it under an idempotency key; `at_end` is
    called when the transaction is over, however it ended.
    """

    context: Context
    settings: Settings
    operation: "Operation"
    query: Mapping[str, Any]
    body: dict[str, Any]
    accepted: str = JSON
    prepared: Any = None
    content: bytes = b""
    at_end: list[Callable[[], None]] = field(default_factory=list)

    @property
    def caller(self) -> Caller:
        """Who calls."""
        return self.context.caller

    @property
    def actor(self) -> Actor:
        """The caller as the audit log names it."""
        return self.context.actor

    @property
    def user_id(self) -> int:
        """The id of the signed-in caller; only for operations that need one."""
        if self.context.caller.id is None:
            raise LookupError("this operation was declared for anyone")
        return self.context.caller.id

    def precondition(self, tag: Tag) -> None:
        """Honour `If-Match` for the record as it is now. Raises Stale or PreconditionRequired."""
        require_match(tag, self.context, required=self.settings.require_if_match)


@dataclass(frozen=True, slots=True)
class Operation:
    """The declaration of one verb of one resource.

    `body` is absent when none is taken and `body_optional` when it may be left out; `answer` is
    the schema of the answer, of each item or of the whole page when `paged`; `problems` lists the
    codes the handler can raise beside those every operation can; `offers` the media types of the
    answer; `takes` those of the body; `prepare` runs before the transaction (slow work such as
    hashing, or reading what is sent where `takes` comes without `body`); `tagged` tells that the
    answer carries an ETag.
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
    reads_only: bool = False
    tagged: bool = True


def operation(id: str, summary: str, **declared: Any) -> Callable[[Handler], Handler]:  # noqa: A002
    """Declare a verb method as an operation; it only records, `api.pipeline` acts."""

    def mark(handler: Handler) -> Handler:
        handler.__dict__["operation"] = Operation(id, summary, **declared)
        return handler

    return mark
