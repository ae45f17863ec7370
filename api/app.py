"""The application: put together from its settings."""

from typing import Any

from flask import Flask, Request, Response, request
from flask.sessions import NullSession, SessionInterface
from flask_restful import Api as FlaskRestfulApi
from werkzeug.routing import BaseConverter, MapAdapter, ValidationError

from api import cli, context, logs, plans, problems
from api import settings as settings_module
from api.admission import PREFIX, Admission
from api.credentials import Credentials
from api.edge import Edge
from api.idempotency import Vault
from api.limits import Limits
from api.metrics import Metrics
from api.openapi.document import document
from api.pipeline import SAFE
from api.response_cache import ResponseCache
from api.routes import ROUTES
from api.settings import Settings
from api.tokens import LONGEST_CURSOR, Signer
from circulation import rulebook
from models import database
from models.outages import UNAVAILABLE
from resources import docs, service

LARGEST_ID = 2**63 - 1


class NoSessions(SessionInterface):
    """Sign-ins are tokens; there are no cookies."""

    _none = NullSession()

    def open_session(self, app: Flask, request: Request) -> NullSession:
        """The same nothing for every request."""
        return self._none


class Octavo(Flask):
    """Flask with its hooks replaced by one way through, readable from top to bottom."""

    session_interface = NoSessions()
    admission: Admission

    def full_dispatch_request(self) -> Any:
        """Answer one request, whatever happens."""
        now = context.of(request.environ)
        try:
            return self._dispatched(now)
        except Exception as error:  # noqa: BLE001  every error becomes a problem document
            return problems.answer(error, now)

    def _dispatched(self, now: context.Context) -> Any:
        """Answer, and try once more where the database had hung up and nothing is done twice."""
        try:
            return self._admitted(now)
        except UNAVAILABLE:
            if not database.recovered() or request.method not in SAFE:
                raise
        now.headers.clear()
        return self._admitted(now)

    def _admitted(self, now: context.Context) -> Any:
        self.admission.enter(now, request.url_rule, request.routing_exception)
        return self.dispatch_request()

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Routes do not depend on the host, so it is not looked at."""
        if request is None:
            return None
        return self.url_map.bind("", path_info=request.path, default_method=request.method)

    def make_default_options_response(self) -> Response:
        """`OPTIONS`: no body, and `Allow`."""
        adapter = self.url_map.bind("", path_info=request.path)
        answer = Response(
            status=204, headers={"Allow": ", ".join(sorted(adapter.allowed_methods()))}
        )
        del answer.headers["Content-Type"]
        return answer


class Api(FlaskRestfulApi):
    """Flask-RESTful's Api, which leaves errors and answers to us."""

    def _init_app(self, app: Flask) -> None:
        """Routes only: errors are answered in one place, `Octavo.full_dispatch_request`."""

    def output(self, resource: Any) -> Any:
        """The view as it is: its answers are ready to be sent."""
        return resource


class RecordId(BaseConverter):
    """Ids in paths: from 1 to 2^63 - 1, without leading zeros; anything else is another path."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        """The id."""
        number = int(value)
        if number > LARGEST_ID:
            raise ValidationError
        return number


def create_app(settings: Settings | None = None) -> Octavo:
    """The application for these settings, else for those of the environment.

    Raises SettingsError, StartError when routes, declarations and policy do not fit, and
    UnknownRule for a schema that the OpenAPI document cannot show.
    """
    settings = settings or settings_module.read()
    logs.configure(settings)
    database.connect(settings.database_url)
    rulebook.use_currency(settings.currency)
    app = Octavo("octavo", root_path=str(settings_module.ROOT), static_folder=None)
    app.config["SETTINGS"] = settings
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False
    app.url_map.converters["id"] = RecordId
    _extend(app, settings)
    _route(app, settings)
    cli.register(app)
    metrics = app.extensions["octavo.metrics"] = Metrics()
    cached = ResponseCache(app.wsgi_app, app.extensions["octavo.limits"])
    app.wsgi_app = Edge(cached, settings, metrics)  # type: ignore[method-assign]
    return app


def _extend(app: Octavo, settings: Settings) -> None:
    limits = Limits(settings)
    credentials = Credentials(settings, limits)
    parts: dict[str, Any] = {
        "limits": limits,
        "credentials": credentials,
        "cursors": Signer(settings.secret_keys, "cursor", LONGEST_CURSOR),
        "vault": Vault(settings.secret_keys),
    }
    app.extensions.update({f"octavo.{name}": part for name, part in parts.items()})
    app.admission = Admission(credentials, limits)


def _route(app: Octavo, settings: Settings) -> None:
    api = Api(app, prefix=PREFIX)
    by_resource = plans.build(settings, app.extensions["octavo.vault"])
    for path, resource in ROUTES:
        api.add_resource(
            resource,
            path,
            endpoint=resource.__name__,
            resource_class_kwargs={"plans": by_resource[resource]},
        )
    service.register(app)
    docs.register(app, document(plans.doors(settings)))
