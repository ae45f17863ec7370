"""The short cut through a schema gives the verdicts of Cerberus, and its values."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.bodies import Body, Schema, compile_body
from validators.books import BOOK
from validators.copies import COPY
from validators.errors import Invalid
from validators.quick import QuickBody

THOROUGH = {"book": compile_body(BOOK, "create"), "copy": compile_body(COPY, "create")}
QUICK = {"book": QuickBody(BOOK), "copy": QuickBody(COPY)}

TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "",
            " ",
            "\u00a0",
            "\0",
            "\ud800",
            "e\u0301" * 3,
            "a" + "\u0301" * 101,
            "x" * 64,
            "x" * 65,
            "x" * 200,
            "x" * 201,
            "x" * 500,
            "x" * 501,
            "x" * 1001,
            "x" * 2000,
            "x" * 20_001,
            " 0-19-953552-3 ",
            "9780199535521",
            "9780199535522",
            "en",
            "eng",
            "English",
            "2026-11-21",
            "2026-02-30",
            "available",
            "on_loan",
            "https://example.org/1.jpg",
            "ftp://example.org",
            "https://example.org/" + "x" * 2000,
        ]
    ),
)
NUMBERS = st.one_of(
    st.integers(-5000, 11_000),
    st.sampled_from([0, 1, 10**6, 10**6 + 1, 10**12, 10**12 + 1, 2**63, 1.0, 1.5, True, False]),
)
PLAIN = st.one_of(st.none(), TEXTS, NUMBERS)
PEOPLE = st.dictionaries(st.sampled_from(["name", "role", "age"]), PLAIN, max_size=3)
LISTS = st.one_of(
    st.lists(st.one_of(PLAIN, PEOPLE), max_size=3),
    st.builds(lambda length: ["a"] * length, st.sampled_from([100, 101])),
    st.builds(lambda length: [{"name": "A"}] * length, st.sampled_from([200, 201])),
)
VALUES = st.one_of(PLAIN, LISTS, PEOPLE)


def verdict(body: Body | QuickBody, values: dict[str, Any]) -> Any:
    try:
        return body(values)
    except Invalid as invalid:
        return [fault.as_dict() for fault in invalid.errors]


def of_fields(schema: Schema, first: str) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies with a good first field, so that the other ones decide, and bodies of anything."""
    names = st.sampled_from([*schema.fields, "unknown"])
    some = st.dictionaries(names, VALUES, max_size=4)
    return st.one_of(some, some.map(lambda body: {**body, first: "good"}))


@settings(max_examples=400, deadline=None)
@given(of_fields(BOOK, "title"))
def test_a_book_gets_the_same_verdict_both_ways(body: dict[str, Any]) -> None:
    assert verdict(QUICK["book"], body) == verdict(THOROUGH["book"], body)


@settings(max_examples=200, deadline=None)
@given(of_fields(COPY, "barcode"))
def test_a_copy_gets_the_same_verdict_both_ways(body: dict[str, Any]) -> None:
    assert verdict(QUICK["copy"], body) == verdict(THOROUGH["copy"], body)


def test_types_are_kept() -> None:
    for value in (1.0, True, 1):
        for body in (QUICK["book"], THOROUGH["book"]):
            read = verdict(body, {"title": "Emma", "pages": value})
            assert isinstance(read, list) == (value is True)
            assert isinstance(read, list) or type(read["pages"]) is int


def test_what_is_plainly_right_does_not_reach_cerberus(monkeypatch: pytest.MonkeyPatch) -> None:
    body = QuickBody(BOOK)
    monkeypatch.setattr(body, "_thorough", None)
    book = {
        "title": "Emma",
        "isbn": "0199535523",
        "language": "en",
        "published_year": 1815,
        "contributors": [{"name": "Gill, Richard"}],
        "subjects": ["Courtship"],
        "cover_url": "https://example.org/1.jpg",
    }
    assert body(book)["contributors"] == [{"name": "Gill, Richard", "role": None}]


def test_a_default_list_is_not_shared_between_bodies() -> None:
    first = QUICK["book"]({"title": "Emma"})
    first["subjects"].append("Courtship")
    assert QUICK["book"]({"title": "Emma"})["subjects"] == []


def test_a_rule_without_a_short_cut_stops_the_start() -> None:
    schema = Schema("Odd", {"code": {"type": "string", "regex": "[a-z]+"}})
    with pytest.raises(ValueError, match="no short cut for string with regex"):
        QuickBody(schema)
