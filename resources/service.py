"""Pages about the service itself: what it is, whether it is well, what its problems mean."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, current_app, render_template, request

from api import __version__, context
from api.auth.permission import Permission
from api.http.accept import choose
from api.library_metrics import Library
from api.middleware.metrics import CONTENT_TYPE
from api.paths import PREFIX
from api.problem_codes import PROBLEMS
from api.problems import unavailable
from api.revision import REVISION
from models import replica, schema
from models.database import database
from models.errors import Missing
from models.outages import reason

HTML = "text/html"
JSON = "application/json"
TEXT = "text/plain"
LINKS = {
    "api": PREFIX,
    "docs": "/docs",
    "openapi": "/openapi.json",
    "problems": "/problems",
    "health": "/healthz",
    "ready": "/readyz",
    "metrics": "/metrics",
}
_FILES = Path(__file__).with_name("service_pages")
_POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
_log = logging.getLogger("octavo.errors")

Collections = Mapping[str, tuple[str, Permission]]


def register(app: Flask, collections: Collections) -> None:
    """Add the pages; `collections` are the lists of the API by name: where, and who may read."""
    pages = Blueprint(
        "service",
        __name__,
        root_path=str(_FILES),
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600
    for path, page in (
        ("/healthz", healthz),
        ("/readyz", readyz),
        ("/metrics", metrics),
        ("/problems", problems),
        ("/problems/<code>", problem),
    ):
        pages.add_url_rule(path, view_func=page)
    pages.add_url_rule(PREFIX, "index", lambda: index(collections))
    app.register_blueprint(pages)


def about() -> Response:
    """`/` for programs: what this is, and where everything else is."""
    return _json(
        {
            "name": "Octavo",
            "version": __version__,
            "revision": REVISION,
            "description": "A lending library's catalogue, members, loans, holds, fees and news.",
            "api": PREFIX,
            "links": {"books": f"{PREFIX}/books", **LINKS},
        }
    )


def index(collections: Collections) -> Response:
    """`/api/v1`: name, version, and every list that the caller may read."""
    caller = context.of(request.environ).caller
    readable = {name: path for name, (path, rule) in collections.items() if rule.allows(caller)}
    links = {"self": PREFIX, "docs": "/docs", "openapi": "/openapi.json", "problems": "/problems"}
    running = {"name": "Octavo", "version": __version__, "revision": REVISION}
    response = _json({**running, "links": {**links, **readable}})
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def healthz() -> Response:
    """`/healthz`: the process is alive."""
    return _json({"status": "ok"})


def readyz() -> Response:
    """`/readyz`: whether the parts it needs answer and take writes; 503 names those that do not."""
    faults = {"database": _fault_of_database()}
    if current_app.config["SETTINGS"].redis_url:
        is_well = current_app.extensions["octavo.limits"].is_well()
        faults["cache"] = None if is_well else "Redis does not answer, or takes no writes"
    words = {name: "failing" if fault else "ok" for name, fault in faults.items()}
    failing = {name: fault for name, fault in faults.items() if fault}
    if not faults["database"] and replica.in_use() is not None:
        words["replica"] = _state_of_replica()
    if not failing:
        return _json({"status": "ok", "parts": words})
    for name, fault in failing.items():
        _log.error("not ready", extra={"fields": {"part": name, "reason": fault}})
    raise unavailable(f"What fails: {', '.join(failing)}.", parts=words)


def metrics() -> Response:
    """`/metrics`: for Prometheus."""
    choose((TEXT,), context.of(request.environ))
    parts = current_app.extensions
    library = Library(current_app.config["SETTINGS"], parts["octavo.limits"])
    text: bytes = parts["octavo.metrics"].text(library)
    return Response(text, content_type=CONTENT_TYPE)


def problems() -> Response:
    """`/problems`: every problem code there is."""
    known = [_explained(code) for code in sorted(PROBLEMS)]
    if choose((JSON, HTML), context.of(request.environ)) == JSON:
        return _json({"data": known})
    return _page("problems.html", problems=known)


def problem(code: str) -> Response:
    """`/problems/{code}`: what a problem code means, for people or for programs."""
    if code not in PROBLEMS:
        raise Missing("There is no such problem code; /problems lists them.")
    if choose((JSON, HTML), context.of(request.environ)) == JSON:
        return _json(_explained(code))
    return _page("problem.html", problem=_explained(code))


def _explained(code: str) -> dict[str, Any]:
    return {"code": code, **PROBLEMS[code]._asdict()}


def _json(value: object) -> Response:
    choose((JSON,), context.of(request.environ))
    return Response(orjson.dumps(value), content_type=JSON)


def _page(name: str, **values: Any) -> Response:
    response = Response(render_template(f"service/{name}", **values), content_type=_HTML_UTF8)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Vary"] = "Accept"
    return response


_HTML_UTF8 = "text/html; charset=utf-8"


def _fault_of_database() -> str | None:
    try:
        if not _is_up_to_date():
            return "migrations are pending"
        schema.write_through()
    except Exception as error:  # noqa: BLE001  whatever is wrong with it, it is not ready
        return reason(error) or type(error).__name__
    return None


def _state_of_replica() -> str:
    """`ok`, `late` or `away`. Without it everything is read from the primary: that is no fault."""
    lag = replica.lag()
    if lag is None:
        return "away"
    most = current_app.config["SETTINGS"].replica_max_lag_seconds
    return "ok" if lag <= most else "late"


def _is_up_to_date() -> bool:
    database.execute_sql("SELECT 1")
    return schema.is_current()
