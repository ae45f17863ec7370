"""Query strings: typed, complete, and every fault named by its parameter."""

import re

import pytest

from validators.books import BOOKS_QUERY, EXPORT_QUERY
from validators.engine.errors import Invalid
from validators.engine.queries import Query, QueryReader, compile_query

BOOKS = compile_query(BOOKS_QUERY)
EXPORT = compile_query(EXPORT_QUERY)
PLAIN: dict[str, object] = {"page": 1, "limit": 20, "cursor": None, "sort": [], "fields": None}


def faults(read: QueryReader, *pairs: tuple[str, str]) -> list[tuple[str | None, str]]:
    with pytest.raises(Invalid) as caught:
        read(pairs)
    return [(fault.parameter, fault.code) for fault in caught.value.errors]


def test_nothing_asked_gives_the_defaults() -> None:
    assert BOOKS([]) == PLAIN | {"embed": [], "facets": []}


def test_values_are_typed() -> None:
    read = BOOKS(
        [("limit", "5"), ("available", "true"), ("isbn", "0306406152"), ("published_from", "-20")]
    )
    assert (read["limit"], read["available"]) == (5, True)
    assert (read["isbn"], read["published_from"]) == ("9780306406157", -20)


def test_a_sort_is_fields_with_their_direction() -> None:
    assert BOOKS([("sort", "title,-published_year")])["sort"] == ["title", "-published_year"]


def test_lists_are_split_at_commas() -> None:
    read = BOOKS([("fields", "id,title"), ("embed", "copies"), ("facets", "language,author")])
    assert read["fields"] == ["id", "title"]
    assert (read["embed"], read["facets"]) == (["copies"], ["language", "author"])


def test_a_list_may_be_given_in_parts() -> None:
    read = BOOKS([("fields", "id"), ("sort", "-title"), ("fields", "title,isbn"), ("sort", "id")])
    assert read["fields"] == ["id", "title", "isbn"]
    assert read["sort"] == ["-title", "id"]
    assert faults(BOOKS, ("fields", "id"), ("fields", "id")) == [("fields", "repeated")]


@pytest.mark.parametrize("text", ["true", "True", "TRUE", "1"])
def test_yes_is_true_in_any_case_or_1(text: str) -> None:
    assert BOOKS([("available", text)])["available"] is True


@pytest.mark.parametrize("text", ["false", "False", "FALSE", "0"])
def test_no_is_false_in_any_case_or_0(text: str) -> None:
    assert BOOKS([("available", text)])["available"] is False


@pytest.mark.parametrize("name", ["q", "author", "subject", "publisher"])
@pytest.mark.parametrize("text", ['"(*-', "a\0b", "\ud800x", "x" * 100_000, "%", "AND OR NOT"])
def test_free_text_is_never_a_fault(name: str, text: str) -> None:
    assert BOOKS([(name, text)])[name]


def test_empty_free_text_is_no_filter() -> None:
    assert "q" not in BOOKS([("q", " ")])


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("limit", "x", "type"),
        ("limit", "", "type"),
        ("limit", "1.0", "type"),
        ("limit", "٣", "type"),
        ("limit", "9" * 5000, "type"),
        ("limit", "0", "too-small"),
        ("limit", "101", "too-large"),
        ("page", "0", "too-small"),
        ("page", "501", "too-large"),
        ("available", "", "type"),
        ("available", "2", "type"),
        ("available", "yes", "type"),
        ("isbn", "0306406153", "checksum"),
        ("language", "english", "format"),
        ("updated_since", "yesterday", "format"),
        ("sort", "price", "not-allowed"),
        ("sort", "", "not-allowed"),
        ("sort", "title,title", "repeated"),
        ("fields", "id,secret", "not-allowed"),
        ("embed", "loans", "not-allowed"),
        ("facets", "isbn", "not-allowed"),
        ("colour", "red", "unknown-parameter"),
        ("\ud800", "", "unknown-parameter"),
    ],
)
def test_what_cannot_be_read_is_a_fault(name: str, text: str, code: str) -> None:
    assert [found for _, found in faults(BOOKS, (name, text))] == [code]


def test_a_parameter_given_twice_is_a_fault() -> None:
    assert faults(BOOKS, ("q", "a"), ("q", "a")) == [("q", "repeated")]


def test_every_fault_is_told() -> None:
    told = faults(BOOKS, ("a", "1"), ("limit", "0"), ("page", "x"))
    assert sorted(told, key=str) == [
        ("a", "unknown-parameter"),
        ("limit", "too-small"),
        ("page", "type"),
    ]


def test_row_ten_thousand_is_the_last_by_number() -> None:
    assert BOOKS([("page", "100"), ("limit", "100")])["page"] == 100
    assert faults(BOOKS, ("page", "101"), ("limit", "100")) == [("page", "too-large")]


def test_an_empty_cursor_starts_keyset_paging() -> None:
    assert BOOKS([("cursor", "")])["cursor"] == ""
    assert faults(BOOKS, ("cursor", ""), ("page", "2")) == [("page", "not-allowed")]


def test_the_first_page_may_be_named_beside_a_cursor() -> None:
    assert BOOKS([("cursor", ""), ("page", "1"), ("limit", "100")])["cursor"] == ""


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("autor", "author"),
        ("Subject", "subject"),
        ("query", "q"),
        ("per_page", "page"),
        ("orderBy", "sort"),
        ("facet", "facets"),
    ],
)
def test_of_an_unknown_parameter_the_nearest_is_named(name: str, nearest: str) -> None:
    with pytest.raises(Invalid) as caught:
        BOOKS([(name, "x")])
    assert re.search(rf"\b{nearest}\b", caught.value.errors[0].detail)


def test_of_an_unknown_value_the_nearest_is_named() -> None:
    with pytest.raises(Invalid) as caught:
        BOOKS([("sort", "titel")])
    assert "Did you mean title?" in caught.value.errors[0].detail


def test_a_required_parameter_is_missed() -> None:
    assert faults(EXPORT) == [("format", "required")]
    assert EXPORT([("format", "csv")]) == {"format": "csv", "copies": False, "deleted": False}


def test_an_operation_without_parameters_takes_none() -> None:
    assert compile_query(Query())([]) == {}
    assert faults(compile_query(Query()), ("page", "1")) == [("page", "unknown-parameter")]
