"""The first steps of a new library: opening days, and a file of books."""

from datetime import UTC, datetime
from io import BytesIO

import pytest

from formats import encodings
from formats.encoding_names import called
from pages.start import first_steps
from tests.support.asking import Asker
from tests.support.browsing import Browsing
from tests.support.people import Person
from tests.support.shelves import HOSTILE

DAYS = '//form[@action="/start/opening-days"]'


def test_an_empty_catalogue_leads_the_administrator_to_the_first_steps(
    browsing: Browsing, admin: Person
) -> None:
    browsing.go("/")
    (link,) = browsing.page.xpath('//main//a[@href="/start"]/@href')
    browsing.go(link).fill("/sign-in", name=admin.email, secret="a long enough password")
    assert "The catalogue has 0 titles." in browsing.text


@pytest.mark.parametrize("path", ["/start", "/start/imports/1"])
def test_the_first_steps_are_the_administrators(
    browsing: Browsing, librarian: Person, path: str
) -> None:
    assert browsing.sign_in(librarian).go(path).status == 403


def test_opening_days_are_set(browsing: Browsing, ask: Asker, admin: Person) -> None:
    browsing.sign_in(admin).go("/start")
    fields = {"day": ["1", "3", str(datetime.now(UTC).isoweekday())], "timezone": "Europe/Berlin"}
    browsing.fill("/start/opening-days", **fields)
    assert "The opening days are saved." in browsing.text
    calendar = ask.get("/calendar", by=admin).json
    assert calendar["timezone"] == "Europe/Berlin"
    assert set(calendar["open_weekdays"]) >= {1, 3}


@pytest.mark.parametrize(
    "fields",
    [
        {"timezone": "Europe/Berlin"},
        {"day": "1", "timezone": "Atlantis"},
        {"day": "9", "timezone": "UTC"},
        {"day": "x", "timezone": "UTC"},
        {"day": "²", "timezone": "UTC"},
    ],
)
def test_days_that_cannot_be_are_told(
    browsing: Browsing, admin: Person, fields: dict[str, str]
) -> None:
    [form] = browsing.sign_in(admin).go("/start").page.xpath(DAYS)
    drawn = {name: value for name, value in form.form_values() if name != "day"}
    browsing.send("/start/opening-days", {**drawn, **fields})
    assert browsing.status == 400
    assert "Choose at least one day" in browsing.text


def test_opening_days_that_another_changed_meanwhile_are_not_overwritten(
    browsing: Browsing, ask: Asker, admin: Person
) -> None:
    browsing.sign_in(admin).go("/start")
    week = {"timezone": "UTC", "open_weekdays": [2, 4]}
    assert ask.put("/calendar", week, by=admin).status_code == 200
    browsing.fill("/start/opening-days", day=["1", "3"])
    assert browsing.status == 412
    assert "Not saved: this was changed meanwhile." in browsing.text
    assert ask.get("/calendar", by=admin).json["open_weekdays"] == [2, 4]


def test_a_file_of_books_is_brought_in_and_its_faults_are_told(
    browsing: Browsing, ask: Asker, admin: Person
) -> None:
    content = b"title,isbn\nEmma,9780141439587\n,9780141439679\n"
    browsing.sign_in(admin).go("/start")
    browsing.fill("/start/imports", file=(BytesIO(content), "My Books.CSV"))
    assert browsing.answer.request.path.startswith("/start/imports/")
    assert "Done" in browsing.text
    assert browsing.page.xpath("//dd/text()") == ["2", "1", "0", "0", "1"]
    assert "Record 2" in browsing.text
    assert ask.get("/books?q=emma").json["pagination"]["total"] == 1


def test_what_was_not_used_of_a_file_and_how_its_text_was_read_is_told(
    browsing: Browsing, admin: Person
) -> None:
    content = "title;author;mood\nPříliš žluťoučký kůň;Dvořáčková, Jiřina;blue\n"
    browsing.sign_in(admin).go("/start")
    browsing.fill("/start/imports", file=(BytesIO(content.encode("windows-1250")), "books.csv"))
    assert "Not used of this file: mood" in browsing.text
    assert "Read as windows-1250: Příliš" in browsing.text


def test_a_file_whose_encoding_and_dates_are_not_clear_comes_in_once_they_are_told(
    browsing: Browsing, ask: Asker, admin: Person
) -> None:
    content = "title,barcode,acquired on\nJosé Martí,K1,03/04/2004\n".encode("windows-1252")
    browsing.sign_in(admin).go("/start")
    browsing.fill("/start/imports", file=(BytesIO(content), "books.csv"))
    assert browsing.page.xpath("//dd/text()")[1] == "0"
    told = {"encoding": "windows-1252", "dates": "dmy"}
    browsing.go("/start").fill("/start/imports", file=(BytesIO(content), "books.csv"), **told)
    assert browsing.page.xpath("//dd/text()")[:2] == ["1", "1"]
    [book] = ask.get("/books?q=jose", by=admin).json["data"]
    assert book["title"] == "José Martí"
    [copy] = ask.get(f"/books/{book['id']}/copies", by=admin).json["data"]
    assert copy["acquired_on"] == "2004-04-03"


def test_every_encoding_is_offered_that_an_import_may_ask_for() -> None:
    assert ("utf-8", *map(called, encodings.ENCODINGS)) == first_steps.ENCODINGS


@pytest.mark.parametrize("name", ["books.tsv", "books.txt"])
def test_a_text_with_tabs_is_brought_in(browsing: Browsing, admin: Person, name: str) -> None:
    browsing.sign_in(admin).go("/start")
    [chooser] = browsing.page.xpath("//input[@name='file']")
    assert name[-4:] in chooser.get("accept").split(",")
    browsing.fill("/start/imports", file=(BytesIO(b"title\tauthor\nEmma\tAusten\n"), name))
    assert browsing.page.xpath("//dd/text()")[:2] == ["1", "1"]


def test_a_file_of_marc_may_be_called_dat(browsing: Browsing, ask: Asker, admin: Person) -> None:
    path = f"/books/{ask.post('/books', {'title': 'Emma'}, by=admin).json['id']}"
    content = ask.get(path, by=admin, headers={"Accept": "application/marc"}).data
    browsing.sign_in(admin).go("/start")
    browsing.fill("/start/imports", file=(BytesIO(content), "books.dat"))
    assert browsing.page.xpath("//dd/text()")[0] == "1"


@pytest.mark.parametrize("name", ["books.xls", "books", ".csv", "", *HOSTILE[:2]])
def test_a_file_that_is_none_of_ours_is_told(browsing: Browsing, admin: Person, name: str) -> None:
    browsing.sign_in(admin).go("/start")
    browsing.fill("/start/imports", file=(BytesIO(b"title\nEmma\n"), name))
    assert browsing.status == 400
    assert "Choose a file whose name ends in" in browsing.text


@pytest.mark.settings(MAX_IMPORT_BYTES="1024")
def test_a_file_that_is_too_large_is_told(browsing: Browsing, admin: Person) -> None:
    browsing.sign_in(admin).go("/start")
    browsing.fill("/start/imports", file=(BytesIO(b"x" * 2000), "books.csv"))
    assert browsing.status == 413
    assert "Too large" in browsing.text


def test_a_file_without_the_token_is_not_taken(
    browsing: Browsing, ask: Asker, admin: Person
) -> None:
    browsing.sign_in(admin)
    browsing.send("/start/imports", {"file": (BytesIO(b"title\nEmma\n"), "books.csv")})
    assert browsing.status == 403
    assert ask.get("/imports", by=admin).json["data"] == []


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("de", "Ein nötiger Wert fehlt."),
        ("fr", "Une valeur nécessaire manque."),
        ("es", "Falta un"),
    ],
)
def test_faults_of_an_import_are_told_in_the_language_of_the_page(
    browsing: Browsing, admin: Person, language: str, told: str
) -> None:
    browsing.sign_in(admin).go("/start")
    browsing.fill("/start/imports", file=(BytesIO(b"title,isbn\n,9780141439679\n"), "a.csv"))
    browsing.go("/start/imports/1", **{"Accept-Language": language})
    assert told in browsing.text
