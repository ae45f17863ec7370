"""Whole files by the name of their format: reading records, writing books."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, BinaryIO

from formats import ndjson
from formats.chunks import chunks, is_compressed
from formats.csv import tables
from formats.csv.tables import CsvReader
from formats.librarything import LibraryThingReader, is_librarything
from formats.marc import exchange, xml
from formats.marc.editing import record_for, unimarc_record_for
from formats.marc.fields import MarcRecord
from formats.marc.items import set_items
from formats.marc.streams import MarcReader
from formats.marc.xml import MarcXmlReader
from formats.ndjson import NdjsonReader
from formats.record import Fault, Item, Options, Reader

# The formats and their media types.
MEDIA_TYPES = {
    "marc": "application/marc",
    "marcxml": "application/marcxml+xml",
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
}

# What books are written as, and under which media types.
WRITTEN_TYPES = {**MEDIA_TYPES, "unimarc": "application/marc"}

Copies = Sequence[Mapping[str, Any]]
# A book as the API shows it, the record it was imported from (`Record.original`), and its copies
# where they are to be written.
Source = tuple[Mapping[str, Any], bytes | None] | tuple[Mapping[str, Any], bytes | None, Copies]

_AS_THEY_ARE = Options()
_READERS: Mapping[str, type[Reader]] = {
    "marc": MarcReader,
    "marcxml": MarcXmlReader,
    "csv": CsvReader,
    "ndjson": NdjsonReader,
}


class _CompressedReader(Reader):
    def __iter__(self) -> Iterator[Item]:
        detail = (
            "The file is compressed, an archive or a workbook: send what is in it, and save a"
            " workbook as CSV in UTF-8."
        )
        yield self._refuse(Fault(1, None, "compressed", detail, b""))


def read(stream: BinaryIO, kind: str, options: Options = _AS_THEY_ARE) -> Reader:
    """Iterate over the records of a file of any size: a Record or a Fault for each, in order.

    Nothing in a file raises an exception. An empty file gives nothing; one that is wrong as a
    whole (`compressed`, `doctype`, no `column` with the title) a single Fault.
    """
    source = chunks(stream)
    start = next(source, b"")
    reader = _CompressedReader if is_compressed(start) else _READERS[kind]
    if kind == "ndjson" and is_librarything(start):
        reader = LibraryThingReader
    return reader(chain([start], source) if start else iter(()), options)


def write(
    kind: str, books: Iterable[Source], *, copies: bool = False, decimals: int = 2
) -> Iterator[bytes]:
    """The books as a file, part by part.

    A book with an original record goes out as that record, in which only what the book says
    differently is rewritten. In `marc`, fields too long for the format are left out, and a note
    in the record says so; the other formats have no limits. `unimarc` gives back UNIMARC as it
    came, and makes it of other books. With `copies` each source has them:
    they are items of Koha (952) in MARC, `copies` in NDJSON, and a line each in CSV. Prices in MARC
    have so many `decimals`.
    """
    return _WRITERS[kind](books, copies, decimals)


def _marc(books: Iterable[Source], copies: bool, decimals: int) -> Iterator[bytes]:
    for book in books:
        yield exchange.encode(_record(book, copies, decimals))


def _marcxml(books: Iterable[Source], copies: bool, decimals: int) -> Iterator[bytes]:
    yield xml.HEAD
    for book in books:
        yield xml.encode(_record(book, copies, decimals))
    yield xml.FOOT


def _record(source: Source, copies: bool, decimals: int) -> MarcRecord:
    book, original, *more = source
    record = record_for(book, original)
    if copies:
        set_items(record, more[0] if more else [], decimals)
    return record


def _unimarc(books: Iterable[Source], copies: bool, decimals: int) -> Iterator[bytes]:
    for book, original, *more in books:
        record = unimarc_record_for(book, original)
        if copies:
            set_items(record, more[0] if more else [], decimals)
        yield exchange.encode(record)


def _csv(books: Iterable[Source], copies: bool, decimals: int) -> Iterator[bytes]:
    yield tables.head(copies=copies)
    for book, _, *more in books:
        yield tables.encode(book, (more[0] if more else []) if copies else None)


def _ndjson(books: Iterable[Source], copies: bool, decimals: int) -> Iterator[bytes]:
    for book, original, *more in books:
        yield ndjson.encode(book, (more[0] if more else []) if copies else None, original)


_WRITERS: Mapping[str, Callable[[Iterable[Source], bool, int], Iterator[bytes]]] = {
    "marc": _marc,
    "marcxml": _marcxml,
    "csv": _csv,
    "ndjson": _ndjson,
    "unimarc": _unimarc,
}
