"""Records with others embedded, and the filters of loans."""

from typing import Any

import pytest

from circulation import checkout
from models import book, copy
from models.database import database
from models.timestamps import now
from tests.support import days
from tests.support.asking import Asker
from tests.support.people import Person


@pytest.fixture
def loans(ask: Asker, librarian: Person, member: Person) -> list[int]:
    """Three loans of one member, who has the card C-1; the copies are B0 to B2."""
    ask.patch(f"/users/{member.id}", {"card_number": "C-1"}, by=librarian)
    made = []
    for number in range(3):
        book_id = book.create({"title": f"Novel {number}"}, librarian.actor).id
        copy.create(book_id, {"barcode": f"B{number}", "shelfmark": "F 1"}, librarian.actor)
        request = checkout.Request(barcode=f"B{number}", user_id=member.id)
        made.append(checkout.lend(request, librarian.actor, now()).row.id)
    return made


def found(ask: Asker, by: Person, query: str) -> list[Any]:
    return [one["id"] for one in ask.get(f"/loans?{query}", by=by).json["data"]]


def test_loans_embed_member_book_and_copy(
    ask: Asker, librarian: Person, member: Person, loans: list[int]
) -> None:
    one = ask.get("/loans?embed=user,book,copy", by=librarian).json["data"][0]
    assert one["user"] == {
        "id": member.id,
        "first_name": "Test",
        "last_name": "Member",
        "card_number": "C-1",
    }
    assert one["book"] == {"id": one["book_id"], "title": "Novel 0", "author": None}
    assert one["copy"] == {
        "id": one["copy_id"],
        "barcode": "B0",
        "location": None,
        "shelfmark": "F 1",
    }


def test_nothing_is_embedded_unasked(ask: Asker, librarian: Person, loans: list[int]) -> None:
    assert "user" not in ask.get("/loans", by=librarian).json["data"][0]


@pytest.mark.parametrize("path", ["/loans", "/fees"])
def test_a_page_takes_as_many_statements_however_many_it_shows(
    ask: Asker, librarian: Person, member: Person, loans: list[int], path: str
) -> None:
    for loan_id in loans:
        fee = {"user_id": member.id, "amount": 1, "note": "x", "loan_id": loan_id}
        ask.post("/fees", fee, by=librarian)
    counts = []
    for limit in (1, 3):
        sent: list[str] = []
        hook = lambda event, sent=sent: sent.append(event.sql)  # noqa: E731
        database.obj.query_hooks.append(hook)
        ask.get(f"{path}?embed=user,book,copy&limit={limit}", by=librarian)
        database.obj.query_hooks.remove(hook)
        counts.append(len([sql for sql in sent if "COUNT(*)" not in sql]))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("path", ["/holds", "/fees", "/orders"])
def test_the_other_lists_embed_too(
    ask: Asker, librarian: Person, member: Person, path: str
) -> None:
    fee = {"user_id": member.id, "amount": 1, "note": "x"}
    ask.post("/fees", fee, by=librarian)
    ask.post("/orders", {"title": "Emma"}, by=member)
    book_id = book.create({"title": "Emma"}, librarian.actor).id
    copy.create(book_id, {"barcode": "B9"}, librarian.actor)
    ask.post("/holds", {"book_id": book_id}, by=member)
    [one] = ask.get(f"{path}?embed=user", by=librarian).json["data"]
    assert one["user"]["id"] == member.id


def test_a_record_read_by_itself_embeds_what_its_list_does(
    ask: Asker, librarian: Person, member: Person, loans: list[int]
) -> None:
    loan = ask.get(f"/loans/{loans[0]}", by=librarian).json
    fee = {"user_id": member.id, "amount": 1, "note": "x", "loan_id": loan["id"]}
    ask.post("/fees", fee, by=librarian)
    ask.post("/orders", {"title": "Emma", "book_id": loan["book_id"]}, by=librarian)
    ask.post("/holds", {"copy_id": loan["copy_id"] + 1, "user_id": librarian.id}, by=librarian)
    for path, embeds in {
        "/loans": "user,book,copy",
        "/holds": "user,book,copy",
        "/fees": "user,book,copy",
        "/orders": "user,book",
    }.items():
        listed = ask.get(f"{path}?sort=id&limit=1&embed={embeds}", by=librarian).json["data"][0]
        alone = ask.get(f"{path}/{listed['id']}?embed={embeds}", by=librarian)
        assert alone.json == listed
        bare = ask.get(f"{path}/{listed['id']}", by=librarian)
        assert bare.headers["ETag"] != alone.headers["ETag"]
        assert {*listed} - {*bare.json} == {*embeds.split(",")}


def test_a_fee_embeds_what_it_was_charged_for(
    ask: Asker, librarian: Person, member: Person, loans: list[int]
) -> None:
    fee = {"user_id": member.id, "amount": 1, "note": "x"}
    for loan_id in (loans[1], None):
        ask.post("/fees", {**fee, "loan_id": loan_id}, by=librarian)
    late, other = ask.get("/fees?embed=book,copy", by=librarian).json["data"]
    assert (late["book"]["title"], late["copy"]["barcode"]) == ("Novel 1", "B1")
    assert (other["book"], other["copy"]) == (None, None)


def test_what_was_read_with_embedded_records_can_be_sent_back(
    ask: Asker, librarian: Person, loans: list[int]
) -> None:
    path = f"/loans/{loans[0]}"
    read = ask.get(f"{path}?embed=user,book", by=librarian).json
    due_on = {"due_on": str(days.ahead(3)), "reason": "wanted"}
    changed = ask.patch(path, {**read, **due_on}, by=librarian)
    assert (changed.status_code, changed.json["due_at"][:10]) == (200, due_on["due_on"])
    another = {**read["book"], "title": "Persuasion"}
    refused = ask.patch(path, {"book": another, **due_on}, by=librarian)
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (400, "read-only")


def test_loans_are_found_by_card_barcode_and_days(
    ask: Asker, librarian: Person, loans: list[int]
) -> None:
    today = days.ahead(0)
    for query, expected in {
        "card_number=c-1": loans,
        "card_number=C-2": [],
        "barcode=b1": [loans[1]],
        f"borrowed_from={today}&borrowed_to={today}": loans,
        f"borrowed_to={days.ahead(-1)}": [],
        f"due_from={days.ahead(300)}": [],
        f"returned_from={days.ahead(-1)}": [],
    }.items():
        assert found(ask, librarian, query) == expected
