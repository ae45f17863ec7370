"""What MARC 21 says beside the usual: parts, series, other titles and scripts, kinds of things."""

from typing import Any

import pytest

from tests.unit.formats.format_samples import LEADER, collection, marc, marcxml, record

TITLE = "245 10$aThe moonstone."


def book(*fields: str, leader: str = LEADER) -> dict[str, Any]:
    return record("marc", marc(*fields, leader=leader)).book


@pytest.mark.parametrize(
    ("field", "part"),
    [
        ("245 10$aGuide.$nBook 1,$pOwls /$cO. Vane.", "Book 1, Owls"),
        ("245 10$aGuide.$pOwls.", "Owls"),
        ("245 10$aGuide.$n2.", "2"),
        ("245 10$aGuide.$nPart 1.$nSection 2,$pOwls.", "Part 1. Section 2, Owls"),
    ],
)
def test_parts_have_their_number_and_name(field: str, part: str) -> None:
    assert book(field) == {"title": "Guide", "part": part}


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("245 10$kPapers,$f1917-1950.", {"title": "Papers"}),
        ("245 00$bonly the other title.", {"title": "only the other title"}),
        ("245 00$nNo. 5,$pThe harbour.", {"title": "The harbour", "part": "No. 5"}),
        ("246 3 $aAnother title", {"title": "Another title"}),
        ("880 00$6245-00/(N$aТолько.", {"title": "Только"}),
    ],
)
def test_a_title_is_found_where_there_is_none_in_its_place(
    field: str, said: dict[str, Any]
) -> None:
    assert book(field) == said


def test_all_isbns_are_read_the_first_valid_one_first() -> None:
    fields = ("020   $a9780306406157 (hbk.)", "020   $a316148410X")
    found = book(TITLE, *fields)
    assert (found["isbn"], found["isbns"]) == (
        "9780306406157",
        ["9780306406157", "9783161484100"],
    )


@pytest.mark.parametrize(
    ("tag", "before"), [("020", "245 00$aA"), ("010", "200 1 $aA")], ids=["MARC 21", "UNIMARC"]
)
@pytest.mark.parametrize(
    "said",
    [
        "$a0306406152 9783161484100",
        "$a0306406152 (hbk.) : EUR 5 ; 978-3-16-148410-0",
        "$a0306406152 (hbk.), 9780306406157, 9783161484100",
        "$a0306406152$a9783161484100",
    ],
)
def test_several_isbns_in_one_field_are_all_read(tag: str, before: str, said: str) -> None:
    leader = LEADER if tag == "020" else f"{LEADER[:20]}450 "
    read = record("marc", marc(f"{tag}   {said}", before, leader=leader))
    assert (read.book["isbn"], read.book["isbns"], read.notes) == (
        "9780306406157",
        ["9780306406157", "9783161484100"],
        [],
    )


@pytest.mark.parametrize("hyphen", ["\u2010", "\u2011", "\u2012", "\u2013", "\u2212", "\u00ad"])
def test_an_isbn_may_have_any_hyphen(hyphen: str) -> None:
    number = "978-0-306-40615-7".replace("-", hyphen)
    assert book(TITLE, f"020   $a{number} (hbk.)")["isbn"] == "9780306406157"


def test_the_last_sign_of_an_isbn_may_be_the_cyrillic_letter() -> None:
    assert book(TITLE, "020   $a3-16-148410-\u0445")["isbn"] == "9783161484100"


def test_an_issn_is_read_and_a_wrong_one_noted() -> None:
    assert book(TITLE, "022 0 $a0028-0836")["issn"] == "0028-0836"
    read = record("marc", marc(TITLE, "022   $a0028-0837"))
    assert "issn" not in read.book
    assert [(note.field, note.code) for note in read.notes] == [("issn", "unreadable")]


@pytest.mark.parametrize(
    ("fields", "series", "volume"),
    [
        (("490 0 $aPenguin classics ;$v12",), "Penguin classics", "12"),
        (("490 1 $aClassics.", "830  0$aPenguin classics ;$vv. 3."), "Classics", "v. 3"),
        (("800 1 $aPotter, H.$tOwls ;$v2",), "Owls", "2"),
        (("440  0$aOld series",), "Old series", None),
        (("490 0 $aOwls", "490 0 $aMoths ;$v5"), "Owls", None),
        (("490 1 $aOwls", "830  0$aOwls.", "830  0$aMoths ;$v5"), "Owls", None),
        (("490 0 $aMoths ;$v5", "490 1 $aOwls", "830  0$aOwls ;$v2"), "Moths", "5"),
    ],
)
def test_a_series_is_read_as_the_book_states_it(
    fields: tuple[str, ...], series: str, volume: str | None
) -> None:
    found = book(TITLE, *fields)
    assert (found["series"], found.get("series_volume")) == (series, volume)


def test_other_titles_and_contents_are_read() -> None:
    found = book(
        TITLE,
        "246 30$aMoonstone.$nPart 2",
        "740 0 $aYellow diamond.",
        "505 00$tFirst $rA. One --$tSecond.",
        "505 8 $aThird.",
    )
    assert found["alternative_titles"] == ["Moonstone. Part 2", "Yellow diamond"]
    assert found["contents"] == "First A. One -- Second.\n\nThird."


@pytest.mark.parametrize(
    ("fields", "number"),
    [(("001 123",), "123"), (("001 123", "003 DE-101"), "(DE-101)123"), ((), None)],
)
def test_the_control_number_says_whose_it_is(fields: tuple[str, ...], number: str | None) -> None:
    assert book(*fields, TITLE).get("control_number") == number


FIXED = f"008 840507s1984    caua{'':13}000 0 eng d"
ONLINE = f"{FIXED[:27]}o{FIXED[28:]}"


@pytest.mark.parametrize(
    ("kind", "fields", "material"),
    [
        ("am", (FIXED,), None),
        ("am", (ONLINE,), "electronic"),
        ("am", ("006 m     o  d        ", "007 cr uuu---uuuuu", FIXED), "electronic"),
        ("am", ("006 m        d        ", "007 co cga---", FIXED), None),
        ("as", (FIXED,), "serial"),
        ("im", (FIXED,), "audio"),
        ("jm", (FIXED,), "music"),
        ("gm", (FIXED,), "video"),
        ("em", (FIXED,), "map"),
        ("cm", (FIXED,), "score"),
        ("mm", (FIXED,), "electronic"),
        ("rm", (FIXED,), "object"),
        ("om", (FIXED,), "kit"),
        ("km", (FIXED,), "image"),
    ],
)
def test_the_kind_of_thing_is_told_by_the_coded_fields(
    kind: str, fields: tuple[str, ...], material: str | None
) -> None:
    leader = LEADER[:6] + kind + LEADER[8:]
    assert book(*fields, TITLE, leader=leader).get("material_type") == material


@pytest.mark.parametrize(
    ("field", "title", "nonfiling"),
    [
        ("245 00$a\x98Das\x9c Faultier.", "Das Faultier", 4),
        ("245 00$a<<Die>> Reise", "Die Reise", 4),
        ("245 00$a<<L'>>écho", "L'écho", 2),
        ("245 14$aThe moonstone.", "The moonstone", 4),
        ("245 10$aMoonstone.", "Moonstone", 0),
        ("245 1 $aThe moonstone.", "The moonstone", None),
        ("245 19$aEmma.", "Emma", None),
    ],
)
def test_what_does_not_count_in_sorting_is_told_and_its_marks_are_no_text(
    field: str, title: str, nonfiling: int | None
) -> None:
    read = record("marc", marc(field))
    assert (read.book["title"], read.nonfiling) == (title, nonfiling)
    assert read.original is not None
    assert field[6:].replace("$", "\x1f").encode() in read.original


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("scr", "hrv"),
        ("scc", "srp"),
        ("mol", "rum"),
        ("esp", "epo"),
        ("iri", "gle"),
        ("tag", "tgl"),
    ],
)
def test_codes_of_languages_that_were_given_up_are_todays(code: str, language: str) -> None:
    fixed = f"008 {'':35}{code} d"
    assert book(fixed, TITLE)["language"] == language
    assert book(TITLE, f"041 0 $a{code}")["language"] == language


def test_a_language_that_nobody_knows_is_noted() -> None:
    read = record("marc", marc(f"008 {'':35}zzz d", TITLE))
    assert [(note.field, note.code) for note in read.notes] == [("language", "unreadable")]


@pytest.mark.parametrize(
    ("extent", "pages"),
    [
        ("2 p. l., 314 p.", 314),
        ("5 p. l., [3]-208 p. incl. front.", 208),
        ("38, 660 p. ;", 660),
        ("[1], 2, [1], 219 p. :", 219),
        ("420頁 ;", 420),
        ("271, [1] s. ;", 271),
        ("viii, 120 leaves", None),
        ("1,024 pages", 1024),
        ("1.024 S.", 1024),
        ("1 024 p.", 1024),
        ("1\u00a0024 p.", 1024),
        ("1\u202f024 p.", 1024),
        ("xxiii, 1,312 p.", 1312),
        ("38, 1,024 p.", 1024),
        ("1,024, [16] p.", 1024),
        ("314, 128 p.", 314),
        ("314,128 p.", 314),
        ("8, 128 p.", 128),
        ("2 v. (1,480 p.)", 1480),
        ("Band 1 250 Seiten", 250),
        ("Bd. 1 250 S.", 250),
        ("Vol. 1 350 p.", 350),
        ("t. 2 340 p.", 340),
        ("T.2.340 p.", 340),
        ("Bd. 2.415 S.", 415),
        ("v. 3.320 p.", 320),
        ("no. 2 340 p.", 340),
        ("CD 1 120 S.", 120),
        ("250, v. 2 340 p.", 340),
        ("v. 1 024 p.", 1024),
        ("v. 320 p.", 320),
        ("Vol. 2, 1,350 p.", 1350),
    ],
)
def test_the_longest_sequence_of_pages_counts(extent: str, pages: int | None) -> None:
    assert book(TITLE, f"300   $a{extent}").get("pages") == pages


@pytest.mark.parametrize("between", ["-", ", ", ","])
def test_a_long_list_of_numbers_is_read_to_its_end(between: str) -> None:
    """Each may be one number with a sign for thousands or two: they are not all tried."""
    numbers = between.join(["1,024"] * 40)
    assert book(TITLE, f"300   $a{numbers} x").get("pages") is None
    assert book(TITLE, f"300   $a{numbers} p.").get("pages") == 1024


def test_codes_of_the_german_national_library_are_no_words() -> None:
    field = "689 00$0(DE-588)4014894-4$Ds$aEnergie$2gnd$AX"
    assert book(TITLE, field)["subjects"] == ["Energie"]


def test_line_breaks_of_pretty_xml_are_not_part_of_a_title() -> None:
    document = collection(marcxml("245 10$aThe\n        moonstone :$b\n   a romance."))
    assert record("marcxml", document).book == {"title": "The moonstone", "subtitle": "a romance"}


def test_marc_8_has_the_characters_of_2004() -> None:
    leader = LEADER[:9] + " " + LEADER[10:]
    data = marc(
        "066   $c(N",
        "245 00$a\x88Di\x89 \xebt\xecs, \xfan\xfbg \x8d\x8e &#x41; it&#x2019;s",
        leader=leader,
        encoding="latin-1",
    )
    read = record("marc", data)
    assert read.book["title"] == "Di t\u0361s, n\u0360g \u200d\u200c &#x41; it\u2019s"
    assert read.nonfiling == 3


@pytest.mark.parametrize(
    ("date", "year"), [("2003", 2003), ("[s.d.]", None), ("9999", 9999), ("2003-9999", 2003)]
)
def test_9999_is_no_year_unless_the_book_says_so(date: str, year: int | None) -> None:
    found = book(TITLE, "008 110301s9999    pk            000 0 urd d", f"260   $c{date}.")
    assert found.get("published_year") == year


@pytest.mark.parametrize(
    "name", ["[s.n.]", "[producer not identified]", "[Verlag nicht ermittelbar]"]
)
def test_a_publisher_that_nobody_knows_is_none(name: str) -> None:
    assert "publisher" not in book(TITLE, f"264  1$aRome :$b{name},$c1999.")
