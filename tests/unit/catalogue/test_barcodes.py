"""Barcodes that imports make."""

from itertools import islice

import pytest

from catalogue import barcodes
from catalogue.barcodes import check_digit, new_barcodes
from models.errors import Taken
from tests.unit.catalogue.given import bring_in


@pytest.mark.parametrize(
    ("stem", "digit"), [("2123456789012", "4"), ("3123400012345", "3"), ("3000000000001", "2")]
)
def test_the_last_digit_is_the_one_that_libraries_use(stem: str, digit: str) -> None:
    assert check_digit(stem) == digit


@pytest.mark.usefixtures("db")
def test_after_the_last_barcode_of_the_range_those_below_it_that_are_free_are_made() -> None:
    stems = ["3000000000001", "3000000000003", "3000099999999"]
    taken = [{"barcode": stem + check_digit(stem)} for stem in stems]
    bring_in({"title": "Emma", "copies": taken})
    assert list(islice(new_barcodes(), 3)) == ["30000000000020", "30000000000046", "30000000000053"]


@pytest.mark.usefixtures("db")
def test_where_no_barcode_is_free_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(barcodes, "_END", 2)
    bring_in({"title": "Emma", "copies": [{"barcode": next(new_barcodes())}]})
    with pytest.raises(Taken, match="All barcodes"):
        next(new_barcodes())
