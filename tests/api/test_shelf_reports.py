"""Reports for going through the shelves, and stocktaking, over HTTP; rules are in tests/unit."""

from typing import Any

import pytest

from models import book, copy
from tests.support.asking import Asker
from tests.support.people import Person


@pytest.fixture
def copies(librarian: Person) -> list[Any]:
    """Three copies of one book in two places."""
    book_id = book.create({"title": "Emma", "language": "eng"}, librarian.actor).id
    return [
        copy.create(book_id, {"barcode": f"B{n}", "location": place}, librarian.actor)
        for n, place in enumerate(("Main", "Main", "Attic"), 1)
    ]


def test_the_pull_list_names_hold_member_book_and_copies(
    ask: Asker, librarian: Person, member: Person, copies: list[Any]
) -> None:
    hold = ask.post("/holds", {"book_id": copies[0].book_id}, by=member).json
    told = ask.get("/reports/pull-list", by=librarian).json
    [row] = told["data"]
    assert (row["hold_id"], row["user"]["id"]) == (hold["id"], member.id)
    assert row["book"] == {"id": copies[0].book_id, "title": "Emma", "author": None}
    assert [one["barcode"] for one in row["copies"]] == ["B3", "B1", "B2"]
    assert told["pagination"]["total"] == 1


def test_the_pull_list_as_csv_has_a_row_for_each_copy(
    ask: Asker, librarian: Person, member: Person, copies: list[Any]
) -> None:
    ask.post("/holds", {"book_id": copies[0].book_id}, by=member)
    told = ask.get("/reports/pull-list", by=librarian, headers={"Accept": "text/csv"})
    head, *rows = told.text.splitlines()
    assert head.startswith(
        "hold_id,user.id,user.first_name,user.last_name,user.card_number,book.id"
    )
    assert head.endswith("copy.id,copy.barcode,copy.location,copy.shelfmark")
    assert [row.split(",")[-3] for row in rows] == ["B3", "B1", "B2"]


@pytest.mark.parametrize("path", ["pull-list", "shelf-clearing", "dormant"])
def test_reports_of_shelves_are_paged_both_ways(
    ask: Asker, librarian: Person, member: Person, copies: list[Any], path: str
) -> None:
    for one in copies:
        placed = ask.post("/holds", {"barcode": one.barcode}, by=member).json
        if path == "shelf-clearing":
            ask.post("/returns", {"barcode": one.barcode}, by=librarian)
            ask.delete(f"/holds/{placed['id']}", by=member)
    whole = ask.get(f"/reports/{path}", by=librarian).json["data"]
    assert len(whole) == 3
    pages = [
        ask.get(f"/reports/{path}?limit=2&page={n}", by=librarian).json["data"] for n in (1, 2)
    ]
    assert pages[0] + pages[1] == whole
    first = ask.get(f"/reports/{path}?limit=2&cursor=", by=librarian).json
    cursor = first["pagination"]["next_cursor"]
    rest = ask.get(f"/reports/{path}?limit=2&cursor={cursor}", by=librarian).json
    assert first["data"] + rest["data"] == whole
    assert rest["pagination"]["next_cursor"] is None
    file = ask.get(f"/reports/{path}", by=librarian, headers={"Accept": "text/csv"})
    assert len(file.text.splitlines()) >= 4


def test_shelf_clearing_tells_hold_and_copy(
    ask: Asker, librarian: Person, member: Person, copies: list[Any]
) -> None:
    hold = ask.post("/holds", {"barcode": "B1"}, by=member).json
    ask.post("/returns", {"barcode": "B1"}, by=librarian)
    ask.delete(f"/holds/{hold['id']}", by=librarian)
    [row] = ask.get("/reports/shelf-clearing", by=librarian).json["data"]
    assert set(row) == {"hold_id", "status", "ended_at", "copy"}
    assert (row["hold_id"], row["status"], row["copy"]["barcode"]) == (
        hold["id"],
        "cancelled",
        "B1",
    )
    ask.post("/returns", {"barcode": "B1"}, by=librarian)
    assert ask.get("/reports/shelf-clearing", by=librarian).json["data"] == []


def test_circulation_is_counted_by_category_type_place_and_language(
    ask: Asker, librarian: Person, member: Person, copies: list[Any]
) -> None:
    ask.post("/loans", {"barcode": "B1", "user_id": member.id}, by=librarian)
    ask.post("/loans", {"barcode": "B3", "card_number": "none"}, by=librarian)
    ask.post("/returns", {"barcode": "B2", "in_house": True}, by=librarian)
    ask.post("/returns", {"barcode": "B1"}, by=librarian)
    counts = {}
    for by in ("category", "loan_type", "location", "language"):
        rows = ask.get(f"/reports/circulation?by={by}&interval=month", by=librarian).json["data"]
        counts[by] = [
            (row[by], row["loans"], row["renewals"], row["returns"], row["in_house"])
            for row in rows
        ]
    assert counts == {
        "category": [(None, 0, 0, 0, 1), ("standard", 1, 0, 1, 0)],
        "loan_type": [("standard", 1, 0, 1, 1)],
        "location": [("Main", 1, 0, 1, 1)],
        "language": [("eng", 1, 0, 1, 1)],
    }
    file = ask.get("/reports/circulation?by=language", by=librarian, headers={"Accept": "text/csv"})
    assert file.text.splitlines()[0] == "period,language,loans,renewals,returns,in_house"


def test_the_members_are_counted(ask: Asker, librarian: Person, member: Person) -> None:
    told = ask.get("/reports/members", by=librarian).json
    assert told == {"by_category": {"standard": 1}, "new": 1, "ended": 0, "ending": 0}


def test_a_stocktaking_from_its_beginning_to_its_end(
    ask: Asker, librarian: Person, copies: list[Any]
) -> None:
    made = ask.post("/stocktakes", {"name": "Summer", "location": "Main"}, by=librarian)
    assert made.status_code == 201
    path = f"/stocktakes/{made.json['id']}"
    assert ask.get(path, by=librarian).headers["ETag"] == made.headers["ETag"]
    scanned = ask.post(f"{path}/scans", {"barcodes": ["b1", "B3", "?"]}, by=librarian)
    assert scanned.status_code == 200
    results = scanned.json["results"]
    assert [one["outcome"] for one in results] == ["seen", "misplaced", "unknown"]
    assert (results[0]["barcode"], results[0]["copy"]["barcode"]) == ("b1", "B1")
    assert "copy" not in results[2]
    missing = ask.get(f"{path}/missing?embed=book", by=librarian).json["data"]
    assert [(one["barcode"], one["book"]["title"]) for one in missing] == [("B2", "Emma")]
    closed = ask.patch(path, {"status": "closed"}, by=librarian).json
    assert (closed["status"], closed["scanned"], closed["revision"]) == ("closed", 2, 2)
    again = ask.post(f"{path}/scans", {"barcodes": ["B2"]}, by=librarian)
    assert (again.status_code, again.json["code"]) == (409, "stocktake-closed")


@pytest.mark.parametrize("barcodes", [[], ["x"] * 1001, "B1", [1], [""]])
def test_scans_are_a_list_of_some_barcodes(
    ask: Asker, librarian: Person, copies: list[Any], barcodes: Any
) -> None:
    ask.post("/stocktakes", {"name": "Summer"}, by=librarian)
    answer = ask.post("/stocktakes/1/scans", {"barcodes": barcodes}, by=librarian)
    assert (answer.status_code, answer.json["code"]) == (400, "invalid")
