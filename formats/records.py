"""What comes out of a file: records, faults, and the notes made on the way."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

# The fields of a book that a client may write, in the order files show them.
BOOK_FIELDS = (
    "title",
    "subtitle",
    "author",
    "contributors",
    "isbn",
    "publisher",
    "published_year",
    "language",
    "edition",
    "pages",
    "description",
    "subjects",
    "classification",
    "cover_url",
)
COPY_FIELDS = (
    "barcode",
    "location",
    "shelfmark",
    "loan_type",
    "price",
    "acquired_on",
    "note",
)

# Bytes kept of one record, line or row; what is longer is a fault.
LONGEST_RECORD = 1 << 20


class Note(NamedTuple):
    """Something about a readable record that somebody may want to look at."""

    field: str | None
    code: str
    detail: str


def unreadable(field: str, text: str) -> Note:
    """The note on a value that is left out because it is not what the field holds."""
    return Note(field, "unreadable", f"Left out: {text[:40]}")


@dataclass(slots=True)
class Record:
    """One record that could be read.

    `book` and `copies` have the API's field names; values are normalised (NFC, ISBN-13,
    ISO 639-2/B) but not validated. `original` is the whole MARC record in the form that
    `formats.write` takes back, None for other formats. `raw` is the record as it came.
    """

    number: int
    book: dict[str, Any]
    raw: bytes
    copies: list[dict[str, Any]] = field(default_factory=list)
    original: bytes | None = None
    notes: list[Note] = field(default_factory=list)


@dataclass(slots=True)
class Fault:
    """One record that could not be read, and why. `raw` is at most LONGEST_RECORD bytes of it."""

    number: int
    field: str | None
    code: str
    detail: str
    raw: bytes


Item = Record | Fault


class Unreadable(ValueError):
    """A record nothing sensible can be made of; `code` and `detail` become a Fault's."""

    def __init__(self, code: str, detail: str, field: str | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.field = field

    def fault(self, number: int, raw: bytes) -> Fault:
        """The fault for the record with this number."""
        return Fault(number, self.field, self.code, self.detail, raw[:LONGEST_RECORD])


@dataclass(frozen=True, slots=True)
class Holdings:
    """Where a MARC record says which copies there are: a tag, and a subfield for each field."""

    tag: str
    codes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Options:
    """How to read a file: CSV headers by our field's name, the local MARC field with copies.

    CSV `may_correct` books by their ISBN, and then needs no column with the title.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    copies: Holdings | None = None
    may_correct: bool = False


class Reader(ABC):
    """Iterates over a file, once.

    As soon as the first item is out, `header` and `footer` are the bytes that make a file again
    when they are put around the `raw` of any of its items.
    """

    header = b""
    footer = b""

    def __init__(self, chunks: Iterator[bytes], options: Options) -> None:
        self._chunks = chunks
        self._options = options

    @abstractmethod
    def __iter__(self) -> Iterator[Item]:
        """A Record or a Fault for each record of the file."""
