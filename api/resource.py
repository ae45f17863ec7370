"""The one order in which every request is checked, from top to bottom: `enter`, then `checked`."""

from collections.abc import Callable, Mapping
from functools import partial, update_wrapper
from typing import Any

from flask import Request
from flask_restful import Resource as FlaskRestfulResource
from werkzeug.exceptions import MethodNotAllowed, NotFound

from api.auth.permission import require_roles
from api.context import ENVIRON_KEY, Caller, Context, flask_context
from api.http import idempotency
from api.http.accept import choose, require_type
from api.http.answering import replied
from api.http.body import json_object
from api.http.body import read as read_body
from api.http.conditional import if_match, require_match
from api.http.reply import VARY, Reply
from api.operation import Answer, Call, Served
from api.paths import PREFIX, template
from api.problems import Problem
from api.records import Row
from api.sent_back import require_present
from api.transaction import transacted
from models import replica
from models.errors import Missing
from models.kept import LONGEST
from validators.engine.errors import Fault, Invalid

Run = Callable[..., Answer]


def enter(  # noqa: C901  the order of checks, on one page
    request: Request, context: Context, parts: Mapping[str, Any]
) -> None:
    """Path, method, credentials, rate limit: what is checked before an operation is known.

    `parts` are the extensions of the application. Raises NotFound, MethodNotAllowed, Problem 401
    and 429.
    """
    fault: Exception | None = request.routing_exception  # 404, 405
    rule, environ = request.url_rule, context.environ
    if rule is not None:
        context.route = template(rule.rule)
        if not context.method.isupper():
            # Methods are case-sensitive (RFC 9110, 9.1); the router's are not.
            fault = MethodNotAllowed(rule.methods)
    if environ.get("PATH_INFO", "").startswith("//"):
        # The router would take it for the path with one slash, past the rate limits.
        fault, context.route = NotFound(), None
    if request.path.startswith(PREFIX):
        context.headers.append(VARY)
        try:
            if "HTTP_AUTHORIZATION" in environ:
                context.caller = parts["octavo.authentication"].caller()
        except Problem as problem:  # 401, or 429 for too many wrong passwords
            fault = fault or problem
            if problem.code == "rate-limited":
                raise fault from None
        parts["octavo.limits"].charge(context)  # 429
    if fault is not None:
        raise fault


def checked(handler: Run) -> Callable[..., Reply]:
    """Run a verb method as the operation that it declares: the decorator of every resource.

    The call raises whatever `api.problems` turns into an answer.
    """
    served: Served = handler.__self__.served[handler.__name__]  # type: ignore[attr-defined]

    def run(**path: Any) -> Reply:
        return perform(served, handler, flask_context().request.environ[ENVIRON_KEY], path)

    return run


def perform(  # noqa: C901  the order of checks, on one page
    served: Served, handler: Run, context: Context, path: dict[str, Any]
) -> Reply:
    """Run an operation for the caller in the context; `path` are the parameters of its path.

    The reply is what the API answers. Raises whatever `api.problems` turns into an answer. What
    most requests need not be checked for is asked here, before a function is called for it: that
    saves 3 µs of each.
    """
    environ, caller, permission = context.environ, context.caller, served.permission
    if permission.kinds is not None:
        permission = permission.for_query(context.query_string)
    if served.parameter:
        record_id = path.pop(served.parameter)
    else:
        record_id = served.own_id(caller) if served.record else None
    if served.is_restricted:
        permission.require_access(caller, lambda: _known(served, caller, record_id))  # 401, 403
    if permission.may is not None:
        _forbid(served, caller, record_id)  # 403
    accepted, wanted = served.offered, environ.get("HTTP_ACCEPT")
    if wanted and wanted != accepted and wanted != "*/*":
        accepted = choose(served.operation.offers, context)  # 406
    content = _content(served, context) if served.reads_body else None  # 415, 413
    text = context.query_string
    body: dict[str, Any] = {}
    if content is not None:
        query, body = _validated(served, text, content)  # 400
    else:
        query = served.kept_query(text) if len(text) <= LONGEST else served.query(text)  # 400
    if permission.self_check:
        permission.require_parameter(caller, query)  # 403
    key = demanded = None
    if served.takes_key and "HTTP_IDEMPOTENCY_KEY" in environ:
        key = idempotency.key_of_request(context)  # 400
    elif idempotency.OF_FORM in environ and served.writes:
        key = environ[idempotency.OF_FORM]
    if served.compares:
        demanded = if_match(context)  # 400
    call = Call(context, served, query, body, accepted, content=content or b"", if_match=demanded)
    if body and served.record is None:
        _require_fields(call, None)  # 403
    if served.on_replica is not None and served.on_replica(call):
        return replica.read(lambda: replied(call, _acted(call, handler, record_id, path)))
    if not served.writes and key is None:
        return replied(call, _acted(call, handler, record_id, path))
    return _written(call, handler, key, record_id, path)


def _acted(call: Call, handler: Run, record_id: Any, path: dict[str, Any]) -> Answer:
    """What is checked of the record, in the transaction if there is one, and then the handler."""
    served, caller = call.served, call.context.caller
    if served.record is None:
        if served.compares:
            require_present(call, handler.__self__, None, path)  # type: ignore[attr-defined]
        return handler(call, **path)
    find = served.record.lock if served.writes else served.record.find
    row = find(record_id) if served.find is None else served.find(call, record_id)  # 404
    if served.permission.owner is not None:
        served.permission.require_known(caller, served.record, row)  # 404
    if served.writes:
        served.permission.require_may(caller, row)  # 403
    if call.body:
        _require_fields(call, row)  # 403
    if served.operation.check is not None:
        served.operation.check(call, row)  # 400
    if served.compares:
        require_present(call, handler.__self__, record_id, path)  # type: ignore[attr-defined]  # 400
        required = served.settings.require_if_match
        require_match(call.if_match, row.tag, required=required)  # 412, 428
    return handler(call, row, **path)  # 409


def _written(
    call: Call, handler: Run, key: str | None, record_id: Any, path: dict[str, Any]
) -> Reply:
    """Prepare what takes long, then act in one transaction with the idempotency key."""
    try:
        prepare = call.served.operation.prepare
        if prepare is not None:
            call.prepared = prepare(call)
        claim = None
        if key is not None:
            claim = idempotency.Claim(key, call.context, call.content, call.served.vault)
        return transacted(
            lambda: replied(call, _acted(call, handler, record_id, path)), claim, call.context
        )
    finally:
        for step in call.at_end:
            step()


class Resource(FlaskRestfulResource):
    """A noun of the API; its verb methods are declared with `api.operation.operation`."""

    # One instance serves all requests: it keeps nothing between them.
    init_every_request = False
    method_decorators = [checked]  # noqa: RUF012  a list, as Flask-RESTful wants it

    def __init__(self, served: Mapping[str, Served]) -> None:
        self.served = served
        self._verbs: dict[str, Callable[..., Reply]] = {}
        for method in self.methods or ():
            verb: Any = getattr(self, method.lower())
            for decorate in self.method_decorators:
                verb = decorate(verb)
            self._verbs[method] = verb

    @classmethod
    def as_view(cls, name: str, *given: Any, **named: Any) -> Any:
        """The view that Flask makes, which does not ask for each request if it is a coroutine.

        Flask asks through its proxies; with `Api.output` it takes 7,000 instructions.
        """
        made = super().as_view(name, *given, **named)
        if cls.decorators:
            return made
        return update_wrapper(partial(cls(*given, **named).dispatch_request), made)

    def dispatch_request(self, **path: Any) -> Reply:
        """Run the verb method that the request names, `get` for HEAD, as decorated at the start.

        Flask-RESTful decorates it for each request, and asks its proxy for each thing it needs of
        that: 15,000 instructions.
        """
        method = flask_context().request.method
        return self._verbs["GET" if method == "HEAD" else method](**path)


def _known(served: Served, caller: Caller, record_id: Any) -> Row:
    """The record in the path, if there is one. Raises Missing, also for one that is hidden."""
    if served.record is None:
        return None
    row = served.record.find(record_id)
    served.permission.require_known(caller, served.record, row)
    return row


def _forbid(served: Served, caller: Caller, record_id: Any) -> None:
    """Refuse before the body is read what may not be done to a record; a missing one waits."""
    try:
        row = _known(served, caller, record_id)
    except Missing:
        return
    served.permission.require_may(caller, row)


def _require_fields(call: Call, row: Row) -> None:
    """Refuse fields and changes that are not the caller's to make; `row` is the record, if any."""
    caller, body = call.context.caller, call.served.operation.body
    if body is not None and body.roles:
        defaults = call.served.defaults
        require_roles(
            caller,
            body.roles,
            call.body,
            defaults.get if row is None else lambda name: getattr(row, name, None),
            () if row is None or caller.reads_notes else body.staff_only,
        )
    call.served.permission.require_change(caller, row, call.body)


def _content(served: Served, context: Context) -> bytes | None:
    """The body as it came, or None where none is read here, or none came and none is needed."""
    operation = served.operation
    if operation.body is None:
        if operation.takes:
            require_type(served.takes, context)
        return None
    limit = served.settings.max_body_bytes
    if not operation.body_optional:
        require_type(served.takes, context)
        return read_body(context, limit)
    content = read_body(context, limit)
    if content:
        require_type(served.takes, context)
    return content or None


def _validated(
    served: Served, query_string: str, content: bytes
) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """The query and the body, read by their schemas. Raises Invalid with the faults of both."""
    faults: list[Fault] = []
    query: Mapping[str, Any] = {}
    body: dict[str, Any] = {}
    try:
        query = served.query(query_string)
    except Invalid as invalid:
        faults += invalid.errors
    if served.operation.body is not None:
        document = json_object(content)
        try:
            body = served.operation.body(document)
        except Invalid as invalid:
            faults += invalid.errors
    if faults:
        raise Invalid(faults)
    return query, body
