"""Files made to break the readers: nothing is raised, and memory stays bounded."""

import tracemalloc
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pymarc.marc8 import marc8_to_unicode

import formats
from formats import Fault, Record
from formats.marc.fields import thaw
from formats.marc.marc8 import decode
from tests.unit.formats.format_samples import Endless, collection, items, marc, marcxml, summary

# Pymarc has the halves that marks over two letters had before 2004.
_MARKS_OF_2004 = {0xFE20: 0x361, 0xFE21: None, 0xFE22: 0x360, 0xFE23: None}
KINDS = ["marc", "marcxml", "csv", "ndjson"]
SEEDS = [
    marc("001 x", "100 1 $aAusten, Jane,$eauthor.", "245 10$aEmma :$ba novel."),
    marc("245 10$a\xe9\x1b(N\x1b$1\x1b)Q\x1b\xff", leader="00000nam  2200000   4500"),
    collection(marcxml("001 x", "245 10$aEmma :$ba novel."), marcxml("245 10$aIda.")),
    b'title,isbn,contributors\nEmma,"0199535523","[{""name"":""x""}]"\nIda,,A (b)\n',
    b'{"title":"Emma","contributors":[{"name":"x"}],"copies":[{"barcode":"1"}]}\n',
]
# Enough for a record or two of the greatest length allowed and what they are made into.
MEMORY = 12 << 20
MUCH = 24 << 20


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A readable file of some kind in which some bytes are others, missing, or doubled."""
    data = bytearray(draw(st.sampled_from(SEEDS)) * 2)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 8))] = draw(st.binary(max_size=8))
    return bytes(data)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.binary(max_size=400) | damaged())
@example(data=b"\xff\xfe")
@example(data=b"\xff\xfe\x00")
@example(data=b"\xef\xbb\xbf")
@example(data=b"title\n\xe9\x81\n")
@example(data=b"\x01" + bytes(35) + b"200" + bytes(21) + b"\x1e\x1e\x1e\0\x1d")
@settings(deadline=None, max_examples=200)
def test_no_bytes_raise_anything_whatever_they_are_said_to_be(kind: str, data: bytes) -> None:
    found = items(kind, data)
    assert [item.number for item in found] == list(range(1, len(found) + 1))
    for item in found:
        assert isinstance(item, Record | Fault)
        if isinstance(item, Record) and item.original is not None:
            form = "unimarc" if thaw(item.original).is_unimarc else "marc"
            out = b"".join(formats.write(form, [(item.book, item.original)]))
            [again] = items("marc", out)
            assert isinstance(again, Record)
            assert (again.book, again.original) == (item.book, item.original)


@given(st.lists(st.sampled_from([b"a", b" ", *(bytes([code]) for code in range(0xA1, 0xFF))])))
def test_marc_8_reads_as_pymarc_reads_it(parts: list[bytes]) -> None:
    text = decode(b"".join(parts))
    expected = marc8_to_unicode(b"".join(parts)).translate(_MARKS_OF_2004)
    assert "\ufffd" in text or text == unicodedata.normalize("NFC", expected)


@pytest.mark.parametrize(
    ("kind", "start", "repeated"),
    [
        ("marc", b"", b"x"),
        ("marc", b"00100nam a2200000 i 4500", b"2450001"),
        ("marcxml", b"<collection>", b"<a>"),
        ("marcxml", b"<collection><record>", b"<subfield>"),
        ("marcxml", b"<collection><record><leader>", b"text "),
        ("marcxml", b"<collection x='", b"long attribute"),
        ("marcxml", b"<collection><!--", b"comment "),
        ("marcxml", b"<collection>", b"<record></collection>" + b" " * 400),
        ("csv", b"title\n", b"x"),
        ("csv", b'title\n"', b"x" * 4000 + b"\n"),
        ("csv", b"title,author\n", b'x","""\n' + b"a" * 4000 + b"\n"),
        ("csv", b"", b","),
        ("ndjson", b"", b"["),
        ("ndjson", b'{"title":"', b"x"),
    ],
)
def test_an_endless_record_does_not_fill_the_memory(
    kind: str, start: bytes, repeated: bytes
) -> None:
    stream = Endless(start, repeated, MUCH)
    tracemalloc.start()
    try:
        faults = sum(isinstance(item, Fault) for item in formats.read(stream, kind))
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()
    assert faults


def test_text_with_endless_marks_is_normalised_in_reasonable_time() -> None:
    title = "a" + "\u0315\u0316" * 200_000
    [found] = items("ndjson", b'{"title":"' + title.encode() + b'"}')
    assert isinstance(found, Record)
    assert len(found.book["title"]) < 100


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("start", [b"\x1f\x8b\x08\x00", b"PK\x03\x04\x14\x00"])
def test_compressed_files_are_not_opened(kind: str, start: bytes) -> None:
    assert summary(items(kind, start + b"\0" * 100)) == ["compressed"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_file_has_no_records(kind: str) -> None:
    assert items(kind, b"") == []
