"""SRU asked in few words."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import etree

from models import book
from tests.protocols.oai.answers import require_marcxml
from tests.support.people import NOBODY

Ask = Callable[..., "Answered"]

DIAGNOSTIC = "info:srw/diagnostic/1/"


class Answered:
    """A response, parsed without recovering, its MARC valid; names are without namespace."""

    def __init__(self, data: bytes) -> None:
        self.root = etree.fromstring(data)
        require_marcxml(self.root)

    def texts(self, name: str) -> list[str]:
        """The texts of all elements of a name."""
        found: list[str] = self.root.xpath(f"//*[local-name()='{name}']/text()")
        return found

    def all(self, name: str) -> list[Any]:
        """All elements of a name."""
        found: list[Any] = self.root.xpath(f"//*[local-name()='{name}']")
        return found

    @property
    def total(self) -> int:
        """How many were found."""
        [number] = self.texts("numberOfRecords")
        return int(number)

    @property
    def ids(self) -> list[int]:
        """The ids of the books given."""
        return [int(text) for text in self.texts("recordIdentifier")]

    @property
    def diagnostics(self) -> list[int]:
        """The numbers of the diagnostics."""
        return [int(uri.removeprefix(DIAGNOSTIC)) for uri in self.texts("uri")]


@pytest.fixture
def sru(client: FlaskClient) -> Ask:
    """Ask by GET, in version 1.2 unless told otherwise; None leaves a parameter out."""

    def ask(query: str | None = None, **given: Any) -> Answered:
        named = {"version": "1.2", "operation": "searchRetrieve", "query": query, **given}
        asked = {name: value for name, value in named.items() if value is not None}
        answer = client.get("/sru", query_string=asked)
        assert answer.status_code == 200
        assert answer.mimetype == "text/xml"
        return Answered(answer.data)

    return ask


def add(title: str, **fields: Any) -> int:
    """A book in the catalogue; its id."""
    return book.create({"title": title, **fields}, NOBODY).id
