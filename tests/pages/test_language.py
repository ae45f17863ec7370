"""The language of the pages, chosen by the visitor and kept without an account."""

import pytest

from tests.support.asking import Asker
from tests.support.browsing import Browsing
from tests.support.people import Person


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
