"""Whole files by the name of their format: reading records, writing books."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, BinaryIO

from formats import csv_files, iso2709, marcxml, ndjson
from formats.csv_files import CsvReader
from formats.editing import record_for
from formats.marc import MarcReader
from formats.marcxml import MarcXmlReader
from formats.ndjson import NdjsonReader
from formats.records import Fault, Item, Options, Reader
from formats.streams import chunks, is_compressed

# The formats and their media types.
MEDIA_TYPES = {
    "marc": "application/marc",
    "marcxml": "application/marcxml+xml",
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
}

# A book as the API shows it, and the record it was imported from (`Record.original`).
Source = tuple[Mapping[str, Any], bytes | None]

_AS_THEY_ARE = Options()
_READERS: Mapping[str, type[Reader]] = {
    "marc": MarcReader,
    "marcxml": MarcXmlReader,
    "csv": CsvReader,
    "ndjson": NdjsonReader,
}


class _CompressedReader(Reader):
    def __iter__(self) -> Iterator[Item]:
        detail = "The file is compressed, an archive or a workbook; send what is in it."
        yield Fault(1, None, "compressed", detail, b"")


def read(stream: BinaryIO, kind: str, options: Options = _AS_THEY_ARE) -> Reader:
    """Iterate over the records of a file of any size: a Record or a Fault for each, in order.

    Nothing in a file raises an exception. An empty file gives nothing; one that is wrong as a
    whole (`compressed`, `doctype`, no `column` with the title) a single Fault.
    """
    source = chunks(stream)
    start = next(source, b"")
    reader = _CompressedReader if is_compressed(start) else _READERS[kind]
    return reader(chain([start], source) if start else iter(()), options)


def write(kind: str, books: Iterable[Source]) -> Iterator[bytes]:
    """The books as a file, part by part.

    A book with an original record goes out as that record, in which only what the book says
    differently is rewritten. In `marc`, fields too long for the format are left out, and a note
    in the record says so; the other formats have no limits.
    """
    return _WRITERS[kind](books)


def _marc(books: Iterable[Source]) -> Iterator[bytes]:
    for book, original in books:
        yield iso2709.encode(record_for(book, original))


def _marcxml(books: Iterable[Source]) -> Iterator[bytes]:
    yield marcxml.HEAD
    for book, original in books:
        yield marcxml.encode(record_for(book, original))
    yield marcxml.FOOT


def _csv(books: Iterable[Source]) -> Iterator[bytes]:
    yield csv_files.head()
    for book, _ in books:
        yield csv_files.encode(book)


def _ndjson(books: Iterable[Source]) -> Iterator[bytes]:
    for book, _ in books:
        yield ndjson.encode(book)


_WRITERS: Mapping[str, Callable[[Iterable[Source]], Iterator[bytes]]] = {
    "marc": _marc,
    "marcxml": _marcxml,
    "csv": _csv,
    "ndjson": _ndjson,
}
