"""The fixed way of every call: permission, negotiation, validation, transaction, answer.

Path, method, credentials and the rate limit come before, in `api.app`; the rest of the order of
checks is the order of the lines of `Plan.run`.
"""

import random
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

import orjson
from flask import request
from flask_restful import Resource as FlaskRestfulResource
from peewee import OperationalError

from api import bodies, context, idempotency
from api.admission import PREFIX
from api.context import Context
from api.etags import entity_tag, is_known
from api.idempotency import Vault
from api.negotiation import choose, require_type
from api.operation import JSON, MERGE_PATCH, Answer, Call, Operation
from api.policy import Rule
from api.problem_codes import PROBLEMS
from api.problems import answer, as_problem
from api.reply import Reply
from api.settings import Settings
from models.database import transaction
from models.errors import DomainError
from validators.errors import Fault, Invalid

SAFE = frozenset({"GET", "HEAD"})
PRIVATE = ("Cache-Control", "private, no-cache")
PUBLIC = ("Cache-Control", "public, no-cache")
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_MADE = frozenset({201, 202})
_ATTEMPTS = 6
# Serialisation failure and deadlock: the transaction did nothing and may simply be run again.
_TRANSIENT = frozenset({"40001", "40P01"})


class Resource(FlaskRestfulResource):
    """A noun of the API; its verb methods are declared with `api.operation.operation`."""

    # One instance serves all requests: it keeps nothing between them.
    init_every_request = False

    def __init__(self, plans: Mapping[str, "Plan"]) -> None:
        self.plans = plans

    def dispatch_request(self, **path: Any) -> Reply:
        """Run the plan of the verb that was asked for."""
        environ = request.environ
        method = environ["REQUEST_METHOD"]
        plan = self.plans["GET" if method == "HEAD" else method]
        return plan.run(self, path, context.of(environ))


class Plan:
    """One operation, ready to run: its declaration, its line of the policy page, its checks."""

    def __init__(
        self,
        method: str,
        operation: Operation,
        rule: Rule,
        settings: Settings,
        vault: Vault,
    ) -> None:
        self.method = method
        self.operation = operation
        self.rule = rule
        self._settings = settings
        self._vault = vault
        self._writes = method != "get" and not operation.reads_only
        self._takes = taken_types(method, operation)
        self._public = rule.catalogue
        self._query = lru_cache(maxsize=512)(self._read_query)

    def run(self, resource: Resource, path: dict[str, Any], context: Context) -> Reply:
        """Answer one request. Raises whatever `api.problems` turns into an answer."""
        self.rule.admit(context.caller, path)
        accepted = choose(self.operation.offers, context)
        content = self._content(context)
        query, body = self._validated(context, content)
        key = idempotency.key_of_request(context)
        call = Call(context, self._settings, self.operation, query, body, accepted)
        call.content = content or b""
        handler = getattr(resource, self.method)
        # Under a key the answer is kept, so that even a POST which only reads writes then.
        if not self._writes and key is None:
            public = self._public and context.caller.id is None
            return rendered(handler(call, **path), context, PUBLIC if public else PRIVATE)
        try:
            return self._written(call, key, lambda: handler(call, **path))
        finally:
            for step in call.at_end:
                step()

    def _written(self, call: Call, key: str | None, handler: Callable[[], Answer]) -> Reply:
        if self.operation.prepare is not None:
            call.prepared = self.operation.prepare(call)
        claim = None
        if key is not None:
            claim = idempotency.Claim(key, call.context, call.content, self._vault)
        return _Write(call, claim).run(handler)

    def _content(self, context: Context) -> bytes | None:
        """The body as it came, or None where none is read here, or none came and none is needed."""
        if self.operation.body is None:
            if self.operation.takes:
                require_type(self._takes, context)
            return None
        limit = self._settings.max_body_bytes
        if not self.operation.body_optional:
            require_type(self._takes, context)
            return bodies.read(context, limit)
        content = bodies.read(context, limit)
        if content:
            require_type(self._takes, context)
        return content or None

    def _validated(
        self, context: Context, content: bytes | None
    ) -> tuple[Mapping[str, Any], dict[str, Any]]:
        """The query and the body, typed. Raises Invalid with the faults of both."""
        faults: list[Fault] = []
        query: Mapping[str, Any] = _NOTHING
        body: dict[str, Any] = {}
        try:
            query = self._query(context.query_string)
        except Invalid as invalid:
            faults += invalid.errors
        if content is not None and self.operation.body is not None:
            document = bodies.json_object(content)
            try:
                body = self.operation.body(document)
            except Invalid as invalid:
                faults += invalid.errors
        if faults:
            raise Invalid(faults)
        return query, body

    def _read_query(self, query_string: str) -> Mapping[str, Any]:
        pairs = parse_qsl(query_string, keep_blank_values=True)
        if self.operation.query is not None:
            return MappingProxyType(self.operation.query(pairs))
        if pairs:
            detail = "There is no such parameter here."
            raise Invalid([Fault("unknown-parameter", detail, parameter=n) for n, _ in pairs])
        return _NOTHING


class _Write:
    """A call that may change something: one transaction, its idempotency key inside it."""

    def __init__(self, call: Call, claim: idempotency.Claim | None) -> None:
        self._call = call
        self._claim = claim

    def run(self, handler: Callable[[], Answer]) -> Reply:
        """Answer it, trying again when the database asks for that."""
        for attempt in range(_ATTEMPTS):
            try:
                return self._attempt(handler)
            except OperationalError as error:
                if attempt == _ATTEMPTS - 1 or not _is_transient(error):
                    raise
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311  to part those who met
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, handler: Callable[[], Answer]) -> Reply:
        refusal: DomainError | None = None
        try:
            with transaction():
                replayed = None if self._claim is None else self._claim.replay()
                if replayed is not None:
                    return replayed
                try:
                    reply = rendered(handler(), self._call.context)
                except DomainError as error:
                    if not error.keeps_changes:
                        raise
                    refusal = error
                else:
                    self._keep(reply)
        except DomainError as error:
            return self._refused(error)
        if refusal is not None:
            raise refusal
        return reply

    def _refused(self, error: DomainError) -> Reply:
        """The answer to a refusal, after all it began was undone; a 409 is kept under the key."""
        if self._claim is None or PROBLEMS[as_problem(error).code].status != 409:
            raise error
        reply = answer(error, self._call.context)
        with transaction():
            replayed = self._claim.replay()
            if replayed is not None:
                return replayed
            self._keep(reply)
        return reply

    def _keep(self, reply: Reply) -> None:
        if self._claim is not None:
            self._claim.keep(reply)


def rendered(result: Answer, context: Context, caching: tuple[str, str] = PRIVATE) -> Reply:
    """The reply for what a handler gave back; 304 when the client has it already."""
    headers = list(result.headers.items()) if result.headers else []
    if "Cache-Control" not in result.headers:
        headers.append(caching)
    if result.at and result.status in _MADE:
        headers.append(("Location", PREFIX + result.at))
    if result.status == 204:
        return Reply(204, b"", headers)
    content_type = ("Content-Type", result.content_type)
    if result.stream is not None:
        return Reply(result.status, result.stream, [*headers, content_type])
    body = result.data if isinstance(result.data, bytes) else orjson.dumps(result.data)
    etag = entity_tag(body, result.tag)
    headers.append(("ETag", etag))
    if context.environ["REQUEST_METHOD"] in SAFE and is_known(etag, context):
        return Reply(304, b"", headers)
    headers.append(content_type)
    return Reply(result.status, body, headers)


def taken_types(method: str, operation: Operation) -> tuple[str, ...]:
    """The media types of the body of this operation."""
    if operation.takes:
        return tuple(operation.takes)
    return (MERGE_PATCH, JSON) if method == "patch" else (JSON,)


def _is_transient(error: OperationalError) -> bool:
    return getattr(error.__cause__ or error.__context__, "sqlstate", None) in _TRANSIENT
