"""What a record of a file has to be before it may become a book with its copies."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, NamedTuple

from formats import Fault, Note, Record
from formats.faulty_values import Mended, Wrong, mended
from models import copy, source_key
from models.new_book import NewBook, every_isbn, made
from models.search.entries import new_words
from models.vocabulary import CopyStatus
from validators.books import BOOK
from validators.copies import COPY
from validators.engine.bodies import Schema, compile_body

MOST_FAULTS = 20
"""How many faults of one record are told, and how many of its notes."""
MOST_COPIES = 10_000
"""How many copies one record may bring."""
MOST_WORDS = 100_000
"""How many words of records are remembered, so that they need not be written again."""

_book = compile_body(BOOK, "create")
_correction = compile_body(
    Schema(BOOK.name, {name: rules for name, rules in BOOK.fields.items() if name != "title"}),
    "create",
)
_copy = compile_body(COPY, "create")
_NOTHING: Mapping[str, Any] = {}


class Rejected(NamedTuple):
    """A record that was not taken: its number from 1, its bytes as they came, and why."""

    number: int
    raw: bytes
    faults: list[Wrong]


class Noted(NamedTuple):
    """A record of which something could not be read: its number from 1, and what."""

    number: int
    notes: list[Note]


@dataclass(slots=True)
class Candidate:
    """A record whose values are in order.

    `values` has every field, or all but the title, until `ready` makes of them what is written of
    a new book. `names` are what the book may be known by, kind by kind. `given` are the fields that
    the record speaks of, and `apart` the ISBNs as they were given if a new book has them otherwise.
    `copies` are by barcode key. `notes` say what was left out of it. `unlabelled` copies are to get
    a barcode if the book is new. `origin` is what the library that it comes from says of it.
    `words` of `made` are those that no record before it had, if somebody has compared them.
    `own_number` is one that this library gave for want of another, and to which the record belongs
    only where it finds no book of its title.
    """

    number: int
    raw: bytes
    values: dict[str, Any] | None
    names: Mapping[str, Sequence[str]]
    given: Sequence[str]
    apart: Mapping[str, Any]
    is_correction: bool
    copies: dict[str, dict[str, Any]]
    original: bytes | None
    notes: list[Note]
    unlabelled: Sequence[dict[str, Any]]
    origin: Mapping[str, str]
    made: NewBook | None = None
    words: Sequence[str] | None = None
    own_number: str | None = None

    def __reduce__(self) -> tuple[type["Candidate"], tuple[Any, ...]]:
        """How pickle sends it: its values without their names take two thirds of the time."""
        return Candidate, _values_of(self)

    def ready(self, *, for_postgresql: bool) -> NewBook:
        """What is written of its book if that is a new one. Call it for no correction."""
        if self.made is None:
            assert self.values is not None  # noqa: S101  until here
            self.made = made(self.values, for_postgresql=for_postgresql)
            self.values = None
        return self.made

    @property
    def source_key(self) -> str | None:
        """What the book is called where the record comes from."""
        return self.origin.get("source_key")

    @property
    def book(self) -> dict[str, Any]:
        """The book as a new one has it, of a correction all but the title; and its `nonfiling`."""
        if self.made is None:
            return dict(self.values or {})
        return {**self.made.read(), "nonfiling": self.made.get("nonfiling")}

    @property
    def changes(self) -> dict[str, Any]:
        """What the record says of the book, in its stored form."""
        book = {**self.book, **self.apart}
        changes = {name: book[name] for name in self.given if name in book}
        if "title" in changes and book.get("nonfiling") is not None:
            changes["nonfiling"] = book["nonfiling"]
        return changes

    def note(self, field: str | None, code: str, detail: str) -> None:
        """Add something that somebody may want to look at."""
        note = Note(field, code, detail)
        if note not in self.notes:
            self.notes.append(note)

    def rejected(self, field: str | None, code: str, detail: str) -> Rejected:
        """The record as one that is not taken after all."""
        return Rejected(self.number, self.raw, [Wrong(field, code, detail)])


_values_of = attrgetter(*Candidate.__slots__)


def checked(
    item: Record | Fault,
    *,
    may_correct: bool = False,
    makes_barcodes: bool = False,
    library: str = "",
) -> Candidate | Rejected:
    """The item as it may be stored, or what is wrong with it.

    Values that are too long or faulty are left out, of a title the end, and noted. If it
    `may_correct` a book, it needs no title beside what the book is found by. Copies without a
    barcode count only if the import `makes_barcodes`. The number that this `library` wrote in MARC
    for want of another, which its code tells, finds a book but does not become its number.
    """
    if isinstance(item, Fault):
        return Rejected(item.number, item.raw, [Wrong(item.field, item.code, item.detail)])
    is_correction = (
        may_correct
        and "title" not in item.book
        and "deleted_at" not in item.origin
        and _is_known_by_something(item)
    )
    own_number = _own_number(item, library)
    if own_number:
        fields = {name: said for name, said in item.book.items() if name != "control_number"}
        item = replace(item, book=fields)
    book = mended(_correction if is_correction else _book, item.book)
    faults = list(book.faults)
    notes = [*item.notes, *book.notes]
    copies = _copies(item, faults, notes)
    if faults:
        left_out = [Wrong(*note) for note in notes[len(item.notes) :]]
        return Rejected(item.number, item.raw, [*faults, *left_out][:MOST_FAULTS])
    values = book.values
    names = _names(item, values, copies)
    if own_number:
        names["control_number"] = (own_number,)
    apart = _apart(item, values, names)
    _add_to_new(item, values, names, copies)
    return Candidate(
        item.number,
        item.raw,
        values,
        names,
        tuple(item.book),
        apart,
        is_correction,
        copies,
        item.original,
        notes,
        _unlabelled(item) if makes_barcodes else (),
        item.origin,
        own_number=own_number,
    )


def _own_number(item: Record, library: str) -> str | None:
    """The control number if this library gave it to a title that has none."""
    number = item.book.get("control_number")
    is_own = isinstance(number, str) and source_key.own_id(number, library) is not None
    return number if is_own else None


def _add_to_new(
    item: Record,
    values: dict[str, Any],
    names: Mapping[str, Sequence[str]],
    copies: Mapping[str, Any],
) -> None:
    """Add to the fields what else a new book has; it is found by the barcodes of its copies."""
    values["nonfiling"] = item.nonfiling
    if isbns := names.get("isbn"):
        values["isbn"], values["isbns"] = isbns[0], list(isbns)
    if copies:
        values["barcodes"] = found_by(copies.values())
    if "created_at" in item.origin:
        values["created_at"] = item.origin["created_at"]


def found_by(copies: Iterable[Mapping[str, Any]]) -> list[str]:
    """The barcodes by which a book with these copies is found: not those of withdrawn ones."""
    return [copy["barcode"] for copy in copies if not is_withdrawn(copy)]


def is_withdrawn(copy: Mapping[str, Any]) -> bool:
    """Whether a copy is to be withdrawn, given in its stored form."""
    return bool(copy["status"] == CopyStatus.WITHDRAWN)


def _apart(
    item: Record, values: Mapping[str, Any], names: Mapping[str, Sequence[str]]
) -> Mapping[str, Any]:
    """The ISBNs as they were given, where the new book has them otherwise."""
    if "isbns" not in item.book or tuple(values["isbns"]) == names.get("isbn", ()):
        return _NOTHING
    return {"isbn": values["isbn"], "isbns": values["isbns"]}


def _names(
    item: Record, values: Mapping[str, Any], copies: Mapping[str, Any]
) -> dict[str, Sequence[str]]:
    """What the book may be known by, kind by kind, but for its title."""
    names: dict[str, Sequence[str]] = {}
    if isbns := every_isbn(values):
        names["isbn"] = isbns
    if copies:
        names["barcode"] = tuple(copies)
    if number := values["control_number"]:
        names["control_number"] = (number,)
    if item.origin and "source_key" in item.origin:
        names["source_key"] = (item.origin["source_key"],)
    if item.first_row is not None:
        names["first_row"] = (str(item.first_row),)
    return names


def _unlabelled(item: Record) -> list[dict[str, Any]]:
    """The copies without a barcode, in their stored form but for that."""
    read = (mended(_copy, {**given, "barcode": "0"}) for given in item.unlabelled[:MOST_COPIES])
    return [one.values for one in read if not one.faults]


class Readied:
    """Makes of an item of one file all that can be made without the database."""

    def __init__(self, *, for_postgresql: bool) -> None:
        self._for_postgresql = for_postgresql
        self._words: set[str] = set()

    def __call__(self, item: Candidate | Rejected) -> Candidate | Rejected:
        """The item, in which it is changed."""
        if isinstance(item, Candidate) and not item.is_correction:
            made = item.ready(for_postgresql=self._for_postgresql)
            if len(self._words) > MOST_WORDS:
                self._words.clear()
            item.words = tuple(
                new_words([made.entry], self._words, for_postgresql=self._for_postgresql)
            )
        return item


def noted(candidates: Iterable[Candidate | Rejected]) -> list[Noted]:
    """What was left out of records that are taken without it, or is worth a look."""
    return [
        Noted(one.number, one.notes[:MOST_FAULTS])
        for one in candidates
        if isinstance(one, Candidate) and one.notes
    ]


def _is_known_by_something(item: Record) -> bool:
    return any(item.book.get(name) for name in ("isbn", "isbns", "control_number"))


def _copies(item: Record, faults: list[Wrong], notes: list[Note]) -> dict[str, dict[str, Any]]:
    """The copies by barcode key; one whose barcode is unreadable or comes again is left out."""
    copies: dict[str, dict[str, Any]] = {}
    if len(item.copies) > MOST_COPIES:
        faults.append(Wrong("copies", "too-many", f"At most {MOST_COPIES:,} copies are allowed."))
    for place, given in enumerate(item.copies[:MOST_COPIES]):
        path = f"copies/{place}/"
        read: Mended = mended(_copy, given, path)
        notes += [*read.notes, *(Note(*fault) for fault in read.faults)]
        if read.faults:
            continue
        key = copy.barcode_key(read.values["barcode"])
        if key in copies:
            detail = "Left out: the record has this barcode twice."
            notes.append(Note(f"{path}barcode", "barcode-taken", detail))
        elif key:
            copies[key] = read.values
    return copies
