"""Callers whose every answer is held against the OpenAPI document."""

from typing import Any

import pytest

from api.app import Octavo
from tests.openapi.conformance import Document
from tests.support.people import Person


class Caller:
    """Calls the application as somebody, and checks each answer against the document."""

    def __init__(self, app: Octavo, document: Document, person: Person | None) -> None:
        self._client = app.test_client()
        self._document = document
        self._headers = person.headers if person else {}

    def __call__(self, method: str, path: str, **more: Any) -> Any:
        """One request."""
        headers = {**self._headers, **more.pop("headers", {})}
        response = self._client.open(path, method=method, headers=headers, **more)
        self._document.check(method, path.partition("?")[0], response)
        return response


@pytest.fixture
def document(app: Octavo) -> Document:
    """The document as the application serves it."""
    return Document(app.test_client().get("/openapi.json").get_data())


@pytest.fixture
def as_admin(app: Octavo, document: Document, admin: Person) -> Caller:
    """Calls as an administrator."""
    return Caller(app, document, admin)


@pytest.fixture
def as_nobody(app: Octavo, document: Document) -> Caller:
    """Calls without credentials."""
    return Caller(app, document, None)
