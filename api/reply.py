"""An answer on its way out: a status, headers and a body, and nothing a request does not need."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

Headers = list[tuple[str, str]]
_LINES = {int(status): f"{int(status)} {status.phrase}" for status in HTTPStatus}


@dataclass(slots=True)
class Reply:
    """A WSGI application that gives one answer. A `body` of bytes has its length announced."""

    status: int
    body: bytes | Iterable[bytes] = b""
    headers: Headers = field(default_factory=list)

    def get(self, name: str) -> str | None:
        """The value of the header that was put on under exactly this name."""
        return next((value for known, value in self.headers if known == name), None)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Send it; a HEAD gets the length of what a GET would get."""
        body = self.body
        if isinstance(body, bytes):
            if self.status not in (204, 304):
                self.headers.append(("Content-Length", str(len(body))))
            body = [body]
        if environ["REQUEST_METHOD"] == "HEAD":
            body = [b""]
        start_response(_LINES[self.status], self.headers)
        return body
