"""Texts that break pages which do not escape them, on the desk's lists and on what is printed."""

from base64 import b64decode

import pypdfium2
import pytest
from selenium.webdriver import Chrome

from tests.support.asking import Asker
from tests.support.people import Person
from tests.support.shelves import HOSTILE, Shelves
from tests.support.visitors import Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.settings(RATE_LIMIT_CALLER="off", RATE_LIMIT_ANONYMOUS="off"),
]


@pytest.fixture
def clerk(opened: Chrome, address: str, librarian: Person) -> Visitor:
    """A clerk whose browser runs script."""
    visitor = Visitor.arriving(opened, address)
    visitor.sign_in(librarian)
    return visitor


def _paid(ask: Asker, shelves: Shelves, admin: Person, text: str) -> tuple[int, int]:
    """Somebody of that name who has paid a fee with that note: their id and the payment's."""
    reader = shelves.member(text)
    ask.post("/fees", {"user_id": reader.id, "amount": 250, "note": text}, by=admin)
    paid = {"amount": 250, "method": "cash"}
    payment = ask.post(f"/users/{reader.id}/payments", paid, by=admin).json["payments"][0]
    return reader.id, payment["id"]


def test_they_run_nothing_on_the_desks_lists_and_on_receipts(
    clerk: Visitor, ask: Asker, shelves: Shelves, admin: Person
) -> None:
    for text in HOSTILE:
        title = shelves.book(text)
        shelves.copy(title["id"], location=text, shelfmark=text)
        stocktake = ask.post("/stocktakes", {"name": text}, by=admin).json["id"]
        reader, payment = _paid(ask, shelves, admin, text)
        wanted = shelves.book(text, author=text)
        shelves.lend(wanted["barcodes"][0], shelves.member(text))
        assert ask.post("/holds", {"book_id": wanted["id"], "user_id": reader}, by=admin).json["id"]
        news = shelves.post(text, text)["id"]
        for path in (
            f"/desk/stocktakes/{stocktake}",
            f"/desk/stocktakes/{stocktake}/missing",
            f"/desk/news/{news}",
            f"/desk/books/{wanted['id']}",
            f"/desk/payments?user_id={reader}",
            f"/print/receipts/{payment}",
        ):
            clerk.go(path)
            assert clerk.browser.title != "broken", path
            assert not clerk.browser.find_elements("css selector", "main img[onerror], main b")
    for path in ("/desk/stocktakes", "/desk/news", "/desk/payments"):
        clerk.go(path)
        assert clerk.browser.title != "broken", path
    assert clerk.complaints() == []


def test_a_receipt_is_printed_on_one_page_with_the_texts_as_they_are(
    clerk: Visitor, ask: Asker, shelves: Shelves, admin: Person
) -> None:
    note = "<b>Spilt</b> & dried"
    _, payment = _paid(ask, shelves, admin, note)
    clerk.go(f"/print/receipts/{payment}")
    printed = clerk.browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})
    document = pypdfium2.PdfDocument(b64decode(printed["data"]))
    assert len(document) == 1
    text = document[0].get_textpage().get_text_bounded()
    assert note in " ".join(text.split())
    assert "2.50" in text
