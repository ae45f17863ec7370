"""Flask with all its hooks, and with nothing done for those that nobody registered."""

from functools import lru_cache
from typing import Any

from flask import Flask, Response, request
from flask import Request as FlaskRequest
from flask.sessions import NullSession, SessionInterface
from flask.signals import (
    appcontext_tearing_down,
    request_finished,
    request_started,
    request_tearing_down,
)
from werkzeug.routing import MapAdapter

from api.context import ENVIRON_KEY, flask_context
from api.http.reply import Reply
from api.resource import enter


class NoSessions(SessionInterface):
    """The API has no sessions: Flask's own would be made anew for each request (2 µs)."""

    _none = NullSession()

    def open_session(self, app: Flask, request: FlaskRequest) -> NullSession:
        """The same nothing for every request."""
        return self._none


class Request(FlaskRequest):
    """A request whose forms nobody reads: no files are open at its end."""

    def close(self) -> None:
        """Close the files that an extension may have read."""
        if "files" in self.__dict__:
            super().close()


class Octavo(Flask):
    """Flask, which finds out who calls before it dispatches.

    What Flask does for hooks is passed by where none is registered: 15 µs of each request.
    """

    session_interface = NoSessions()
    request_class = Request

    def __init__(self, *names: Any, **more: Any) -> None:
        super().__init__(*names, **more)
        # Flask looks at each view twice a request whether it is a coroutine (3 µs).
        self.ensure_sync = lru_cache(256)(self.ensure_sync)  # type: ignore[method-assign]

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
        return super().dispatch_request()

    def do_teardown_request(self, exc: BaseException | None = None) -> None:
        """Run the hooks at the end of a request, if there are any."""
        if self.teardown_request_funcs or request_tearing_down.receivers:
            super().do_teardown_request(exc)

    def do_teardown_appcontext(self, exc: BaseException | None = None) -> None:
        """Run the hooks at the end of an application context, if there are any."""
        if self.teardown_appcontext_funcs or appcontext_tearing_down.receivers:
            super().do_teardown_appcontext(exc)

    def create_url_adapter(self, request: FlaskRequest | None) -> MapAdapter | None:
        """Routes do not depend on the host: looking at it would cost 12 µs."""
        if request is None:
            return None
        return MapAdapter(self.url_map, "", "/", "", "http", request.path, request.method)

    def make_default_options_response(self) -> Response:
        """`OPTIONS`: no body, and `Allow`."""
        adapter = self.url_map.bind("", path_info=request.path)
        return Reply(204, b"", [("Allow", ", ".join(sorted(adapter.allowed_methods())))])
