"""What a book's further fields are searched, sorted and filtered by, on both databases."""

from typing import Any

import pytest

from models import book, copy
from models.audit import Actor
from models.book import Book
from models.book_fields import FIELDS
from models.database import run, transaction
from models.search import upkeep
from models.search.book_list import LISTING
from models.search.facets import facets
from models.search.suggestions import suggest

ACTOR = Actor(None, "test")

pytestmark = pytest.mark.usefixtures("db")


def add(title: str, **values: Any) -> int:
    """A new book's id."""
    return book.create({"title": title, **values}, ACTOR).id


def found(*sort: str, **asked: Any) -> list[int]:
    ids = [row.id for row in LISTING.page(asked, sort, limit=100, offset=0)]
    assert LISTING.total(asked) == len(ids)
    return ids


@pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if field.search])
def test_a_book_is_found_by_every_field_with_words(name: str) -> None:
    add("Another", language="eng")
    if name == "contributors":
        value: Any = [{"name": "Zyzzyva", "role": None}]
    elif name == "issn":
        value = "0028-0836"
    elif name == "isbns":
        value = ["9780140434088", "9780141439679"]
    else:
        value = ["Zyzzyva"] if FIELDS[name].kind.is_list else "Zyzzyva"
    wanted = add(**{"title": "Title", name: value})
    words = {"issn": "0028-0836", "isbns": "978-0-14-143967-9"}.get(name, "zyzzyva")
    assert found(q=words) == [wanted]


def test_a_book_is_found_by_the_barcodes_of_its_copies() -> None:
    first, second = add("Emma"), add("Persuasion")
    moved = copy.create(first, {"barcode": "31234-5"}, ACTOR)
    assert found(q="31234-5") == [first]
    with transaction():
        copy.update(copy.locked(moved.id), {"barcode": "777"}, ACTOR)
    assert (found(q="31234-5"), found(q="777")) == ([], [first])
    with transaction():
        copy.withdraw(copy.locked(moved.id), ACTOR)
    assert (found(q="777"), found(q="persuasion")) == ([], [second])


def test_each_isbn_of_a_book_finds_it() -> None:
    wanted = add("Emma", isbns=["9780140434088", "9780141439679"])
    gone = add("Emma", isbns=["9780199535521", "9780141439679"])
    with transaction():
        book.delete(book.locked(gone), ACTOR)
    assert found(isbn="9780140434088") == found(isbn="9780141439679") == [wanted]
    assert book.with_isbns(["9780141439679", "9780199535521"]) == {"9780141439679": wanted}


def test_of_several_books_with_an_isbn_the_one_that_has_it_first_is_known_by_it() -> None:
    add("Set", isbns=["9780140434088", "9780141439679"])
    first = add("Volume", isbn="9780141439679")
    assert book.with_isbn("9780141439679") == first


def test_filters_of_series_issn_and_kind_of_material() -> None:
    film = add("Emma", series="Film Classics", material_type="video", language="eng")
    text = add("Film Classics", series="Penguin", issn="0028-0836", language="eng")
    assert found(series="classics film") == found(series="clas*") == [film]
    assert found(issn="0028-0836") == [text]
    assert (found(material_type="video"), found(material_type="text")) == ([film], [text])
    assert found(material_type="video", language="eng", q="emma") == [film]
    assert found(material_type="map") == []


def test_kinds_of_material_are_counted() -> None:
    changed, gone = add("A"), add("B", material_type="map")
    add("C", material_type="video")
    with transaction():
        book.update(book.locked(changed), {"material_type": "map"}, ACTOR)
        book.delete(book.locked(gone), ACTOR)
    counts = [{"value": "map", "count": 1}, {"value": "video", "count": 1}]
    assert facets({}, ["material_type"]).values["material_type"] == counts
    assert facets({"q": "a"}, ["material_type"]).values["material_type"] == counts[:1]


def test_letters_that_nobody_types_count_as_nothing() -> None:
    titles = {
        "zhizn": "Mertvye dushi i zhizn\u02b9",
        "yaakov": "Sefer Ya\u02bba\u1e33ov",
        "hawaii": "Hawai\u02bbi nei",
        "quran": "Qur\u02bc\u0101n",
        "tafsir": "taf\u02besir",
        "lexikon": "Lexi\u00adkon",
        "wort": "W\u200bo\u2060r\u200et",
        "obem": "ob\u02baem",
        "ayin": "\u02bfayin",
        "prime": "pri\u2032me",
    }
    wanted = {asked: [add(title)] for asked, title in titles.items()}
    assert {asked: found(q=asked) for asked in titles} == wanted


def test_umlauts_are_found_as_one_letter_and_as_two() -> None:
    wanted = add("Über Größe", author="Müller, Jörg", description="Ein schönes Maß")
    add("Uber", author="Muller")
    asked = ["ueber groesse", "über größe", "uber grosse", "mueller", "joerg müller", "schoenes"]
    assert all(wanted in found(q=q) for q in asked)
    assert found(q='"ueber groesse"') == found(author="mueller") == [wanted]
    assert found(q="mass") == found(q="maß") == [wanted]


def test_an_umlaut_that_is_typed_finds_names_written_without() -> None:
    wanted = [add("A", author="Mueller"), add("B", author="Müller"), add("C", author="Muller")]
    assert found("id", q="Müller") == wanted
    assert found("id", q="Mu\u0308ller") == wanted
    assert found("id", q="-Müller") == []


def test_no_word_without_an_umlaut_is_found_by_two_letters() -> None:
    add("Pot")
    assert found(q="poet") == []


def test_titles_are_sorted_without_their_articles() -> None:
    titles = ["\u201cAffen\u201d", "Das Faultier", "The Iguana", "[Jaguar]", "L'ours", "Zebras"]
    wanted = [add(title) for title in titles]
    assert found("title") == wanted


def test_an_article_of_another_language_is_a_word() -> None:
    wanted = [add(title, language="eng") for title in ("Die Another Day", "Emma")]
    assert found("title") == wanted


def test_quotation_marks_and_brackets_do_not_decide_sorting_whatever_a_record_says() -> None:
    told = {"\u201eAffen\u201c": 0, "[Bären]": 0, "The  \u201cCats\u201d": 4, "Dachse": 0}
    wanted = [add(title, nonfiling=count) for title, count in told.items()]
    assert found("title") == wanted


def test_an_indicator_that_ends_within_a_word_is_not_believed() -> None:
    wanted = [add("Emma"), add("The Owl", nonfiling=1), add("The Pier", nonfiling=6), add("Quay")]
    assert found("title") == wanted


def test_accents_of_an_article_may_be_counted_as_characters_by_a_record() -> None:
    wanted = [add("Lamia"), add("H\u0113 monarchia", nonfiling=4), add("H\u0113 nike", nonfiling=3)]
    assert found("title") == wanted


def test_an_article_that_is_written_with_its_word_does_not_count() -> None:
    wanted = [add("\u05d4\u05d0\u05d9\u05e9", nonfiling=1), add("\u05d1\u05d9\u05ea")]
    assert found("title") == wanted


def test_what_a_file_says_of_the_title_holds_until_the_title_is_changed() -> None:
    wanted = add("Zum Affen", nonfiling=4)
    other = add("Barbar")
    with transaction():
        book.update(book.locked(wanted), {"pages": 1}, ACTOR)
    assert found("title") == [wanted, other]
    with transaction():
        book.update(book.locked(wanted), {"title": "Zum Affen!"}, ACTOR)
    assert found("title") == [other, wanted]


def test_sort_keys_and_words_of_an_earlier_version_are_renewed() -> None:
    wanted = add("The Ya\u02bbakov")
    add("Zebra")
    run("UPDATE book SET title_key = 'the yaakov', part_key = 'x' WHERE id = ?", (wanted,))
    run("UPDATE index_version SET number = 1")
    assert upkeep.renew() == 2
    assert (found("title")[0], upkeep.renew()) == (wanted, 0)
    stored = Book.select(Book.title_key, Book.part_key).where(Book.id == wanted).tuples().get()
    assert stored == ("yaakov", "")


def test_tags_and_series_are_no_suggestions() -> None:
    add("Emma", series="Sanditonia", language="eng")
    assert suggest("sanditonja") == ["sanditonia"]
    assert suggest("xng") == []
