"""Flask with all its hooks, and with nothing done for those that nobody registered."""

from contextvars import Token
from functools import cached_property, lru_cache, partial
from typing import Any

from flask import Flask, Response, request
from flask import Request as FlaskRequest
from flask.ctx import AppContext as FlaskAppContext
from flask.ctx import RequestContext as FlaskRequestContext
from flask.globals import _cv_app, _cv_request
from flask.sessions import NullSession, SessionInterface
from flask.signals import (
    appcontext_popped,
    appcontext_pushed,
    appcontext_tearing_down,
    request_finished,
    request_started,
    request_tearing_down,
)
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, MapAdapter, Rule

from api.context import ENVIRON_KEY, flask_context
from api.http.misdirected import is_path
from api.http.reply import Reply
from api.paths import RECORD_ID
from api.resource import enter

NO_SESSION = NullSession()
_NOT_GIVEN = object()


class NoSessions(SessionInterface):
    """The API has no sessions: Flask's own would be made anew for each request (2 µs)."""

    def open_session(self, app: Flask, request: FlaskRequest) -> NullSession:
        """The same nothing for every request."""
        return NO_SESSION


class Request(FlaskRequest):
    """A request whose parts are made when somebody looks at them: 14,000 instructions less.

    Its path and method are there from the beginning.
    """

    def __init__(
        self, environ: dict[str, Any], populate_request: bool = True, shallow: bool = False
    ) -> None:
        path: str = environ.get("PATH_INFO") or "/"
        if not path.isascii():
            super().__init__(environ, populate_request, shallow)
            return
        self.environ = environ
        self.shallow = shallow
        self.method = environ["REQUEST_METHOD"].upper()
        self.path = "/" + path.lstrip("/")
        if populate_request and not shallow:
            environ["werkzeug.request"] = self

    def __getattr__(self, name: str) -> Any:
        """Make all parts, for the first who asks for one that is missing."""
        if "headers" in self.__dict__ or "environ" not in self.__dict__:
            raise AttributeError(f"a request has no attribute {name!r}")
        super().__init__(self.environ, populate_request=False, shallow=self.shallow)
        return getattr(self, name)


class AppContext(FlaskAppContext):
    """Flask's, without an adapter of its own."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.url_adapter = None
        self.g = app.app_ctx_globals_class()
        self._cv_tokens: list[Token[FlaskAppContext]] = []


class RequestContext(FlaskRequestContext):
    """Flask's, with the usual paths looked up, and nothing done for hooks that nobody registered.

    Werkzeug matches a path piece by piece, as any rule needs it; most requests are for a fixed
    path, or for an id after one, which `Octavo.shortcuts` has. Of 492,000 instructions of a request
    for a book that saves 59,000, and hooks passed by 16,000.
    """

    app: "Octavo"

    def __init__(
        self, app: "Octavo", environ: dict[str, Any], request: Any = None, session: Any = None
    ) -> None:
        if request is None:
            request = app.request_class(environ)
            request.json_module = app.json
        self.app = app
        self.request = request
        self.flashes = None
        self._session = session
        self._after_request_functions = []
        self._cv_tokens = []

    @cached_property
    def url_adapter(self) -> MapAdapter | None:  # type: ignore[override]
        """What matches unusual paths, and builds URLs."""
        return self.app.create_url_adapter(self.request)

    def push(self) -> None:
        """Bind it, with a context of the application unless there is one, and find the rule."""
        app, asked = self.app, self.request
        outer: Any = _cv_app.get(None)
        made = None
        if outer is None or outer.app is not app:
            made = AppContext(app)
            made._cv_tokens.append(_cv_app.set(made))
            if appcontext_pushed.receivers:
                appcontext_pushed.send(app, _async_wrapper=app.ensure_sync)
        self._cv_tokens.append((_cv_request.set(self), made))
        if self._session is None:
            sessions = app.session_interface
            self._session = (
                NO_SESSION if type(sessions) is NoSessions else sessions.open_session(app, asked)
            )
        path, method = asked.path, asked.method
        rule = app.shortcuts.fixed.get((path, method))
        if rule is not None:
            asked.url_rule, asked.view_args = rule, {}
            return
        head, slash, last = path.rpartition("/")
        found = app.shortcuts.by_id.get((head + slash, method))
        if found is not None and RECORD_ID(last):
            asked.url_rule, asked.view_args = found[0], {found[1]: int(last)}
        else:
            self.match_request()

    def match_request(self) -> None:
        """Find the rule; a path whose parts cannot be read is none, also for other methods."""
        super().match_request()
        routes, asked = self.url_adapter, self.request
        is_method = isinstance(asked.routing_exception, MethodNotAllowed)
        if is_method and routes is not None and not is_path(asked.path, routes):
            asked.routing_exception = NotFound()

    def pop(self, exc: Any = _NOT_GIVEN) -> None:
        """Unbind it, after the hooks for that."""
        app, asked = self.app, self.request
        if (
            len(self._cv_tokens) != 1
            or app.teardown_request_funcs
            or app.teardown_appcontext_funcs
            or request_tearing_down.receivers
            or appcontext_tearing_down.receivers
            or appcontext_popped.receivers
            or "files" in asked.__dict__
        ):
            super().pop(*(() if exc is _NOT_GIVEN else (exc,)))
            return
        token, made = self._cv_tokens.pop()
        _cv_request.reset(token)
        # What refers to itself would wait for the garbage collector.
        asked.environ["werkzeug.request"] = None
        if made is not None:
            _cv_app.reset(made._cv_tokens.pop())


class Shortcuts:
    """The rules of paths that are fixed, or end with one id after a fixed beginning.

    By path, or what stands before the id, and method. Werkzeug would find the same ones: it tries
    fixed pieces first, and at one place only one rule takes an id.
    """

    def __init__(self, routes: Map) -> None:
        self.fixed: dict[tuple[str, str], Rule] = {}
        self.by_id: dict[tuple[str, str], tuple[Rule, str]] = {}
        for rule in routes.iter_rules():
            if rule.defaults or rule.alias or rule.redirect_to or rule.websocket or rule.subdomain:
                continue
            fixed, _, rest = rule.rule.partition("<")
            name = rest.removeprefix("id:").removesuffix(">")
            for method in rule.methods or ():
                if not rest:
                    self.fixed.setdefault((rule.rule, method), rule)
                elif rest == f"id:{name}>" and name.isidentifier():
                    self.by_id.setdefault((fixed, method), (rule, name))


class Octavo(Flask):
    """Flask, which finds out who calls before it dispatches.

    What Flask does for hooks is passed by where none is registered: 15 µs of each request.
    """

    session_interface = NoSessions()
    request_class = Request

    def __init__(self, *names: Any, **more: Any) -> None:
        super().__init__(*names, **more)
        self.request_context = partial(RequestContext, self)  # type: ignore[method-assign]
        # Flask looks at each view twice a request whether it is a coroutine (3 µs).
        self.ensure_sync = lru_cache(256)(self.ensure_sync)  # type: ignore[method-assign]

    @cached_property
    def shortcuts(self) -> Shortcuts:
        """The rules that are looked up; Flask adds none after the first request."""
        return Shortcuts(self.url_map)

    def full_dispatch_request(self) -> Any:
        """Answer one request, by Flask's whole way where a hook is registered."""
        if (
            self.before_request_funcs
            or self.after_request_funcs
            or self.url_value_preprocessors
            or request_started.receivers
            or request_finished.receivers
        ):
            return super().full_dispatch_request()
        try:
            answer = self.dispatch_request()
        except Exception as error:  # noqa: BLE001  as Flask itself does
            answer = self.handle_user_exception(error)
        # What the view asked for with `after_this_request` is a hook too.
        asked = flask_context()._after_request_functions
        if asked or not isinstance(answer, Response):
            return self.finalize_request(answer)
        return answer

    def dispatch_request(self) -> Any:
        """Check path, method, credentials and rate limit, then dispatch as Flask does."""
        current = flask_context().request
        enter(current, current.environ[ENVIRON_KEY], self.extensions)
        rule: Any = current.url_rule
        if current.method == "OPTIONS" and getattr(rule, "provide_automatic_options", False):
            return self.make_default_options_response()
        # Through proxies, as Flask has them, it would take 1 µs more.
        return self.ensure_sync(self.view_functions[rule.endpoint])(**(current.view_args or {}))

    def create_url_adapter(self, request: FlaskRequest | None) -> MapAdapter | None:
        """Routes do not depend on the host: looking at it would cost 12 µs."""
        if request is None:
            return None
        return MapAdapter(self.url_map, "", "/", "", "http", request.path, request.method)

    def make_default_options_response(self) -> Response:
        """`OPTIONS`: no body, and `Allow`."""
        adapter = self.url_map.bind("", path_info=request.path)
        return Reply(204, b"", [("Allow", ", ".join(sorted(adapter.allowed_methods())))])
