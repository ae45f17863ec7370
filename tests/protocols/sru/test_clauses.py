"""Queries put together from clauses, on both databases."""

from typing import Any

import pytest

from models.search import clauses
from protocols.sru import cql
from protocols.sru.diagnostics import Diagnostic
from tests.protocols.sru.conftest import add


@pytest.fixture
def found(db: Any) -> Any:
    """Which of three books a query finds, by their first letters, in the order given."""
    names = {
        add("Anna Karenina", author="Tolstoy, Leo", language="rus", published_year=1877): "A",
        add("Bleak House", author="Dickens, Charles", language="eng", isbn="9780141439723"): "B",
        add("Candide", author="Voltaire", language="fre", subjects=["Optimism"]): "C",
    }

    def ask(query: str) -> str:
        parsed = cql.parse(query)
        books = clauses.page(parsed.clause, parsed.sort, limit=10, offset=0)
        assert clauses.total(parsed.clause) == len(books)
        return "".join(names[book.id] for book in books)

    return ask


@pytest.mark.parametrize(
    ("query", "books"),
    [
        ("anna", "A"),
        ("anna or bleak", "AB"),
        ("anna or bleak not dickens", "A"),
        ("dc.language = rus or dc.subject = optimism", "AC"),
        ("dc.language <> rus not candide", "B"),
        ('bath.isbn any "0141439726 9780141439723"', "B"),
        ("dc.title == candide", "C"),
        ("cql.allRecords = 1 sortBy dc.title/sort.descending", "CBA"),
        ("rec.id > 0 or anna", None),
        ("(" * 50 + "anna" + " or bleak)" * 25 + " or dc.language = fre)" * 25, "ABC"),
        (" or ".join(["anna"] * 51), "A"),
        ("cql.allRecords = 1" + " not word" * 50, "ABC"),
    ],
)
def test_clauses_find_the_same_on_each_database(found: Any, query: str, books: str | None) -> None:
    if books is None:
        with pytest.raises(Diagnostic):
            found(query)
    else:
        assert found(query) == books
