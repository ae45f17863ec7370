"""Queries put together from clauses, on both databases."""

from collections.abc import Callable
from operator import and_, or_, sub
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


@pytest.fixture
def five(db: Any) -> Any:
    """Which of five books a query finds, by their first letters; most fields are empty."""
    names = {
        add("Anna Karenina", language="rus", published_year=1877): "A",
        add("Bleak House", author="Dickens, Charles", language="eng", isbn="9780141439723"): "B",
        add("Candide", language="fre", published_year=1759, subjects=["Optimism"]): "C",
        add("Drama", isbn="9780451524935", issn="0028-0836"): "D",
        add("Emma"): "E",
    }

    def ask(query: str) -> str:
        clause = cql.parse(query).clause
        books = clauses.page(clause, ("id",), limit=10, offset=0)
        assert clauses.total(clause) == len(books)
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


# Whether the book of a letter is found by a clause; of E nothing is known but its title.
LEAVES = {
    "cql.allRecords = 1": "ABCDE",
    "anna": "A",
    'dc.title any "anna drama"': "AD",
    "dc.subject = optimism": "C",
    "dc.title == candide": "C",
    'dc.creator exact "dickens, charles"': "B",
    "dc.language = rus": "A",
    "dc.language <> rus": "BCDE",
    'dc.language any "rus eng"': "AB",
    "dc.date = 1877": "A",
    "dc.date < 1900": "AC",
    "dc.date <> 1877": "BCDE",
    'dc.date within "1700 1800"': "C",
    "bath.isbn = 9780141439723": "B",
    'bath.isbn any "9780141439723 9780451524935"': "BD",
    "bath.issn = 0028-0836": "D",
}
TREES = st.recursive(
    st.sampled_from(list(LEAVES)),
    lambda part: st.tuples(part, st.sampled_from(["and", "or", "not"]), part),
    max_leaves=8,
)
Tree = str | tuple["Tree", str, "Tree"]
COMBINED: dict[str, Callable[[set[str], set[str]], set[str]]] = {
    "and": and_,
    "or": or_,
    "not": sub,
}


def written(tree: Tree) -> str:
    """The query of a tree."""
    return tree if isinstance(tree, str) else f"({' '.join(map(written, tree))})"


def members(tree: Tree) -> set[str]:
    """The letters of the books that a tree finds."""
    if isinstance(tree, str):
        return set(LEAVES[tree])
    return COMBINED[tree[1]](members(tree[0]), members(tree[2]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(tree=TREES)
def test_clauses_nested_at_will_find_what_sets_would(five: Any, tree: Tree) -> None:
    assert five(written(tree)) == "".join(sorted(members(tree)))


@pytest.mark.parametrize("leaf", LEAVES)
def test_a_book_that_does_not_say_what_is_asked_is_among_the_others(five: Any, leaf: str) -> None:
    others = "".join(sorted(set("ABCDE") - set(LEAVES[leaf])))
    assert five(f"cql.allRecords = 1 not {leaf}") == others


def test_words_that_belong_together_do_so_within_a_larger_question(five: Any) -> None:
    alone = 'cql.anywhere all "isbn 0451524934"'
    assert [five(alone), five(f"{alone} or anna"), five(f"{alone} and drama")] == ["D", "AD", "D"]


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
