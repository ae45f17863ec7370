"""Whatever can be read answers on both databases, with each parameter that it takes."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from api import settings
from api.app import Octavo, create_app
from api.paths import PREFIX
from models.database import is_sqlite
from tests.support import needs, servers
from tests.support.asking import Asker
from tests.support.browsing import Browsing
from tests.support.people import Person, add
from tests.unit.circulation.library import held, lent, member, owes, title

_SAMPLES = {"date": "2026-03-02", "date-time": "2026-03-02T09:00:00Z"}
_OF_NAME = {"isbn": "9780141439587", "issn": "03178471", "language": "eng", "cursor": ""}
_NOT_ASKED = "fields"


@pytest.fixture
def application(db: Any) -> Octavo:
    """The application on each database."""
    kind = "sqlite:///" if is_sqlite() else needs.POSTGRES.rpartition("/")[0] + "/"
    db.close()
    return create_app(settings.read({**servers.QUICK, "DATABASE_URL": kind + db.database}))


@pytest.fixture
def admin(application: Octavo) -> Person:
    """An administrator of a library where a little has happened."""
    book_id, [barcode, _] = title(2)
    borrower = member()
    lent(barcode, borrower)
    held(book_id, member())
    owes(borrower, 300)
    return add("admin", "admin@example.org")


def _values(parameter: dict[str, Any]) -> Iterator[str]:
    """Values that a parameter may have."""
    schema = parameter["schema"]
    one = schema.get("items", schema)
    if parameter["name"] in _OF_NAME:
        yield _OF_NAME[parameter["name"]]
    elif "enum" in one:
        yield from map(str, one["enum"])
    elif one.get("type") == "boolean":
        yield from ("true", "false")
    elif one.get("type") == "integer":
        yield "1"
    else:
        yield _SAMPLES.get(one.get("format", ""), "a")


def _questions(document: dict[str, Any]) -> Iterator[str]:
    """The address of everything that can be read, bare and with each parameter by itself."""
    for path, operations in document["paths"].items():
        if "get" not in operations or not path.startswith(PREFIX):
            continue
        asked = [_resolved(document, one) for one in operations["get"].get("parameters", ())]
        bare = path.removeprefix(PREFIX)
        for one in asked:
            if one["in"] == "path":
                bare = bare.replace(f"{{{one['name']}}}", next(_values(one)))
        yield bare
        for one in asked:
            if one["in"] == "query" and one["name"] != _NOT_ASKED:
                for value in _values(one):
                    yield f"{bare}?{one['name']}={quote(value)}"


def _resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """A part of the document, without a reference."""
    while "$ref" in part:
        found: Any = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    if "schema" in part:
        return {**part, "schema": _resolved(document, part["schema"])}
    return part


@pytest.mark.parametrize("accepted", ["*/*", "text/csv"])
def test_whatever_is_read_is_answered_on_both_databases(
    application: Octavo, admin: Person, accepted: str
) -> None:
    client = application.test_client()
    ask, document = Asker(client), orjson.loads(client.get("/openapi.json").data)
    answered = {
        path: ask.get(path, by=admin, headers={"Accept": accepted}).status_code
        for path in _questions(document)
    }
    assert {path: status for path, status in answered.items() if status >= 500} == {}
    assert {answered[path] for path in ("/loans", "/reports/members", "/holds?sort=id")} == {200}


_PARTS = {"kind": "overdue-1", "language": "eng", "day": "2026-03-02"}
_ASKED = ("", "?q=a", "?status=open", "?interval=month", "?from=2026-01-01&to=2026-02-01")


def _pages(application: Octavo) -> Iterator[str]:
    """The address of every page, with 1 for every id, and with what pages are asked."""
    for rule in application.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(PREFIX):
            path = re.sub(r"<(?:(\w+):)?\w+>", lambda part: _PARTS.get(part[1], "1"), rule.rule)
            yield from (path + asked for asked in _ASKED)


def test_every_page_is_answered_on_both_databases(application: Octavo, admin: Person) -> None:
    browsing, ask = Browsing(application), Asker(application.test_client())
    ask.post("/fees/1/payments", {"amount": 100, "method": "cash"}, by=admin)
    ask.post("/orders", {"title": "Emma", "book_id": 1}, by=admin)
    ask.post("/posts", {"title": "News", "content": "We are open."}, by=admin)
    ask.post("/stocktakes", {"name": "Summer"}, by=admin)
    assert browsing.sign_in(admin).status == 200
    answered = {path: browsing.go(path).status for path in _pages(application)}
    assert {path: status for path, status in answered.items() if status >= 500} == {}
    assert {answered["/desk"], answered["/desk/orders/1"], answered["/desk/stocktakes/1"]} == {200}
