"""The reference at /docs: its files, and the page in a browser."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from selenium.webdriver import Chrome

from tests.support.browsers import chromium, served
from tests.support.docs_page import DocsPage
from tests.support.people import PASSWORD, Person


def _assets(client: Any) -> list[str]:
    return re.findall(r'(?:src|href)="(/docs/[^"]+)"', client.get("/docs").get_data(as_text=True))


def test_the_page_loads_nothing_from_elsewhere_and_runs_no_inline_script(app: Any) -> None:
    page = app.test_client().get("/docs")
    html = page.get_data(as_text=True)
    assert not re.search(r'(src|href)="(https?:)?//', html)
    assert not re.search(r"<script>|<style>| on\w+=| style=", html)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_every_file_of_the_page_is_served_and_may_be_kept(app: Any) -> None:
    client = app.test_client()
    types = {}
    for path in _assets(client):
        found = client.get(path)
        assert found.status_code == 200
        assert "immutable" in found.headers["Cache-Control"]
        again = client.get(path, headers={"If-None-Match": found.headers["ETag"]})
        assert again.status_code == 304
        types[path.rpartition("/")[2]] = found.content_type
    assert types == {
        "swagger-ui.css": "text/css; charset=utf-8",
        "favicon-32x32.png": "image/png",
        "favicon-16x16.png": "image/png",
        "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
        "start.js": "text/javascript; charset=utf-8",
    }


def test_nothing_but_the_files_of_the_page_is_served(app: Any) -> None:
    client = app.test_client()
    release = _assets(client)[0].split("/")[2]
    for path in (f"{release}/index.html", f"{release}/..%2f__init__.py", "other/start.js"):
        answer = client.get(f"/docs/{path}")
        assert (answer.status_code, answer.json["code"]) == (404, "not-found")


@pytest.fixture
def address(app: Any) -> Iterator[str]:
    """The application served at an address."""
    with served(app) as at:
        yield at


@pytest.fixture
def browser() -> Iterator[Chrome]:
    """A browser without a window."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def docs(browser: Chrome, address: str) -> DocsPage:
    """The page, opened."""
    return DocsPage(browser, address)


@pytest.fixture(params=["bearer", "basic"])
def signed_in(
    docs: DocsPage, address: str, librarian: Person, request: pytest.FixtureRequest
) -> DocsPage:
    """The page, with a librarian signed in by a token, and by email and password."""
    login = {"email": librarian.email, "password": PASSWORD}
    tokens = requests.post(f"{address}/api/v1/auth/login", json=login, timeout=30).json()
    docs.sign_in(request.param, librarian.email, tokens["access_token"])
    return docs


@pytest.mark.browser
def test_the_page_lists_the_operations_and_the_browser_has_no_complaint(docs: DocsPage) -> None:
    for tag in ("Accounts", "Books", "Copies", "Users"):
        assert docs.text(f"#operations-tag-{tag}").startswith(tag)
    docs.click("#operations-tag-Books button.expand-operation")
    assert "Search the catalogue" in docs.text("#operations-Books-listBooks")
    assert docs.complaints() == []


@pytest.mark.browser
def test_operations_can_be_tried_one_after_another(signed_in: DocsPage, member: Person) -> None:
    create = signed_in.open("Books", "createBook")
    made = [create.execute({"title": title}) for title in ("The Moonstone", "Armadale")]
    assert [(status, book["title"]) for status, book in made] == [
        (201, "The Moonstone"),
        (201, "Armadale"),
    ]
    book_id = made[0][1]["id"]

    update = signed_in.open("Books", "updateBook")
    for year in (1868, 1871):
        status, book = update.execute({"published_year": year}, book_id=book_id)
        assert (status, book.get("published_year")) == (200, year)

    add = signed_in.open("Copies", "createCopy")
    for barcode in ("31234000000018", "31234000000026"):
        assert add.execute({"barcode": barcode}, book_id=book_id)[0] == 201

    lend = signed_in.open("Loans", "lend")
    asked = {"barcode": "31234000000018", "user_id": member.id}
    status, loan = lend.execute(asked)
    assert (status, loan["user_id"]) == (201, member.id)
    status, problem = lend.execute(asked)
    assert (status, problem["code"]) == (409, "loan-refused")
    assert {reason["code"] for reason in problem["reasons"]} == {"already-borrowed"}


@pytest.mark.browser
def test_who_is_signed_in_is_told_by_trying_it(signed_in: DocsPage, librarian: Person) -> None:
    status, profile = signed_in.open("Accounts", "getProfile").execute()
    assert (status, profile["email"]) == (200, librarian.email)
    assert signed_in.complaints() == []
