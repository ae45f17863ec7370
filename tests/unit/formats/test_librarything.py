"""The JSON of LibraryThing: one object with a book under each number."""

import io
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats import Fault, Record, read

EMMA = {
    "books_id": "101",
    "title": 'The Emma {papers} \\ "quoted"',
    "sortcharacter": "5",
    "primaryauthor": "Austen, Jane",
    "primaryauthorrole": "Author",
    "authors": [
        {"lf": "Austen, Jane", "fl": "Jane Austen"},
        {"lf": "Thomson, Hugh", "fl": "Hugh Thomson", "role": "Illustrator"},
    ],
    "publication": "Penguin Classics (2003), Edition: Revised ed., 474 pages",
    "date": "2003",
    "isbn": {"0": "0141439580", "2": "9780141439587"},
    "ean": ["9780141439587"],
    "language": ["English"],
    "originallanguage": ["English"],
    "lcc": {"code": "PR4034 .E5 2003"},
    "ddc": {"code": ["823.7"], "wording": ["Literature"]},
    "subject": [["Courtship", "England", "Fiction"], ["Young women"]],
    "tags": ["classics", "to lend"],
    "series": ["Works (4)"],
    "pages": "474 ",
    "copies": 2,
    "format": [{"code": "1.1", "text": "Paperback"}],
    "rating": 4,
}
IDA = {"books_id": "102", "title": "Ida", "primaryauthor": "Vane, Olive"}


def of(data: bytes) -> list[Any]:
    return list(read(io.BytesIO(data), "ndjson"))


def export(*books: dict[str, Any], **how: Any) -> bytes:
    return orjson.dumps({book["books_id"]: book for book in books}, **how)


def test_a_book_has_what_the_row_of_the_table_would_say() -> None:
    [record, _] = of(export(EMMA, IDA))
    assert isinstance(record, Record)
    assert record.book == {
        "title": 'The Emma {papers} \\ "quoted"',
        "author": "Austen, Jane",
        "contributors": [{"name": "Thomson, Hugh", "role": None}],
        "publisher": "Penguin Classics",
        "published_year": 2003,
        "edition": "Revised ed.",
        "pages": 474,
        "isbn": "9780141439587",
        "language": "eng",
        "classification": "PR4034 .E5 2003",
        "subjects": ["Courtship -- England -- Fiction", "Young women", "classics", "to lend"],
        "series": "Works",
        "series_volume": "4",
        "material_type": "text",
    }
    assert record.nonfiling == 4
    assert len(record.unlabelled) == 2
    assert record.notes == []


def test_signs_that_are_written_as_html_has_them_are_read() -> None:
    book = {**IDA, "title": "Ida&#039;s &Eacute;tude", "primaryauthor": "L&oacute;pez, Ana"}
    [record] = of(export(book))
    assert isinstance(record, Record)
    assert (record.book["title"], record.book["author"]) == ("Ida's Étude", "López, Ana")


def test_what_is_not_used_is_named() -> None:
    reader = read(io.BytesIO(export(EMMA)), "ndjson")
    list(reader)
    assert reader.unused == ["books_id", "primaryauthorrole", "originallanguage", "rating"]


def test_pretty_printed_files_and_marks_make_no_difference() -> None:
    plain, pretty = (
        export(EMMA, IDA),
        b"\xef\xbb\xbf\n" + export(EMMA, IDA, option=orjson.OPT_INDENT_2),
    )
    assert [one.book for one in of(plain)] == [one.book for one in of(pretty)]


def test_a_record_as_it_came_is_read_again() -> None:
    raws = b"".join(one.raw for one in of(export(EMMA, IDA)))
    assert [one.book for one in of(raws)] == [one.book for one in of(export(EMMA, IDA))]


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (export(IDA)[:-12], ["malformed-json"]),
        (b'{"1": {"title": nothing}, "2": {"title": "Ida"}}', ["malformed-json", ""]),
        (b'{"1": {"title": "' + b"x" * (1 << 20) + b'"}, "2": {"title": "Ida"}}', ["too-long", ""]),
    ],
)
def test_a_book_that_cannot_be_read_costs_no_other(data: bytes, codes: list[str]) -> None:
    assert [one.code if isinstance(one, Fault) else "" for one in of(data)] == codes


@given(
    st.dictionaries(
        st.from_regex("[0-9]{1,3}", fullmatch=True),
        st.fixed_dictionaries({"title": st.text(min_size=1)}),
        min_size=1,
    ),
    st.integers(1, 7),
)
def test_books_are_told_apart_wherever_the_file_is_cut(books: dict[str, Any], size: int) -> None:
    from formats.librarything import _entries

    data = orjson.dumps(books)
    chunks = (data[at : at + size] for at in range(0, len(data), size))
    assert [orjson.loads(b"{%s}" % one) for one in _entries(chunks)] == [
        {key: book} for key, book in books.items()
    ]
