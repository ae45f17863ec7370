"""Titles without a number of their own, and the number that MARC of this library gives them."""

from typing import Any

import pytest

from catalogue.merging import merge_books
from models import source_key, timestamps
from models.audit import Actor
from tests.unit.catalogue.given import Heard, bring_in, catalogue, titles

NOTE = (1, "control_number", "control-number-of-another-title")


def own_number(title: str) -> str:
    """The number that goes out with the book of this title."""
    (book_id,) = [book["id"] for book in catalogue() if book["title"] == title]
    return f"({source_key.code()}){book_id}"


@pytest.fixture
def owls(db: Any) -> dict[str, Any]:
    """The record of a title without a number as it went out."""
    bring_in({"title": "Owls"})
    return {"title": "Owls", "control_number": own_number("Owls")}


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_own_number_finds_its_title_and_becomes_no_number(
    owls: dict[str, Any], dry_run: bool
) -> None:
    assert bring_in(owls, on_match="update", dry_run=dry_run).skipped == 1
    assert [book["control_number"] for book in catalogue()] == [None]


def test_an_own_number_is_matched_only_if_control_numbers_are(owls: dict[str, Any]) -> None:
    assert bring_in(owls, match=()).created == 1
    assert titles() == ["Owls", "Owls"]


@pytest.mark.parametrize("on_match", ["skip", "update"])
@pytest.mark.parametrize("dry_run", [True, False])
def test_an_own_number_with_another_title_is_a_new_book_and_noted(
    owls: dict[str, Any], on_match: str, dry_run: bool
) -> None:
    told = Heard()
    moths = {**owls, "title": "Moths", "copies": [{"barcode": "M1"}]}
    assert bring_in(moths, told=told, on_match=on_match, dry_run=dry_run).created == 1
    assert told.notes == [NOTE]
    assert titles() == (["Owls"] if dry_run else ["Owls", "Moths"])


def test_the_own_number_of_a_merged_title_finds_the_one_that_it_is_now(
    owls: dict[str, Any],
) -> None:
    bring_in({"title": "On owls", "control_number": "n1"})
    old, kept = (book["id"] for book in catalogue())
    merge_books(kept, [old], Actor(None, "test"), timestamps.now())
    assert bring_in(owls).skipped == 1
    assert titles() == ["On owls"]


def test_a_correction_finds_its_title_by_an_own_number(owls: dict[str, Any]) -> None:
    del owls["title"]
    assert bring_in({**owls, "author": "Doe"}, on_match="update").updated == 1
    assert [book["author"] for book in catalogue()] == ["Doe"]
