"""Writing books: what was read comes out again, and of a MARC record nothing is lost."""

import io
import unicodedata
from typing import Any

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import formats
from formats import Record
from models import book_fields
from tests.unit.formats.format_samples import LEADER, collection, items, marc, marcxml, record
from validators.isbn import normalise_isbn

KINDS = ["marc", "marcxml", "csv", "ndjson"]
# A book as the API shows it when it says nothing.
NOTHING: dict[str, Any] = dict.fromkeys(book_fields.FIELDS)
STAMPS = {"id": 7, "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-02-03T04:05:06Z"}
FIELDS = (
    "001 ocm1",
    "005 19840507000000.0",
    "008 840507s1984    caua          00010 eng d",
    "020   $a0199535523 (pbk.) :$c9.95",
    "100 1 $aAusten, Jane,$d1775-1817,$eauthor.",
    "245 10$aEmma :$ba novel /$cJane Austen.",
    "260   $aOxford :$bOUP,$c1984.",
    "300   $axxi, 418 p. :$bill. ;$c20 cm.",
    "600 10$aAusten, Jane,$d1775-1817$xCriticism.",
    "650  0$aCourtship$zEngland$vFiction.",
    "650  2$aCourtship$zEngland$vFiction",
    "700 1 $aDuckworth, A.,$eeditor.",
    "999   $aX$iB1",
)


def written(kind: str, *books: dict[str, Any], original: bytes | None = None) -> bytes:
    return b"".join(formats.write(kind, [(book, original) for book in books]))


def fields_of(data: bytes) -> list[str]:
    [parsed] = pymarc.MARCReader(data, to_unicode=True)
    assert parsed is not None
    return [str(field)[1:].replace("  ", " ", 1) for field in parsed.fields]


def edited(**changes: Any) -> list[str]:
    """The fields of FIELDS that are other ones after these changes of the book."""
    read = record("marc", marc(*FIELDS))
    before = fields_of(written("marc", read.book, original=read.original))
    after = fields_of(written("marc", {**read.book, **changes}, original=read.original))
    return [field for field in after if field not in before]


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def texts(size: int = 60, *, lines: bool = False) -> st.SearchStrategy[str]:
    """Text as validation lets it through, without what MARC 21 and XML cannot carry.

    In MARC only what has paragraphs has `lines`, and `<<` marks what does not count in sorting.
    """
    letters = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff<")
    signs = [" ", ".", " :", " /", ",", ";", "--", " -- ", "[", "(", '"', "'", "="]
    awkward = st.sampled_from([*signs, "\n"] if lines else signs)
    return st.lists(letters | awkward, max_size=size).map("".join).map(_clean).filter(bool)


ISBNS = st.integers(0, 10**9 - 1).map(
    lambda number: next(isbn for digit in "0123456789X" if (isbn := _valid(f"{number:09}{digit}")))
)


def _valid(text: str) -> str | None:
    try:
        return normalise_isbn(text)
    except ValueError:
        return None


PEOPLE = st.fixed_dictionaries({"name": texts(), "role": st.none() | texts(20)})
BOOKS = st.fixed_dictionaries(
    {"title": texts()},
    optional={
        "subtitle": texts(),
        "author": texts(),
        "contributors": st.lists(
            PEOPLE, min_size=1, max_size=4, unique_by=lambda one: (one["name"], one["role"])
        ),
        "isbn": ISBNS,
        "publisher": texts(),
        # There is no year 0 between 1 B.C. and A.D. 1.
        "published_year": st.integers(-4000, 9999).filter(bool),
        "language": st.sampled_from(["eng", "ger", "chi", "qaa", "und"]),
        "edition": texts(),
        "pages": st.integers(1, 999_999),
        "part": texts(),
        "series": texts(),
        "material_type": st.sampled_from(["electronic", "serial", "audio", "map", "kit", "object"]),
        "alternative_titles": st.lists(texts(), min_size=1, max_size=3, unique=True),
        "original_title": texts(),
        "original_author": texts(),
        "contents": texts(200, lines=True),
        "issn": st.just("2049-3630"),
        "control_number": st.sampled_from(["123", "(DE-101)1234567", "ocm 12"]),
        "description": texts(200, lines=True),
        "subjects": st.lists(texts(), min_size=1, max_size=5, unique=True),
        "classification": texts(20) | st.sampled_from(["823.7", "PR4034 .E5"]),
        "cover_url": st.just("https://example.org/1.jpg"),
    },
)


@pytest.mark.parametrize("kind", KINDS)
@given(books=st.lists(BOOKS, max_size=3))
@settings(deadline=None, max_examples=60)
def test_any_books_come_back_as_they_were(kind: str, books: list[dict[str, Any]]) -> None:
    found = items(kind, written(kind, *books))
    assert all(isinstance(item, Record) for item in found)
    assert [
        {name: value for name, value in item.book.items() if value not in (None, [])}
        for item in found
        if isinstance(item, Record)
    ] == books


@pytest.mark.parametrize("kind", ["marc", "marcxml"])
@given(book=BOOKS)
@settings(deadline=None, max_examples=40)
def test_a_second_export_has_the_same_bytes(kind: str, book: dict[str, Any]) -> None:
    first = written(kind, book | STAMPS)
    read = record(kind, first)
    assert written(kind, read.book | {"id": 8}, original=read.original) == first


@given(before=BOOKS, after=BOOKS)
@settings(deadline=None, max_examples=60)
def test_a_record_says_what_the_book_says_whatever_it_said_before(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    original = record("marc", written("marc", before)).original
    again = record("marc", written("marc", {**NOTHING, **after}, original=original))
    assert again.book == after


def test_what_a_book_does_not_speak_of_stays_in_the_record() -> None:
    read = record("marc", marc(*FIELDS))
    assert fields_of(written("marc", {"title": "Emma"}, original=read.original)) == fields_of(
        written("marc", read.book, original=read.original)
    )


@pytest.mark.parametrize("kind", ["marc", "marcxml"])
def test_a_record_that_nobody_changed_goes_out_as_it_came(kind: str) -> None:
    read = record("marc", marc(*FIELDS))
    again = record(kind, written(kind, read.book, original=read.original))
    assert again.original == read.original
    assert written("marc", read.book, original=read.original) == marc(
        *FIELDS, leader=LEADER[:9] + "a" + LEADER[10:]
    )


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"title": "Emma."}, ["245 10$aEmma. :$ba novel /$cJane Austen."]),
        ({"subtitle": None}, ["245 10$aEmma /$cJane Austen."]),
        ({"author": "Austen, J."}, ["100 1\\$aAusten, J.,$eauthor."]),
        (
            {"isbn": "9780141439587", "isbns": ["9780141439587"]},
            ["020 \\\\$a9780141439587$c9.95"],
        ),
        ({"pages": 420}, ["300 \\\\$axxi, 420 p. :$bill. ;$c20 cm."]),
        ({"publisher": "Penguin"}, ["260 \\\\$aOxford :$bPenguin,$c1984."]),
        ({"subjects": ["Courtship -- England -- Fiction", "Love"]}, ["650 \\4$aLove."]),
        ({"contributors": []}, []),
        ({"edition": "2nd ed."}, ["250 \\\\$a2nd ed."]),
        (
            {"published_year": 1985},
            [
                "008 840507s1985\\\\\\\\caua\\\\\\\\\\\\\\\\\\\\00010\\eng\\d",
                "260 \\\\$aOxford :$bOUP,$c1985.",
            ],
        ),
    ],
)
def test_only_the_fields_that_were_edited_are_rewritten(
    changes: dict[str, Any], fields: list[str]
) -> None:
    assert edited(**changes) == fields


def test_an_edited_record_is_dated() -> None:
    assert "005 20260203040506.0" in edited(title="Em", updated_at="2026-02-03T04:05:06Z")


@pytest.mark.parametrize(
    ("field", "changes", "after"),
    [
        ("260   $aLondon :$bPenguin,$c1990.", {"publisher": None}, ["260 \\\\$aLondon,$c1990."]),
        (
            "260   $aLondon :$bPenguin,$c1990.",
            {"published_year": None},
            ["260 \\\\$aLondon :$bPenguin."],
        ),
        (
            "264  1$aBonn ;$aWien :$bQuill,$c1990.",
            {"publisher": None},
            ["264 \\1$aBonn ;$aWien,$c1990."],
        ),
        ("250   $a2nd ed. /$bby J. Doe.", {"edition": None}, []),
        (
            "830  0$aOwl books ;$v7.",
            {"series": "Owl books", "series_volume": None},
            ["830 \\0$aOwl books."],
        ),
        ("041 1 $aengfre$hger", {"language": "ger"}, ["041 1\\$agerfre$hger"]),
        ("041 1 $aengger$hger", {"language": "ger"}, ["041 1\\$ager$hger"]),
        ("041 1 $aGerman$hger", {"language": "fre"}, ["041 1\\$afre$hger"]),
        (
            "264  1$3v. 1,$aLondon :$bPenguin,$c1990.",
            {"publisher": None},
            ["264 \\1$3v. 1,$aLondon,$c1990."],
        ),
    ],
)
def test_nothing_dangles_where_something_was_emptied(
    field: str, changes: dict[str, Any], after: list[str]
) -> None:
    stated = ["490 1 $aOwl books ;$v7"] if field.startswith("830") else []
    read = record("marc", marc("245 00$aEmma.", *stated, field))
    out = fields_of(written("marc", {**read.book, **changes}, original=read.original))
    assert [one for one in out if one[:3] == field[:3]] == after


def test_statements_of_publication_from_which_nothing_is_taken_stay_as_they_are() -> None:
    fields = ["264  1$aBonn :$bQuill,$c1990.", "264  3$aBath :$c1991,"]
    read = record("marc", marc("245 00$aEmma.", *fields))
    out = fields_of(written("marc", {**read.book, "publisher": None}, original=read.original))
    assert "264 \\3$aBath :$c1991," in out


def test_the_number_of_a_volume_stays_where_its_pages_are_changed() -> None:
    read = record("marc", marc("245 00$aEmma.", "300   $aBd. 2.415 S."))
    out = fields_of(written("marc", {**read.book, "pages": 500}, original=read.original))
    assert "300 \\\\$aBd. 2.500 S." in out


def test_a_new_record_is_what_a_cataloguer_expects() -> None:
    book = {
        "title": "Emma",
        "subtitle": "a novel",
        "author": "Austen, Jane",
        "contributors": [{"name": "Gill, R.", "role": "editor"}],
        "isbn": "9780199535521",
        "publisher": "OUP",
        "published_year": 2008,
        "language": "eng",
        "edition": "2nd ed.",
        "pages": 418,
        "description": "Matchmaking goes wrong.",
        "subjects": ["Courtship -- Fiction"],
        "classification": "823.7",
    }
    assert fields_of(written("marc", book | STAMPS)) == [
        "001 7",
        "005 20260203040506.0",
        "008 260102s2008\\\\\\\\xx\\||||||||||||||\\||eng\\d",
        "020 \\\\$a9780199535521",
        "041 0\\$aeng",
        "082 04$a823.7",
        "100 1\\$aAusten, Jane.",
        "245 10$aEmma :$ba novel.",
        "250 \\\\$a2nd ed.",
        "264 \\1$bOUP,$c2008.",
        "300 \\\\$a418 p.",
        "520 \\\\$aMatchmaking goes wrong.",
        "650 \\4$aCourtship$xFiction",
        "700 1\\$aGill, R.,$eeditor.",
    ]


def test_what_does_not_fit_into_the_exchange_format_is_left_out_and_named() -> None:
    fields = ("245 10$aEmma.", "504   $a" + "x" * 20_000)
    read = record("marcxml", collection(marcxml(*fields)))
    out = written("marc", read.book, original=read.original)
    note = "Left out of this record, because too long for MARC 21 (ISO 2709): 504."
    assert fields_of(out) == ["245 10$aEmma.", f"500 \\\\$a{note}"]
    whole = written("marcxml", read.book, original=read.original)
    assert record("marcxml", whole).original == read.original


def test_a_record_never_exceeds_what_its_length_can_say() -> None:
    fields = ("245 10$aEmma.", *[f"500   $a{number}" + "x" * 9_000 for number in range(30)])
    read = record("marcxml", collection(marcxml(*fields)))
    out = written("marc", read.book, original=read.original)
    assert 90_000 < len(out) == int(out[:5]) <= 99_999
    assert record("marc", out).book == {"title": "Emma"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "description",
    [
        "word " * 3_999 + "end",
        "A  paragraph.\n\n" * 1_300 + ".",
        "\u6771" * 20_000,
        "\U00020000" * 20_000,
    ],
)
def test_a_long_description_comes_back_to_the_letter(kind: str, description: str) -> None:
    book = {"title": "Emma", "description": description}
    assert record(kind, written(kind, book)).book["description"] == description


def test_a_long_description_is_a_sequence_of_fields_divided_between_words() -> None:
    out = written("marc", {"title": "Emma", "description": "word " * 3_999 + "end"})
    summaries = [field for field in fields_of(out) if field.startswith("520")]
    assert [field[:18] for field in summaries] == [
        "520 \\\\$81.1\\x$awor",
        "520 \\\\$81.2\\x$awor",
        "520 \\\\$81.3\\x$awor",
    ]
    assert [field[-5:] for field in summaries] == ["word ", "word ", "d end"]


def test_a_sequence_takes_a_number_that_nothing_else_has() -> None:
    read = record("marc", marc("245 10$aEmma.", "505 0 $84\\c$aContents"))
    out = written("marc", {**read.book, "description": "x" * 10_000}, original=read.original)
    assert [field[4:12] for field in fields_of(out) if field.startswith("520")] == [
        "\\\\$85.1\\",
        "\\\\$85.2\\",
    ]


def test_a_description_that_fits_into_a_field_stays_whole() -> None:
    out = written("marc", {"title": "Emma", "description": "x" * 9_994})
    assert len(record("marc", out).book["description"]) == 9_994
    assert sum(field.startswith("520") for field in fields_of(out)) == 1


def test_xml_has_a_long_description_in_one_field() -> None:
    out = written("marcxml", {"title": "Emma", "description": "word " * 3_999 + "end"})
    assert out.count(b'tag="520"') == 1


@pytest.mark.parametrize("kind", ["marc", "marcxml"])
def test_separators_in_values_cannot_forge_fields(kind: str) -> None:
    book = {"title": "Em\x1e\x1d\x1fbma", "publisher": "\x00\x0bOUP\ufffe"}
    assert record(kind, written(kind, book)).book == {"title": "Embma", "publisher": "OUP"}


@pytest.mark.parametrize(
    "formula", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "'=1", "''@x", "'\t=1"]
)
def test_spreadsheets_do_not_calculate_what_we_write(formula: str) -> None:
    out = written("csv", {"title": formula})
    assert out.splitlines()[1].lstrip(b'"').startswith(b"'")
    assert record("csv", out).book["title"] == formula


def test_exports_of_nothing_are_files() -> None:
    assert written("marc") == b""
    assert written("ndjson") == b""
    assert items("marcxml", written("marcxml")) == items("csv", written("csv")) == []


def test_pymarc_reads_what_we_write_as_xml() -> None:
    out = written("marcxml", {"title": "Emma & <Ida>"}, {"title": "Ida"})
    parsed = pymarc.parse_xml_to_array(io.BytesIO(out))  # type: ignore[no-untyped-call]
    assert [one["245"]["a"] for one in parsed] == ["Emma & <Ida>.", "Ida."]


COPIES: list[dict[str, Any]] = [
    {
        "barcode": "B1",
        "location": "Hall",
        "shelfmark": "823 AUS",
        "loan_type": "standard",
        "status": "on_loan",
        "price": 1250,
        "acquired_on": "2020-05-31",
        "note": "Signed.",
    },
    {"barcode": "B2", "loan_type": "reference", "status": "in_repair"},
]


@pytest.mark.parametrize("kind", KINDS)
def test_copies_are_written_and_read_again(kind: str) -> None:
    source = ({"title": "Emma"}, None, COPIES)
    out = b"".join(formats.write(kind, [source], copies=True))
    found = [copy for item in items(kind, out) if isinstance(item, Record) for copy in item.copies]
    said = [{name: value for name, value in copy.items() if value is not None} for copy in found]
    lent, broken = COPIES
    wanted = [{**lent, "status": "available"}, broken]
    assert [{"status": "available", **copy} for copy in said] == wanted


def test_a_book_without_copies_is_one_row() -> None:
    out = b"".join(formats.write("csv", [({"title": "Emma"}, None, [])], copies=True))
    [read] = items("csv", out)
    assert isinstance(read, Record)
    assert (read.book, read.copies) == ({"title": "Emma"}, [])


def test_rows_of_a_book_with_several_copies_are_known_as_one_title() -> None:
    books = [({"title": title}, None, COPIES) for title in ("Emma", "Ida")]
    out = b"".join(formats.write("csv", books, copies=True))
    found = [item for item in items("csv", out) if isinstance(item, Record)]
    assert [(one.book["title"], one.first_row) for one in found] == [
        ("Emma", 1),
        ("Emma", 1),
        ("Ida", 3),
        ("Ida", 3),
    ]


def test_items_of_the_original_give_way_to_the_copies_of_today() -> None:
    read = record("marc", marc("245 10$aEmma.", "952   $pOLD$aCPL"))
    out = b"".join(formats.write("marc", [(read.book, read.original, COPIES[1:])], copies=True))
    assert [copy["barcode"] for copy in record("marc", out).copies] == ["B2"]


def exported(*fields: str, kind: str = "marc") -> bytes:
    """A record with these fields as it goes out with the second of `COPIES`."""
    read = record("marc", marc("245 10$aEmma.", *fields))
    return b"".join(formats.write(kind, [(read.book, read.original, COPIES[1:])], copies=True))


@pytest.mark.parametrize("barcode", ["OLD", "B2"])
@pytest.mark.parametrize("kind", ["marc", "marcxml"])
def test_items_of_evergreen_in_the_original_give_way_to_the_copies_of_today(
    kind: str, barcode: str
) -> None:
    out = exported(f"852 4 $aLIB$bBR1$cStacks$p{barcode}", kind=kind)
    assert barcode.encode() not in out.replace(b"B2", b"", 1)
    assert [copy["barcode"] for copy in record(kind, out).copies] == ["B2"]


def test_a_statement_of_holdings_without_barcode_stays_beside_the_copies() -> None:
    [read] = pymarc.MARCReader(exported("852 0 $aLIB$bBR1$p $zShelved by size"))
    assert read is not None
    assert [field["z"] for field in read.get_fields("852")] == ["Shelved by size"]


SIGNS = [
    "3.0", "'", "#AB", "1E+5", "|", "[1]", "<b>", "</i>", "<p>", "<hr noshade>", "<o:p>", "<!--",
    "&lt;", "&amp;", "a<b and c>d", "=", "\r\n",
]  # fmt: skip
ANY_TEXT = (
    st.lists(st.sampled_from(SIGNS) | texts(5), min_size=1, max_size=4)
    .map(lambda parts: _clean("".join(parts)))
    .filter(bool)
)
TEXTS = [
    "title", "subtitle", "part", "author", "publisher", "edition", "series", "series_volume",
    "original_title", "original_author", "contents", "description", "classification",
]  # fmt: skip


@given(
    book=st.fixed_dictionaries(dict.fromkeys(TEXTS, ANY_TEXT)),
    copies=st.lists(
        st.fixed_dictionaries(
            dict.fromkeys(["barcode", "location", "shelfmark", "loan_type", "note"], ANY_TEXT)
        ),
        min_size=1,
        max_size=1,
    ),
    isbns=st.lists(ISBNS, min_size=1, max_size=3, unique=True),
)
@settings(deadline=None, max_examples=60)
def test_every_text_comes_back_from_a_spreadsheet_as_it_was(
    book: dict[str, Any], copies: list[dict[str, Any]], isbns: list[str]
) -> None:
    source = ({**book, "isbn": isbns[0], "isbns": isbns}, None, copies)
    out = b"".join(formats.write("csv", [source], copies=True))
    [read] = items("csv", out)
    assert isinstance(read, Record)
    assert {name: read.book.get(name) for name in TEXTS} == book
    assert read.book.get("isbns", [read.book["isbn"]]) == isbns
    assert [{name: copy[name] for name in copies[0]} for copy in read.copies] == copies
    assert read.notes == []


@pytest.mark.parametrize("author", [";", "A; B", "Olive Vane & Tilda Penn", "A|B", '["A"]'])
def test_an_author_whose_name_looks_like_several_stays_one(author: str) -> None:
    out = written("csv", {"title": "Emma", "author": author})
    assert record("csv", out).book == {"title": "Emma", "author": author}
