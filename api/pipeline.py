"""The fixed way of every call: permission, negotiation, validation, transaction, answer.

Path, method, credentials and the rate limit come before, in `api.admission`; the rest of the
order of checks in the interface is the order of the lines of `Plan.run`.
"""

import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

import orjson
from flask import Response, current_app, request
from flask_restful import Resource as FlaskRestfulResource
from peewee import OperationalError

from api import bodies, idempotency
from api.context import current
from api.etags import entity_tag, is_known
from api.negotiation import choose, require_type
from api.operation import JSON, MERGE_PATCH, Answer, Call, Operation
from api.policy import Rule
from api.problems import Problem, answer, as_problem
from api.problem_codes import PROBLEMS
from models.database import transaction
from models.errors import DomainError
from validators.errors import Fault, Invalid

SAFE = frozenset({"GET", "HEAD"})
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_ATTEMPTS = 4
# Serialisation failure and deadlock: the transaction did nothing and may simply be run again.
_TRANSIENT = frozenset({"40001", "40P01"})


class Resource(FlaskRestfulResource):  # type: ignore[misc]
    """A noun of the API; its verb methods are declared with `api.operation.operation`."""

    # One instance serves all requests: it keeps nothing between them.
    init_every_request = False

    def __init__(self, plans: Mapping[str, "Plan"]) -> None:
        self.plans = plans

    def dispatch_request(self, **path: Any) -> Response:
        """Run the plan of the verb that was asked for."""
        method = "GET" if request.method == "HEAD" else request.method
        plan = self.plans[method]
        return plan.run(getattr(self, plan.handler), path)


class Plan:
    """One operation, ready to run: its declaration, its line of the policy page, its checks."""

    def __init__(self, handler: str, operation: Operation, rule: Rule) -> None:
        self.handler = handler
        self.operation = operation
        self.rule = rule
        self._takes = _taken_types(handler, operation)
        self._query = lru_cache(maxsize=512)(self._read_query)

    def run(self, handler: Callable[..., Answer], path: dict[str, Any]) -> Response:
        """Answer one request. Raises whatever `api.problems` turns into an answer."""
        context = current()
        operation = self.operation
        self.rule.admit(context.caller, path)
        accepted = choose(operation.offers)
        content = self._content()
        query, body = self._validated(content)
        key = idempotency.key_of_request()
        call = Call(context, operation, query, body, accepted)
        if request.method in SAFE or operation.reads_only:
            return rendered(handler(call, **path))
        return _Write(call, key, content).run(lambda: handler(call, **path))

    def _content(self) -> bytes | None:
        """The body as it came, or None where none is taken, or none came and none is needed."""
        if self.operation.body is None:
            return None
        if self.operation.body_optional and bodies.is_absent():
            return None
        require_type(self._takes)
        return bodies.read(current_app.config["SETTINGS"].max_body_bytes)

    def _validated(self, content: bytes | None) -> tuple[Mapping[str, Any], dict[str, Any]]:
        """The query and the body, typed. Raises Invalid with the faults of both."""
        faults: list[Fault] = []
        query: Mapping[str, Any] = _NOTHING
        body: dict[str, Any] = {}
        try:
            query = self._query(request.query_string)
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

    def _read_query(self, query_string: bytes) -> Mapping[str, Any]:
        pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
        if self.operation.query is not None:
            return MappingProxyType(self.operation.query(pairs))
        if pairs:
            detail = "There is no such parameter here."
            raise Invalid([Fault("unknown-parameter", detail, parameter=n) for n, _ in pairs])
        return _NOTHING


class _Write:
    """A call that may change something: one transaction, its idempotency key inside it."""

    def __init__(self, call: Call, key: str | None, content: bytes | None) -> None:
        self._call = call
        self._claim = None
        if key is not None:
            vault = current_app.extensions["octavo.vault"]
            self._claim = idempotency.Claim(key, call.context, content or b"", vault)

    def run(self, handler: Callable[[], Answer]) -> Response:
        prepare = self._call.operation.prepare
        if prepare is not None:
            self._call.prepared = prepare(self._call)
        for attempt in range(_ATTEMPTS):
            try:
                return self._attempt(handler)
            except OperationalError as error:
                if attempt == _ATTEMPTS - 1 or not _is_transient(error):
                    raise
                time.sleep(0.01 * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, handler: Callable[[], Answer]) -> Response:
        refusal: DomainError | None = None
        try:
            with transaction():
                replayed = None if self._claim is None else self._claim.replay()
                if replayed is not None:
                    return replayed
                try:
                    response = rendered(handler())
                except DomainError as error:
                    if not error.keeps_changes:
                        raise
                    refusal = error
                else:
                    self._keep(response)
        except DomainError as error:
            return self._refused(error)
        if refusal is not None:
            raise refusal
        return response

    def _refused(self, error: DomainError) -> Response:
        """The answer to a refusal, after all it began was undone; a 409 is kept under the key."""
        if self._claim is None or PROBLEMS[as_problem(error).code].status != 409:
            raise error
        response = answer(error)
        with transaction():
            replayed = self._claim.replay()
            if replayed is not None:
                return replayed
            self._keep(response)
        return response

    def _keep(self, response: Response) -> None:
        if self._claim is not None:
            self._claim.keep(response)


def rendered(result: Answer) -> Response:
    """The response for what a handler gave back; 304 when the client has it already."""
    if result.stream is not None:
        return Response(
            result.stream, result.status, result.headers, content_type=result.content_type
        )
    if result.status == 204:
        return Response("", 204, result.headers)
    body = result.data if isinstance(result.data, bytes) else orjson.dumps(result.data)
    etag = entity_tag(body, result.tag)
    if request.method in SAFE and is_known(etag):
        response = Response(None, 304, result.headers)
    else:
        response = Response(body, result.status, result.headers, content_type=result.content_type)
    response.headers["ETag"] = etag
    return response


def _taken_types(handler: str, operation: Operation) -> tuple[str, ...]:
    if operation.takes:
        return tuple(operation.takes)
    return (MERGE_PATCH, JSON) if handler == "patch" else (JSON,)


def _is_transient(error: OperationalError) -> bool:
    return getattr(error.__cause__ or error.__context__, "sqlstate", None) in _TRANSIENT
