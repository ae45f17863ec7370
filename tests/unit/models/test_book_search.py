"""Search, filters, order, facets and suggestions of the catalogue, on both databases."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import book, copy
from models.audit import Actor
from models.database import is_sqlite, rows, run, transaction
from models.errors import Taken
from models.search import book_list, index, upkeep
from models.search import facets as search_facets
from models.search.book_list import LISTING, Shelf
from models.search.facets import STEPS
from models.search.parser import parse
from models.search.suggestions import suggest

ACTOR = Actor(None, "test")
NO_HOLDS = Shelf([], [], [])

pytestmark = pytest.mark.usefixtures("db")


def facets(asked: dict[str, Any], names: list[str]) -> dict[str, list[dict[str, Any]]]:
    """The counts, all of which are exact."""
    found = search_facets.facets(asked, names)
    assert found.every == 1
    return found.values


def add(title: str, **values: Any) -> int:
    """A new book's id."""
    with transaction():
        created: int = book.create({"title": title, **values}, ACTOR).id
    return created


def change(book_id: int, **values: Any) -> None:
    with transaction():
        book.update(book.locked(book_id), values, ACTOR)


def found(sort: tuple[str, ...] = (), **asked: Any) -> list[int]:
    """The ids a list gives, checked against its total and against going through it by cursor."""
    ids = [row.id for row in LISTING.page(asked, sort, limit=100, offset=0)]
    assert LISTING.total(asked) == len(ids)
    pages = [LISTING.page_with_total(asked, sort, limit=1, offset=n) for n in range(len(ids) + 1)]
    assert [total for _, total in pages] == [len(ids)] * len(pages)
    assert [[row.id for row in rows] for rows, _ in pages] == [*([one] for one in ids), []]
    assert walked(sort, asked) == ids
    for count in range(1, len(ids) + 1):
        position = LISTING.position(asked, sort, count)
        rest, _ = LISTING.after(asked, sort, position, limit=100)
        assert [row.id for row in rest] == ids[count:]
    assert LISTING.position(asked, sort, len(ids) + 1) is None
    return ids


def walked(sort: tuple[str, ...], asked: dict[str, Any]) -> list[int]:
    ids, position = [], None
    while True:
        rows, position = LISTING.after(asked, sort, position, limit=1)
        ids += [row.id for row in rows]
        if position is None:
            return ids


def test_case_and_accents_make_no_difference() -> None:
    wanted = add("Émile, ou De l\u2019éducation")
    add("Candide")
    asked = ["Émile", "emile", "ÉMILE", "e\u0301mile", "EMILE ou de l'education"]
    assert {q: found(q=q) for q in asked} == {key: [wanted] for key in asked}


def test_every_script_is_found() -> None:
    titles = {
        "smorrebrod": "Smørrebrød",
        "strasse": "Straße",
        "война": "Война и мир",
        "שלום": "שלום עליכם",
        "हिन्दी": "हिन्दी साहित्य",
        "東京": "東京物語",
    }
    wanted = {asked: [add(title)] for asked, title in titles.items()}
    assert {asked: found(q=asked) for asked in titles} == wanted


def test_marks_that_people_leave_out_make_no_difference() -> None:
    titles = {
        "елка": "Ёлка",
        "замок": "\u0417\u0430\u0301\u043c\u043e\u043a",
        "שלום": "\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd",
        "كتاب": "\u0643\u0650\u062a\u064e\u0627\u0628\u064c",
        "محمد": "\u0645\u062d\u0640\u0640\u0645\u062f",
        "احمد": "\u0623\u062d\u0645\u062f",
    }
    wanted = {asked: [add(title)] for asked, title in titles.items()}
    assert {asked: found(q=asked) for asked in titles} == wanted
    assert {asked: found(q=titles[asked]) for asked in titles} == wanted


def test_marks_that_make_another_letter_do_make_a_difference() -> None:
    titles = {
        "мой": "мои",
        "їжак": "іжак",
        "қала": "кала",
        "ќе": "ке",
        "رئيس": "رييس",
        "が": "か",
        "कर्म": "करम",
        "की": "क",
    }
    for title in titles.values():
        add(title)
    assert {asked: found(q=asked) for asked in titles} == {key: [] for key in titles}


def test_all_words_must_be_there_wherever_they_stand() -> None:
    wanted = add("Persuasion", author="Jane Austen", publisher="Penguin")
    add("Emma", author="Jane Austen")
    assert found(q="austen penguin persuasion") == [wanted]


def test_a_phrase_must_stand_as_it_is() -> None:
    wanted = add("The Art of War")
    add("War and Art of the East")
    assert found(q='"art of war"') == [wanted]


def test_of_endless_phrases_the_beginning_counts() -> None:
    wanted = add("of the " * 25)
    add("of the " * 24)
    assert found(q='"' + "of the " * 40 + '"') == [wanted]


MOTHS = " ".join(f"the moth{number}" for number in range(300)) + " the unicorn"
UPSTAIRS = f"{300 * '一'}, 紅樓夢, {300 * '二'}, 一樓"


@pytest.mark.parametrize(
    ("contents", "q", "is_found"),
    [
        (MOTHS, '"the unicorn"', True),
        (MOTHS, '"the moth7"', True),
        (MOTHS, '"moth299 the unicorn"', True),
        (MOTHS, '"the moth7" -"the unicorn"', False),
        (MOTHS, '"moth7 the moth9"', False),
        (MOTHS, '"the unicorn moth7"', False),
        (MOTHS, "moth7 -the-unico*", False),
        (UPSTAIRS, '"一樓"', True),
        (UPSTAIRS, "樓夢", True),
        (UPSTAIRS, '"樓一"', False),
        ("一" * 16_500 + " owl in the dusk", '"owl in the dusk"', True),
        (" ".join(map(str, range(4_000))), '"3998 3999"', True),
    ],
)
def test_phrases_are_found_however_often_a_book_has_their_words(
    contents: str, q: str, is_found: bool
) -> None:
    only = add("Natural history", contents=contents)
    add("The unicorn")
    assert found(q=q, id=[only]) == ([only] if is_found else [])


def test_what_is_asked_for_twice_is_looked_for_once() -> None:
    assert parse("emma emma -ida -ida").wanted == parse("emma").wanted
    assert parse("emma emma -ida -ida").unwanted == parse("-ida").unwanted


def test_a_phrase_does_not_reach_from_one_heading_into_the_next() -> None:
    add("Emma", subjects=["Social class", "Marriage"])
    assert found(q='"class marriage"') == []


def test_a_word_with_a_minus_is_left_out() -> None:
    add("War and Peace")
    wanted = add("The Art of War")
    assert found(q="war -peace") == [wanted]


def test_a_phrase_with_a_minus_is_left_out() -> None:
    add("The Art of War")
    wanted = add("War of Art")
    assert found(q='war -"art of war"') == [wanted]


def test_only_words_to_leave_out_give_everything_else() -> None:
    add("War and Peace")
    wanted = add("Emma")
    assert found(q="-peace") == [wanted]


def test_a_star_finds_the_beginnings_of_words() -> None:
    wanted = [add("Historia"), add("History")]
    add("Prehistory")
    assert found(q="hist*") == wanted


def test_a_search_without_any_word_gives_everything() -> None:
    wanted = [add("Emma"), add("Persuasion")]
    asked = ["", "   ", '"', '""', "-", "* : ( ^ )", "—", "\x00", "..."]
    assert {q: found(q=q) for q in asked} == dict.fromkeys(asked, wanted)


def test_of_endless_words_the_beginning_counts() -> None:
    with transaction():
        book.create_all([{"title": f"Short, {'w' * 150}", "subjects": ["Other"]}], ACTOR)
    assert LISTING.total({"q": "w" * 120}) == LISTING.total({"q": "short w*"}) == 1


def test_operators_are_words_like_any_other() -> None:
    add("Emma")
    asked = ["emma AND", "emma NEAR(", "NOT emma", "emma OR or", "title:emma^2", "{title}: zz"]
    assert {q: found(q=q) for q in asked} == {key: [] for key in asked}


def test_punctuation_does_not_matter() -> None:
    wanted = add("Emma")
    asked = ['emma"', '"emma', "(emma)", "emma:*", "+emma", "^emma;", "“emma”"]
    assert {q: found(q=q) for q in asked} == {key: [wanted] for key in asked}


def test_an_isbn_in_any_form_finds_its_book() -> None:
    wanted = add("Emma", isbn="9780306406157")
    add("Emma", isbn="9780804429573")
    asked = [
        "9780306406157",
        "978-0-306-40615-7",
        "978 0 306 40615 7",
        "978\u20130\u2013306\u201340615\u20137",
        "0306406152",
        "0-306-40615-2",
        "ISBN 0 306 40615 2",
        "isbn:9780306406157",
        "urn:isbn:9780306406157",
        "URN:ISBN:978-0-306-40615-7",
        "emma 0-306-40615-2",
    ]
    assert {q: found(q=q) for q in asked} == {key: [wanted] for key in asked}


def test_an_isbn_with_a_minus_is_left_out_in_any_form() -> None:
    add("Emma", isbn="9780306406157")
    wanted = add("Emma", isbn="9780804429573")
    asked = [
        "emma -9780306406157",
        "emma -978-0-306-40615-7",
        "emma -0-306-40615-2",
        "emma -isbn:9780306406157",
        'emma -"978-0-306-40615-7"',
        "-978 0 306 40615 7",
    ]
    assert {q: found(q=q) for q in asked} == {key: [wanted] for key in asked}


def test_a_minus_within_a_word_leaves_no_isbn_out() -> None:
    wanted = add("Emma (-978-0-306-40615-7)", isbn="9780306406157")
    assert found(q="emma (-978-0-306-40615-7)") == [wanted]


def test_an_isbn_ending_in_x_finds_its_book() -> None:
    wanted = add("Emma", isbn="9780804429573")
    assert found(q="0-8044-2957-X") == [wanted]


def test_a_number_that_is_no_isbn_is_a_word() -> None:
    wanted = add("Report 1234567890")
    assert found(q="1234567890") == [wanted]


def test_title_comes_before_author_and_author_before_the_rest() -> None:
    rest = add("Letters", description="About Austen")
    author = add("Emma", author="Jane Austen")
    title = add("A Very Long Study of Austen and Her World")
    contributor = add("Essays on It", contributors=[{"name": "J. Austen", "role": None}])
    assert found(q="austen") == [title, author, contributor, rest]


def test_the_title_that_is_nearest_to_the_words_comes_first() -> None:
    longer = add("A Short History of Time")
    exact = add("History")
    short = add("History Lessons")
    assert found(q="history") == [exact, short, longer]


def test_equally_good_books_come_by_id() -> None:
    wanted = [add("Emma") for _ in range(3)]
    assert found(q="emma") == wanted


def test_a_search_can_be_sorted_otherwise() -> None:
    later = add("History", published_year=2001)
    earlier = add("History of Time", published_year=1988)
    assert found(("published_year",), q="history") == [earlier, later]


def test_a_search_that_finds_much_can_be_sorted_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(book_list, "_MANY", 1)
    wanted = [add("History of Art"), add("History of Time"), add("History of War")]
    add("Art")
    assert found(("-title",), q="history") == wanted[::-1]


def test_relevance_without_a_search_is_the_order_of_ids() -> None:
    wanted = [add("B b"), add("A")]
    assert found(("relevance",)) == wanted


def test_with_a_minus_the_best_comes_last() -> None:
    add("Letters", description="Of History")
    add("Emma", author="History, Ann")
    add("A Short History")
    add("History")
    add("History")
    assert found(("-relevance",), q="history") == found(q="history")[::-1] == [1, 2, 3, 5, 4]


def test_relevance_with_a_minus_without_a_search_is_the_order_of_ids_from_the_last() -> None:
    ids = [add("B b"), add("A")]
    assert found(("-relevance",)) == ids[::-1]


def test_books_without_a_year_come_first_by_year() -> None:
    dated = add("Emma", published_year=-50)
    undated = [add("Persuasion"), add("Sanditon")]
    assert found(("published_year",)) == [*undated, dated]


def test_an_author_is_found_among_contributors_too() -> None:
    own = add("Emma", author="Jane Austen")
    helped = add("Letters", contributors=[{"name": "AUSTEN, Jané", "role": "editor"}])
    add("Jane Austen", author="Somebody Else")
    assert found(author="jane austen") == [own, helped]


def test_subject_and_publisher_are_found_by_their_words() -> None:
    one = add("Emma", subjects=["English fiction"], publisher="Penguin Books")
    other = add("Fiction", publisher="Fiction House", description="Penguin")
    assert (found(subject="FICTION"), found(publisher="penguin")) == ([one], [one])
    assert (found(publisher="fict*"), found(subject="penguin")) == ([other], [])


def test_text_filters_without_any_word_restrict_nothing() -> None:
    wanted = [add("Emma"), add("Persuasion")]
    assert found(author="?!", subject="", publisher='"') == wanted


def test_filters_combine_with_a_search_and_with_one_another() -> None:
    wanted = add("War", language="eng", published_year=1950, author="Ann Lee", publisher="Faber")
    add("War", language="ger", published_year=1950, author="Ann Lee")
    add("War", language="eng", published_year=1960, author="Ann Lee")
    add("War", language="eng", published_year=1950, author="Bob Lee")
    copy.create(wanted, {"barcode": "1"}, ACTOR)
    assert found(q="war", language="eng", published_to=1955, author="ann") == [wanted]
    assert found(language="eng", published_from=1940, published_to=1950, publisher="faber") == [
        wanted
    ]
    assert found(q="war -peace", available=NO_HOLDS, language="eng") == [wanted]
    assert found(("-title",), q="-peace", language="eng", author="ann", published_to=1955) == [
        wanted
    ]


def test_languages_cannot_be_found_as_words() -> None:
    add("Emma", language="eng")
    assert (found(q="eng"), found(q="e*", author="eng")) == ([], [])


@pytest.mark.parametrize("few", [0, 1, 2, 3_500])
def test_available_means_a_copy_that_can_be_had_now(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_FEW", "_FEW_FOR_A_PAGE"):
        monkeypatch.setattr(book_list, name, few)
    wanted, lent = add("Emma", author="Austen"), add("Persuasion", author="Austen")
    add("Sanditon")
    copy.create(wanted, {"barcode": "1"}, ACTOR)
    copy.create(wanted, {"barcode": "2"}, ACTOR)
    copy.create(lent, {"barcode": "3", "status": "on_loan"}, ACTOR)
    assert found(available=NO_HOLDS) == [wanted]
    assert found(available=NO_HOLDS, q="emma", sort=("title",)) == [wanted]
    assert found(available=NO_HOLDS, q="persuasion") == []
    assert found(available=Shelf([], [wanted], [lent])) == [lent]
    counted = facets({"available": NO_HOLDS}, ["author"])
    assert counted == {"author": [{"value": "Austen", "count": 1}]}


def test_not_available_means_that_no_copy_can_be_had_now() -> None:
    shelved, lent, without = add("Emma"), add("Emma"), add("Persuasion", language="eng")
    copy.create(shelved, {"barcode": "1"}, ACTOR)
    copy.create(shelved, {"barcode": "2", "status": "on_loan"}, ACTOR)
    copy.create(lent, {"barcode": "3", "status": "on_loan"}, ACTOR)
    asked: dict[str, Any] = {"not available": NO_HOLDS}
    assert (found(**asked), found(**asked, q="emma")) == ([lent, without], [lent])
    assert facets(asked, ["language"])["language"] == [{"value": "eng", "count": 1}]


def test_a_changed_book_is_found_by_its_new_words_only() -> None:
    changed = add("Emma", author="Austen", language="eng", subjects=["Love"])
    change(changed, title="Candide", author="Voltaire", language="fre", subjects=["War"])
    assert (found(q="emma"), found(author="austen"), found(subject="love")) == ([], [], [])
    assert found(q="candide voltaire", language="fre") == [changed]


def test_a_deleted_book_is_found_no_more() -> None:
    gone, wanted = add("Emma", language="eng"), add("Emma", language="eng")
    with transaction():
        book.delete(book.locked(gone), ACTOR)
    assert (found(q="emma"), found(), found(language="eng")) == ([wanted], [wanted], [wanted])


def test_what_is_rolled_back_leaves_no_trace() -> None:
    with transaction() as undone:
        book.create({"title": "Emma", "language": "eng"}, ACTOR)
        undone.rollback()
    assert (found(), found(q="emma"), facets({}, ["language"])) == ([], [], {"language": []})


def test_many_books_at_once_are_indexed_like_one() -> None:
    with transaction():
        ids = book.create_all([{"title": "History of Time"}, {"title": "History"}], ACTOR)
    assert found(q="history") == ids[::-1]


def test_of_many_books_none_is_added_when_one_is_taken() -> None:
    add("Emma", isbn="9780306406157")
    with pytest.raises(Taken) as refused, transaction():
        book.create_all([{"title": "A"}, {"title": "B", "isbn": "9780306406157"}], ACTOR)
    assert refused.value.code == "isbn-taken"
    assert found(q="a") == []


def test_facets_count_all_books() -> None:
    add("A", language="eng", author="Ann", published_year=1900, subjects=["x", "y", "x"])
    add("B", language="eng", author="Bob", published_year=-50, subjects=["y"])
    changed = add("C", language="ger", author="Ann")
    gone = add("D", language="ger", subjects=["y"])
    change(changed, language="fre")
    with transaction():
        book.delete(book.locked(gone), ACTOR)
    assert facets({}, ["language", "subject", "author", "published_year"]) == {
        "language": [{"value": "eng", "count": 2}, {"value": "fre", "count": 1}],
        "subject": [{"value": "y", "count": 2}, {"value": "x", "count": 1}],
        "author": [{"value": "Ann", "count": 2}, {"value": "Bob", "count": 1}],
        "published_year": [{"value": -50, "count": 1}, {"value": 1900, "count": 1}],
    }


def test_facets_count_what_the_filters_leave() -> None:
    add("War", language="eng", author="Ann", published_year=1900, subjects=["x", "y", "x"])
    add("War", language="ger", author="Ann", subjects=["y"])
    add("Peace", language="eng")
    everything = ["language", "subject", "author", "published_year"]
    assert facets({"q": "war"}, everything) == {
        "language": [{"value": "eng", "count": 1}, {"value": "ger", "count": 1}],
        "subject": [{"value": "y", "count": 2}, {"value": "x", "count": 1}],
        "author": [{"value": "Ann", "count": 2}],
        "published_year": [{"value": 1900, "count": 1}],
    }
    assert facets({"q": "-war"}, ["language"]) == {"language": [{"value": "eng", "count": 1}]}


@pytest.fixture
def _few_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three books count as many, so that of more a sample is taken."""
    monkeypatch.setattr(search_facets, "MOST_COUNTED", 3)
    monkeypatch.setattr(search_facets, "STEPS", (1, 2, 4))


@pytest.mark.usefixtures("_few_counted")
@pytest.mark.parametrize(
    "asked", [{"q": "war"}, {"q": "-peace"}, {"language": "eng"}, {"q": "war", "language": "eng"}]
)
def test_of_many_books_a_sample_is_counted_and_says_so(asked: dict[str, Any]) -> None:
    for number in range(12):
        add("War", language="eng", subjects=["even" if number % 2 else "odd"])
    add("Peace", language="ger")
    found = search_facets.facets(asked, ["language", "subject"])
    assert found.every == 4
    assert found.values["language"] == [{"value": "eng", "count": 12}]
    assert {one["count"] % 4 for one in found.values["subject"]} == {0}
    assert found == search_facets.facets(asked, ["language", "subject"])


@pytest.mark.usefixtures("_few_counted")
def test_few_books_among_many_are_all_counted() -> None:
    for number in range(12):
        add("War" if number % 4 else "Peace", language="eng", published_year=1990 + number)
    assert facets({"q": "peace"}, ["language"]) == {"language": [{"value": "eng", "count": 3}]}
    years = facets({"published_from": 1999, "published_to": 2000}, ["published_year"])
    assert [one["value"] for one in years["published_year"]] == [1999, 2000]


def test_each_step_of_the_sample_is_a_power_of_two() -> None:
    assert all(step & (step - 1) == 0 for step in STEPS)


def test_books_without_a_year_are_in_no_range_of_years() -> None:
    wanted = [add("Old", published_year=-4000), add("New", published_year=1990)]
    add("Undated")
    assert (found(published_to=1990), found(published_from=-4000)) == (wanted, wanted)


def test_a_typing_error_is_mended() -> None:
    add("History", author="Jane Roe")
    wanted = {
        "histroy": ["history"],
        "hstory": ["history"],
        "historry": ["history"],
        "hissory": ["history"],
        "hixtoyy": ["history"],
        "Jnae history": ["jane history"],
    }
    assert {typed: suggest(typed) for typed in wanted} == wanted


def test_the_more_frequent_word_is_suggested_first() -> None:
    add("Cord")
    add("Card")
    add("Card")
    assert suggest("cxrd") == ["card", "cord"]


def test_nothing_is_suggested_where_nothing_is_near_or_wrong() -> None:
    add("History")
    add("Emma", author="Jane")
    asked = ["history", "qqqqqqq", "", "hist*", "-histroy", "history jane"]
    assert {typed: suggest(typed) for typed in asked} == {key: [] for key in asked}


def test_no_more_than_a_handful_of_words_is_mended() -> None:
    words = ["history", "persuasion", "sanditon", "moonstone", "prejudice", "emma"]
    add(" ".join(words))
    mistyped = [f"{word}q" for word in words]
    assert suggest(" ".join(mistyped[:5])) == [" ".join(words[:5])]
    assert suggest(" ".join(mistyped)) == []


def test_the_index_can_be_built_anew() -> None:
    kept, gone = add("Emma"), add("Persuasion")
    index.remove([kept])
    run("UPDATE book SET deleted_at = 'x' WHERE id = ?", [gone])
    told: list[int] = []
    assert upkeep.reindex(told.append) == 1
    assert (told, found(q="emma"), found(q="persuasion")) == ([1], [kept], [])


def test_an_issn_is_found_with_and_without_its_hyphen() -> None:
    wanted = add("Nature", issn="0028-0836")
    other = add("Hearing", issn="0378-595X")
    asked = ("0028-0836", "00280836", "nature 00280836", "0378595x", "0378595X", "-00280836")
    assert [found(q=text) for text in asked] == [[wanted]] * 3 + [[other]] * 3


def test_a_sign_made_of_capitals_is_found_as_it_is_typed() -> None:
    chanel, lego = add("Chanel №5"), add("LEGO™ Star Wars")
    asked = ("no5", "№5", "lego", "LEGO™")
    assert [found(q=text) for text in asked] == [[chanel], [chanel], [lego], [lego]]


def test_sort_keys_that_an_earlier_version_folded_are_renewed_with_the_index() -> None:
    add("LEGO™ Star Wars", author="№5")
    run("UPDATE book SET title_key = 'legoTM star wars', author_key = 'No5'")
    run("UPDATE index_version SET number = 2")
    upkeep.renew()
    query = book.Book.select(book.Book.title_key, book.Book.author_key)
    assert rows(query) == [("lego star wars", "no5")]


def test_tidying_the_index_changes_no_answer() -> None:
    wanted = [add("Emma", language="eng") for _ in range(5)]
    change(wanted[0], language="ger")
    before = facets({}, ["language"])
    index.tidy()
    assert (found(q="emma"), found(), facets({}, ["language"])) == (wanted, wanted, before)


def test_the_index_holds_exactly_what_was_written() -> None:
    changed, gone = add("Emma", subjects=["Love"]), add("Persuasion")
    change(changed, title="Candide", subjects=[])
    with transaction():
        book.delete(book.locked(gone), ACTOR)
    upkeep.reindex()
    if is_sqlite():
        # FTS5 compares the index with the texts it was made from, and raises where they differ.
        run("INSERT INTO book_fts (book_fts) VALUES ('integrity-check')")
    assert found() == found(q="candide") == [changed]


def test_books_that_are_indexed_together_are_found_as_they_are_at_the_end() -> None:
    with transaction(), index.together():
        kept, changed, gone = book.create_all(
            [{"title": title} for title in ("Emma", "Persuasion", "Sanditon")], ACTOR
        )
        book.update(book.locked(changed), {"title": "Candide"}, ACTOR)
        book.delete(book.locked(gone), ACTOR)
        (last,) = book.create_all([{"title": "Zadig"}], ACTOR)
    assert found(q="emma") == [kept]
    assert found(q="candide") == [changed]
    assert found(q="zadig") == [last]
    assert found(q="persuasion") == found(q="sanditon") == []
    if is_sqlite():
        run("INSERT INTO book_fts (book_fts) VALUES ('integrity-check')")


def test_books_of_a_transaction_that_is_undone_are_not_in_the_index() -> None:
    with suppress(RuntimeError), transaction(), index.together():
        book.create_all([{"title": "Emma"}], ACTOR)
        raise RuntimeError("undone")
    kept = add("Persuasion")
    assert found(q="emma") == []
    assert found(q="persuasion") == [kept]


ANY_TEXT = st.text(max_size=60) | st.text(
    alphabet="\"-*() :^ aAé0978X\x00\ud800\u0301\u05b8{}+~|&!<>'\\%_", max_size=40
)
QUICKLY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@QUICKLY
@given(text=ANY_TEXT)
def test_no_text_is_an_error(text: str) -> None:
    for asked in ({"q": text}, {"author": text}, {"subject": text}, {"publisher": text}):
        LISTING.total(asked)
        LISTING.page(asked, (), limit=5, offset=0)
        search_facets.facets(asked, ["subject"])
    LISTING.after({"q": text, "author": text}, ("title",), None, limit=5)
    suggest(text)


WORDS = ["ember", "émile", "zola", "война", "ab", "abc"]
SHELF: list[dict[str, Any]] = [
    {"title": "ember", "author": "zola", "subjects": ["ab abc"]},
    {"title": "Zola Émile", "author": "Ab", "publisher": "war ember"},
    {"title": "война abc", "description": "ember emile ab"},
    {"title": "ab abc ember zola", "contributors": [{"name": "Émile", "role": None}]},
    {"title": "abc ab", "subtitle": "EMILE Zola", "language": "fre"},
]
TERMS = st.tuples(
    st.booleans(),
    st.one_of(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=1).map(lambda one: ("word", one)),
        st.lists(st.sampled_from(WORDS), min_size=2, max_size=2).map(lambda two: ("phrase", two)),
        st.lists(st.sampled_from(["a", "em", "вой", "z"]), min_size=1, max_size=1).map(
            lambda one: ("prefix", one)
        ),
    ),
)
Terms = list[tuple[bool, tuple[str, list[str]]]]


def texts(values: dict[str, Any]) -> list[list[str]]:
    """The fields of a book as words, without the marks that the words above have."""
    names = [person["name"] for person in values.get("contributors", [])]
    plain = ("title", "subtitle", "author", "publisher", "description")
    fields = [values.get(name, "") for name in plain] + values.get("subjects", []) + names
    return [field.lower().replace("é", "e").split() for field in fields]


def holds(fields: list[list[str]], kind: str, words: list[str]) -> bool:
    plain = [word.replace("é", "e") for word in words]
    if kind == "prefix":
        return any(word.startswith(plain[0]) for field in fields for word in field)
    size = len(plain)
    return any(
        field[at : at + size] == plain for field in fields for at in range(len(field) - size + 1)
    )


def written(terms: Terms) -> str:
    forms = {"word": "{}", "phrase": '"{}"', "prefix": "{}*"}
    return " ".join(
        ("-" if without else "") + forms[kind].format(" ".join(words))
        for without, (kind, words) in terms
    )


def test_a_search_finds_what_reading_every_book_would() -> None:
    ids = [add(**values) for values in SHELF]

    @QUICKLY
    @given(terms=st.lists(TERMS, min_size=1, max_size=3))
    def agrees(terms: Terms) -> None:
        wanted = [
            book_id
            for book_id, values in zip(ids, SHELF, strict=True)
            if all(holds(texts(values), *term) != without for without, term in terms)
        ]
        assert sorted(found(q=written(terms))) == wanted

    agrees()


@pytest.mark.parametrize("sort", [(), ("-published_year",), ("title",)])
def test_a_kind_of_material_is_found_whether_most_books_are_of_it_or_few(
    sort: tuple[str, ...],
) -> None:
    kinds = ["text", "text", "audio", "text", "map"] * 2
    ids = [add("A tale", material_type=kind, published_year=1900) for kind in kinds]
    for asked in ({}, {"language": "eng"}, {"q": "tale"}, {"published_from": 1901}):
        for kind in ("text", "map", "kit"):
            whole = found(sort, **asked)
            mine = [one for one in whole if kinds[ids.index(one)] == kind]
            assert found(sort, **asked, material_type=kind) == mine


def test_ranked_books_come_in_one_order_whether_few_match_or_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for title, author in (("Tale", "A"), ("A tale told", "B"), ("Story", "Tale"), ("Tale", "C")):
        add(title, author=author, language="eng", publisher="Tale", published_year=1900)
    add("Other", publisher="Tale", language="ger")
    for sort in ((), ("-relevance",)):
        for asked in ({}, {"language": "eng"}, {"published_from": 1900}, {"author": "tale"}):
            few = found(sort, q="tale", **asked)
            with monkeypatch.context() as patched:
                patched.setattr(book_list, "_MANY", 0)
                assert found(sort, q="tale", **asked) == few


@pytest.mark.parametrize("sort", [(), ("-relevance",)])
@pytest.mark.parametrize("most", [(0, 1000), (1000, 0)])
def test_a_cursor_goes_on_when_few_matches_become_many_or_many_few(
    monkeypatch: pytest.MonkeyPatch, sort: tuple[str, ...], most: tuple[int, int]
) -> None:
    for title, author in (("Tale", "A"), ("A tale told", "B"), ("Story", "Tale"), ("Tale", "C")):
        add(title, author=author, description="A tale")
    add("Other", description="A tale")
    asked = {"q": "tale"}
    whole = found(sort, **asked)
    for cut in range(1, len(whole)):
        monkeypatch.setattr(book_list, "_MANY", most[0])
        begun, position = LISTING.after(asked, sort, None, limit=cut)
        monkeypatch.setattr(book_list, "_MANY", most[1])
        rest, _ = LISTING.after(asked, sort, position, limit=9)
        assert [row.id for row in (*begun, *rest)] == whole
