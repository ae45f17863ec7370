"""Signing in on pages: the cookie, what it opens, and what it does not."""

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from lxml import html

from api.app import Octavo
from models import session
from tests.support.asking import Asker
from tests.support.browsing import Browsing
from tests.support.people import PASSWORD, Person, signed_in
from tests.support.shelves import Shelves


def test_staff_who_sign_in_come_to_the_desk(browsing: Browsing, librarian: Person) -> None:
    browsing.sign_in(librarian)
    assert (browsing.status, browsing.answer.request.path) == (200, "/desk")


def test_who_is_not_signed_in_is_led_to_the_form_and_back(
    browsing: Browsing, librarian: Person
) -> None:
    browsing.go("/desk")
    assert browsing.answer.request.path == "/sign-in"
    browsing.fill("/sign-in", name=librarian.email, secret=PASSWORD)
    assert browsing.answer.request.path == "/desk"


def test_a_member_is_refused_at_the_desk(browsing: Browsing, member: Person) -> None:
    browsing.sign_in(member).go("/desk")
    assert browsing.status == 403
    assert "This is not allowed" in browsing.text


def test_programs_get_problem_documents_from_pages(client: FlaskClient) -> None:
    answer = client.get("/desk")
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"


def test_htmx_gets_pages_for_errors_though_it_names_no_type(client: FlaskClient) -> None:
    answer = client.post("/desk", headers={"HX-Request": "true", "Accept": "*/*"})
    assert answer.status_code == 401
    assert answer.content_type == "text/html; charset=utf-8"


def test_a_form_of_a_sign_in_that_has_ended_leads_to_another_and_back(
    app: Octavo, browsing: Browsing, ask: Asker, librarian: Person
) -> None:
    browsing.sign_in(librarian)
    ask.post("/auth/logout", {"everywhere": True}, headers=signed_in(app, librarian))
    browsing.fill("/desk", scan="B-1")
    assert browsing.status == 401
    assert "It was not done: sign in, and do it again." in browsing.text
    assert "Authorization" not in browsing.text
    [link] = browsing.page.xpath("//main//a[@role='button']/@href")
    browsing.go(link).fill("/sign-in", name=librarian.email, secret=PASSWORD)
    assert browsing.answer.request.path == "/desk"


def test_a_form_of_a_record_leads_back_to_the_page_of_the_record(
    app: Octavo, browsing: Browsing, ask: Asker, shelves: Shelves, librarian: Person
) -> None:
    page = f"/desk/books/{shelves.book('Emma')['id']}"
    browsing.sign_in(librarian).go(page)
    ask.post("/auth/logout", {"everywhere": True}, headers=signed_in(app, librarian))
    browsing.fill(f"{page}/copies", barcode="B-1")
    [link] = browsing.page.xpath("//main//a[@role='button']/@href")
    browsing.go(link).fill("/sign-in", name=librarian.email, secret=PASSWORD)
    assert browsing.answer.request.path == page


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://localhost/desk/calendar?done=saved", "/desk/calendar"),
        ("http://localhost/desk/stocktakes/7/scans", "/desk/stocktakes/7"),
        ("http://localhost//other.example", "/"),
        ("nonsense", "/"),
    ],
)
def test_a_form_leads_back_to_the_page_that_the_browser_names(
    client: FlaskClient, referer: str, back: str
) -> None:
    answer = client.post("/desk/closures", headers={"Accept": "text/html", "Referer": referer})
    [link] = html.fromstring(answer.text).xpath("//main//a[@role='button']/@href")
    assert link == f"/sign-in?next={quote(back, safe='')}"


def test_a_part_of_a_page_that_needs_a_sign_in_is_answered_with_a_whole_page(
    client: FlaskClient,
) -> None:
    answer = client.get("/desk?member=1&loans=2", headers={"HX-Request": "true", "Accept": "*/*"})
    assert (answer.status_code, answer.headers.get("HX-Retarget")) == (401, "body")
    [link] = html.fromstring(answer.text).xpath("//main//a[@role='button']/@href")
    assert link == f"/sign-in?next={quote('/desk?member=1&loans=2', safe='')}"


def test_a_form_of_an_earlier_sign_in_leads_back_to_where_it_was(
    browsing: Browsing, shelves: Shelves, librarian: Person
) -> None:
    path = f"/desk/books/{shelves.book('Emma')['id']}"
    form = browsing.sign_in(librarian).go(path).page.xpath(f'//form[@action="{path}"]')[0]
    fields = dict(form.form_values())
    browsing.sign_in(librarian).send(path, fields)
    assert browsing.status == 403
    assert browsing.page.xpath("//main//a[@role='button']/@href") == [path]


def test_a_wrong_password_is_told_and_the_name_kept(browsing: Browsing, member: Person) -> None:
    browsing.go("/sign-in").fill("/sign-in", name=member.email, secret="wrong")
    assert browsing.status == 401
    assert "The name or the password or PIN is wrong." in browsing.text
    assert browsing.page.xpath('//input[@name="name"]/@value') == [member.email]
    assert "Basic" not in browsing.answer.headers["WWW-Authenticate"]


def test_a_member_signs_in_by_card_and_pin(browsing: Browsing, ask: Asker, admin: Person) -> None:
    made = ask.post("/users", {"last_name": "Card", "card_number": "C-77"}, by=admin).json
    ask.put(f"/users/{made['id']}/pin", {"pin": "5823"}, by=admin)
    browsing.go("/sign-in").fill("/sign-in", name="C-77", secret="5823")
    assert browsing.cookie("octavo_session") is not None


def test_the_cookie_is_closed_to_script_and_other_sites(
    browsing: Browsing, librarian: Person
) -> None:
    cookie = browsing.sign_in(librarian).cookie("octavo_session")
    assert (cookie.http_only, cookie.same_site, cookie.secure) == (True, "Lax", False)


@pytest.mark.settings(TRUSTED_PROXIES="1")
def test_the_cookie_is_for_tls_alone_behind_tls(browsing: Browsing, librarian: Person) -> None:
    behind = {"X-Forwarded-Proto": "https"}
    browsing.go("/sign-in")
    token = browsing.page.xpath('//form[@action="/sign-in"]//input[@name="form_token"]/@value')[0]
    fields = {"form_token": token, "name": librarian.email, "secret": PASSWORD}
    browsing.send("/sign-in", fields, headers=behind)
    assert browsing.cookie("octavo_session").secure


def test_the_cookie_opens_no_operation_of_the_api(
    app: Octavo, browsing: Browsing, librarian: Person
) -> None:
    browsing.sign_in(librarian).go("/api/v1/loans", Accept="application/json")
    assert browsing.status == 401


def test_signing_out_everywhere_over_the_api_ends_the_pages_too(
    app: Octavo, browsing: Browsing, ask: Asker, librarian: Person
) -> None:
    browsing.sign_in(librarian)
    ask.post("/auth/logout", {"everywhere": True}, headers=signed_in(app, librarian))
    browsing.go("/desk")
    assert browsing.answer.request.path == "/sign-in"


def test_a_kept_cookie_is_worth_nothing_after_signing_out(
    app: Octavo, browsing: Browsing, librarian: Person
) -> None:
    kept = browsing.sign_in(librarian).cookie("octavo_session").value
    browsing.fill("/sign-out")
    assert browsing.cookie("octavo_session") is None
    other = app.test_client()
    other.set_cookie("octavo_session", kept)
    assert other.get("/desk").status_code == 401


def test_a_cookie_signed_by_nobody_is_no_sign_in(app: Octavo, librarian: Person) -> None:
    number = session.begin(librarian.id, 30).id
    client = app.test_client()
    for value in (str(number), f"{number}.", "", "\x7f" * 10, "a.b", f"{number}.AAAA"):
        client.set_cookie("octavo_session", value)
        assert client.get("/desk").status_code == 401


@pytest.mark.parametrize("token", [None, "", "x", "MQ.x"])
def test_a_form_without_its_token_does_nothing(
    browsing: Browsing, member: Person, token: str | None
) -> None:
    fields = {"name": member.email, "secret": PASSWORD}
    browsing.go("/sign-in").send(
        "/sign-in", fields | ({} if token is None else {"form_token": token})
    )
    assert browsing.status == 403
    assert browsing.cookie("octavo_session") is None


def test_the_token_of_another_visit_does_nothing(
    app: Octavo, browsing: Browsing, member: Person
) -> None:
    stranger = Browsing(app).go("/sign-in")
    token = stranger.page.xpath('//input[@name="form_token"]/@value')[0]
    fields = {"name": member.email, "secret": PASSWORD, "form_token": token}
    assert browsing.go("/sign-in").send("/sign-in", fields).status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_that_another_site_sends_does_nothing(
    browsing: Browsing, member: Person, site: str
) -> None:
    token = browsing.go("/sign-in").page.xpath('//input[@name="form_token"]/@value')[0]
    fields = {"name": member.email, "secret": PASSWORD, "form_token": token}
    assert browsing.send("/sign-in", fields, headers={"Sec-Fetch-Site": site}).status == 403


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "/a\nb"]
)
def test_signing_in_leads_to_no_other_site(app: Octavo, librarian: Person, address: str) -> None:
    client = app.test_client()
    form = Browsing(app)
    form._client = client
    form.go("/sign-in")
    token = form.page.xpath('//input[@name="form_token"]/@value')[0]
    answer = client.post(
        "/sign-in",
        data={"name": librarian.email, "secret": PASSWORD, "next": address, "form_token": token},
    )
    assert answer.headers["Location"] == "/desk"


def test_signing_out_everywhere_on_the_page_ends_other_browsers_and_programs(
    app: Octavo, ask: Asker, member: Person
) -> None:
    token = signed_in(app, member)
    elsewhere = Browsing(app).sign_in(member)
    page = Browsing(app).sign_in(member).go("/account")
    form = page.page.xpath('//form[@action="/sign-out"][.//input[@name="everywhere"]]')[0]
    page.send("/sign-out", dict(form.form_values()))
    assert elsewhere.go("/account").answer.request.path == "/sign-in"
    assert ask.get("/auth/profile", headers=token).status_code == 401
