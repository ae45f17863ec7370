"""Reading NDJSON: a line each, and every bad line a fault."""

import orjson
import pytest

from models.book_fields import FIELDS
from tests.unit.formats.format_samples import items, record, summary


def test_a_line_is_a_book_with_its_copies() -> None:
    fields = b'"title":" Cafe\\u0301 ","isbn":"0-19-953552-3","language":"en","pages":3'
    line = b"{" + fields + b',"copies":[{"barcode":"1"}]}\n'
    read = record("ndjson", line)
    assert read.book == {"title": "Café", "isbn": "9780199535521", "language": "eng", "pages": 3}
    assert read.copies == [{"barcode": "1"}]
    assert read.raw == line


def test_what_only_the_server_writes_is_passed_over() -> None:
    line = b'{"id":1,"title":"Emma","created_at":"x","updated_at":"x","revision":2,"wrong":1}'
    assert record("ndjson", line).book == {"title": "Emma", "wrong": 1}


def test_values_that_are_not_right_are_left_for_validation() -> None:
    line = b'{"title":3,"isbn":"12","language":["x"],"contributors":[{"name":null}]}'
    assert record("ndjson", line).book == {
        "title": 3,
        "isbn": "12",
        "language": ["x"],
        "contributors": [{"name": None}],
    }


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b'"title"',
        b'{"title": NaN}',
        b'{"title": "\xff"}',
        b'{"title": "\\ud800"}',
        b'{"a":' * 100_000,
        b"9" * 100_000,
    ],
)
def test_a_line_that_is_no_object_is_a_fault(line: bytes) -> None:
    found = items("ndjson", b'{"title":"Emma"}\n' + line + b'\n\n{"title":"Ida"}')
    assert summary(found) == ["Emma", "malformed-json", "Ida"]
    assert [item.number for item in found] == [1, 2, 3]
    assert found[1].raw == line + b"\n"


def test_copies_that_are_no_list_of_objects_are_a_fault() -> None:
    assert summary(items("ndjson", b'{"title":"Emma","copies":[1]}')) == ["type"]


def test_a_line_over_the_limit_is_a_fault() -> None:
    found = items("ndjson", b'"' + b"x" * 2_000_000 + b'"\n{"title":"Ida"}')
    assert summary(found) == ["too-long", "Ida"]


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    data = b'\xef\xbb\xbf{"title":"Emma"}\n{"title":"Ida"}\n'
    assert summary(items("ndjson", data)) == ["Emma", "Ida"]


EXPORTED = {
    **dict.fromkeys(FIELDS),
    "title": " Emma ",
    "material_type": " text ",
    "control_number": " n1 ",
    "subjects": [" Love "],
    "contributors": [{"name": " Doe ", "role": None}],
    "source_key": "x:1",
    "created_at": "2026-01-01T00:00:00Z",
    "copies": [{"barcode": "A1", "note": " torn ", "status": " lost "}],
}


def test_texts_of_an_export_come_as_they_went_out_with_blanks_around_them() -> None:
    read = record("ndjson", orjson.dumps(EXPORTED))
    assert (read.book["title"], read.copies[0]["note"]) == (" Emma ", " torn ")
    assert (read.book["subjects"], read.book["contributors"][0]["name"]) == ([" Love "], " Doe ")


def test_values_with_a_form_have_no_blanks_around_them_in_an_export_either() -> None:
    read = record("ndjson", orjson.dumps(EXPORTED))
    assert (read.book["material_type"], read.book["control_number"]) == ("text", "n1")
    assert read.copies[0]["status"] == "lost"


@pytest.mark.parametrize("missing", ["subtitle", "created_at", "source_key"])
def test_texts_of_another_program_have_no_blanks_around_them(missing: str) -> None:
    line = {name: value for name, value in EXPORTED.items() if name != missing}
    read = record("ndjson", orjson.dumps(line))
    assert (read.book["title"], read.copies[0]["note"]) == ("Emma", "torn")
