"""Whatever is sent, the answer is never a 500: any body, any query, any headers."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.app import Octavo, create_app
from api.registry import operations
from api.settings import read
from models.database import database, transaction
from tests.api.test_permissions import TABLE, Row, World
from tests.support import servers

BOUNDED = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    | st.sampled_from(["", "2026-02-29", "\u0000", "a@b.cd", "978", "é" * 70, "1", "-1", "\ufffe"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
HEADER_TEXT = st.text(
    st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\r\n"), max_size=80
)
HEADERS = (
    "Accept",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Origin",
    "Transfer-Encoding",
    "X-Forwarded-For",
    "X-Request-ID",
)
ALIKE = {
    "Accept": ["*/*;q=x", "a/b;q=9", ";", ",,", "application/json;q=nan", "*/*;q=1e999"],
    "Authorization": [
        "Bearer octavo_1_",
        "Basic =",
        "Bearer .",
        "Basic ::::",
        "Bearer " + "." * 99,
    ],
    "Idempotency-Key": ['"', '""', "'a'", "a" * 65],
    "If-Match": ['W/""', '"book-1.', "*,*", '"' * 99],
    "If-None-Match": ['W/""', '"book-1.', "*,*", '"' * 99],
}


@pytest.fixture(scope="module")
def started(sqlite_template: Path) -> Iterator[tuple[Octavo, World]]:
    """One application with one small library for all that is sent here."""
    with TemporaryDirectory(prefix="octavo-") as folder:
        path = Path(folder) / "app.db"
        copyfile(sqlite_template, path)
        environ = {**servers.QUICK, "DATABASE_URL": f"sqlite:///{path}"}
        created = create_app(read(environ))
        with transaction():
            world = World(created)
            assert world.loan_id
            assert world.hold_id
        yield created, world
        database.obj.close()
        database.initialize(None)


@pytest.fixture
def client(started: tuple[Octavo, World]) -> FlaskClient:
    """A client of that application."""
    return started[0].test_client()


@pytest.fixture
def world(started: tuple[Octavo, World]) -> World:
    """What is in that library."""
    return started[1]


def rows(*methods: str) -> list[Row]:
    """One row of the permission table for each operation with one of these methods."""
    first = {row.operation: row for row in reversed(TABLE) if row.request.startswith(methods)}
    return list(first.values())


def ask(client: FlaskClient, world: World, row: Row, query: str = "", **how: Any) -> Any:
    """Send a row's request as an administrator, with something strange in it."""
    method, path = row.request.split()
    headers = {**world.admin.headers, **how.pop("headers", {})}
    url = "/api/v1" + world.filled(path) + query
    answer = client.open(url, method=method, headers=headers, **how)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
    return answer


def fields_of(row: Row) -> list[str]:
    """The fields that a row's body may have."""
    declared = {o.id: o for _, _, o in operations()}[row.operation].body
    return [] if declared is None else list(declared.schema.fields)


@pytest.mark.parametrize("row", rows("POST", "PUT", "PATCH"), ids=lambda row: row.id)
@BOUNDED
@given(data=st.data())
def test_no_body_is_answered_500(
    client: FlaskClient, world: World, row: Row, data: st.DataObject
) -> None:
    names = st.sampled_from([*fields_of(row), "unknown", "", "~/"])
    body = data.draw(st.dictionaries(names, JSON, max_size=8) | JSON)
    ask(client, world, row, json=body)


@pytest.mark.parametrize("row", rows("POST", "PUT", "PATCH"), ids=lambda row: row.id)
@BOUNDED
@given(data=st.data())
def test_no_value_in_an_otherwise_good_body_is_answered_500(
    client: FlaskClient, world: World, row: Row, data: st.DataObject
) -> None:
    good = row.body(world) if callable(row.body) else dict(row.body or {})
    names = st.sampled_from([*fields_of(row), "unknown"])
    ask(client, world, row, json=good | data.draw(st.dictionaries(names, JSON, max_size=3)))


@pytest.mark.parametrize("row", rows("POST", "PUT", "PATCH"), ids=lambda row: row.id)
@BOUNDED
@given(raw=st.binary(max_size=200))
def test_no_bytes_are_answered_500(client: FlaskClient, world: World, row: Row, raw: bytes) -> None:
    ask(client, world, row, data=raw, content_type="application/json")


@pytest.mark.parametrize("row", rows("GET"), ids=lambda row: row.id)
@BOUNDED
@given(data=st.data())
def test_no_query_is_answered_500(
    client: FlaskClient, world: World, row: Row, data: st.DataObject
) -> None:
    declared = {o.id: o for _, _, o in operations()}[row.operation].query
    names = st.sampled_from([*(declared.parameters if declared else ()), "unknown"])
    words = [
        "",
        "0",
        "-1",
        "1e9",
        "true",
        "id",
        "-id",
        "id,id",
        "null",
        "%",
        "\0",
        '"',
        "*",
        "9" * 25,
    ]
    values = st.sampled_from(words) | st.text(max_size=20)
    pairs = data.draw(st.lists(st.tuples(names, values), max_size=4))
    text = "&".join(f"{name}={quote(value, errors='replace')}" for name, value in pairs)
    ask(client, world, row, "?" + text)


@pytest.mark.parametrize("row", rows("GET"), ids=lambda row: row.id)
@BOUNDED
@given(text=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60))
def test_no_text_behind_the_question_mark_is_answered_500(
    client: FlaskClient, world: World, row: Row, text: str
) -> None:
    ask(client, world, row, "?" + text.replace("#", "%23"))


@pytest.mark.parametrize(
    "row",
    [r for r in TABLE if r.operation in ("listBooks", "createBook", "updateBook", "login")],
    ids=lambda row: row.id,
)
@pytest.mark.parametrize("name", HEADERS)
@BOUNDED
@given(data=st.data())
def test_no_header_is_answered_500(
    client: FlaskClient, world: World, row: Row, name: str, data: st.DataObject
) -> None:
    value = data.draw(HEADER_TEXT | st.sampled_from(ALIKE.get(name, [""])))
    ask(client, world, row, headers={name: value}, data=b"{}")


@pytest.mark.parametrize("length", ["", "x", "-1", "1.5", "+1", "٣", "9" * 30, " 2", "2,2", "0x2"])
def test_no_content_length_is_answered_500(client: FlaskClient, world: World, length: str) -> None:
    environ = {"CONTENT_LENGTH": length, "CONTENT_TYPE": "application/json"}
    answer = client.post(
        "/api/v1/books", environ_overrides=environ, headers=world.admin.headers, data=b"{}"
    )
    assert 400 <= answer.status_code < 500


@BOUNDED
@given(path=st.text(max_size=30))
def test_no_path_is_answered_500(client: FlaskClient, path: str) -> None:
    for prefix in ("/", "/api/v1/", "/api/v1/books/", "/problems/"):
        answer = client.get(prefix + quote(path, errors="replace"))
        assert answer.status_code < 500, answer.text
