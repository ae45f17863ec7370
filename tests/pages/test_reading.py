"""The catalogue as readers see it: searching, a book, news, opening days."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from api.app import Octavo
from tests.support.asking import Asker
from tests.support.browsing import Browsing
from tests.support.people import Person
from tests.support.shelves import HOSTILE, Shelves


def test_a_search_shows_titles_with_shelfmark_and_whether_they_are_there(
    browsing: Browsing, shelves: Shelves
) -> None:
    shelves.book("The Moon Stone", author="Collins, Wilkie")
    out = shelves.book("Moon Tiger")
    shelves.lend(out["barcodes"][0], shelves.member())
    browsing.go("/?q=moon")
    assert "2 titles found" in browsing.text
    entries = [" ".join(one.text_content().split()) for one in browsing.page.xpath("//ol/li")]
    (there,) = [one for one in entries if "Stone" in one]
    (away,) = [one for one in entries if "Tiger" in one]
    assert "Collins, Wilkie" in there
    assert "On the shelf 820 ABC" in there
    assert "All copies are out" in away
    assert "820 ABC" not in away


def test_a_search_is_narrowed_by_a_facet_and_widened_again(
    browsing: Browsing, shelves: Shelves
) -> None:
    shelves.book("Sea one", language="eng", subjects=["Ships"])
    shelves.book("Sea two", language="ger", subjects=["Ships"])
    browsing.go("/?q=sea")
    (german,) = browsing.page.xpath('//aside//a[text()="German"]/@href')
    browsing.go(german)
    assert "One title found" in browsing.text
    (without,) = browsing.page.xpath('//ul[@class="chips"]//a/@href')
    browsing.go(without)
    assert "2 titles found" in browsing.text


def test_a_search_is_sorted_as_asked(browsing: Browsing, shelves: Shelves) -> None:
    for title, year in (("B sea", 1950), ("A sea", 1900), ("C sea", 2000)):
        shelves.book(title, published_year=year)
    browsing.go("/?q=sea&sort=-published_year")
    titles = browsing.page.xpath("//ol//h2/a/text()")
    assert titles == ["C sea", "B sea", "A sea"]
    assert browsing.page.xpath("//option[@selected]/@value") == ["-published_year"]


def test_a_title_shows_its_class(browsing: Browsing, shelves: Shelves) -> None:
    book = shelves.book("The Moon Stone", classification="823.8")
    lines = browsing.go(f"/books/{book['id']}").page.xpath("//dl[@class='details']/div")
    assert "Classification 823.8" in [" ".join(one.itertext()) for one in lines]


def test_a_long_list_goes_on_from_page_to_page(browsing: Browsing, shelves: Shelves) -> None:
    for number in range(25):
        shelves.book(f"Volume {number:02}", copies=0)
    seen = browsing.go("/?q=volume&sort=title").page.xpath("//ol//h2/a/text()")
    (following,) = browsing.page.xpath('//a[@rel="next"]/@href')
    seen += browsing.go(following).page.xpath("//ol//h2/a/text()")
    assert seen == [f"Volume {number:02}" for number in range(25)]


def test_a_misspelt_word_is_answered_with_the_right_one(
    browsing: Browsing, shelves: Shelves
) -> None:
    shelves.book("The Moonstone")
    browsing.go("/?q=mosntone")
    assert browsing.page.xpath('//a[@href="/?q=moonstone"]')


def test_suggestions_go_on_from_what_is_typed(browsing: Browsing, shelves: Shelves) -> None:
    shelves.book("The Moonstone", author="Collins, Wilkie")
    browsing.go("/suggestions?q=moonst")
    assert browsing.page.xpath("//option/@value") == ["The Moonstone"]
    assert browsing.go("/suggestions?q=m").answer.text.strip() == ""


@pytest.mark.parametrize("query", ["q=%22", "q=*", "q=-", "q=%00", "q=%FF", "q=" + "a" * 3000])
def test_no_words_break_a_search(browsing: Browsing, query: str) -> None:
    assert browsing.go(f"/?{query}").status in (200, 400)
    assert browsing.go(f"/suggestions?{query}").status in (200, 400)


@pytest.mark.parametrize(
    "query", ["language=zzzz", "page=0", "page=x", "published_from=soon", "available=perhaps"]
)
def test_an_address_that_means_nothing_is_told(browsing: Browsing, query: str) -> None:
    browsing.go(f"/?q=a&{query}")
    assert browsing.status == 400
    assert "This cannot be read" in browsing.text


def test_a_book_shows_its_copies_and_when_they_are_due(
    browsing: Browsing, shelves: Shelves
) -> None:
    book = shelves.book("The Moonstone", copies=2, cover_url="https://covers.example/1.jpg")
    due = shelves.lend(book["barcodes"][0], shelves.member("Sixpack"))["due_at"]
    browsing.go(f"/books/{book['id']}")
    rows = [" ".join(one.text_content().split()) for one in browsing.page.xpath("//tbody/tr")]
    assert [bool(re.search(r"on loan due \w+ \d+, \d{4}", row)) for row in rows] == [True, False]
    assert due[:4] in rows[0]
    assert "on the shelf" in rows[1]
    assert "Sixpack" not in browsing.answer.text
    assert browsing.page.xpath('//img[@src="https://covers.example/1.jpg"]/@referrerpolicy')


def test_a_book_is_described_for_machines(browsing: Browsing, shelves: Shelves) -> None:
    book = shelves.book("</script><b>")
    browsing.go(f"/books/{book['id']}")
    (data,) = browsing.page.xpath('//script[@type="application/ld+json"]/text()')
    assert "\\u003c/script\\u003e" in data


def test_a_program_gets_the_description_alone(
    client: FlaskClient, browsing: Browsing, shelves: Shelves
) -> None:
    path = f"/books/{shelves.book('The Moonstone')['id']}"
    answer = client.get(path, headers={"Accept": "application/ld+json"})
    assert answer.content_type == "application/ld+json"
    assert (answer.json or {})["name"] == "The Moonstone"
    assert browsing.go(path).answer.content_type == "text/html; charset=utf-8"


def test_a_book_that_is_not_there_is_a_page_of_its_own(browsing: Browsing) -> None:
    browsing.go("/books/99")
    assert browsing.status == 404
    assert "There is no such page" in browsing.text


def test_who_wants_a_hold_signs_in_and_places_it(browsing: Browsing, shelves: Shelves) -> None:
    book, reader = shelves.book("The Moonstone"), shelves.member()
    shelves.lend(book["barcodes"][0], shelves.member())
    browsing.go(f"/books/{book['id']}")
    (link,) = browsing.page.xpath('//a[starts-with(@href, "/sign-in?")][text()!="Sign in"]/@href')
    browsing.go(link).fill("/sign-in", name=reader.email, secret="a long enough password")
    browsing.fill(f"/books/{book['id']}/holds")
    assert "The hold is placed." in browsing.text
    assert "You have a hold on this title already." in browsing.text


def test_a_hold_that_is_refused_says_every_reason_in_the_language_of_the_member(
    app: Octavo, ask: Asker, shelves: Shelves, admin: Person
) -> None:
    book = shelves.book("The Moonstone", copies=0)
    reader = shelves.member(language="ger")
    browsing = Browsing(app).sign_in(reader).go(f"/books/{book['id']}")
    token = browsing.page.xpath('//input[@name="form_token"]/@value')[0]
    assert "Kein Exemplar dieses Titels" in browsing.text
    browsing.send(f"/books/{book['id']}/holds", {"form_token": token})
    assert browsing.status == 409
    assert "Die Vormerkung wurde abgelehnt" in browsing.text


@pytest.mark.parametrize("day", ["2020-01-01", "tomorrow", "2026-02-30"])
def test_a_day_that_cannot_be_meant_is_told(browsing: Browsing, shelves: Shelves, day: str) -> None:
    book = shelves.book("The Moonstone")
    shelves.lend(book["barcodes"][0], shelves.member())
    browsing.sign_in(shelves.member()).go(f"/books/{book['id']}")
    browsing.fill(f"/books/{book['id']}/holds", not_needed_after=day)
    assert browsing.status == 400
    assert "Choose a day from today on" in browsing.text


def test_a_hold_is_placed_by_nobody_without_signing_in(
    browsing: Browsing, shelves: Shelves
) -> None:
    book = shelves.book("The Moonstone")
    token = browsing.go("/sign-in").page.xpath('//input[@name="form_token"]/@value')[0]
    browsing.send(f"/books/{book['id']}/holds", {"form_token": token})
    assert browsing.answer.request.path == "/sign-in"


def test_news_and_new_titles_are_on_the_start_page(browsing: Browsing, shelves: Shelves) -> None:
    shelves.book("The Moonstone")
    post = shelves.post("Open on Sundays", "From May on.")
    browsing.go("/")
    assert "The Moonstone" in browsing.text
    browsing.go(browsing.page.xpath('//a[text()="Open on Sundays"]/@href')[0])
    assert browsing.answer.request.path == f"/news/{post['id']}"
    assert "From May on." in browsing.text


def test_a_draft_is_shown_to_nobody(browsing: Browsing, ask: Asker, admin: Person) -> None:
    draft = ask.post("/posts", {"title": "Secret", "content": "Not yet."}, by=admin).json
    assert browsing.go(f"/news/{draft['id']}").status == 404
    assert "Secret" not in browsing.go("/news").text


def test_opening_days_tell_of_closures(browsing: Browsing, ask: Asker, admin: Person) -> None:
    on = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    ask.post("/closures", {"starts_on": on, "ends_on": on, "reason": "Painting"}, by=admin)
    browsing.go("/opening")
    rows = [" ".join(one.text_content().split()) for one in browsing.page.xpath("//tbody/tr")]
    assert len(rows) == 21
    assert "closed: Painting" in rows[2]


@pytest.mark.settings(CATALOGUE_PUBLIC="false")
def test_a_catalogue_that_is_not_public_asks_to_sign_in(
    browsing: Browsing, shelves: Shelves
) -> None:
    reader = shelves.member()
    browsing.go("/?q=moon")
    assert browsing.answer.request.path == "/sign-in"
    browsing.fill("/sign-in", name=reader.email, secret="a long enough password")
    assert "titles found" in browsing.text


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_the_catalogue_becomes_markup(
    browsing: Browsing, shelves: Shelves, text: str
) -> None:
    book = shelves.book(
        text,
        subtitle=text,
        author=text,
        publisher=text,
        series=text,
        description=text,
        subjects=[text],
        contributors=[{"name": text, "role": text}],
    )
    shelves.copy(book["id"], location=text, shelfmark=text)
    post = shelves.post(text, text)
    reader = shelves.member(text)
    shelves.lend(book["barcodes"][0], reader)
    browsing.sign_in(reader)
    paths = ("/", "/new", f"/books/{book['id']}", f"/?q={quote(text)}", f"/?subject={quote(text)}")
    for path in (*paths, f"/news/{post['id']}", "/news", "/account", "/account/details"):
        browsing.go(path)
        assert browsing.status in (200, 400), path
        assert not browsing.page.xpath("//b | //i | //main//script | //*[@onerror] | //*[@onload]")
        assert not browsing.page.xpath('//a[starts-with(@href, "javascript")]')
        assert "60481729" not in browsing.text
