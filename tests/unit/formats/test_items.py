"""Copies from the item fields of other systems."""

import io
from typing import Any

import pytest

import formats
from tests.unit.formats.format_samples import items, marc, record

TITLE = "245 10$aEmma."


def copies(*fields: str, **options: Any) -> list[dict[str, Any]]:
    return record("marc", marc(TITLE, *fields), **options).copies


def test_items_of_koha_are_taken_without_being_asked() -> None:
    field = "952   $00$10$40$70$aCPL$bCPL$cHALL$d2020-05-31$g12.50$o823 AUS$pB1$yBK$zSigned"
    assert copies(field) == [
        {
            "barcode": "B1",
            "location": "HALL",
            "shelfmark": "823 AUS",
            "loan_type": "BK",
            "price": 1250,
            "acquired_on": "2020-05-31",
            "note": "Signed",
        }
    ]


@pytest.mark.parametrize(
    ("subfields", "said"),
    [
        ("$11", {"status": "lost"}),
        ("$41", {"status": "in_repair"}),
        ("$01$11", {"status": "withdrawn"}),
        ("$71", {"loan_type": "reference"}),
        ("$7-1", {"loan_type": "reference"}),
    ],
)
def test_what_is_wrong_with_an_item_of_koha_is_its_status(
    subfields: str, said: dict[str, str]
) -> None:
    assert copies(f"952   $aCPL$pB1{subfields}") == [{"barcode": "B1", "location": "CPL", **said}]


@pytest.mark.parametrize(
    ("subfields", "said"),
    [
        ("$xnonreference$xcirculating$zAvailable", {}),
        ("$zChecked out", {}),
        ("$zMissing", {"status": "lost"}),
        ("$zBindery", {"status": "in_repair"}),
        ("$xreference$zDiscard/Weed", {"status": "withdrawn", "loan_type": "reference"}),
        ("$zWater stains", {"note": "Water stains"}),
    ],
)
def test_items_of_evergreen_are_taken_with_their_status(
    subfields: str, said: dict[str, str]
) -> None:
    field = f"852 4 $bBR1$bBR2$cStacks$j823 AUS$gbook$pB1$y12.50{subfields}"
    wanted = {
        "barcode": "B1",
        "location": "Stacks",
        "shelfmark": "823 AUS",
        "loan_type": "book",
        "price": 1250,
    }
    assert copies(field) == [{**wanted, **said}]


def test_an_item_without_barcode_waits_for_one() -> None:
    read = record("marc", marc(TITLE, "952   $aCPL$yBK"))
    assert (read.copies, read.unlabelled) == ([], [{"location": "CPL", "loan_type": "BK"}])


@pytest.mark.parametrize("other", ["B1", " b1"])
def test_an_item_that_has_both_an_852_and_a_952_is_taken_once_as_the_952_says(other: str) -> None:
    fields = (f"852 4 $bBR1$p{other}$ymuch", "852 4 $bBR1$pB2", "952   $cHALL$pB1")
    found = record("marc", marc(TITLE, *fields))
    assert found.copies == [
        {"barcode": "B2", "location": "BR1"},
        {"barcode": "B1", "location": "HALL"},
    ]
    assert found.notes == []


@pytest.mark.parametrize("tag", ["852", "952"])
def test_a_barcode_that_two_items_of_one_kind_have_is_told_of_both(tag: str) -> None:
    found = copies(f"{tag}   $bBR1$pB1", f"{tag}   $bBR2$pB1")
    assert [copy["location"] for copy in found] == ["BR1", "BR2"]


def test_items_may_be_left() -> None:
    assert copies("952   $aCPL$pB1", copies=formats.holdings("none")) == []
    assert copies("852   $bBR1$pB1", copies=formats.holdings("koha")) == []


def test_fields_that_seem_to_have_barcodes_are_named() -> None:
    data = marc(TITLE, "999   $aPR4034$i31234000123456$lHALL", "952   $pB1$aCPL", "500   $a1234567")
    reader = formats.read(io.BytesIO(data), "marc")
    list(reader)
    assert reader.unused == ["999$i"]
    asked = formats.Options(copies=formats.holdings("999$i,$l"))
    reader = formats.read(io.BytesIO(data), "marc", asked)
    list(reader)
    assert reader.unused == []


def test_a_price_of_an_item_that_cannot_be_read_is_noted() -> None:
    [read] = items("marc", marc(TITLE, "952   $aCPL$pB1$gmuch"))
    assert isinstance(read, formats.Record)
    assert [(note.field, note.code) for note in read.notes] == [("price", "unreadable")]
