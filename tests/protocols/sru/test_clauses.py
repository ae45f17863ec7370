"""Queries put together from clauses, on both databases."""

from typing import Any

import pytest

from models import book
from models.search import clauses
from protocols.sru import cql, scanning
from protocols.sru.diagnostics import Diagnostic
from protocols.sru.parameters import Request
from tests.protocols.sru.conftest import Answered, add
from tests.support.people import NOBODY


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
        return "".join(names[each.id] for each in books)

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


ARTICLES = [
    ("Die Hard", "eng"),
    ("La La Land", "eng"),
    ("De avonden", "dut"),
    ("Der Zauberberg", "ger"),
    ("The moonstone", None),
    ("\u00abLes\u00bb uns", "fre"),
]


@pytest.fixture
def titles(db: Any) -> None:
    """Titles that begin with an article, of their own language or of another one."""
    for title, language in ARTICLES:
        add(title, language=language)


@pytest.mark.parametrize("title", [title for title, _ in ARTICLES])
@pytest.mark.parametrize("relation", ["==", "exact"])
def test_a_whole_title_is_found_whatever_its_language_and_first_word(
    titles: None, title: str, relation: str
) -> None:
    parsed = cql.parse(f'dc.title {relation} "{title}"')
    assert [each.title for each in clauses.page(parsed.clause, (), limit=9, offset=0)] == [title]


@pytest.mark.parametrize("title", [title for title, _ in ARTICLES])
def test_a_scan_begins_with_the_title_asked_for_whatever_its_first_word(
    titles: None, title: str
) -> None:
    assert scanned(f'dc.title = "{title}"')[0] == title


@pytest.mark.parametrize(
    ("clause", "terms"),
    [
        ('dc.subject = "Écologie"', ["Écologie", "history", "Österreich"]),
        ("dc.subject = zz", []),
        ("dc.subject = e", ["ecole", "École", "Écologie"]),
        ("dc.date = 1000", ["1999"]),
        ("dc.date = -60", ["-50", "800", "1999"]),
        ('dc.date = ""', ["-50", "800", "1999"]),
        ("dc.language = f", ["ger"]),
    ],
)
def test_a_scan_is_in_the_order_of_words_and_of_years(
    db: Any, clause: str, terms: list[str]
) -> None:
    add("A", subjects=["École", "Écologie"], published_year=-50, language="ger")
    add("B", subjects=["history", "Zebra", "ecole"], published_year=800, language="eng")
    add("C", subjects=["Österreich"], published_year=1999)
    assert scanned(clause)[:3] == terms


def scanned(clause: str, **given: str) -> list[str]:
    """The terms of a scan."""
    request = Request("scan", "1.2", {"scanClause": clause, **given})
    return Answered(scanning.scan(request).encode()).texts("value")


def test_a_scan_reads_no_terms_but_those_it_shows_while_no_book_changes(db: Any) -> None:
    add("A", subjects=["École", "history"])
    assert reads_of_all_terms(db, "dc.subject = e", 1) == 1
    assert reads_of_all_terms(db, "dc.subject = h", 2) == 0


@pytest.mark.parametrize("place", range(4))
def test_a_scan_reads_all_terms_at_most_once_whatever_its_place(db: Any, place: int) -> None:
    add("A", subjects=["École", "history", "Zebra"])
    assert reads_of_all_terms(db, "dc.subject = history", place) == 1


def reads_of_all_terms(db: Any, clause: str, place: int) -> int:
    """How often a scan reads a facet without naming the terms that it wants."""
    sent: list[str] = []
    db.query_hooks.append(lambda event: sent.append(event.sql))
    scanned(clause, responsePosition=str(place))
    db.query_hooks.clear()
    return len([sql for sql in sent if "book_count" in sql and " IN " not in sql])


def test_a_scan_has_what_was_added_and_not_what_is_gone_since_the_last_one(db: Any) -> None:
    first = add("A", subjects=["École", "history"])
    assert scanned("dc.subject = a") == ["École", "history"]
    add("B", subjects=["ecole", "Österreich"])
    assert scanned("dc.subject = a") == ["ecole", "École", "history", "Österreich"]
    book.delete(book.locked(first), NOBODY)
    assert scanned("dc.subject = a") == ["ecole", "Österreich"]


@pytest.mark.parametrize(
    ("place", "terms"),
    [
        (0, ["Ökonomie", "Zebra"]),
        (1, ["history", "Ökonomie"]),
        (2, ["École", "history"]),
        (3, ["École", "history"]),
    ],
)
def test_the_term_asked_for_comes_at_its_place_where_so_many_are_before_it(
    db: Any, place: int, terms: list[str]
) -> None:
    add("A", subjects=["École", "history", "Ökonomie", "Zebra"])
    given = {"responsePosition": str(place), "maximumTerms": "2"}
    assert scanned("dc.subject = history", **given) == terms
