"""A WSGI application that does nothing: what uWSGI itself costs."""

from typing import Any

_BODY = b"{}"


def application(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The same two bytes for everything."""
    start_response(
        "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(_BODY)))]
    )
    return [_BODY]
