"""UNIMARC: read by its own table, kept, given back, and written of other books."""

import io
from typing import Any

import pymarc
import pytest
from hypothesis import given, settings

import formats
from formats import Record
from tests.unit.formats.format_samples import collection, items, marc, marcxml, record
from tests.unit.formats.test_writing import BOOKS

LEADER = "00000nam0 2200000   450 "
CODED = "100   $a20200131d1999    u  y0frey50      ba"
FIELDS = (
    "001 frBN001",
    "003 http://catalogue.example.org/ark:/1",
    "010   $a978-0-306-40615-7$bbr.$d12 EUR",
    "010   $a978-3-16-148410-0",
    CODED,
    "101 0 $afre",
    "200 1 $a\x88Les \x89hiboux$econte$fOlive Vane$h2$iLa nuit",
    "205   $a2e éd.",
    "210   $aParis$cPlume$d1999",
    "215   $a312 p.$cill.$d21 cm",
    "225 2 $aLa forêt$v7",
    "327 1 $aUn. Deux",
    "330   $aDes oiseaux.",
    "517   $aOiseaux de nuit",
    "606   $aHiboux$xMœurs$yFrance",
    "610 0 $anuit$aoiseaux",
    "676   $a598.9",
    "700  1$aVane$bOlive$4070",
    "702  1$aPenn$bTilda$4730",
    "995   $bBIB$fB1$kR VAN$eSalle$rlivre",
)
BOOK: dict[str, Any] = {
    "title": "Les hiboux",
    "subtitle": "conte",
    "part": "2, La nuit",
    "author": "Vane, Olive",
    "contributors": [{"name": "Penn, Tilda", "role": "translator"}],
    "isbn": "9780306406157",
    "isbns": ["9780306406157", "9783161484100"],
    "publisher": "Plume",
    "published_year": 1999,
    "language": "fre",
    "edition": "2e éd.",
    "pages": 312,
    "series": "La forêt",
    "series_volume": "7",
    "alternative_titles": ["Oiseaux de nuit"],
    "contents": "Un. Deux",
    "description": "Des oiseaux.",
    "subjects": ["Hiboux -- Mœurs -- France", "nuit", "oiseaux"],
    "classification": "598.9",
    "control_number": "frBN001",
}


def written(kind: str, book: dict[str, Any], original: bytes | None = None) -> bytes:
    return b"".join(formats.write(kind, [(book, original)]))


def test_a_record_is_read_by_its_own_table() -> None:
    read = record("marc", marc(*FIELDS, leader=LEADER))
    assert (read.book, read.nonfiling, read.notes) == (BOOK, 4, [])
    assert read.copies == [
        {"barcode": "B1", "location": "Salle", "shelfmark": "R VAN", "loan_type": "livre"}
    ]


@pytest.mark.parametrize(
    "namespace", ["http://www.loc.gov/MARC21/slim", "info:lc/xmlns/marcxchange-v2"]
)
def test_xml_may_be_in_either_namespace(namespace: str) -> None:
    document = collection(marcxml("001 frBN001", *FIELDS[4:])).replace(
        b"http://www.loc.gov/MARC21/slim", namespace.encode()
    )
    assert record("marcxml", document).book["title"] == "Les hiboux"


def test_a_record_that_nobody_edited_is_given_back_to_the_byte() -> None:
    data = marc(*FIELDS, leader=LEADER)
    read = record("marc", data)
    assert written("unimarc", read.book, read.original) == data


def test_a_record_in_iso_5426_is_given_back_in_utf_8() -> None:
    fields = (CODED.replace("50  ", "0103"), "200 1 $a\x88L'\x89\xc2ecume$fZo\xc8e")
    read = record("marc", marc(*fields, leader=LEADER, encoding="latin-1"))
    assert (read.book["title"], read.nonfiling) == ("L'écume", 2)
    out = written("unimarc", read.book, read.original)
    assert b"y50      ba" in out
    assert record("marc", out).book == read.book


def test_cyrillic_in_windows_1251_is_recognised() -> None:
    fields = ("100   $a20200131d1999    u  y0rusy89      ca", "200 1 $aТолько кириллица")
    read = record("marc", marc(*fields, leader=LEADER, encoding="cp1251"))
    assert read.book["title"] == "Только кириллица"


def test_unimarc_that_cannot_be_in_iso_5426_is_read_in_its_code_page() -> None:
    fields = (CODED.replace("50  ", "0103"), "200 1 $aLa bibliothèque de l'été$eétude à lire")
    read = record("marc", marc(*fields, leader=LEADER, encoding="latin-1"))
    assert (read.book["title"], read.book["subtitle"]) == (
        "La bibliothèque de l'été",
        "étude à lire",
    )
    assert [note.detail for note in read.notes] == ["The text was read as Windows-1252."]


def test_the_star_of_italian_titles_marks_what_is_sorted() -> None:
    read = record("marc", marc(CODED, "200 1 $aIl *nome della rosa", leader=LEADER))
    assert (read.book["title"], read.nonfiling) == ("Il nome della rosa", 3)


def test_any_other_star_belongs_to_the_title() -> None:
    read = record("marc", marc(CODED, "200 1 $aM*A*S*H", leader=LEADER))
    assert (read.book["title"], read.nonfiling) == ("M*A*S*H", None)
    assert record("marc", written("unimarc", {"title": "A *star"})).book["title"] == "A *star"


def test_a_second_title_is_the_original_script() -> None:
    fields = ("200 1 $6a01$7ba$aVojna i mir", "200 1 $6a01$7ca$aВойна и мир")
    read = record("marc", marc(CODED, *fields, leader=LEADER))
    assert (read.book["title"], read.book["original_title"]) == ("Vojna i mir", "Война и мир")


def test_a_book_from_elsewhere_is_written_as_unimarc() -> None:
    others = [*BOOK["contributors"], {"name": "Rook", "role": None}]
    book = {**BOOK, "contributors": others}
    out = written("unimarc", {**book, "created_at": "2026-01-02T03:04:05Z"})
    assert out[20:24] == b"450 "
    assert record("marc", out).book == book


@pytest.mark.parametrize("role", ["ed.", "translator, editor", "Editor", "other", "author"])
def test_a_role_without_a_code_goes_out_in_words(role: str) -> None:
    book = {"title": "Hiboux", "contributors": [{"name": "Penn, Tilda", "role": role}]}
    assert record("marc", written("unimarc", book)).book == book


def test_an_author_in_another_script_alone_stays_so() -> None:
    book = {"title": "Hiboux", "original_author": "林, 緑"}
    out = written("unimarc", book)
    read = record("marc", out)
    assert read.book == book
    again = written("unimarc", {**book, "author": "Hayashi, Midori"}, read.original)
    assert record("marc", again).book == {**book, "author": "Hayashi, Midori"}


@given(book=BOOKS)
@settings(deadline=None, max_examples=40)
def test_any_book_from_elsewhere_comes_back_from_unimarc(book: dict[str, Any]) -> None:
    assert record("marc", written("unimarc", book)).book == book


COPY: dict[str, Any] = {
    "barcode": "U1",
    "location": "Main",
    "shelfmark": "R VAN",
    "loan_type": "standard",
    "status": "lost",
    "price": 1250,
    "acquired_on": "2020-01-02",
    "note": "n",
}


@pytest.mark.parametrize("status", ["available", "lost", "in_repair", "withdrawn"])
@pytest.mark.parametrize("kind", ["marc", "unimarc"])
def test_copies_come_back_with_every_field(kind: str, status: str) -> None:
    copy = {**COPY, "status": status}
    assert set(copy) == set(formats.COPY_FIELDS)
    out = b"".join(formats.write(kind, [({"title": "Hiboux"}, None, [copy])], copies=True))
    read = record("marc", out)
    assert [{"status": "available", **one} for one in read.copies] == [copy]
    assert read.notes == []


def test_a_serial_told_by_an_item_is_no_price() -> None:
    read = record("marc", marc(CODED, "200 1 $aHiboux", "995   $fB1$pp", leader=LEADER))
    assert (read.copies, read.notes) == ([{"barcode": "B1"}], [])


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Le chat"},
        {"subtitle": None},
        {"part": None},
        {"author": "Roe, R."},
        {"contributors": []},
        {"publisher": "Quill", "published_year": 2001},
        {"pages": 100},
        {"series": None, "series_volume": None},
        {"subjects": ["nuit", "oiseaux", "Chats -- France"]},
        {"isbn": "9783161484100", "isbns": ["9783161484100", "9780306406157"]},
        {"original_title": "Совы"},
        {"material_type": "electronic"},
        {"alternative_titles": [], "contents": None, "classification": "599"},
    ],
)
def test_an_edited_record_says_what_the_book_says(changes: dict[str, Any]) -> None:
    read = record("marc", marc(*FIELDS, leader=LEADER))
    after = {**read.book, **changes}
    again = record("marc", written("unimarc", after, read.original))
    assert again.book == {name: value for name, value in after.items() if value not in (None, [])}
    assert again.original is not None
    assert b"Olive Vane" in again.original


def test_in_marc_21_it_is_a_record_of_marc_21() -> None:
    read = record("marc", marc(*FIELDS, leader=LEADER))
    again = record("marc", written("marc", read.book, read.original))
    assert again.book == read.book
    assert again.raw[20:24] == b"4500"


def test_records_of_both_kinds_may_be_in_one_file() -> None:
    data = marc("245 10$aEmma.") + marc(*FIELDS, leader=LEADER)
    assert [item.book["title"] for item in items("marc", data) if isinstance(item, Record)] == [
        "Emma",
        "Les hiboux",
    ]
    reader = formats.read(io.BytesIO(data), "marc")
    list(reader)
    assert reader.encoding == "utf-8"


@pytest.mark.parametrize("main", [(), ("700  1$aVane$bOlive$4070",)])
def test_of_those_who_share_the_responsibility_none_becomes_the_author_that_was_emptied(
    main: tuple[str, ...],
) -> None:
    shared = [f"701  1$a{name}$bY$4070" for name in "ABCDE"]
    read = record("marc", marc(CODED, "200 1 $aHiboux", *main, *shared, leader=LEADER))
    others = read.book["contributors"]
    out = written("unimarc", {**read.book, "author": None}, read.original)
    again = record("marc", out).book
    assert ("author" in again, again["contributors"]) == (False, others)
    assert out.count(b"$4070".replace(b"$", b"\x1f")) == len(others)


def described(*fields: str) -> dict[str, Any]:
    """The book of a record with these fields."""
    return record("marc", marc(CODED, "200 1 $aHiboux", *fields, leader=LEADER)).book


def edited(fields: tuple[str, ...], **changes: Any) -> list[str]:
    """The fields after an edit of their book, without the coded ones of 100."""
    read = record("marc", marc(CODED, *fields, leader=LEADER))
    out = written("unimarc", {**read.book, **changes}, read.original)
    assert record("marc", out).book == {**read.book, **changes}
    [parsed] = pymarc.MARCReader(out, to_unicode=True, force_utf8=True)
    assert parsed is not None
    lines = (
        f"{field.tag} {field.indicator1}{field.indicator2}"
        + "".join(f"${code}{value}" for code, value in field)
        for field in parsed.fields
    )
    return [line for line in lines if not line.startswith("100")]


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("700  1$aAsimov$b, Isaac", "Asimov, Isaac"),
        ("700  0$aJean-Paul$dII$cpape", "Jean-Paul II"),
        ("700  1$aVane$bOlive$f1920-1999", "Vane, Olive"),
        ("710 02$aUniversité$bBibliothèque", "Université. Bibliothèque"),
    ],
)
def test_an_author_is_named_as_people_cite_the_name(field: str, name: str) -> None:
    assert described(field)["author"] == name
    assert described(field.replace("700", "702").replace("710", "712"))["contributors"] == [
        {"name": name, "role": None}
    ]


def test_a_person_as_a_subject_has_one_comma_before_the_forename() -> None:
    assert described("600  1$aAsimov$b, Isaac")["subjects"] == ["Asimov, Isaac"]


@pytest.mark.parametrize(
    ("field", "subject"),
    [
        (
            "604   $1700 1$aPenn$bTilda$gTilda M.$f1900-$15011 $3n1$aOwls$jTales",
            "Penn, Tilda. Owls -- Tales",
        ),
        ("604   $171001$aFrance$150011$3n1$aLois", "France. Lois"),
        ("604   $aPenn$tOwls", "Penn. Owls"),
    ],
)
def test_a_work_as_a_subject_is_named_by_author_and_title(field: str, subject: str) -> None:
    assert described(field)["subjects"] == [subject]


def test_a_book_without_the_set_of_its_record_leaves_the_record_as_it_came() -> None:
    data = marc(CODED, "200 1 $aPart 2", "461  0$tOwls$v2", leader=LEADER)
    read = record("marc", data)
    without = {"series": None, "series_volume": None, "updated_at": "2026-01-02T03:04:05Z"}
    assert written("unimarc", {**read.book, **without}, read.original) == data


LINKED = (
    "410  0$1001IT\\\\1$12001 $aBestsellers$v641",
    "410  0$1001IT\\\\2$12001 $aIl ciclo$v4",
)


@pytest.mark.parametrize(
    ("fields", "series", "volume"),
    [
        (LINKED, "Bestsellers", "641"),
        (("225 2 $aLa forêt", "225 2 $aLa nuit$v3"), "La forêt", None),
        (("225 2 $aLa forêt", "410  0$tForêt$v3"), "La forêt", "3"),
        (("225 0 $aLa forêt", "410  0$tForêt$v3"), "La forêt", "3"),
        (("225 1 $aLa forêt", "410  0$tLa nuit$v3"), "La forêt", None),
        (("410  0$1011  $a0295-7191$12001 $aIl ciclo$v4",), "Il ciclo", "4"),
        (("410  0$aVane, Olive$tIl ciclo$v4",), "Il ciclo", "4"),
        (("461  0$1001IT\\\\1$12001 $aIl ciclo$v4",), "Il ciclo", "4"),
        (("461  0$0n1$tIl ciclo$v4",), "Il ciclo", "4"),
        (("225 2 $aLa forêt", "461  0$tIl ciclo$v4"), "La forêt", None),
        (("225 2 $aLa forêt", "410  0$tLa nuit$v3", "410  0$tLa forêt$v7"), "La forêt", "7"),
    ],
)
def test_a_series_has_its_own_number(
    fields: tuple[str, ...], series: str, volume: str | None
) -> None:
    book = described(*fields)
    assert (book["series"], book.get("series_volume")) == (series, volume)


@pytest.mark.parametrize(
    ("fields", "changes", "after"),
    [
        (
            ("200 1 $aOwls$eone$dHiboux$eun$fO. Vane",),
            {"title": "Owl", "subtitle": "two"},
            ["200 1 $aOwl$etwo$dHiboux$eun$fO. Vane"],
        ),
        (
            ("200 1 $aOwls$eone$fO. Vane$cMoths$eof the night$fT. Penn",),
            {"part": "2"},
            ["200 1 $aOwls$eone$h2$fO. Vane$cMoths$eof the night$fT. Penn"],
        ),
        (
            ("101 1 $afre$aeng$cger", "200 1 $aOwls"),
            {"language": "ita"},
            ["101 1 $aita$aeng$cger", "200 1 $aOwls"],
        ),
        (
            ("101 1 $afre$aeng$cger", "200 1 $aOwls"),
            {"language": "eng"},
            ["101 1 $aeng$cger", "200 1 $aOwls"],
        ),
        (
            ("200 1 $aOwls", "215   $a1 vol. (XIV-121 p.)", "215   $a1 CD-ROM"),
            {"pages": 122},
            ["200 1 $aOwls", "215   $a1 vol. (XIV-122 p.)", "215   $a1 CD-ROM"],
        ),
        (
            ("200 1 $aOwls", "225 1 $aA$v1$x0295-7191", "225 2 $aB$v2", "410  0$tA$v1"),
            {"series_volume": "3"},
            ["200 1 $aOwls", "225 1 $aA$v3$x0295-7191", "225 2 $aB$v2", "410  0$tA$v3"],
        ),
        (
            ("200 1 $aOwls", "225 2 $aA$v1", "225 2 $aB$v2", "410  0$tA$v1", "410  0$tB$v2"),
            {"series": "C"},
            ["200 1 $aOwls", "225 2 $aC$v1", "225 2 $aB$v2", "410  0$tB$v2"],
        ),
        (
            ("200 1 $aOwls", "675   $a598.9$v1967", "686   $aQL"),
            {"classification": "599"},
            ["200 1 $aOwls", "675   $a599$v1967", "686   $aQL"],
        ),
        (
            ("200 1 $aOwls", "702  1$3n1$aPenn$bTilda$f1900-$4340", "712 02$3n2$aUnesco$4651"),
            {"contributors": [{"name": "Penn, Tilda", "role": "translator"}]},
            ["200 1 $aOwls", "702  1$3n1$aPenn$bTilda$f1900-$4730"],
        ),
        (
            ("200 1 $aPart 2", "461  0$1001n1$12001 $aOwls$v2"),
            {"series": "Birds"},
            ["200 1 $aPart 2", "225 2 $aBirds$v2", "461  0$1001n1$12001 $aOwls$v2"],
        ),
        (
            ("200 1 $aPart 2", "461  0$1001n1$12001 $aOwls$v2"),
            {"series_volume": "3"},
            ["200 1 $aPart 2", "461  0$1001n1$12001 $aOwls$v3"],
        ),
        (
            ("200 1 $aOwls", "700  1$31234$aPenn$bTilda$f1900-1980"),
            {"author": "Vane, Olive"},
            ["200 1 $aOwls", "700  1$aVane$bOlive"],
        ),
        (
            ("200 1 $aOwls", "700  1$601$31234$aPenn$bTilda$f1900-1980$4080$4340"),
            {"author": "Vane, Olive"},
            ["200 1 $aOwls", "700  1$601$aVane$bOlive$4080$4340"],
        ),
        (
            ("200 1 $aOwls", "700  1$31234$aPenn$bTilda$f1900-1980"),
            {"title": "Owl", "contributors": [{"name": "Vane, Olive", "role": None}]},
            ["200 1 $aOwl", "700  1$31234$aPenn$bTilda$f1900-1980", "702  1$aVane$bOlive"],
        ),
        (
            ("200 1 $aOwls", "710 02$31234$aUnesco"),
            {"author": "UNESCO"},
            ["200 1 $aOwls", "710 02$aUNESCO"],
        ),
        (
            ("010   $a2-07-036822-X ; 3-16-148410-X$bbr.", "010   $a0306406152", "200 1 $aOwls"),
            {"isbn": "9783161484100", "isbns": ["9783161484100", "9780306406157"]},
            ["010   $a3-16-148410-X$bbr.", "010   $a0306406152", "200 1 $aOwls"],
        ),
        (
            ("200 1 $aOwls", "540 1 $aA", "517 1 $aB", "606   $aC"),
            {"alternative_titles": ["A", "D", "B"]},
            ["200 1 $aOwls", "540 1 $aA", "517 1 $aD", "517 1 $aB", "606   $aC"],
        ),
        (
            ("200 1 $aOwls", "710 02$aUnesco$4340"),
            {"author": "UNESCO"},
            ["200 1 $aOwls", "710 02$aUNESCO$4340"],
        ),
    ],
)
def test_an_edit_changes_nothing_else_of_a_record(
    fields: tuple[str, ...], changes: dict[str, Any], after: list[str]
) -> None:
    assert edited(fields, **changes) == after


def test_a_serial_that_goes_on_does_so_from_another_year() -> None:
    serial = "100   $a20200131a19999999u  y0frey50      ba"
    read = record("marc", marc(serial, "200 1 $aHiboux", leader=LEADER))
    out = written("unimarc", {**read.book, "published_year": 1998}, read.original)
    assert b"20200131a19989999u" in out
