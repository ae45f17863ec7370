"""The encodings of CSV files: as somebody says, as the file says, or as can be told."""

import io
from typing import Any

import pytest

import formats
from formats import Options, Record
from formats.encodings import readings
from tests.unit.formats.format_samples import Endless, items, summary

POLISH = "title,author\nŻółta łódź podwodna,Wiśniewski\n"
TITLES = {
    "cp1250": "Příliš žluťoučký kůň,Čapek",
    "iso8859_2": "Żółta łódź,Wiśniewski",
    "cp1251": "Война и мир,Толстой",
    "koi8_r": "Война и мир,Толстой",
    "cp866": "Война и мир,Толстой",
    "cp1252": "Die Mäuse über Göttingen,Müller",
    "mac_roman": "À la recherche du temps perdu,Proust\nL'Étranger,Camus\nDie Mäuse,Müller",
    "cp850": "Die Mäuse über Göttingen,Müller",
    "cp1253": "Βίος και πολιτεία,Καζαντζάκης",
    "cp1254": "İnce Memed,Yaşar Kemal\nKürk Mantolu Madonna,Sabahattin Ali\nAğrı Dağı,Kemal",
    "cp1255": "סיפור על אהבה וחושך,עמוס עוז\nאישה בורחת מבשורה,דויד גרוסמן",
    "cp1256": "موسم الهجرة إلى الشمال,الطيب صالح",
    "cp1257": "Žemaitės apsakymai,Žemaitė",
    "gb18030": "红楼梦,曹雪芹\n三国演义,罗贯中\n西游记,吴承恩",
    "big5": "紅樓夢,曹雪芹",
    "cp932": "吾輩は猫である,夏目漱石",
    "cp949": "채식주의자,한강\n토지,박경리",
}


def read(data: bytes, **options: Any) -> tuple[list[str], formats.Reader]:
    reader = formats.read(io.BytesIO(data), "csv", Options(**options))
    found = list(reader)
    return summary(found), reader


@pytest.mark.parametrize("encoding", TITLES)
def test_the_encoding_is_told_by_the_language(encoding: str) -> None:
    text = TITLES[encoding]
    titles, reader = read(f"title,author\n{text}\n".encode(encoding))
    assert titles == [line.split(",")[0] for line in text.split("\n")]
    assert reader.encoding == encoding.replace("cp125", "windows-125").replace(
        "iso8859", "iso-8859"
    ).replace("_", "-")


def test_words_beyond_ascii_are_given_to_look_at() -> None:
    _, reader = read(POLISH.encode("cp1250"))
    assert reader.samples == ["Żółta łódź", "Wiśniewski"]
    _, reader = read(POLISH.encode())
    assert (reader.encoding, reader.samples) == ("utf-8", ["Żółta łódź", "Wiśniewski"])


@pytest.mark.parametrize("name", ["utf-16", "UTF16", "utf-32"])
def test_a_file_with_a_mark_is_read_in_the_encoding_of_its_name(name: str) -> None:
    data = "title\nMöwen\n".encode(name)
    assert read(data, encoding=name)[0] == ["Möwen"]
    assert read(data, charset=name)[0] == ["Möwen"]


def test_without_the_mark_it_is_asked_in_which_order_the_bytes_are() -> None:
    found = list(formats.read(io.BytesIO(b"title\nEmma\n"), "csv", Options(encoding="utf-16")))
    told = "The file has no mark of utf-16; say utf-16-le or utf-16-be."
    assert [one.detail for one in found if isinstance(one, formats.Fault)] == [told]


@pytest.mark.parametrize("name", ["hex", "rot13", "undefined", "idna", "utf-8\0", "cp9999"])
def test_what_decodes_no_text_is_no_encoding(name: str) -> None:
    assert read(b"title\nEmma\n", charset=name)[0] == ["encoding"]


def test_of_two_readings_that_are_alike_neither_is_taken() -> None:
    titles, reader = read("title\nNaïve\n".encode("cp1252"))
    assert titles == ["encoding"]
    assert reader.refused is not None
    assert "windows-1252 (Naïve) or windows-1250 (Naďve)" in reader.refused.detail


@pytest.mark.parametrize("option", ["encoding", "charset"])
def test_an_encoding_that_is_given_is_taken(option: str) -> None:
    titles, reader = read("title\nNaďve\n".encode("cp1250"), **{option: "windows-1250"})
    assert titles == ["Naďve"]
    assert reader.encoding == "windows-1250"


def test_what_somebody_chose_counts_more_than_what_came_with_the_file() -> None:
    data = "title\nNaïve\n".encode("cp1252")
    assert read(data, encoding="cp1252", charset="utf-8")[0] == ["Naïve"]


def test_an_unknown_encoding_is_a_fault() -> None:
    titles, reader = read(b"title\nEmma\n", encoding="cp99999")
    assert titles == ["encoding"]
    assert reader.refused is not None


def test_a_mark_says_the_encoding() -> None:
    titles, reader = read("\ufefftitle\nÄmma\n".encode("utf-16-le"))
    assert (titles, reader.encoding) == (["Ämma"], "utf-16-le")


def test_a_file_in_utf_8_stays_so_in_spite_of_a_few_faulty_rows() -> None:
    data = POLISH.encode() + "Müller,\n".encode("cp1252")
    assert read(data)[0] == ["Żółta łódź podwodna", "encoding"]


def test_a_large_file_does_not_fill_the_memory() -> None:
    stream = Endless(b"title\n", "Příliš žluťoučký kůň\n".encode("cp1250"), 3 << 20)
    reader = formats.read(stream, "csv")
    assert all(isinstance(item, Record) for item in reader)
    assert reader.encoding == "windows-1250"


def test_items_without_letters_beyond_ascii_are_utf_8() -> None:
    assert summary(items("csv", b"title\nEmma\n")) == ["Emma"]


@pytest.mark.parametrize("encoding", ["cp1252", "iso8859_15"])
def test_books_in_several_languages_are_of_one_file(encoding: str) -> None:
    german = ["Über allen Gipfeln", "Straßenköter", "Märchen für Kinder", "Größe und Glück"]
    french = ["Les misérables à l'été", "Où est passé Noël", "À la recherche", "La Bête humaine"]
    text = "title\n" + "\n".join(german + french) + "\n"
    assert [one.text for one in readings(text.encode(encoding))] == [text]


SHORT = (
    *("Babička", "Válka s mloky", "Chłopi", "Němcová, Božena", "Čapek, Karel", "Příběhy", "Kůň"),
    *("Krzyżacy", "Dziady część III", "Słowacki, Juliusz: Balladyna", "Těžká hodina", "Žert"),
    *("Nesnesitelná lehkost bytí", "Śluby panieńskie", "Osudy dobrého vojáka Švejka", "Šlépěj"),
)


@pytest.mark.parametrize("encoding", ["cp1250", "iso8859_2"])
def test_one_short_title_is_read_right_or_not_at_all(encoding: str) -> None:
    lists = {text: readings(text.encode(encoding)) for text in SHORT if not text.isascii()}
    told = {text: found for text, found in lists.items() if len(found) == 1}
    assert [text for text, (found,) in told.items() if found.text != text] == []
    assert told
