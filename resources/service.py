"""Pages about the service itself: what it is, whether it is well, what its problems mean."""

import logging
from html import escape

import orjson
from flask import Flask, Response, current_app, request

from api import context
from api.admission import PREFIX
from api.metrics import CONTENT_TYPE
from api.negotiation import choose
from api.problem_codes import PROBLEMS
from api.problems import unavailable
from models import schema
from models.database import database
from models.errors import Missing
from models.outages import reason, steadily

HTML = "text/html"
JSON = "application/json"
TEXT = "text/plain"
_log = logging.getLogger("octavo.errors")


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
            "api": PREFIX,
            "links": {
                "books": f"{PREFIX}/books",
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
    faults = {"database": _fault_of_database()}
    if current_app.config["SETTINGS"].redis_url:
        is_well = current_app.extensions["octavo.limits"].is_well()
        faults["cache"] = None if is_well else "Redis does not answer"
    words = {name: "failing" if fault else "ok" for name, fault in faults.items()}
    failing = {name: fault for name, fault in faults.items() if fault}
    if not failing:
        return _json({"status": "ok", "parts": words})
    for name, fault in failing.items():
        _log.error("not ready", extra={"fields": {"part": name, "reason": fault}})
    raise unavailable(f"What fails: {', '.join(failing)}.", parts=words)


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


def _json(value: object) -> Response:
    choose((JSON,), context.of(request.environ))
    return Response(orjson.dumps(value), content_type=JSON)


def _fault_of_database() -> str | None:
    try:
        return None if steadily(_is_up_to_date) else "migrations are pending"
    except Exception as error:  # noqa: BLE001  whatever is wrong with it, it is not ready
        return reason(error) or type(error).__name__


def _is_up_to_date() -> bool:
    database.execute_sql("SELECT 1")
    return schema.is_current()
