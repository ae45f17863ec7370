"""The access log: one line for each request, written without the weight of `logging`."""

import sys
import time
from collections.abc import Callable
from typing import Any

import orjson

from api.context import Context
from api.settings import Settings

Line = dict[str, Any]


class AccessLog:
    """Writes method, route, status, duration, caller id and request id; nothing personal."""

    def __init__(self, settings: Settings) -> None:
        self._format: Callable[[Line], str] = _as_json if settings.logs_json else _as_text
        self._second = 0
        self._at = ""

    def write(
        self, context: Context, method: str, status: int, seconds: float, *, whole: bool = True
    ) -> None:
        """Write the line of a finished request; `whole` is whether all of its answer was sent."""
        line = {
            "at": self._now(),
            "level": "info",
            "message": "request",
            "method": method,
            "route": context.route,
            "status": status,
            "duration_ms": round(seconds * 1000, 2),
            "caller": context.caller.id,
            "request_id": context.request_id,
        }
        if not whole:
            line |= {"level": "warning", "message": "request broke off"}
        sys.stderr.write(self._format(line))

    def _now(self) -> str:
        second = int(time.time())
        if second != self._second:
            self._second = second
            self._at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))
        return self._at


def _as_json(line: Line) -> str:
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE).decode()


def _as_text(line: Line) -> str:
    caller = "" if line["caller"] is None else f" caller={line['caller']}"
    broken = "" if line["level"] == "info" else " broke off"
    return (
        f"{line['at'][11:19]} {line['status']} {line['method']:<6} {line['route'] or '-'}"
        f" {line['duration_ms']} ms{caller} {line['request_id']}{broken}\n"
    )
