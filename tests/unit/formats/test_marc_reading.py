"""Reading MARC 21 in its exchange format: what is understood, and what is survived."""

import pytest

import formats
from formats import Fault, Note
from tests.unit.formats.format_samples import LEADER, items, marc, record, summary

TITLE = "245 10$aThe moonstone /$cWilkie Collins."
GOOD = marc(TITLE)
OTHER = marc("245 10$aNo name.")
MARC_8 = LEADER[:9] + " " + LEADER[10:]


def book(*fields: str) -> dict[str, object]:
    return record("marc", marc(*fields)).book


def test_a_whole_record_becomes_a_book() -> None:
    fields = (
        "001 ocm1",
        "008 840507s1984    caua          00010 eng d",
        "020   $a0-14-043014-8 (pbk.) :$c9.95",
        "041 1 $aeng$hger",
        "050 00$aPR4494$b.M6 1984",
        "082 00$a823/.8$219",
        "100 1 $aCollins, Wilkie,$d1824-1889.",
        "245 14$aThe moonstone :$ba romance /$cWilkie Collins ; edited by J.I.M. Stewart.",
        "250   $a2nd ed.",
        "260   $aHarmondsworth :$bPenguin,$cc1984.",
        "300   $axii, 528 p. ;$c20 cm.",
        "520   $aA diamond is stolen. It is cursed.",
        "650  0$aJewelry theft$vFiction.",
        "651  0$aEngland$xSocial life and customs$y19th century$vFiction.",
        "700 1 $aStewart, J. I. M.,$eeditor.",
        "710 2 $aPenguin Books.",
    )
    assert book(*fields) == {
        "control_number": "ocm1",
        "title": "The moonstone",
        "subtitle": "a romance",
        "author": "Collins, Wilkie",
        "contributors": [
            {"name": "Stewart, J. I. M.", "role": "editor"},
            {"name": "Penguin Books", "role": None},
        ],
        "isbn": "9780140430141",
        "publisher": "Penguin",
        "published_year": 1984,
        "language": "eng",
        "edition": "2nd ed.",
        "pages": 528,
        "description": "A diamond is stolen. It is cursed.",
        "subjects": [
            "Jewelry theft -- Fiction",
            "England -- Social life and customs -- 19th century -- Fiction",
        ],
        "classification": "PR4494 .M6 1984",
    }


@pytest.mark.parametrize(
    ("field", "author"),
    [
        ("100 1 $aAusten, Jane,$d1775-1817.", "Austen, Jane"),
        ("100 1 $aFedorov, A. V.$q(Andrei Venediktovich)", "Fedorov, A. V."),
        (
            "100 0 $aElizabeth$bII,$cQueen of Great Britain,$d1926-",
            "Elizabeth II, Queen of Great Britain",
        ),
        ("110 1 $aUnited States.$bDept. of State.", "United States. Dept. of State"),
        (
            "111 2 $aZionist Congress$n(26th :$d1964 :$cJerusalem)",
            "Zionist Congress (26th : 1964 : Jerusalem)",
        ),
    ],
)
def test_a_main_entry_is_cited_as_people_do(field: str, author: str) -> None:
    assert book(TITLE, field)["author"] == author


def test_the_first_valid_isbn_is_taken() -> None:
    fields = (
        "020   $a0914378281 (wrong)",
        "020   $z9780914378297",
        "020   $a0914378295 (lim. ed.)",
    )
    assert book(TITLE, *fields)["isbn"] == "9780914378297"


def test_a_record_whose_isbns_are_all_wrong_has_a_note_instead() -> None:
    read = record("marc", marc(TITLE, "020   $a0914378281"))
    assert "isbn" not in read.book
    assert read.notes == [Note("isbn", "isbn-unreadable", "No valid ISBN: 0914378281")]


@pytest.mark.parametrize(
    ("fields", "year"),
    [
        (("008 840507s1984    caua", "260   $c1990."), 1984),
        (("008 840507suuuu    caua", "260   $c[ca. 1990]"), 1990),
        (("264  4$c©1999", "264  1$bKnopf,$c1998."), 1998),
        (("260   $c44 B.C.",), -44),
    ],
)
def test_the_year_is_the_coded_one_or_else_the_printed_one(
    fields: tuple[str, ...], year: int
) -> None:
    assert book(TITLE, *fields)["published_year"] == year


@pytest.mark.parametrize(
    ("extent", "pages"),
    [
        ("xvii, 186 p. :", 186),
        ("259 p., 8 p. of plates :", 259),
        ("1 online resource (36, [1] p.)", 36),
        ("123 Seiten", 123),
        ("186 стр.", 186),
    ],
)
def test_the_first_number_of_pages_counts(extent: str, pages: int) -> None:
    assert book(TITLE, f"300   $a{extent}")["pages"] == pages


def test_volumes_are_no_pages() -> None:
    assert "pages" not in book(TITLE, "300   $a2 v. ;$c23 cm.")


def test_codes_of_languages_that_run_together_are_taken_apart() -> None:
    assert book(TITLE, "041 1 $agerfre")["language"] == "ger"


def test_subjects_from_two_thesauri_come_once() -> None:
    assert book(TITLE, "650  0$aLoneliness.", "650  2$aLoneliness")["subjects"] == ["Loneliness"]


def test_the_original_script_is_read_and_kept() -> None:
    fields = ("880 1 $6100-02/$1$a林, 緑.", "880 10$6245-01/$1$a中国 :$b書.")
    read = record("marc", marc(TITLE, *fields))
    assert read.book == {
        "title": "The moonstone",
        "original_title": "中国",
        "original_author": "林, 緑",
    }
    assert read.original is not None
    assert "中国".encode() in read.original


def test_marc_8_is_read_with_its_diacritics_before_the_letters() -> None:
    data = marc("245 00$aZ\xe2et\xe1a : \xb9 \xb2", leader=MARC_8, encoding="latin-1")
    assert record("marc", data).book["title"] == "Zétà : £ ø"


def test_marc_8_changes_its_character_sets() -> None:
    data = marc("245 00$a\x1b(NmIR\x1b(B \x1b@1!0p!0q\x1b(B \x1bb2\x1bs", leader=MARC_8)
    assert record("marc", data.replace(b"@", b"$")).book["title"] == "Мир 仕他 ₂"


def test_utf_8_labelled_as_marc_8_is_recognised() -> None:
    read = record("marc", marc("245 00$aCafé", leader=MARC_8))
    assert read.book["title"] == "Café"
    assert [note.code for note in read.notes] == ["encoding"]


def test_windows_1251_is_recognised_in_cyrillic_records() -> None:
    fields = ("008 " + " " * 35 + "rus d", "245 00$aжидкий")
    assert record("marc", marc(*fields, leader=MARC_8, encoding="cp1251")).book["title"] == "жидкий"


def test_text_in_an_unknown_code_page_is_a_fault() -> None:
    assert summary(items("marc", marc("245 00$aжидкий", leader=MARC_8, encoding="cp1251"))) == [
        "encoding"
    ]


def test_invalid_utf_8_costs_only_its_characters() -> None:
    read = record("marc", GOOD.replace(b"moon", b"mo\xffn"))
    assert read.book["title"] == "The mo\ufffdnstone"
    assert read.notes == [Note("245", "encoding", "Some characters could not be read.")]


@pytest.mark.parametrize("length", [b"00000", b"99999", b"abcde", b"00030"])
def test_a_wrong_length_in_the_leader_is_not_believed(length: bytes) -> None:
    found = items("marc", length + GOOD[5:] + OTHER)
    assert summary(found) == ["The moonstone", "No name"]


@pytest.mark.parametrize("base", [b"00000", b"99999", b"f0037", b"00038"])
def test_a_wrong_base_address_is_not_believed(base: bytes) -> None:
    assert summary(items("marc", GOOD[:12] + base + GOOD[17:] + OTHER)) == [
        "The moonstone",
        "No name",
    ]


def test_fields_with_wrong_offsets_are_read_in_their_order() -> None:
    two = marc("100 1 $aCollins.", TITLE)
    read = record("marc", two[:43] + b"99999" + two[48:])
    assert read.book == {"author": "Collins", "title": "The moonstone"}


@pytest.mark.parametrize(
    ("damaged", "code"),
    [
        (GOOD[:24] + b"2" + GOOD[24:], "directory"),
        (GOOD[:36] + b"\x1d", "directory"),
        (GOOD[:20] + b"\x1d", "leader"),
        (b"00026     2200025   4500\x1e\x1d", "no-fields"),
        (GOOD[:31] + b"99999" + b"500000100000" + GOOD[36:], "directory"),
    ],
)
def test_a_damaged_record_is_a_fault_and_the_next_is_read(damaged: bytes, code: str) -> None:
    found = items("marc", OTHER + damaged + GOOD)
    assert summary(found) == ["No name", code, "The moonstone"]
    assert [item.number for item in found] == [1, 2, 3]
    assert found[1].raw == damaged


def test_many_entries_cannot_multiply_one_field() -> None:
    entry = b"245999900000"
    data = b"00000nam a2200000 i 4500" + entry * 4000 + b"\x1e10\x1fa" + b"x" * 40_000 + b"\x1e\x1d"
    assert summary(items("marc", data)) == ["directory"]


def test_a_truncated_last_record_is_a_fault() -> None:
    found = items("marc", OTHER + GOOD[:-10])
    assert summary(found) == ["No name", "truncated"]
    assert found[1].raw == GOOD[:-10]


def over_the_limit(count: int) -> bytes:
    """A record as programs write it that is longer than the format allows."""
    fields = [b"10\x1faA long one", *[b"  \x1fa" + b"x" * 20_000] * count]
    tags = [b"245", *[b"500"] * count]
    directory, start = b"", 0
    for tag, field in zip(tags, fields, strict=True):
        directory += tag + b"%04d%05d" % (len(field) + 1, start)
        start += len(field) + 1
    leader = b"99999nam a22%05d i 4500" % (24 + len(directory) + 1)
    return leader + directory + b"\x1e" + b"".join(field + b"\x1e" for field in fields) + b"\x1d"


def test_a_record_that_is_longer_than_the_format_allows_is_read() -> None:
    assert summary(items("marc", over_the_limit(12) + OTHER)) == ["A long one", "No name"]


def test_a_record_over_a_mebibyte_is_a_fault() -> None:
    found = items("marc", over_the_limit(53) + OTHER)
    assert summary(found) == ["too-long", "No name"]
    assert isinstance(found[0], Fault)
    assert len(found[0].raw) == 1 << 20


def test_padding_between_records_does_not_count() -> None:
    found = items("marc", b"\xef\xbb\xbf" + GOOD + b"\r\n" + OTHER + b"  \n\x1a\0")
    assert [(item.number, item.raw) for item in found] == [(1, GOOD), (2, OTHER)]


def test_damaged_subfield_codes_and_indicators_are_mended() -> None:
    data = marc("245 $\u00e1The moonstone$b", "100 \u00e91$aCollins")
    read = record("marc", data)
    assert read.book == {"title": "The moonstone", "author": "Collins"}
    assert {note.code for note in read.notes} == {"indicators", "subfield-code"}


def test_control_characters_do_not_get_in() -> None:
    read = record("marc", marc("245 00$aThe \0moon\x07stone"))
    assert read.book["title"] == "The moonstone"
    assert [note.code for note in read.notes] == ["control-characters"]


def test_copies_come_from_the_field_that_was_named() -> None:
    where = formats.holdings("999$i,$l,$t,$a,$p")
    fields = (
        "999   $aPR4494 .M6$iX001$lSTACKS$tBOOK$p12.50",
        "999   $aPR4494 .M6$lLOST",
        "949   $iX002",
    )
    assert record("marc", marc(TITLE, *fields), copies=where).copies == [
        {
            "barcode": "X001",
            "location": "STACKS",
            "loan_type": "BOOK",
            "shelfmark": "PR4494 .M6",
            "price": 1250,
        }
    ]


def test_a_price_that_cannot_be_read_is_left_out_with_a_note() -> None:
    read = record("marc", marc(TITLE, "999   $iX001$pmuch"), copies=formats.holdings("999$i,,,,$p"))
    assert read.copies == [{"barcode": "X001"}]
    assert ("price", "unreadable") in [(note.field, note.code) for note in read.notes]


@pytest.mark.parametrize(
    "text", ["", "999", "999$", "99$i", "999$i$l", "999$i,$l,$t,$a,$p,$x", "999,$i"]
)
def test_a_description_of_copies_that_cannot_be_understood_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="999"):
        formats.holdings(text)


def test_summaries_are_paragraphs_and_those_of_a_sequence_one_text() -> None:
    read = record(
        "marc",
        marc(
            "245 10$aThe moonstone.",
            "520   $aOne.",
            "520   $82.2\\x$aond is stol",
            "520   $82.1\\x$aA diam",
            "520   $82.3\\x$aen. ",
            "520   $83\\u$a Two. ",
        ),
    )
    assert read.book["description"] == "One.\n\nA diamond is stolen.\n\nTwo."


def test_of_two_summaries_in_one_place_of_a_sequence_neither_is_lost() -> None:
    said = [f"520   $81.1\\x$a{text}" for text in ("One.", "Two.")]
    assert record("marc", marc("245 10$aEmma.", *said)).book["description"] == "One.\n\nTwo."
