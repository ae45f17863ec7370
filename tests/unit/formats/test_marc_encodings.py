"""MARC files in encodings that no record says: told by the whole file."""

import io
import re

import pytest

import formats
from formats import Fault, Record
from tests.unit.formats.format_samples import LEADER, items, marc, record


def in_bytes(*fields: str) -> bytes:
    """A record whose leader does not say that it is in UTF-8, each character one byte."""
    return marc(*fields, leader=LEADER.replace("nam a", "nam  "), encoding="latin-1")


SURE = in_bytes("245 00$aDétente d'été à Genève :$bétude /$cRenée Césaire.")
UNSURE = in_bytes("245 00$aÀ propos.", "100 1 $aHébert, Marcel.")
IN_MARC_8 = in_bytes("245 00$a\xe2Etudes.", "100 1 $aH\xe2ebert, Marcel.")


def authors(data: bytes) -> list[str | None]:
    return [one.book.get("author") for one in items("marc", data) if isinstance(one, Record)]


def test_a_record_that_cannot_be_in_marc_8_is_read_in_its_code_page_and_says_so() -> None:
    read = record("marc", SURE)
    assert read.book["title"] == "Détente d'été à Genève"
    assert read.book["subtitle"] == "étude"
    assert [note.detail for note in read.notes] == ["The text was read as Windows-1252."]


def test_records_beside_it_are_read_so_where_that_is_likelier() -> None:
    assert authors(UNSURE + SURE) == ["Hébert, Marcel", None]
    assert authors(SURE + IN_MARC_8) == [None, "Hébert, Marcel"]


def test_a_slip_in_marc_8_makes_no_code_page_of_it() -> None:
    read = record("marc", in_bytes("245 00$aWill o\xe1 the \xe2Etude."))
    assert (read.book["title"], read.notes) == ("Will o \u0300the Étude", [])


# Each word alone is one in MARC-8 too: "Grv̈e", "Mas", "ťude".
TITLES = [
    "Grève générale", "Père Goriot", "Très bien", "Garçon", "Étude de la forêt", "L'été",
    "Müller und Söhne", "Die Käfer", "Bohème", "L'élève", "Île", "Évasion", "Âge tendre",
]  # fmt: skip


def file_of(titles: list[str], encoding: str, leader: str = "nam  ") -> bytes:
    return b"".join(
        marc(f"245 00$a{title}.", leader=LEADER.replace("nam a", leader), encoding=encoding)
        for title in titles
    )


def read(data: bytes) -> tuple[list[str], formats.Reader]:
    reader = formats.read(io.BytesIO(data), "marc")
    return [one.book["title"] if isinstance(one, Record) else one.detail for one in reader], reader


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "mac_roman"])
def test_records_that_tell_nothing_alone_tell_together_in_what_code_page_they_are(
    encoding: str,
) -> None:
    titles, reader = read(file_of(TITLES, encoding))
    assert titles == TITLES
    assert reader.encoding == encoding.replace("cp1252", "windows-1252").replace("_", "-")
    assert reader.samples == ["Grève générale.", "Père Goriot.", "Très bien."]


def test_the_records_that_tell_may_come_late_in_the_file() -> None:
    plain = ["Emma"] * 250
    titles, _ = read(file_of([*plain, *TITLES], "cp1252"))
    assert titles == [*plain, *TITLES]


@pytest.mark.parametrize(
    ("titles", "encoding"),
    [
        (TITLES, "cp1252"),
        (["红楼梦", "三国演义", "西游记", "儒林外史"], "gb18030"),
        (["Война и мир", "Мёртвые души", "Анна Каренина"], "cp1251"),
    ],
)
def test_records_that_say_utf_8_and_have_none_are_read_in_their_code_page(
    titles: list[str], encoding: str
) -> None:
    found, reader = read(file_of(titles, encoding, "nam a"))
    assert found == titles
    assert reader.encoding == encoding.replace("cp125", "windows-125")


def test_records_that_say_utf_8_may_be_in_marc_8() -> None:
    data = file_of(["\xe2Etudes", "H\xe2ebert", "Na\xe8ive"], "latin-1", "nam a")
    assert read(data)[0] == ["Études", "Hébert", "Naïve"]


def test_romanised_words_in_marc_8_stay_so_beside_a_record_in_a_code_page() -> None:
    words = ["Met\xebs\xecniereba", "Vseso\xebi\xecuzna\xebi\xeca na\xe6uka", "I\xf6s\xf6ha"] * 20
    titles, reader = read(file_of(["L'\xe9t\xe9, la gr\xe8ve", *words], "latin-1"))
    assert titles == [
        "L'été, la grève",
        *["Mets\u0361niereba", "Vsesoi\u0361uznai\u0361a naŭka", "Is̲h̲a"] * 20,
    ]
    assert reader.encoding == "windows-1252, marc-8"


def test_a_file_that_may_be_in_two_code_pages_is_not_read_and_says_so() -> None:
    titles, reader = read(file_of(["Na\xefve", "Ma\xefs", "Ca\xefn"], "latin-1"))
    assert isinstance(reader.refused, Fault)
    assert titles == [reader.refused.detail]
    assert titles[0].startswith("The text may be windows-1252 (Naïve.) or ")


def test_bytes_that_are_no_characters_of_marc_8_are_noted() -> None:
    [one] = items("marc", file_of(["Emma\x9d"], "latin-1"))
    assert isinstance(one, Record)
    assert one.book["title"] == "Emma\ufffd"
    assert [note.detail for note in one.notes] == ["Some characters could not be read."]


def test_words_to_look_at_have_no_marks_of_sorting() -> None:
    assert read(file_of(["\x98Die\x9c M\xf6we"], "utf-8", "nam a"))[1].samples == ["M\xf6we."]


IN_UTF_8 = ["Étude de la forêt", "Les élèves", "Noël à l'hôtel", "L'été"]


@pytest.mark.parametrize("leader", ["nam a", "nam  "])
@pytest.mark.parametrize(
    "damaged",
    [["Na\xefve", "Ma\xefs"], ["Pr\xe9nom", "Am\xe9rique"], ["For\xc3", "For\xc3", "For\xc3"]],
)
def test_damaged_records_of_a_file_in_utf_8_neither_keep_it_out_nor_make_marc_8_of_it(
    damaged: list[str], leader: str
) -> None:
    data = file_of(damaged, "latin-1", "nam a") + file_of(IN_UTF_8, "utf-8", leader)
    titles, reader = read(data)
    assert titles == [*(re.sub("[\x80-\xff]", "\ufffd", title) for title in damaged), *IN_UTF_8]
    assert (reader.refused, reader.encoding) == (None, "utf-8")


def test_records_in_a_code_page_that_is_sure_are_read_so_in_a_file_in_utf_8() -> None:
    titles, _ = read(file_of(TITLES[:3], "cp1252", "nam a") + file_of(IN_UTF_8, "utf-8", "nam a"))
    assert titles == [*TITLES[:3], *IN_UTF_8]


def test_a_record_in_a_code_page_of_its_own_is_read_so_beside_those_of_its_file() -> None:
    french = [f"L'école de la forêt {number}" for number in range(60)]
    polish, russian = file_of(["Żółw i jaźń"], "cp1250"), file_of(["Война и мир"], "cp1251")
    *titles, own, fault = read(file_of(french, "cp1252") + polish + russian)[0]
    assert (titles, own) == (french, "Żółw i jaźń")
    assert fault.startswith("The text is neither MARC-8 nor UTF-8")


def test_a_few_damaged_bytes_keep_no_file_out() -> None:
    plain = [f"Emma {number}" for number in range(50)]
    titles, reader = read(file_of([*plain, "Owls\xff\xff", "From \x80 5 to \x80 7"], "latin-1"))
    assert titles == [*plain, "Owls\ufffd\ufffd", "From \ufffd 5 to \ufffd 7"]
    assert reader.refused is None
