"""Every page of staff is closed to members, and every form to other sites: none is forgotten."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from api.app import Octavo
from tests.support.browsing import HTML, Browsing
from tests.support.people import Person

OF_STAFF = frozenset({"desk", "print", "start"})
SAMPLES = {"id": "1", "kind": "welcome", "language": "eng", "day": "2030-01-01"}
"""What may stand in a path."""
PAGES = OF_STAFF | {"reader"}


def _rules(app: Octavo, blueprints: frozenset[str], method: str) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        is_ours = (rule.endpoint.partition(".")[0]) in blueprints
        if is_ours and method in (rule.methods or ()):
            yield re.sub(r"<(\w+):\w+>", lambda one: SAMPLES[one[1]], rule.rule)


def test_members_enter_no_page_of_staff(app: Octavo, member: Person) -> None:
    browsing = Browsing(app).sign_in(member)
    paths = sorted(_rules(app, OF_STAFF, "GET"))
    assert len(paths) > 8
    assert {path: browsing.go(path).status for path in paths} == dict.fromkeys(paths, 403)


def test_who_is_not_signed_in_is_led_to_the_form_from_every_page_of_staff(app: Octavo) -> None:
    for path in _rules(app, OF_STAFF, "GET"):
        assert Browsing(app).go(path).answer.request.path == "/sign-in"


@pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin"])
def test_no_form_does_anything_without_its_token_or_from_another_site(
    app: Octavo, admin: Person, site: str
) -> None:
    browsing = Browsing(app).sign_in(admin)
    token = browsing.page.xpath('//input[@name="form_token"]/@value')[0]
    fields = {"form_token": "" if site == "same-origin" else token}
    paths = sorted(_rules(app, PAGES, "POST"))
    assert len(paths) > 20
    for path in paths:
        browsing.send(path, fields, headers={"Sec-Fetch-Site": site})
        assert browsing.status == 403, path


def test_nobody_gets_a_form_of_staff_through(app: Octavo) -> None:
    for path in _rules(app, OF_STAFF, "POST"):
        client = app.test_client()
        assert client.post(path, data={"form_token": ""}).status_code == 401, path


@pytest.mark.parametrize(
    "path", ["/desk/nothing", "/account/nothing", "/books/0", "/desk/", "/account/", "/print/x"]
)
def test_an_address_that_leads_nowhere_is_told_by_a_page(
    browsing: Browsing, librarian: Person, path: str
) -> None:
    browsing.sign_in(librarian).go(path)
    assert browsing.status == 404
    assert browsing.page.xpath("//*[@role='alert']/h1/text()") == ["Not found"]
    assert browsing.page.xpath("//form[@action='/sign-out']")


@pytest.mark.parametrize(
    ("form", "page"),
    [
        ("/account/renewals", "/account"),
        ("/account/holds/1/cancellation", "/account"),
        ("/desk/returns", "/desk"),
        ("/desk/overrides", "/desk"),
        ("/desk/books/1/copies", "/desk/books/1"),
        ("/books/1/holds", "/books/1"),
        ("/sign-out", "/"),
    ],
)
def test_the_address_of_a_form_is_a_page_with_a_link_to_that_of_the_form(
    browsing: Browsing, form: str, page: str
) -> None:
    browsing.go(form)
    assert (browsing.status, browsing.answer.headers["Allow"]) == (405, "OPTIONS, POST")
    assert browsing.page.xpath("//main//a[@role='button']/@href") == [page]


def test_a_head_of_a_forms_address_is_told_what_is_allowed(client: FlaskClient) -> None:
    found = client.head("/desk/returns", headers={"Accept": HTML})
    assert (found.status_code, found.headers["Allow"]) == (405, "OPTIONS, POST")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/desk/returns", "/desk/books", "/desk/nothing", "/books/1"])
def test_methods_that_no_browser_sends_get_the_problem_document(
    client: FlaskClient, method: str, path: str
) -> None:
    found = client.open(path, method=method, headers={"Accept": HTML})
    assert found.content_type == "application/problem+json"
    assert ("Allow" in found.headers) == (found.status_code == 405)


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/desk/nothing", "*/*", 404),
        ("/desk/returns", "application/json", 405),
        ("/nothing", HTML, 404),
        ("/api/v1/nothing", HTML, 404),
        ("/api/v1/auth/login", HTML, 405),
    ],
)
def test_other_clients_and_addresses_get_the_problem_document(
    client: FlaskClient, path: str, accept: str, status: int
) -> None:
    found = client.get(path, headers={"Accept": accept})
    assert (found.status_code, found.content_type) == (status, "application/problem+json")
