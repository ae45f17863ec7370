"""Stocktaking at the desk: scans with what each is, lists from collectors, what is missing."""

import pytest

from tests.support.desks import HOSTILE, Desk


def _begun(desk: Desk, location: str = "") -> str:
    desk.browsing.go("/desk/stocktakes")
    desk.click("/desk/stocktakes", name="Summer", location=location)
    return str(desk.browsing.answer.request.path)


def test_a_copy_scanned_on_its_place_is_told_in_green(desk: Desk) -> None:
    desk.copies("B-1", title="Flatland")
    path = _begun(desk)
    desk.click(f"{path}/scans", scan="B-1")
    assert desk.outcome == "On its place Flatland B-1"
    assert not desk.is_alarmed
    assert "One copy scanned" in desk.browsing.text


def test_a_copy_that_is_not_as_it_should_be_is_told_aloud(desk: Desk) -> None:
    desk.member("C-1")
    desk.copies("B-1")
    desk.copies("B-2", location="Attic")
    desk.scan("C-1").scan("B-1")
    path = _begun(desk, "Hall")
    for barcode, told in (
        ("B-1", "Still on loan"),
        ("B-2", "Belongs to another place"),
        ("B-3", "No copy has this barcode"),
    ):
        desk.browsing.go(path)
        desk.click(f"{path}/scans", scan=barcode)
        assert desk.outcome.startswith(told)
        assert desk.is_alarmed


def test_the_last_scans_stay_on_the_page_newest_first(desk: Desk) -> None:
    desk.copies("B-1", "B-2")
    path = _begun(desk)
    for barcode in ("B-1", "B-2", HOSTILE):
        desk.click(f"{path}/scans", scan=barcode)
    told = desk.browsing.page.xpath("//*[@class='acts']/li/code/text()")
    assert told == [HOSTILE, "B-2", "B-1"]


def test_a_list_of_a_collector_is_taken_at_once_and_only_what_is_wrong_is_listed(
    desk: Desk,
) -> None:
    desk.copies("B-1", "B-2")
    path = _begun(desk)
    form = desk.browsing.page.xpath(f'//form[@action="{path}/scans"]')[1]
    fields = {**dict(form.form_values()), "scan": "B-1\r\n\r\n B-2 \r\nB-9"}
    desk.browsing.send(f"{path}/scans", fields)
    assert desk.outcome == "3 copies scanned B-9 No copy has this barcode"
    assert desk.is_alarmed
    assert "2 copies scanned" in desk.browsing.text


def test_a_list_that_is_refused_is_kept_and_what_is_wrong_is_told(desk: Desk) -> None:
    path = _begun(desk)
    form = desk.browsing.page.xpath(f'//form[@action="{path}/scans"]')[1]
    glued = "B-1" * 30
    desk.browsing.send(f"{path}/scans", {**dict(form.form_values()), "scan": f"B-1\nB-2\n{glued}"})
    assert desk.browsing.status == 400
    assert "Barcode: This may have at most 64 characters." in desk.outcome
    [kept] = desk.browsing.page.xpath("//textarea[@name='scan']")
    assert kept.text.split() == ["B-1", "B-2", glued]


def test_what_was_not_scanned_is_missing(desk: Desk) -> None:
    desk.copies("B-1", "B-2", title="Flatland", location="Hall")
    path = _begun(desk)
    desk.click(f"{path}/scans", scan="B-1")
    desk.browsing.go(f"{path}/missing")
    cells = [" ".join(one.text_content().split()) for one in desk.browsing.page.xpath("//td|//th")]
    assert cells[-4:] == ["Hall", "", "Flatland", "B-2"]
    assert "B-1" not in desk.browsing.text


def test_what_is_missing_is_shown_by_pages(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.desk.stocktaking._PER_PAGE", 2)
    desk.copies("B-1", "B-2", "B-3", location="Hall")
    desk.browsing.go(f"{_begun(desk)}/missing")
    shown = desk.browsing.page.xpath("//td//code/text()")
    desk.browsing.go(desk.browsing.page.xpath('//a[@rel="next"]/@href')[0])
    assert [shown, desk.browsing.page.xpath("//td//code/text()")] == [["B-1", "B-2"], ["B-3"]]
    assert desk.browsing.page.xpath('//a[@rel="next"]') == []


def test_a_closed_stocktaking_takes_no_scans(desk: Desk) -> None:
    desk.copies("B-1")
    path = _begun(desk)
    fields = dict(desk.browsing.page.xpath('//form[@id="scan"]')[0].form_values())
    desk.click(f"{path}/closing")
    desk.browsing.send(f"{path}/scans", {**fields, "scan": "B-1"})
    assert desk.browsing.status == 409
    assert "This stocktaking is closed." in desk.outcome
    assert desk.browsing.page.xpath('//form[@id="scan"]') == []


def test_scans_told_before_cannot_be_made_up_into_anything_but_text(desk: Desk) -> None:
    path = _begun(desk)
    desk.click(f"{path}/scans", scan="", before=f"seen {HOSTILE}\nnonsense B-1\nseen")
    assert desk.browsing.status == 200
    assert desk.browsing.page.xpath("//main//img | //main//script") == []
    assert "B-1" not in desk.browsing.text
