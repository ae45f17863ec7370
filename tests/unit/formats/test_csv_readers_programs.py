"""CSV of programs for readers and collectors, whose columns have names of their own."""

import io
from typing import Any

import pytest

import formats

PROGRAMS: dict[str, tuple[str, str, dict[str, Any], list[str]]] = {
    "BookWyrm": (
        "title,author_text,remote_id,openlibrary_key,isbn_10,isbn_13,pages,shelf,shelf_name",
        'Owls,"Olive Vane, Tilda Penn",https://example.org/1,,,9780306406157,204,read,Read',
        {
            "title": "Owls",
            "author": "Olive Vane",
            "contributors": [{"name": "Tilda Penn", "role": None}],
            "isbn": "9780306406157",
            "pages": 204,
        },
        ["remote_id", "openlibrary_key", "shelf", "shelf_name"],
    ),
    "Open Library": (
        "Work ID,Title,Authors,First Publish Year,Edition ID,Edition Count,Bookshelf,Subjects",
        'OL1W,Owls,"Olive Vane, Tilda Penn",1969,OL2M,12,Already Read,"Birds, Night"',
        {
            "title": "Owls",
            "author": "Olive Vane",
            "contributors": [{"name": "Tilda Penn", "role": None}],
            "published_year": 1969,
            "subjects": ["Birds", "Night"],
        },
        ["Work ID", "Edition ID", "Edition Count", "Bookshelf"],
    ),
    "Readerware": (
        (
            "ROWKEY,TITLE,ALT_TITLE,AUTHOR,AUTHOR2,COPYRIGHT_DATE,CONTENT_LANGUAGE,BARCODE,ISBN,"
            "CALL_NUMBER,CATEGORY1,CATEGORY2,READ_COUNT"
        ),
        (
            "1,Owls,Hoots,Olive Vane,Tilda Penn,1999,English,9780306406157,0306406152,598 VAN,"
            "Birds,Night,2"
        ),
        {
            "title": "Owls",
            "alternative_titles": ["Hoots"],
            "author": "Olive Vane",
            "contributors": [{"name": "Tilda Penn", "role": None}],
            "isbn": "9780306406157",
            "published_year": 1999,
            "language": "eng",
            "subjects": ["Birds", "Night"],
        },
        ["ROWKEY", "READ_COUNT"],
    ),
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_columns_are_known_and_the_others_named(program: str) -> None:
    header, row, book, left = PROGRAMS[program]
    reader = formats.read(io.BytesIO(f"{header}\n{row}\n".encode()), "csv")
    [found] = list(reader)
    assert isinstance(found, formats.Record)
    assert (found.book, reader.unused) == (book, left)


def test_the_number_on_the_cover_in_readerware_is_the_barcode_of_no_copy() -> None:
    header, row, *_ = PROGRAMS["Readerware"]
    [found] = list(formats.read(io.BytesIO(f"{header}\n{row}\n".encode()), "csv"))
    assert isinstance(found, formats.Record)
    assert (found.copies, found.unlabelled) == ([], [{"shelfmark": "598 VAN"}])


def test_a_barcode_beside_columns_for_more_authors_and_categories_is_that_of_a_copy() -> None:
    data = b"Title,Author,Author2,Category1,Barcode\nOwls,Olive Vane,,Birds,B1\n"
    [found] = list(formats.read(io.BytesIO(data), "csv"))
    assert isinstance(found, formats.Record)
    assert found.copies == [{"barcode": "B1"}]


@pytest.mark.parametrize(
    ("header", "field", "cell", "value"),
    [
        ("anno_pubblicazione", "published_year", "1999", 1999),
        ("num_pagine", "pages", "312", 312),
        ("Année édition", "published_year", "1999", 1999),
        ("CDD", "classification", "869.3", "869.3"),
    ],
)
def test_words_between_others_may_be_missing(
    header: str, field: str, cell: str, value: Any
) -> None:
    [found] = list(formats.read(io.BytesIO(f"title;{header}\nOwls;{cell}\n".encode()), "csv"))
    assert isinstance(found, formats.Record)
    assert found.book[field] == value
