"""A library with an administrator, called in process, every answer held against the document."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from api import settings
from api.app import create_app
from api.passwords import hashed
from models import user
from models.audit import Actor
from models.database import database
from tests.openapi.conformance import Document

ADMIN = ("admin@example.org", "an open secret")


class Caller:
    """Calls the API as somebody, and checks each answer against the document."""

    def __init__(self, app: Any, document: Document, auth: tuple[str, str] | None) -> None:
        self._client = app.test_client()
        self._document = document
        self._auth = auth

    def __call__(self, method: str, path: str, **more: Any) -> Any:
        """One request."""
        response = self._client.open(path, method=method, auth=self._auth, **more)
        self._document.check(method, path.partition("?")[0], response)
        return response


@pytest.fixture
def app(sqlite_template: Path, tmp_path: Path) -> Iterator[Any]:
    """The application, with an administrator and nothing else."""
    path = tmp_path / "octavo.db"
    copyfile(sqlite_template, path)
    environ = {
        "OCTAVO_ENV": "testing",
        "SECRET_KEY": "k" * 40,
        "DATABASE_URL": f"sqlite:///{path}",
        "PASSWORD_ROUNDS": "4",
        "RATE_LIMIT_LOGIN": "off",
    }
    made = create_app(settings.read(environ))
    names = {"first_name": "Ada", "last_name": "Lovelace"}
    account = {"email": ADMIN[0], **names, "role": "admin"}
    user.create(account, hashed(ADMIN[1], 4), Actor(None, "test"))
    yield made
    database.close()


@pytest.fixture
def document(app: Any) -> Document:
    """The document as the application serves it."""
    return Document(app.test_client().get("/openapi.json").get_data())


@pytest.fixture
def admin(app: Any, document: Document) -> Caller:
    """Calls as the administrator."""
    return Caller(app, document, ADMIN)


@pytest.fixture
def nobody(app: Any, document: Document) -> Caller:
    """Calls without credentials."""
    return Caller(app, document, None)
