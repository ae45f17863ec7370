"""Reading MARCXML: with and without namespace, around errors, and nothing that explodes."""

import io
import re

import pytest

import formats
from tests.unit.formats.format_samples import collection, items, marc, marcxml, record, summary

ONE = marcxml("245 10$aThe moonstone.", "100 1 $aCollins, Wilkie.")
TWO = marcxml("245 10$aNo name.")
BAD = TWO.replace(b"No name", b"No & name")


def test_xml_says_the_same_as_the_exchange_format() -> None:
    fields = ("001 x1", "008 840507s1984    caua          00010 eng d", "245 10$aEmma :$bnovel.")
    binary, xml = record("marc", marc(*fields)), record("marcxml", collection(marcxml(*fields)))
    assert (xml.book, xml.original) == (binary.book, binary.original)


@pytest.mark.parametrize(
    "document",
    [
        b"<collection>" + ONE + b"</collection>",
        b"<?xml version='1.0'?>\n" + ONE,
        collection(ONE),
        collection(ONE)
        .replace(b"<", b"<m:")
        .replace(b"<m:/", b"</m:")
        .replace(b"xmlns", b"xmlns:m"),
        b'<o:OAI xmlns:o="urn:x"><o:record><o:metadata>'
        + collection(ONE)
        + b"</o:metadata></o:record></o:OAI>",
        collection(ONE).decode().encode("utf-16"),
        b"<?xml version='1.0' encoding='ISO-8859-1'?>" + collection(ONE),
    ],
)
def test_records_are_found_in_every_usual_wrapping(document: bytes) -> None:
    assert record("marcxml", document).book == {
        "title": "The moonstone",
        "author": "Collins, Wilkie",
    }


PREFIXED = (
    ONE.replace(b"<", b"<m:")
    .replace(b"<m:/", b"</m:")
    .replace(b"<m:record", b'<m:record xmlns:m="http://www.loc.gov/MARC21/slim"')
)


@pytest.mark.parametrize("inner", [ONE, PREFIXED])
def test_a_wrapper_without_a_namespace_is_no_record(inner: bytes) -> None:
    wrapped = b"<record><header/><metadata>" + inner + b"</metadata></record>"
    reader = formats.read(io.BytesIO(b"<OAI>" + wrapped * 2 + b"</OAI>"), "marcxml")
    found = list(reader)
    assert summary(found) == ["The moonstone"] * 2
    again = items("marcxml", reader.header + found[1].raw + reader.footer)
    assert summary(again) == ["The moonstone"]


def test_other_encodings_are_read() -> None:
    text = collection(ONE).decode().replace("moon", "mön")
    document = f"<?xml version='1.0' encoding='ISO-8859-1'?>{text}".encode("latin-1")
    assert record("marcxml", document).book["title"] == "The mönstone"


@pytest.mark.parametrize("written", ["utf-8", "utf-16", "utf-16-le"])
def test_a_file_that_is_said_to_be_utf_16_is_read_as_it_says_itself(written: str) -> None:
    document = collection(ONE).decode().encode(written)
    options = formats.Options(encoding="utf-16")
    found = list(formats.read(io.BytesIO(document), "marcxml", options))
    assert summary(found) == ["The moonstone"]


def test_rejected_records_make_a_file_again() -> None:
    prefixed = (
        collection(ONE, TWO)
        .replace(b"<", b"<m:")
        .replace(b"<m:/", b"</m:")
        .replace(b"xmlns", b"xmlns:m")
    )
    reader = formats.read(io.BytesIO(prefixed), "marcxml")
    raws = [item.raw for item in reader]
    again = items("marcxml", reader.header + raws[1] + reader.footer)
    assert summary(again) == ["No name"]


def test_a_record_that_is_not_xml_is_a_fault_and_the_next_is_read() -> None:
    found = items("marcxml", collection(ONE, BAD, ONE))
    assert summary(found) == ["The moonstone", "malformed-xml", "The moonstone"]
    assert found[1].raw == BAD


def test_a_record_without_end_is_a_fault_and_the_next_is_read() -> None:
    cut = TWO.removesuffix(b"</record>")
    found = items("marcxml", collection(ONE, cut, ONE))
    assert summary(found) == ["The moonstone", "malformed-xml", "The moonstone"]
    assert found[1].raw == cut


def test_a_record_that_ends_with_the_file_is_truncated() -> None:
    assert summary(items("marcxml", b"<collection>" + ONE + TWO[:-20])) == [
        "The moonstone",
        "truncated",
    ]


def test_errors_far_apart_are_each_reported_once() -> None:
    found = items("marcxml", collection(*[ONE] * 400, BAD, *[ONE] * 400, BAD, *[ONE] * 400))
    assert [item.number for item in found] == list(range(1, 1203))
    assert summary(found).count("malformed-xml") == 2


def test_a_record_without_fields_is_a_fault() -> None:
    assert summary(items("marcxml", collection(b"<record/>", ONE))) == [
        "no-fields",
        "The moonstone",
    ]


def test_an_empty_collection_has_no_records() -> None:
    assert items("marcxml", collection()) == []


def test_something_else_than_xml_is_one_fault() -> None:
    assert summary(items("marcxml", b"title,author\nEmma,Austen\n")) == ["malformed-xml"]


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/">%p;]>',
    ],
)
def test_document_types_are_refused_whatever_they_declare(doctype: bytes) -> None:
    [fault] = items("marcxml", doctype + collection(ONE, TWO))
    assert summary([fault]) == ["doctype"]


def test_unknown_entities_are_not_looked_up() -> None:
    document = collection(TWO.replace(b"No", b"&passwd;"))
    assert summary(items("marcxml", document)) == ["malformed-xml"]


def test_control_data_in_tags_of_letters_goes_out_as_it_came() -> None:
    data = marcxml("FMT BK", "LKR 12345", "001 1", "245 00$aEmma")
    read = record("marcxml", collection(data))
    out = b"".join(formats.write("marcxml", [(read.book, read.original)]))
    assert re.findall(rb'<controlfield tag="(\w+)">(\w+)<', out) == [
        (b"FMT", b"BK"),
        (b"LKR", b"12345"),
        (b"001", b"1"),
    ]
    as_marc = b"".join(formats.write("marc", [(read.book, read.original)]))
    assert record("marc", as_marc).original == read.original
    assert [(note.field, note.code) for note in read.notes] == [
        ("FMT", "not-in-marcxml"),
        ("LKR", "not-in-marcxml"),
    ]
