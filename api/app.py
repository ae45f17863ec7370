"""The application: put together from its settings."""

from typing import Any

from flask import Flask, request
from flask_restful import Api as FlaskRestfulApi

import pages
from api import calling, cli, logs, outgoing, paths, problems, registry
from api import context as contexts
from api import settings as settings_module
from api.auth.authentication import Authentication
from api.auth.permission import access
from api.auth.tokens import LONGEST_CURSOR, Signer
from api.http import representations
from api.http.idempotency import Vault
from api.http.reply import Reply
from api.middleware.cors import Cors
from api.middleware.metrics import Metrics
from api.middleware.rate_limits import Limits
from api.middleware.request_log import RequestLog
from api.middleware.response_cache import ResponseCache
from api.octavo import Octavo as Octavo
from api.openapi.collections import collections
from api.openapi.document import document
from api.paths import PREFIX
from api.resource import Resource
from api.routes import ROUTES
from api.settings import Settings
from circulation import rulebook
from models import database, replica
from protocols.oai import views as oai
from protocols.sru import views as sru
from resources import docs, service


class Api(FlaskRestfulApi):
    """Flask-RESTful's Api, whose errors are problem documents on every path."""

    def _init_app(self, app: Flask) -> None:
        """Leave Flask's own handling of errors in place, so that the handlers of others count."""
        app.register_error_handler(Exception, self.handle_error)

    def output(self, resource: Any) -> Any:
        """The view as it is where it gives responses, as all of ours do."""
        return resource if issubclass(resource.view_class, Resource) else super().output(resource)

    def handle_error(self, e: Exception) -> Reply:
        """The problem document for any error; one that nobody foresaw is signalled, as by Flask."""
        return problems.handled(self.app, e, contexts.of(request.environ))


def create_app(settings: Settings | None = None) -> Octavo:
    """The application for these settings, else for those of the environment.

    Raises SettingsError, StartError when routes, declarations and permissions do not fit, and
    UnknownRule for a schema that the OpenAPI document cannot show.
    """
    settings = settings or settings_module.read()
    logs.configure(settings)
    database.connect(settings.database_url)
    replica.use(settings.database_read_url, settings.replica_max_lag_seconds)
    rulebook.use_currency(settings.currency)
    outgoing.begin(settings)
    app = Octavo("octavo", root_path=str(settings_module.ROOT), static_folder=None)
    app.config["SETTINGS"] = settings
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False
    app.url_map.converters.update(paths.CONVERTERS)
    _extend(app, settings)
    _route(app, settings)
    cli.register(app)
    _wrap(app, settings)
    return app


def _extend(app: Octavo, settings: Settings) -> None:
    limits = Limits(settings)
    parts: dict[str, Any] = {
        "limits": limits,
        "authentication": Authentication(settings, limits),
        "cursors": Signer(settings.secret_keys, "cursor", LONGEST_CURSOR),
        "vault": Vault(settings.secret_keys),
        "metrics": Metrics(),
    }
    app.extensions.update({f"octavo.{name}": part for name, part in parts.items()})


def _route(app: Octavo, settings: Settings) -> None:
    api = Api(app, prefix=PREFIX)
    for media_type, represent in representations.ALL.items():
        api.representation(media_type)(represent)
    served = registry.serve(settings, app.extensions["octavo.vault"], api.representations)
    for path, resource in ROUTES:
        api.add_resource(
            resource,
            path,
            endpoint=resource.__name__,
            resource_class_kwargs={"served": served[resource]},
        )
    app.extensions["octavo.operations"] = calling.Operations(ROUTES, served)
    opened = access(settings)
    service.register(app, collections(opened))
    oai.register(app)
    sru.register(app)
    docs.register(app, document(opened))
    pages.register(app)


def _wrap(app: Octavo, settings: Settings) -> None:
    """Put the WSGI layers around the application, the outermost last."""
    limits, metrics = app.extensions["octavo.limits"], app.extensions["octavo.metrics"]
    cors = Cors(app.wsgi_app, settings.cors_origins) if settings.cors_origins else None
    log = RequestLog(cors or app.wsgi_app, settings, metrics)
    app.wsgi_app = ResponseCache(log, limits, metrics, cors)  # type: ignore[method-assign]
