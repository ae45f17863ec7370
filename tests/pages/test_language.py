"""The language of the pages, chosen by the visitor and kept without an account."""

from urllib.parse import quote

import pytest

from models.session import Session
from tests.support.asking import Asker
from tests.support.browsing import Browsing
from tests.support.desks import Desk
from tests.support.people import Person
from tests.support.shelves import Shelves


def _language(browsing: Browsing, path: str = "/") -> str:
    return str(browsing.go(path).page.get("lang"))


@pytest.mark.parametrize(
    ("code", "tag"), [("eng", "en"), ("ger", "de"), ("fre", "fr"), ("spa", "es")]
)
def test_a_visitor_without_an_account_chooses_a_language_that_stays(
    browsing: Browsing, code: str, tag: str
) -> None:
    browsing.go(f"/language?to={code}&back=/new")
    assert browsing.answer.request.path == "/new"
    assert _language(browsing) == tag


def test_every_page_offers_the_languages_and_comes_back_to_itself(browsing: Browsing) -> None:
    form = browsing.go("/?q=river").page.xpath('//form[@action="/language"]')[0]
    assert form.xpath(".//button/text()") == ["English", "Deutsch", "Français", "Español"]
    assert dict(form.form_values())["back"] == "/?q=river"
    assert form.xpath(".//button[@aria-current]/@lang") == ["en"]


def test_a_language_chosen_by_a_member_is_that_of_the_account(
    browsing: Browsing, ask: Asker, member: Person
) -> None:
    browsing.sign_in(member).go("/account").fill("/language", to="spa")
    assert browsing.answer.request.path == "/account"
    assert browsing.page.get("lang") == "es"
    assert ask.get("/auth/profile", by=member).json["language"] == "spa"


def test_the_next_reader_of_a_shared_computer_has_the_own_language(
    browsing: Browsing, ask: Asker, member: Person
) -> None:
    ask.patch("/auth/profile", {"language": "ger"}, by=member)
    browsing.go("/language?to=fre").sign_in(member)
    assert _language(browsing) == "de"


@pytest.mark.parametrize("back", ["//elsewhere.example", "https://elsewhere.example", "/\\x", ""])
def test_a_language_leads_to_no_other_site(browsing: Browsing, back: str) -> None:
    browsing.go(f"/language?to=ger&back={back}")
    assert browsing.answer.request.path == "/"


def test_a_language_that_there_is_not_is_no_page(browsing: Browsing) -> None:
    assert browsing.go("/language?to=lat").status == 404


def test_a_language_made_up_in_the_cookie_counts_as_none(browsing: Browsing) -> None:
    browsing.go("/", Cookie="octavo_language=<script>")
    assert browsing.page.get("lang") == "en"


def test_a_link_to_a_new_password_outlives_a_refusal_and_another_language(
    browsing: Browsing,
) -> None:
    browsing.go("/account/password/new?token=abc123")
    browsing.fill("/account/password/new", new_password="x")
    [back] = browsing.page.xpath("//form[@action='/language']/input[@name='back']/@value")
    browsing.go(f"/language?to=ger&back={quote(back)}")
    assert browsing.page.xpath("//input[@name='token']/@value") == ["abc123"]


def test_the_desk_keeps_its_member_in_another_language(desk: Desk) -> None:
    desk.member("C-1")
    desk.scan("C-1").scan("B-1")
    desk.browsing.fill("/language", to="ger")
    assert (desk.member_shown, desk.browsing.page.get("lang")) == ("Name of C-1", "de")


def test_the_desk_without_a_member_leads_back_to_itself_in_another_language(desk: Desk) -> None:
    desk.copies("B-1")
    desk.browsing.go("/desk")
    desk.scan("B-1")
    [back] = desk.browsing.page.xpath("//form[@action='/language']/input[@name='back']/@value")
    assert back == "/desk?mode=desk"


def test_a_form_of_an_ended_sign_in_leads_back_to_the_member_of_its_page(desk: Desk) -> None:
    page = f"http://localhost/desk?member={desk.member('C-1')}"
    form = dict(desk.browsing.go(page).page.xpath("//form[@action='/desk/fees']")[0].form_values())
    Session.delete().execute()
    desk.browsing.send("/desk/fees", form, headers={"Referer": page})
    [sign_in] = desk.browsing.page.xpath("//main//a[@role='button']/@href")
    assert sign_in == "/sign-in?next=%2Fdesk%3Fmember%3D3"


def test_a_title_in_another_language_than_the_page_says_so(
    browsing: Browsing, shelves: Shelves
) -> None:
    german, english = (
        shelves.book("Die Verwandlung", language="ger"),
        shelves.book("Emma", language="eng"),
    )
    for path in ("/?q=Verwandlung", f"/books/{german['id']}"):
        told = browsing.go(path).page.xpath("//main//*[contains(text(), 'Die Verwandlung')]")
        assert [one.get("lang") for one in told if one.tag in ("a", "h1")] == ["de"], path
    assert browsing.go(f"/books/{english['id']}").page.xpath("//h1/@lang") == []


def test_what_is_lent_and_held_is_marked_with_the_language_of_its_title(
    desk: Desk, shelves: Shelves
) -> None:
    who = desk.member("C-1")
    lent = shelves.book("Die Verwandlung", language="ger")["barcodes"][0]
    held = shelves.book("Das Urteil", language="ger")
    shelves.lend(held["barcodes"][0], shelves.member())
    desk.ask.post("/holds", {"book_id": held["id"], "user_id": who}, by=desk.admin)
    desk.browsing.go("/desk")
    desk.scan("C-1").scan(lent)
    titled = "//main//a[.='Die Verwandlung' or .='Das Urteil']/@lang"
    assert desk.browsing.page.xpath(titled) == ["de"] * 3
    assert desk.browsing.go(f"/print/slips?user_id={who}").page.xpath("//strong/@lang") == ["de"]


def test_a_notice_is_marked_with_its_language(desk: Desk) -> None:
    reader = desk.member("C-1", language="ger", email="c1@example.org")
    book = desk.copies("B-1")
    desk.scan("C-1").scan("B-1")
    desk.ask.post("/holds", {"book_id": book, "user_id": reader}, by=desk.admin)
    notices = desk.ask.get(f"/notices?user_id={reader}", by=desk.admin).json["data"]
    page = desk.browsing.go(f"/desk/notices/{notices[0]['id']}").page
    assert page.xpath("//main//article/@lang") == ["de"]


def test_erasing_a_member_is_told(desk: Desk) -> None:
    path = f"/desk/members/{desk.member('C-1')}"
    desk.browsing.sign_in(desk.admin).go(path)
    desk.click(f"{path}/deletion")
    assert desk.browsing.page.xpath("//*[@role='status']/text()") == ["The member has been erased."]
