"""The application: put together from its settings."""

from typing import Any

from flask import Flask, Response, request
from flask_restful import Api as FlaskRestfulApi
from werkzeug.routing import BaseConverter, ValidationError

from api import logs, plans, problems, settings as settings_module
from api.admission import PREFIX, Admission
from api.credentials import Credentials
from api.edge import Edge
from api.idempotency import Vault
from api.limits import Limits
from api.metrics import Metrics
from api.settings import Settings
from api.tokens import Signer
from models import database
from resources import service

LARGEST_ID = 2**63 - 1


class Octavo(Flask):
    """Flask, without what an API does not need."""

    def make_default_options_response(self) -> Response:
        """`OPTIONS`: no body, and `Allow`."""
        methods = self.create_url_adapter(request).allowed_methods()  # type: ignore[union-attr]
        return Response(status=204, headers={"Allow": ", ".join(sorted(methods))})


class Api(FlaskRestfulApi):  # type: ignore[misc]
    """Flask-RESTful's Api, which leaves errors to the application's one handler."""

    def _init_app(self, app: Flask) -> None:
        handlers = app.handle_exception, app.handle_user_exception
        super()._init_app(app)
        app.handle_exception, app.handle_user_exception = handlers  # type: ignore[method-assign]


class RecordId(BaseConverter):
    """Ids in paths: from 1 to 2^63 - 1, without leading zeros; anything else is another path."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        """The id."""
        number = int(value)
        if number > LARGEST_ID:
            raise ValidationError
        return number


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings, else for those of the environment.

    Raises SettingsError, and StartError when routes, declarations and policy do not fit.
    """
    settings = settings or settings_module.read()
    logs.configure(settings)
    database.connect(settings.database_url)
    app = Octavo("octavo", root_path=str(settings_module.ROOT), static_folder=None)
    app.config["SETTINGS"] = settings
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False
    app.url_map.converters["id"] = RecordId
    _extend(app, settings)
    problems.register(app)
    _route(app, settings)
    metrics = app.extensions["octavo.metrics"] = Metrics()
    app.wsgi_app = Edge(app.wsgi_app, settings, metrics)  # type: ignore[method-assign]
    return app


def _extend(app: Flask, settings: Settings) -> None:
    limits = Limits(settings)
    credentials = Credentials(settings, limits)
    parts: dict[str, Any] = {
        "limits": limits,
        "credentials": credentials,
        "cursors": Signer(settings.secret_keys, "cursor"),
        "vault": Vault(settings.secret_keys),
    }
    app.extensions.update({f"octavo.{name}": part for name, part in parts.items()})
    Admission(credentials, limits).register(app)


def _route(app: Flask, settings: Settings) -> None:
    api = Api(app, prefix=PREFIX)
    by_resource = plans.build(settings)
    for path, resource in plans.ROUTES:
        api.add_resource(resource, path, **plans.with_plans(resource, by_resource[resource]))
    service.register(app)
