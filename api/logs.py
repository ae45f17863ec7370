"""Logs: one JSON object a line for machines, readable text for people."""

import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import has_request_context, request

from api import context
from api.settings import Settings
from models.outages import reason
from models.timestamps import stamp


class JsonFormatter(logging.Formatter):
    """A record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return orjson.dumps({**_head(record), **_fields(record), **_trace(record)}).decode()


class TextFormatter(logging.Formatter):
    """A record as a line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with the trace below it if there is one."""
        head = _head(record)
        fields = " ".join(f"{name}={value}" for name, value in _fields(record).items())
        line = f"{head['at'][11:19]} {head['level']:<7} {head['message']} {fields}".rstrip()
        return "\n".join([line, *_trace(record).values()])


class StandardError(logging.Handler):
    """Writes to standard error as it is at the moment, like the access log beside it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line."""
        sys.stderr.write(self.format(record) + "\n")


def configure(settings: Settings) -> None:
    """Send our logs to standard error in the settings' format."""
    handler = StandardError()
    handler.setFormatter(JsonFormatter() if settings.logs_json else TextFormatter())
    ours = logging.getLogger("octavo")
    ours.handlers[:] = [handler]
    ours.setLevel(logging.INFO)
    ours.propagate = False


def _head(record: logging.LogRecord) -> dict[str, str]:
    return {
        "at": stamp(datetime.fromtimestamp(record.created, UTC)),
        "level": record.levelname.lower(),
        "message": record.getMessage(),
    }


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """What the line was given, and the id of the request it was written in."""
    fields: dict[str, Any] = getattr(record, "fields", {})
    if not has_request_context():
        return fields
    return {**fields, "request_id": context.of(request.environ).request_id}


def _trace(record: logging.LogRecord) -> dict[str, str]:
    """Where an error came from, and why if that quotes no values, as its own message may."""
    if record.exc_info is None or record.exc_info[1] is None:
        return {}
    error = record.exc_info[1]
    steps = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    told = {"error": type(error).__name__, "trace": " < ".join(reversed(steps[-12:]))}
    why = reason(error)
    return told if why is None else {"reason": why, **told}
