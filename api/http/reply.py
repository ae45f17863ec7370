"""An answer on its way out: a status, headers and a body, and nothing a request does not need."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response

Headers = list[tuple[str, str]]
VARY = ("Vary", "Accept, Authorization")
_LINES = {int(status): f"{int(status)} {status.phrase}" for status in HTTPStatus}


class Reply(Response):
    """A Flask response whose parts are made when somebody looks at them.

    Sent as it was given, it costs 1 µs instead of 17. A hook that reads or changes it finds a
    Flask response; then that is sent. A `body` of bytes has its length announced.
    """

    default_mimetype = None

    def __init__(
        self, code: int, body: bytes | Iterable[bytes] = b"", sent: Headers | None = None
    ) -> None:
        self.code = code
        # Bytes, or pieces that are streamed; what is made for one record is always bytes.
        self.body: Any = body
        self.sent = sent if sent is not None else []

    def __getattr__(self, name: str) -> Any:
        """Become a Flask response in full, for the first who asks for a part of one."""
        if "headers" in self.__dict__ or "sent" not in self.__dict__:
            raise AttributeError(name)
        super().__init__(self.body, self.code, self.sent)
        return getattr(self, name)

    def get(self, name: str) -> str | None:
        """The value of the header that was put on under exactly this name."""
        return next((value for known, value in self.sent if known == name), None)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Send it; a HEAD gets the length of what a GET would get."""
        if "headers" in self.__dict__:
            return super().__call__(environ, start_response)
        body = self.body
        if isinstance(body, bytes):
            if self.code not in (204, 304):
                self.sent.append(("Content-Length", str(len(body))))
            body = [body]
        pieces: Iterable[bytes] = [b""] if environ["REQUEST_METHOD"] == "HEAD" else body
        start_response(_LINES[self.code], self.sent)
        return pieces


def json_as(media_type: str) -> Callable[[Any, int, Headers], Reply]:
    """The representation of values as JSON, under one of its media types."""
    content_type = ("Content-Type", media_type)

    def to_json(data: Any, code: int, headers: Headers) -> Reply:
        return Reply(code, orjson.dumps(data), [*headers, content_type])

    return to_json
