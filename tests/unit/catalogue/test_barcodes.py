"""Barcodes that imports make."""

import pytest

from catalogue.barcodes import check_digit


@pytest.mark.parametrize(
    ("stem", "digit"), [("2123456789012", "4"), ("3123400012345", "3"), ("3000000000001", "2")]
)
def test_the_last_digit_is_the_one_that_libraries_use(stem: str, digit: str) -> None:
    assert check_digit(stem) == digit
