"""Asking the application things in few words."""

from typing import Any

from flask.testing import FlaskClient

from tests.support.people import Person


class Asker:
    """A client of the API in this process; paths are those below `/api/v1`.

    `body` is sent as JSON, `raw` as it is; `by` is who asks, nobody by default. Answers are those
    of Flask's test client.
    """

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        by: Person | None = None,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
        address: str = "127.0.0.1",
    ) -> Any:
        """The answer to one request, sent from `address`."""
        sent = {**(by.headers if by else {}), **(headers or {})}
        if raw is not None:
            sent.setdefault("Content-Type", "application/json")
        content = {"json": body} if raw is None else {"data": raw}
        return self._client.open(
            "/api/v1" + path,
            method=method,
            headers=sent,
            environ_overrides={"REMOTE_ADDR": address},
            **content,
        )

    def get(self, path: str, **how: Any) -> Any:
        """GET."""
        return self("GET", path, **how)

    def post(self, path: str, body: Any = None, **how: Any) -> Any:
        """POST."""
        return self("POST", path, body, **how)

    def put(self, path: str, body: Any = None, **how: Any) -> Any:
        """PUT."""
        return self("PUT", path, body, **how)

    def patch(self, path: str, body: Any = None, **how: Any) -> Any:
        """PATCH."""
        return self("PATCH", path, body, **how)

    def delete(self, path: str, **how: Any) -> Any:
        """DELETE."""
        return self("DELETE", path, **how)
