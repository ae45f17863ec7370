"""Labels, cards and slips: what stands on them, and that scanners read what Chromium prints."""

import inspect
import re
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from selenium.webdriver import Chrome

from models.notice import Notice
from models.user import User
from pages.print import barcodes, drawing
from pages.print.barcodes import Symbology, Unprintable
from pages.print.sheets import CARDS, LABELS
from tests.support.asking import Asker
from tests.support.browsers import chromium
from tests.support.browsing import Browsing
from tests.support.people import Person
from tests.support.shelves import Shelves
from tests.unit.circulation.library import amend

STATIC = Path(barcodes.__file__).parents[1] / "frame" / "static"
INCH = 25.4
DPI = 300
KINDS = {
    "code128": ("B{:05}", "a-b_C {:02}", "301000000{:05}", "~!{{}}{:03}"),
    "code39": ("B{:05}", "A-1 B.{:02}", "$/+%{:02}"),
    "codabar": ("21234567{:05}", "4-5:{:03}", "{:04}"),
}
"""Numbers of each symbology; zxing-cpp tells of two that are alike as of one."""
FORMATS = {
    "code128": zxingcpp.BarcodeFormat.Code128,
    # Code39 would take six characters that happen to check for an Italian pharmacy's Code 32.
    "code39": zxingcpp.BarcodeFormat.Code39Std,
    "codabar": zxingcpp.BarcodeFormat.Codabar,
}


def _numbers(symbology: str, count: int) -> list[str]:
    kinds = KINDS[symbology]
    made = [kinds[number % len(kinds)].format(number) for number in range(count)]
    return [barcodes.printed(one, Symbology(symbology)) for one in made]


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    """Chromium, which prints."""
    with chromium() as driver:
        yield driver


def _printed(browser: Chrome, page: str) -> list[Any]:
    """The pages as Chromium prints them, as greyscale images."""
    style = (STATIC / "print.css").read_text()
    inlined = page.replace("</head>", f"<style>{style}</style></head>")
    return [sheet.render(scale=DPI / 72, grayscale=True) for sheet in _document(browser, inlined)]


def _document(browser: Chrome, page: str) -> pypdfium2.PdfDocument:
    """A page as Chromium prints it."""
    browser.get("about:blank")
    tree = browser.execute_cdp_cmd("Page.getFrameTree", {})["frameTree"]["frame"]["id"]
    browser.execute_cdp_cmd("Page.setDocumentContent", {"frameId": tree, "html": page})
    options = {"preferCSSPageSize": True, "printBackground": True}
    return pypdfium2.PdfDocument(
        b64decode(browser.execute_cdp_cmd("Page.printToPDF", options)["data"])
    )


def _text_at(sheet: Any, words: str) -> tuple[float, float, float, float]:
    """Where words stand on a sheet: left, top, right and bottom in millimetres from its corner."""
    text = sheet.get_textpage()
    first, count = text.search(words).get_next()
    boxes = [text.get_charbox(first + number) for number in range(count)]
    left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
    top, bottom = max(box[3] for box in boxes), min(box[1] for box in boxes)
    height = sheet.get_height()
    points = (left, height - top, right, height - bottom)
    return tuple(point * INCH / 72 for point in points)


def _read(image: Any, symbology: str = "code128") -> list[Any]:
    """The barcodes of a symbology in an image, from the top; a scanner is set to that one, too."""
    pixels = bytes(image.buffer)  # The view does not hold them.
    view = zxingcpp.ImageView(
        pixels, image.width, image.height, zxingcpp.ImageFormat.Lum, image.stride
    )
    found = zxingcpp.read_barcodes(view, formats=zxingcpp.BarcodeFormats(FORMATS[symbology]))
    return sorted(found, key=lambda one: one.position.top_left.y)


def _said(found: Any) -> str:
    """What a code says, without the letters that begin and end a Codabar."""
    text: str = found.text
    return text[1:-1] if text[:1] in "ABCD" and "Codabar" in str(found.format) else text


@pytest.mark.browser
@pytest.mark.parametrize("sheet", sorted(LABELS))
@pytest.mark.parametrize("symbology", sorted(KINDS))
def test_every_label_of_a_sheet_is_read_by_a_scanner(
    browsing: Browsing, librarian: Person, browser: Chrome, sheet: str, symbology: str
) -> None:
    places = LABELS[sheet].columns * LABELS[sheet].rows
    numbers = _numbers(symbology, places)
    browsing.sign_in(librarian).go("/print/labels")
    lines = "\n".join(numbers)
    browsing.fill("/print/labels", barcodes=lines, symbology=symbology, sheet=sheet)
    (image,) = _printed(browser, browsing.answer.text)
    assert sorted(_said(one) for one in _read(image, symbology)) == sorted(numbers)


@pytest.mark.browser
def test_labels_lie_where_the_sheet_has_them(
    browsing: Browsing, librarian: Person, browser: Chrome
) -> None:
    browsing.sign_in(librarian).go("/print/labels")
    fields = {"barcodes": "B00001", "sheet": "a4-3x8", "skip": "4"}
    browsing.fill("/print/labels", **fields)
    first = _place(_printed(browser, browsing.answer.text)[0])
    assert 70 < first[0] < 140
    assert 40.5 < first[1] < 76.5
    browsing.go("/print/labels").fill("/print/labels", **fields, offset_x="2,5", offset_y="-1")
    moved = _place(_printed(browser, browsing.answer.text)[0])
    assert [new - old for new, old in zip(moved, first, strict=True)] == pytest.approx(
        [2.5, -1], abs=0.2
    )


@pytest.mark.browser
def test_a_sheet_of_ones_own_is_printed_by_its_measures(
    browsing: Browsing, librarian: Person, browser: Chrome
) -> None:
    own = {"columns": "2", "rows": "4", "width": "90", "height": "50,5", "left": "10", "top": "20"}
    numbers = [f"N{number:04}" for number in range(8)]
    browsing.sign_in(librarian).go("/print/labels").fill(
        "/print/labels",
        **{"barcodes": "\n".join(numbers), "sheet": "own", "paper": "letter", **own},
        step_x="95",
        step_y="60",
    )
    (image,) = _printed(browser, browsing.answer.text)
    found = _read(image)
    assert sorted(one.text for one in found) == numbers
    lowest = found[-1].position.top_left.y / DPI * INCH
    assert 200 < lowest < 250.5


def _place(image: Any) -> tuple[float, float]:
    """Where the only code of an image begins, in millimetres."""
    (found,) = _read(image)
    corner = found.position.top_left
    return corner.x / DPI * INCH, corner.y / DPI * INCH


@pytest.mark.browser
@pytest.mark.parametrize(
    ("sheet", "size"), [("a4-3x8", (210, 297)), ("letter-3x10", (215.9, 279.4))]
)
def test_the_paper_is_the_one_of_the_sheet_and_sheets_follow_each_other(
    browsing: Browsing, librarian: Person, browser: Chrome, sheet: str, size: tuple[float, float]
) -> None:
    browsing.sign_in(librarian).go("/print/labels")
    numbers = [f"N{number:04}" for number in range(50)]
    browsing.fill("/print/labels", barcodes="\n".join(numbers), sheet=sheet)
    images = _printed(browser, browsing.answer.text)
    for image in images:
        found = (image.width / DPI * INCH, image.height / DPI * INCH)
        assert found == pytest.approx(size, abs=0.5)
    assert sorted(one.text for image in images for one in _read(image)) == numbers


@pytest.mark.browser
@pytest.mark.parametrize("sheet", sorted(CARDS))
def test_a_card_has_name_and_number_and_is_read(
    browsing: Browsing, shelves: Shelves, librarian: Person, browser: Chrome, sheet: str
) -> None:
    shelves.member("Šípková <b>")
    (number,) = [one.card_number for one in User.select() if one.card_number]
    browsing.sign_in(librarian).go("/print/cards")
    browsing.fill("/print/cards", cards=number, sheet=sheet)
    assert "Šípková <b>" in browsing.text
    (image,) = _printed(browser, browsing.answer.text)
    assert [one.text for one in _read(image)] == [number]


@pytest.mark.parametrize("height", [10.0, 25.4, 38.1, 48.0, 50.8, 54.0, 90.0])
def test_the_bars_of_a_card_of_any_height_run_through_no_text(height: float) -> None:
    pattern = barcodes.bars("C00001", Symbology.CODE128)
    texts = {"library": "Library", "name": "Ada Byron", "number": "C00001"}
    card = drawing.member_card(85, height, **texts, pattern=pattern)
    top, tall = map(float, re.findall(r" ([0-9.]+)h[0-9.]+v([0-9.]+)", card.path)[0])
    library, name, number = card.texts
    assert library.y < name.y - name.size < name.y < top
    assert top + tall < number.y - number.size < number.y < height


@pytest.mark.browser
def test_the_slip_of_a_hold_tells_for_whom_and_until_when(
    browsing: Browsing,
    ask: Asker,
    shelves: Shelves,
    librarian: Person,
    browser: Chrome,
) -> None:
    book, reader = shelves.book("The Moonstone"), shelves.member("Franklin")
    shelves.lend(book["barcodes"][0], shelves.member())
    ask.post("/holds", {"book_id": book["id"]}, by=reader)
    ask.post("/returns", {"barcode": book["barcodes"][0]}, by=librarian)
    browsing.sign_in(librarian).go("/print/slips")
    assert "Franklin" in browsing.text
    assert "Set aside until" in browsing.text
    assert f"820 ABC · {book['barcodes'][0]}" in browsing.text
    (image,) = _printed(browser, browsing.answer.text)
    assert [one.text for one in _read(image)] == book["barcodes"]


def test_a_slip_tells_what_a_member_has_on_loan(
    browsing: Browsing, shelves: Shelves, librarian: Person
) -> None:
    book, reader = shelves.book("The Moonstone"), shelves.member("Franklin")
    shelves.lend(book["barcodes"][0], reader)
    browsing.sign_in(librarian).go(f"/print/slips?user_id={reader.id}")
    assert "The Moonstone" in browsing.text
    assert book["barcodes"][0] in browsing.text
    assert "Franklin" in browsing.text


def test_a_label_has_the_shelfmark_and_a_spine_breaks_it_at_blanks(
    browsing: Browsing, shelves: Shelves, librarian: Person
) -> None:
    barcode = shelves.book("The Moonstone")["barcodes"][0]
    browsing.sign_in(librarian).go("/print/labels").fill(
        "/print/labels", barcodes=barcode, kind="both"
    )
    lines = browsing.page.xpath("//text/text()")
    assert lines[-3:] == ["820 ABC", "820", "ABC"]


def test_thirteen_digits_get_their_check_digit_in_codabar(
    browsing: Browsing, librarian: Person
) -> None:
    browsing.sign_in(librarian).go("/print/labels")
    browsing.fill("/print/labels", barcodes="2123456789012", symbology="codabar")
    assert "21234567890124" in browsing.page.xpath("//text/text()")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"barcodes": "b1", "symbology": "code39"}, "b1: Code 39 prints capital letters"),
        ({"barcodes": "É", "symbology": "code128"}, "É: Code 128 prints letters without accents"),
        ({"barcodes": "A1", "symbology": "codabar"}, "A1: Codabar prints digits"),
        (
            {"barcodes": "21234567890125", "symbology": "codabar"},
            "21234567890125: The check digit of this number is wrong.",
        ),
        ({"barcodes": "X" * 64, "sheet": "a4-4x10"}, "The number is too long for this label."),
        ({"barcodes": "X" * 70, "sheet": "a4-4x10"}, "The number is too long for this label."),
        ({"barcodes": " \n "}, "Give at least one number."),
        ({"barcodes": "1\n" * 1001}, "Give 1,000 numbers at most."),
        ({"barcodes": "1", "offset_x": "wide"}, "Move by a number of millimetres"),
        ({"barcodes": "1", "offset_y": "nan"}, "Move by a number of millimetres"),
        ({"barcodes": "1", "offset_y": "31"}, "Move by a number of millimetres"),
        ({"barcodes": "1", "sheet": "own", "step_x": "69"}, "The measures do not fit"),
        ({"barcodes": "1", "sheet": "own", "rows": "9"}, "The measures do not fit"),
        ({"barcodes": "1", "sheet": "own", "columns": "0"}, "The measures do not fit"),
        ({"barcodes": "1", "sheet": "own", "left": "-1"}, "The measures do not fit"),
        ({"barcodes": "1", "sheet": "own", "width": "inf"}, "The measures do not fit"),
        ({"barcodes": "1", "sheet": "own", "height": "9"}, "The measures do not fit"),
        ({"barcodes": "1", "skip": "24"}, "Give how many labels of the first sheet are used"),
        ({"barcodes": "1", "skip": "9" * 5000}, "Give how many labels of the first sheet are used"),
        ({"barcodes": "1", "sheet": "own", "rows": "9" * 5000}, "The measures do not fit"),
        ({"barcodes": "1", "sheet": "own", "left": "9" * 5000}, "The measures do not fit"),
    ],
)
def test_what_cannot_be_printed_is_told(
    browsing: Browsing, librarian: Person, given: dict[str, str], told: str
) -> None:
    browsing.sign_in(librarian).go("/print/labels").fill("/print/labels", **given)
    assert browsing.status == 400
    assert told in browsing.text
    assert browsing.page.xpath("//textarea/text()")[0].strip() == given["barcodes"].strip()


@pytest.mark.parametrize("field", ["sheet", "symbology"])
def test_a_sheet_or_barcode_nobody_knows_is_told(
    browsing: Browsing, librarian: Person, field: str
) -> None:
    token = browsing.sign_in(librarian).page.xpath('//input[@name="form_token"]/@value')[0]
    browsing.send("/print/labels", {"form_token": token, "barcodes": "1", field: "none"})
    assert browsing.status == 400
    assert "There is no such" in browsing.text


def test_a_card_of_nobody_is_told(browsing: Browsing, librarian: Person) -> None:
    browsing.sign_in(librarian).go("/print/cards").fill("/print/cards", cards="NOBODY")
    assert "NOBODY: No member has this card." in browsing.text


@pytest.mark.parametrize("path", ["/print/labels", "/print/cards", "/print/slips"])
def test_members_print_nothing(browsing: Browsing, member: Person, path: str) -> None:
    assert browsing.sign_in(member).go(path).status == 403


@given(st.text(max_size=70), st.sampled_from(Symbology), st.booleans())
def test_every_number_is_printed_or_refused(text: str, symbology: Symbology, check: bool) -> None:
    try:
        pattern = barcodes.bars(barcodes.printed(text, symbology), symbology, check=check)
        path = drawing.bar_path(pattern, 0, 0, 66, 20)
    except Unprintable:
        return
    assert path.startswith("M")


def test_check_digits_are_those_of_libraries() -> None:
    assert barcodes.luhn("2123456789012") == "4"
    assert barcodes.luhn("3010000000001") == "0"


@pytest.mark.parametrize("sheets", [LABELS, CARDS])
def test_every_sheet_lies_on_its_paper(sheets: Any) -> None:
    for sheet in sheets.values():
        width, height = sheet.size
        for x, y in sheet.places():
            assert x >= 0
            assert y >= 0
            assert x + sheet.width <= width + 0.1
            assert y + sheet.height <= height + 0.1


LINES = ("Ms Ada Byron King", "Countess of Lovelace", "12 St James's Square", "SW1Y 4JH London")


def _letter(ask: Asker, librarian: Person, member: Person) -> tuple[str, str]:
    """One letter that waits, to an address of four lines: the page of it, and its subject."""
    Notice.update(channel="print").execute()
    Notice.delete().where(Notice.user_id != member.id).execute()
    amend(member.id, address="\n".join(LINES))
    [told] = ask.get(f"/notices?user_id={member.id}", by=librarian).json["data"]
    return ask.get("/notices/print", by=librarian).text, told["subject"]


def _letter_at_the_desk(
    ask: Asker, librarian: Person, member: Person, browsing: Browsing
) -> tuple[str, str]:
    """The same on the page of the desk, with its styles."""
    _, subject = _letter(ask, librarian, member)
    page = html.tostring(browsing.sign_in(librarian).go("/desk/letters").page, encoding="unicode")
    styles = "".join((STATIC / f"{name}.css").read_text() for name in ("pico.min", "pages", "desk"))
    styled = page.replace("</head>", f"<style>{styles}</style></head>")
    return f"<!DOCTYPE html>{styled}", subject


def _require_window_on_a4(document: Any, subject: str) -> None:
    """DIN 5008, form B: the field is 85 by 45 mm, its text 25 mm from the left, 45 mm from the top.

    The sender takes the first 5 mm; a DL window shows from 20 to 110 mm and from 45 to 90 mm.
    """
    (sheet,) = document
    assert sheet.get_width() * INCH / 72 == pytest.approx(210, abs=0.5)
    for line in LINES:
        left, top, right, bottom = _text_at(sheet, line)
        assert left == pytest.approx(25, abs=0.7), line
        assert right < 105, line
        assert 53 < top < bottom < 90, line
    # What is said to the member alone is not read through the window.
    assert _text_at(sheet, subject)[1] > 90


def _require_window_on_letter(document: Any, subject: str) -> None:
    """A US #10 envelope is 9 1/2 by 4 1/8 inches, its window 4 1/2 by 1 1/8 inches.

    The window begins 7/8 inch from the left and 1/2 inch from the bottom. The sheet, folded in
    three, slides in it by an inch to the side, and by 8 mm up, as its seams leave.
    """
    (sheet,) = document
    assert sheet.get_width() / 72 == pytest.approx(8.5, abs=0.02)
    panel = 11 * INCH / 3
    for aside in (0.0, INCH):
        for up in (0.0, 8.0):
            window = (7 / 8 * INCH - aside, panel - 13 / 8 * INCH + up)
            end = (window[0] + 4.5 * INCH, panel - INCH / 2 + up)
            for line in LINES:
                left, top, right, bottom = _text_at(sheet, line)
                assert window[0] < left < right < end[0], line
                assert window[1] < top < bottom < end[1], line
            assert _text_at(sheet, "9 Elm Road")[3] < window[1]
            assert _text_at(sheet, subject)[1] > end[1]


@pytest.mark.browser
def test_the_address_of_a_letter_lies_in_the_window_of_its_envelope(
    ask: Asker, librarian: Person, member: Person, browser: Chrome
) -> None:
    page, subject = _letter(ask, librarian, member)
    _require_window_on_a4(_document(browser, page), subject)


@pytest.mark.browser
@pytest.mark.settings(LIBRARY_PAPER="letter", LIBRARY_ADDRESS="9 Elm Road")
def test_on_letter_paper_the_address_lies_in_the_window_of_a_us_envelope(
    ask: Asker, librarian: Person, member: Person, browser: Chrome
) -> None:
    page, subject = _letter(ask, librarian, member)
    _require_window_on_letter(_document(browser, page), subject)


@pytest.mark.browser
def test_a_letter_from_the_desk_has_its_address_in_the_window(
    ask: Asker, librarian: Person, member: Person, browser: Chrome, browsing: Browsing
) -> None:
    page, subject = _letter_at_the_desk(ask, librarian, member, browsing)
    _require_window_on_a4(_document(browser, page), subject)


@pytest.mark.browser
@pytest.mark.settings(LIBRARY_PAPER="letter", LIBRARY_ADDRESS="9 Elm Road")
def test_a_letter_from_the_desk_fits_the_paper_that_is_set(
    ask: Asker, librarian: Person, member: Person, browser: Chrome, browsing: Browsing
) -> None:
    page, subject = _letter_at_the_desk(ask, librarian, member, browsing)
    _require_window_on_letter(_document(browser, page), subject)


STREET = "Lange Straße 12, Hinterhaus"
LONG = f"c/o Familie Müller\nHaus Sonnenschein\nDritter Stock\n{STREET}\n10115 Berlin\nGERMANY"


@pytest.mark.browser
@pytest.mark.parametrize("letter", [_letter, _letter_at_the_desk])
@pytest.mark.parametrize(
    ("top", "bottom"),
    [
        pytest.param(53, 90, id="a4"),
        pytest.param(59, 80.5, marks=pytest.mark.settings(LIBRARY_PAPER="letter"), id="letter"),
    ],
)
def test_an_address_of_many_lines_is_seen_whole_in_the_window(
    request: pytest.FixtureRequest,
    browser: Chrome,
    letter: Any,
    monkeypatch: pytest.MonkeyPatch,
    top: float,
    bottom: float,
) -> None:
    monkeypatch.setattr(f"{__name__}.LINES", LONG.splitlines())
    given = [request.getfixturevalue(name) for name in inspect.signature(letter).parameters]
    (sheet,) = _document(browser, letter(*given)[0])
    for line in LONG.splitlines():
        place = _text_at(sheet, line)
        assert top < place[1] < place[3] < bottom, line
