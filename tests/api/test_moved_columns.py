"""Columns of moved files: how spreadsheets and reports of other systems call them."""

from typing import Any

import pytest

from tests.api.test_moving_in import counts
from tests.api.test_moving_in import move as move
from tests.api.test_moving_in import read as read
from tests.api.test_moving_in import shelf as shelf


@pytest.mark.parametrize(
    "header", ["Nº socio", "N.º de socio", "N° carte", "Núm. socio", "borrowers.cardnumber"]
)
def test_any_word_for_a_number_is_one(move: Any, read: Any, header: str) -> None:
    found = move("members", f"{header};Vorname;Nachname\nC7;Ada;Lovelace\n")
    assert (counts(found), found["unused"]) == ((1, 1, 0, 0, 0), [])
    [member] = read("/users?role=member")["data"]
    assert member["card_number"] == "C7"


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("itemlost", {"status": "lost"}),
        ("items.damaged", {"status": "in_repair"}),
        ("notforloan", {"status": "available", "loan_type": "reference"}),
    ],
)
def test_a_column_for_one_state_says_that_a_copy_is_in_it(
    move: Any, read: Any, shelf: None, header: str, shown: dict[str, str]
) -> None:
    found = move("copies", f"barcode,isbn,{header}\nN1,9780141439587,1\nN2,9780141439587,0\n")
    assert (counts(found), found["unused"]) == ((2, 2, 0, 0, 0), [])
    [copy] = read("/copies?barcode=N1")["data"]
    assert {name: copy[name] for name in shown} == shown
    assert read("/copies?barcode=N2")["data"][0]["status"] == "available"


def test_a_column_of_months_by_their_names_needs_no_order(
    move: Any, read: Any, shelf: None
) -> None:
    found = move("copies", "barcode,isbn,acquired_on\nN1,9780141439587,03-Apr-04\n")
    assert found["read_as"] == ["acquired_on: month by its name"]
    assert read("/copies?barcode=N1")["data"][0]["acquired_on"] == "2004-04-03"


def test_a_day_and_a_month_of_one_digit_are_told_apart_by_the_column(
    move: Any, read: Any, shelf: None
) -> None:
    found = move("copies", "barcode,isbn,acquired_on\nN1,9780141439587,13-4-2004\n")
    assert found["read_as"] == ["acquired_on: day, month, year"]
    assert read("/copies?barcode=N1")["data"][0]["acquired_on"] == "2004-04-13"


def test_a_column_with_both_kinds_of_amounts_is_noted_with_one_of_each(
    move: Any, read: Any, shelf: None
) -> None:
    found = move("copies", "barcode,isbn,price\nN1,9780141439587,12.50\nN2,9780141439587,10\n")
    [told] = read(f"/imports/{found['id']}/errors")["data"]
    assert (told["record"], told["field"], told["code"]) == (1, "price", "mixed-amounts")
    assert "10 was read as 0.10" in told["detail"]


def test_no_amount_is_noted_where_it_was_said_what_whole_ones_are(
    move: Any, read: Any, shelf: None
) -> None:
    rows = "barcode,isbn,price\nN1,9780141439587,12.50\nN2,9780141439587,10\n"
    found = move("copies", rows, "money=major")
    assert read(f"/imports/{found['id']}/errors")["data"] == []


def test_headers_are_found_below_the_title_of_a_list(move: Any, read: Any) -> None:
    found = move("members", "Members of class 5b\n\ncardnumber,surname\nC7,Lovelace\n")
    assert counts(found) == (1, 1, 0, 0, 0)
    assert found["read_as"][0] == "headers: the line below 'Members of class 5b'"
