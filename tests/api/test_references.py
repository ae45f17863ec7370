"""Members and copies are named alike in every act and list: by number, or by what is scanned."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.asking import Asker
from tests.support.people import Person

MEMBER = ("user_id", "card_number")
COPY = ("copy_id", "barcode")


@dataclass
class Desk:
    """A desk with a member, a copy and another title, and what names each."""

    ask: Asker
    clerk: Person
    names: dict[str, Any]
    other_book: int

    def post(self, path: str, *names: str, **more: Any) -> Any:
        """A POST in which members and copies are named by these fields."""
        return self.ask.post(path, {n: self.names[n] for n in names} | more, by=self.clerk)

    def listed(self, path: str) -> list[Any]:
        """What a list holds for the clerk."""
        rows: list[Any] = self.ask.get(path, by=self.clerk).json["data"]
        return rows


@pytest.fixture
def desk(ask: Asker, member: Person, librarian: Person) -> Desk:
    """A desk."""
    ask.patch(f"/users/{member.id}", {"card_number": "C-1"}, by=librarian)
    books = [
        ask.post("/books", {"title": t}, by=librarian).json["id"] for t in ("Emma", "Persuasion")
    ]
    for number, book_id in enumerate(books, 1):
        made = {"barcode": f"B-{number}"}
        copy = ask.post(f"/books/{book_id}/copies", made, by=librarian).json
        if number == 1:
            names = {"copy_id": copy["id"], "barcode": " b-1 "}
    names |= {"user_id": member.id, "card_number": " c-1 "}
    return Desk(ask, librarian, names, books[1])


def test_what_was_scanned_and_is_not_there_is_named(desk: Desk) -> None:
    """Of a card under the scanner in the field for the copy, that says what happened."""
    for path in ("/loans", "/loans/decisions", "/holds", "/holds/decisions", "/returns"):
        who = () if path == "/returns" else ("card_number",)
        answer = desk.post(path, *who, barcode="C-1")
        assert (answer.status_code, answer.json["code"]) == (404, "copy-not-found"), path
        assert answer.json["detail"] == "There is no copy with the barcode C-1."
    answer = desk.post("/returns", barcode="9780141439587")
    assert answer.json["detail"].endswith(
        "It is an ISBN, as publishers print it; scan the library's own barcode."
    )
    others: dict[str, dict[str, Any]] = {
        "/loans": {"barcode": "B-1"},
        "/holds": {"barcode": "B-1"},
        "/fees": {"amount": 1, "note": "x"},
    }
    for path, more in others.items():
        answer = desk.post(path, card_number="B-2", **more)
        assert (answer.status_code, answer.json["code"]) == (404, "user-not-found"), path
        assert answer.json["detail"] == "There is no member with the card B-2."


@pytest.mark.parametrize("copy", COPY)
@pytest.mark.parametrize("member_by", MEMBER)
def test_a_copy_is_lent_and_taken_back_by_number_or_scan(
    desk: Desk, copy: str, member_by: str
) -> None:
    assert desk.post("/loans/decisions", copy, member_by).json["allowed"] is True
    lent = desk.post("/loans", copy, member_by)
    assert (lent.status_code, lent.json["user_id"]) == (201, desk.names["user_id"])
    back = desk.post("/returns", copy)
    assert back.status_code == 200
    assert back.json["loan"]["id"] == lent.json["id"]
    assert back.json["copy"]["status"] == "available"


@pytest.mark.parametrize("member_by", MEMBER)
def test_holds_and_fees_are_for_a_member_by_number_or_card(desk: Desk, member_by: str) -> None:
    held = desk.post("/holds", member_by, book_id=desk.other_book)
    charged = desk.post("/fees", member_by, amount=150, note="Spilt coffee")
    for made in (held, charged):
        assert (made.status_code, made.json["user_id"]) == (201, desk.names["user_id"])


@pytest.mark.parametrize("copy", COPY)
@pytest.mark.parametrize("member_by", MEMBER)
def test_one_copy_is_held_by_number_or_scan(desk: Desk, copy: str, member_by: str) -> None:
    assert desk.post("/holds/decisions", copy, member_by).json["allowed"] is True
    held = desk.post("/holds", copy, member_by)
    assert held.status_code == 201
    assert held.json["requested_copy_id"] == desk.names["copy_id"]


@pytest.mark.parametrize("path", ["/loans", "/holds", "/fees", "/payments"])
@pytest.mark.parametrize("by", MEMBER)
def test_lists_of_a_member_are_found_by_number_or_card(
    desk: Desk, other_member: Person, path: str, by: str
) -> None:
    desk.post("/loans", "copy_id", "user_id")
    desk.post("/holds", "user_id", book_id=desk.other_book)
    fee = desk.post("/fees", "user_id", amount=150, note="Spilt coffee").json["id"]
    desk.post(f"/fees/{fee}/payments", amount=50, method="cash")
    desk.ask.patch(f"/users/{other_member.id}", {"card_number": "C-2"}, by=desk.clerk)
    [row] = desk.listed(f"{path}?{by}={desk.names[by]}")
    assert row["user_id"] == desk.names["user_id"]
    other = {"user_id": other_member.id, "card_number": "C-2"}[by]
    assert desk.listed(f"{path}?{by}={other}") == []


def test_loans_are_found_by_the_barcode_and_members_by_the_card(desk: Desk) -> None:
    loan = desk.post("/loans", "copy_id", "user_id").json
    assert [row["id"] for row in desk.listed("/loans?barcode=b-1")] == [loan["id"]]
    assert desk.listed("/loans?barcode=B-2") == []
    [found] = desk.listed("/users?card_number=c-1")
    assert found["id"] == desk.names["user_id"]
    assert desk.listed("/users?card_number=c") == []


@pytest.mark.parametrize(
    ("path", "names", "more", "missing"),
    [
        ("/returns", (), {}, ("#/barcode", "required")),
        ("/returns", COPY, {}, ("#/copy_id", "not-allowed")),
        ("/loans", ("user_id",), {}, ("#/barcode", "required")),
        ("/loans", ("copy_id", *MEMBER), {}, ("#/card_number", "not-allowed")),
        ("/fees", (), {"amount": 1, "note": "x"}, ("#/user_id", "required")),
        ("/fees", MEMBER, {"amount": 1, "note": "x"}, ("#/card_number", "not-allowed")),
        ("/holds", (), {"book_id": 2}, ("#/user_id", "required")),
        ("/holds", MEMBER, {"book_id": 2}, ("#/card_number", "not-allowed")),
        ("/holds", ("user_id",), {}, ("#/book_id", "required")),
        ("/holds", ("user_id", *COPY), {}, ("#/barcode", "not-allowed")),
    ],
)
def test_one_name_is_asked_for_and_two_are_refused(
    desk: Desk,
    path: str,
    names: tuple[str, ...],
    more: dict[str, Any],
    missing: tuple[str, str],
) -> None:
    answer = desk.post(path, *names, **more)
    assert answer.status_code == 400
    faults = [(fault["pointer"], fault["code"]) for fault in answer.json["errors"]]
    assert faults == [missing]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/returns", {"copy_id": 999}, "copy-not-found"),
        ("/loans", {"copy_id": 999, "card_number": "C-1"}, "copy-not-found"),
        ("/loans", {"barcode": "B-1", "card_number": "?"}, "user-not-found"),
        ("/holds", {"book_id": 1, "card_number": "?"}, "user-not-found"),
        ("/holds", {"barcode": "?", "card_number": "C-1"}, "copy-not-found"),
        ("/fees", {"card_number": "?", "amount": 1, "note": "x"}, "user-not-found"),
    ],
)
def test_what_is_named_and_unknown_is_said_to_be_unknown(
    desk: Desk, path: str, body: dict[str, Any], code: str
) -> None:
    answer = desk.post(path, **body)
    assert (answer.status_code, answer.json["code"]) == (404, code)
