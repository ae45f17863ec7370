"""An application for uWSGI whose answers are streams, some of which break off."""

import signal
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import uwsgi

from api.middleware.uwsgi_http import Transport

PIECE = b"x" * 100_000


def _streams(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/silent":
        signal.pause()
    start_response("200 OK", [("Content-Type", "application/x-ndjson")])
    return _pieces(environ["PATH_INFO"])


def _pieces(path: str) -> Iterator[bytes]:
    for _ in range(10):
        yield PIECE
        if path == "/slow":
            time.sleep(0.45)
    if path == "/breaks":
        raise RuntimeError("this is meant to happen")
    if path == "/hangs":
        signal.pause()


application = Transport(_streams, uwsgi)
