"""Prices in files of books, by the decimals of the currency."""

from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats import Options, Record, read, write
from formats.prices import price_in, price_written

COPY = {"barcode": "B1", "status": "available"}


def prices(kind: str, data: bytes, decimals: int) -> list[Any]:
    [record] = read(BytesIO(data), kind, Options(decimals=decimals))
    assert isinstance(record, Record)
    return [copy.get("price") for copy in record.copies]


@pytest.mark.parametrize(
    ("text", "decimals", "price"),
    [
        ("500", 0, 500),
        ("500.00", 0, 500),
        ("500.50", 0, None),
        ("1.500", 0, None),
        ("12.50", 2, 1250),
        ("12.5", 2, 1250),
        ("1.234,5 €", 2, 123450),
        ("500.5", 0, None),
        ("1.5", 3, 1500),
        ("12,- €", 2, 1200),
        ("Fr. 1'250.--", 2, 125000),
        ("12.\N{EN DASH}", 2, 1200),
        ("500,-", 0, 500),
        ("12.50.-", 2, 1250),
        ("1.250,-", 2, 125000),
        ("-12,-", 2, None),
        ("12-", 2, None),
        ("-12.50", 2, None),
        ("(12.50)", 2, None),
        ("1.500", 2, None),
        ("1,012.50 EUR", 2, 101250),
        ("1.500", 3, 1500),
        ("1.50", 3, 1500),
        ("1,234.500 KWD", 3, 1234500),
        ("12 \N{EURO SIGN}", 2, 1200),
        ("$25", 2, 2500),
        ("US$ 25", 2, 2500),
        ("500 JPY", 0, 500),
        ("12 pages", 2, None),
    ],
)
def test_a_price_is_read_by_the_decimals_of_its_currency(
    text: str, decimals: int, price: int | None
) -> None:
    assert price_in(text, decimals) == price


@pytest.mark.parametrize(("decimals", "price"), [(0, None), (2, 1250), (3, 12500)])
def test_prices_in_csv_have_the_decimals_of_the_currency(decimals: int, price: int | None) -> None:
    assert prices("csv", b"title,barcode,price\nEmma,B1,12.50\n", decimals) == [price]


@given(st.integers(0, 10**9), st.sampled_from([0, 2, 3]))
def test_a_price_that_is_written_is_read_as_it_was(price: int, decimals: int) -> None:
    assert price_in(price_written(price, decimals), decimals) == price


@pytest.mark.parametrize("kind", ["marc", "marcxml"])
@pytest.mark.parametrize(("decimals", "written"), [(0, b"1250"), (2, b"12.50"), (3, b"1.250")])
def test_prices_in_marc_have_the_decimals_of_the_currency(
    kind: str, decimals: int, written: bytes
) -> None:
    source = ({"title": "Emma"}, None, [{**COPY, "price": 1250}])
    data = b"".join(write(kind, [source], copies=True, decimals=decimals))
    assert written in data
    assert prices(kind, data, decimals) == [1250]
