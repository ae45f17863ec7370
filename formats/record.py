"""What comes out of a file: records, faults, and the notes made on the way."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

COPY_FIELDS = (
    "barcode",
    "location",
    "shelfmark",
    "loan_type",
    "status",
    "price",
    "acquired_on",
    "note",
)

_COMES_BY_LENDING = ("on_loan", "on_hold_shelf")


def written_status(copy: Mapping[str, Any]) -> dict[str, Any]:
    """The status as a file has it: a copy that is lent is `available` where it is brought in."""
    status = copy.get("status") or "available"
    return {"status": "available" if status in _COMES_BY_LENDING else status}


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
    `nonfiling` characters at the beginning of the title do not count in sorting (None: the record
    does not tell). `unlabelled` are copies without a barcode, for an import that makes barcodes.
    `origin` is what the library that the record comes from says of it: `source_key`,
    `created_at`, and of a title that is gone `deleted_at` and `merged_into_source_key`.
    Of rows that are the copies of one title, and have nothing else to know it by, each has the
    number of the first as `first_row`.
    """

    number: int
    book: dict[str, Any]
    raw: bytes
    copies: list[dict[str, Any]] = field(default_factory=list)
    original: bytes | None = None
    notes: list[Note] = field(default_factory=list)
    nonfiling: int | None = None
    unlabelled: list[dict[str, Any]] = field(default_factory=list)
    origin: dict[str, str] = field(default_factory=dict)
    first_row: int | None = None


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
    """Where a MARC record says which copies there are.

    In the item fields of a `system` (`koha`: 952, `evergreen`: 852), nowhere (`none`), or
    (`other`) in fields with a `tag` that have a subfield for each field of ours.
    """

    system: str
    tag: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Options:
    """How to read a file.

    `columns` names CSV headers by our field; `copies` where MARC has them (None: wherever they are
    recognised). `encoding` is one that somebody chose, `charset` one that came with the file and
    is believed less than its own mark. `dates` is the order of day, month and year (`dmy`, `mdy`,
    `ymd`) where a column does not tell. CSV `may_correct` books by their ISBN, and then needs no
    column with the title. Prices are of a currency with so many `decimals`.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    copies: Holdings | None = None
    may_correct: bool = False
    encoding: str | None = None
    charset: str | None = None
    dates: str | None = None
    decimals: int = 2


class Reader(ABC):
    """Iterates over a file, once.

    As soon as the first item is out, `header` and `footer` are the bytes that make a file again
    when they are put around the `raw` of any of its items; `encoding` is the one the text was read
    in, with up to three of its words beyond ASCII as `samples`, and `refused` the fault for which
    the whole file is not read. What is in the file and was not `unused` before the last item is
    out: headers of columns, and MARC fields that seem to hold barcodes (`999$i`).
    """

    header = b""
    footer = b""
    encoding: str | None = None
    refused: Fault | None = None

    def __init__(self, chunks: Iterator[bytes], options: Options) -> None:
        self._chunks = chunks
        self._options = options
        self.samples: list[str] = []
        self.unused: list[str] = []
        self.read_as: list[str] = []

    @abstractmethod
    def __iter__(self) -> Iterator[Item]:
        """A Record or a Fault for each record of the file."""

    def _refuse(self, fault: Fault) -> Fault:
        self.refused = fault
        return fault
