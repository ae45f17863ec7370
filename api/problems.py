"""Errors as clients see them: one shape (RFC 9457), made from domain errors and from HTTP's own."""

import errno
import logging
from typing import Any
from urllib.parse import unquote

import orjson
from flask import Flask, current_app
from flask.signals import got_request_exception
from peewee import DatabaseError, DataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from api.context import Context
from api.http.misdirected import unknown_method, unknown_path
from api.http.reply import Reply
from api.problem_codes import PROBLEMS
from models import database_files
from models.errors import Conflict, DomainError, Missing, Stale, Unacceptable
from models.outages import UNAVAILABLE, Kind, kind
from validators.engine.errors import Invalid

MEDIA_TYPE = "application/problem+json"
CHALLENGE = 'Bearer realm="octavo", Basic realm="octavo", charset="UTF-8"'
_HTTP_CODES = {
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "body-too-large",
    415: "unsupported-media-type",
}
_OUTAGES: dict[Kind, str] = {
    "busy": "The database is busy.",
    "full": "There is no space left to store anything.",
    "away": "The database does not answer.",
    "read_only": "The database takes no writes at the moment.",
    "failing": "The database cannot be used at the moment.",
    "unknown": (
        "The connection to the database broke while this was stored. It is done or it is not: look"
        " before you send it again, or send it again with the same Idempotency-Key."
    ),
}
_FULL = (errno.ENOSPC, errno.EDQUOT)
_log = logging.getLogger("octavo.errors")


class Problem(Exception):
    """An answer that is a problem, raised where HTTP itself is at fault.

    `code` is one of `PROBLEMS`, which gives the status; `extra` becomes members of the document.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.headers = headers or {}
        self.extra = extra


def document(context: Context, code: str, detail: str, **extra: Any) -> dict[str, Any]:
    """The problem document of a request."""
    known = PROBLEMS[code]
    return {
        "type": f"/problems/{code}",
        "title": known.title,
        "status": known.status,
        "detail": detail,
        "instance": context.reference,
        "code": code,
        "request_id": context.request_id,
        **extra,
    }


def handled(app: Flask, error: Exception, context: Context) -> Reply:
    """The reply to any exception; one that nobody foresaw is signalled, as by Flask."""
    reply = answer(error, context)
    if reply.code >= 500 and not isinstance(error, Problem):
        got_request_exception.send(app, exception=error)
    return reply


def answer(error: Exception, context: Context) -> Reply:
    """The reply to any exception; one that nobody foresaw is logged with the request's id."""
    problem = as_problem(error)
    if isinstance(error, NotFound):
        problem.detail = unknown_path(context.path, current_app.url_map.bind(""))
    elif isinstance(error, MethodNotAllowed):
        problem.detail = unknown_method(context.method, error)
    context.code = problem.code
    status = PROBLEMS[problem.code].status
    if status >= 500 and not isinstance(error, Problem):
        known = {"request_id": context.request_id, "route": context.route}
        _log.error(problem.code, exc_info=error, extra={"fields": known})
    body = orjson.dumps(document(context, problem.code, problem.detail, **problem.extra))
    headers = [("Content-Type", MEDIA_TYPE), *problem.headers.items()]
    if status == 401:
        headers.append(("WWW-Authenticate", CHALLENGE))
    return Reply(status, body, headers)


def unavailable(detail: str, **extra: Any) -> Problem:
    """What is told when a part is busy or down, which may be over in a moment."""
    return Problem("unavailable", detail, headers={"Retry-After": "1"}, **extra)


def as_problem(error: Exception) -> Problem:
    """What the caller is told of any exception."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Invalid):
        faults = [fault.as_dict() for fault in error.errors]
        return Problem("invalid", _summary(faults), errors=faults)
    if isinstance(error, Unacceptable):
        faults = [
            {"pointer": one.pointer, "code": one.fault, "detail": one.detail}
            for one in (error, *error.others)
        ]
        return Problem("invalid", _summary(faults), errors=faults)
    if isinstance(error, DomainError):
        return Problem(_known(error), error.detail, **error.extra)
    if isinstance(error, HTTPException):
        return _http(error)
    return _unforeseen(error)


def _summary(faults: list[dict[str, Any]]) -> str:
    """The first fault with its place, and how many more there are."""
    first, more = faults[0], len(faults) - 1
    place = _place(first)
    told = f"{place}: {first['detail']}" if place else str(first["detail"])
    if not more:
        return told
    return f"{told} {more} more {'fault is' if more == 1 else 'faults are'} listed in errors."


def _place(fault: dict[str, Any]) -> str:
    """The parameter or field of a fault; `""` is one without a name, nothing the whole body."""
    pointer = fault.get("pointer", "").removeprefix("#")
    if "parameter" not in fault and not pointer:
        return ""
    return fault.get("parameter", unquote(pointer.removeprefix("/"))) or '""'


def _known(error: DomainError) -> str:
    if error.code in PROBLEMS:
        return error.code
    kinds = ((Missing, "not-found"), (Stale, "stale"), (Conflict, "conflict"))
    return next((code for kind, code in kinds if isinstance(error, kind)), "internal")


def _http(error: HTTPException) -> Problem:
    status = error.code or 500
    code = _HTTP_CODES.get(status, "bad-request" if status < 500 else "internal")
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return Problem(code, PROBLEMS[code].meaning.replace("`", ""), headers=headers)


def _unforeseen(error: Exception) -> Problem:
    if isinstance(error, DataError):
        return Problem("bad-request", "A value in the request cannot be stored.")
    if isinstance(error, UNAVAILABLE) or type(error) is DatabaseError:  # A damaged file.
        told = kind(error)
        if told == "away" and database_files.is_disk_full():
            told = "full"
        return unavailable(_OUTAGES[told], **({"outcome": told} if told == "unknown" else {}))
    if isinstance(error, OSError) and error.errno in _FULL:
        return unavailable(_OUTAGES["full"])
    return Problem("internal", "Nothing was changed.")
