"""Pages about the service itself: what it is, whether it is well, what its problems mean."""

from html import escape

import orjson
from flask import Flask, Response, current_app, request

from api import context
from api.metrics import CONTENT_TYPE
from api.negotiation import choose
from api.problem_codes import PROBLEMS
from models import schema
from models.database import database
from models.errors import Missing

HTML = "text/html"
JSON = "application/json"
TEXT = "text/plain"


def register(app: Flask) -> None:
    """Add the pages to the application."""
    for path, page in (
        ("/", index),
        ("/healthz", healthz),
        ("/readyz", readyz),
        ("/metrics", metrics),
        ("/problems/<code>", problem),
    ):
        app.add_url_rule(path, view_func=page)


def index() -> Response:
    """`/`: what this is, and where everything else is."""
    return _json(
        {
            "name": "Octavo",
            "description": "A lending library's catalogue, members, loans and news.",
            "links": {
                "api": "/api/v1",
                "books": "/api/v1/books",
                "docs": "/docs",
                "openapi": "/openapi.json",
                "health": "/healthz",
                "ready": "/readyz",
                "metrics": "/metrics",
            },
        }
    )


def healthz() -> Response:
    """`/healthz`: the process is alive."""
    return _json({"status": "ok"})


def readyz() -> Response:
    """`/readyz`: whether the parts it needs answer; 503 names those that do not."""
    parts = {"database": _database_is_well()}
    settings = current_app.config["SETTINGS"]
    if settings.redis_url:
        parts["cache"] = current_app.extensions["octavo.limits"].is_well()
    words = {name: "ok" if well else "failing" for name, well in parts.items()}
    well = all(parts.values())
    return _json({"status": "ok" if well else "failing", "parts": words}, 200 if well else 503)


def metrics() -> Response:
    """`/metrics`: for Prometheus."""
    choose((TEXT,), context.of(request.environ))
    text: bytes = current_app.extensions["octavo.metrics"].text()
    return Response(text, content_type=CONTENT_TYPE)


def problem(code: str) -> Response:
    """`/problems/{code}`: what a problem code means, for people or for programs."""
    known = PROBLEMS.get(code)
    if known is None:
        raise Missing("There is no such problem code.")
    if choose((JSON, HTML), context.of(request.environ)) == JSON:
        return _json({"code": code, **known._asdict()})
    title, meaning = escape(known.title), escape(known.meaning)
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<h1>{title}</h1><p><code>{escape(code)}</code>, status {known.status}</p>"
        f"<p>{meaning}</p></html>"
    )
    return Response(page, content_type="text/html; charset=utf-8")


def _json(value: object, status: int = 200) -> Response:
    choose((JSON,), context.of(request.environ))
    return Response(orjson.dumps(value), status, content_type=JSON)


def _database_is_well() -> bool:
    try:
        database.execute_sql("SELECT 1")
        return schema.is_current()
    except Exception:  # noqa: BLE001  whatever is wrong with it, it is not ready
        return False
