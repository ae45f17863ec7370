"""From a book back to its MARC record: only what the book says differently is rewritten."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from formats.faulty_values import mended
from formats.marc import from_book, linking, to_book, to_unimarc, unimarc
from formats.marc.fields import MarcRecord, freeze, thaw
from formats.marc.layout import set_control, set_fixed
from formats.marc.material import TEXT
from formats.marc.punctuation import leave_out_marks
from formats.marc.to_book import Described
from validators.books import BOOK
from validators.engine.bodies import Body, compile_body

Book = Mapping[str, Any]

_LEADER = "00000nam a2200000 i 4500"
# Where the leader says how a record is described, and the forms without marks (Leader/18).
_DESCRIPTION = 18
_WITHOUT_MARKS = ("c", "n")
_LISTS = ("subjects", "isbns", "alternative_titles")
# What one change brings to light may have to be changed too: a title that was another's part, say.
_MOST_PASSES = 3
# Values that say of any field what an empty record does.
_EMPTY: tuple[Any, ...] = (None, [])


class _Table(NamedTuple):
    """How the fields of a format are read and written."""

    described: Callable[[MarcRecord], Described]
    writers: tuple[tuple[tuple[str, ...], Callable[..., None]], ...]


_MARC_21 = _Table(to_book.described, from_book.WRITERS)
_UNIMARC = _Table(unimarc.described, to_unimarc.WRITERS)


def described(record: MarcRecord) -> Described:
    """What a record says, by the table of its format."""
    return (_UNIMARC if record.is_unimarc else _MARC_21).described(record)


def record_for(book: Book, original: bytes | None) -> MarcRecord:
    """The MARC 21 record of a book: its original with the book's changes, or a new one.

    Fields that the book does not have at all, not even empty, stay as the original has them. Of
    the server's own fields `id`, `created_at` and `updated_at` are used where given. A book without
    a number of its own is known by its `id` and the code of the `library`, if that is given, too.
    """
    record = None if original is None else thaw(original)
    if record is None or record.is_unimarc:
        return _new(_numbered(book))
    without_marks = record.leader[_DESCRIPTION : _DESCRIPTION + 1] in _WITHOUT_MARKS
    before = {(one.tag, one.text) for one in record.fields} if without_marks else set()
    if _overlay(record, _numbered(book, record), _MARC_21):
        linking.mend(record)
        if without_marks:
            changed = (one for one in record.fields if (one.tag, one.text) not in before)
            leave_out_marks(changed)
        _stamp(record, book)
    return record


def unimarc_record_for(book: Book, original: bytes | None) -> MarcRecord:
    """The UNIMARC record of a book: its original with the book's changes, or a new one."""
    record = None if original is None else thaw(original)
    if record is None or not record.is_unimarc:
        record = to_unimarc.new_record((book.get("created_at") or "")[:10].replace("-", ""))
        _overlay(record, _numbered(book), _UNIMARC)
        _identify(record, book)
        _stamp(record, book)
    elif _overlay(record, _numbered(book, record), _UNIMARC):
        _stamp(record, book)
    to_unimarc.set_character_set(record)
    return record


def _new(book: Book) -> MarcRecord:
    record = MarcRecord(_LEADER, [])
    for names, write, nothing in _unwritten():
        if any(book.get(name) not in _EMPTY for name in names):
            wanted = [_value(book, name) for name in names]
            if wanted != nothing:
                write(record, *wanted)
    _identify(record, book)
    _stamp(record, book)
    set_fixed(record, 0, (book.get("created_at") or "")[2:10].replace("-", "").ljust(6))
    return record


@cache
def _unwritten() -> list[tuple[tuple[str, ...], Callable[..., None], list[Any]]]:
    """The writers of a new record, each with what an empty record says of their fields."""
    said = _MARC_21.described(MarcRecord(_LEADER, [])).book
    return [
        (names, write, [_value(said, name) for name in names]) for names, write in _MARC_21.writers
    ]


def _numbered(book: Book, record: MarcRecord | None = None) -> Book:
    """The book with a number by which its library knows it again, unless it has one.

    A record that has no number goes on having none: it goes out as it came.
    """
    library, book_id = book.get("library"), book.get("id")
    stays = book.get("control_number") or (record is not None and not record.get("001"))
    if stays or not library or book_id is None:
        return book
    return {**book, "control_number": f"({library}){book_id}"}


def _identify(record: MarcRecord, book: Book) -> None:
    if book.get("id") is not None and not record.get("001"):
        set_control(record, "001", str(book["id"]))


def _overlay(record: MarcRecord, book: Book, table: _Table) -> bool:
    """Make the record say what the book says; whether anything had to be changed."""
    for passes in range(_MOST_PASSES):
        if not _write(record, book, table, table.described(record).book):
            return passes > 0
    return True


def _write(record: MarcRecord, book: Book, table: _Table, said: Book) -> bool:
    """Write what the book says and the record does not; whether that changed the record."""
    before = None
    taken: Book | None = None
    for names, write in table.writers:
        if not any(name in book for name in names):
            continue
        present = [_value(said, name) for name in names]
        wanted = [_value(book if name in book else said, name) for name in names]
        if wanted == present:
            continue
        taken = _taken(said) if taken is None else taken
        had = [_value(taken, name) for name in names]
        wanted = list(map(_with_left_out, wanted, present, had))
        if wanted != present:
            before = before or freeze(record)
            write(record, *wanted)
    return before is not None and freeze(record) != before


def _taken(said: Book) -> Book:
    """What a book has of what a record says: values that are too long or faulty are left out."""
    read = mended(_any_book(), {"title": "-", **said})
    return said if read.faults else {name: read.values[name] for name in said}


@cache
def _any_book() -> Body:
    """Made when a record that somebody edited goes out: most go out as they came."""
    return compile_body(BOOK, "create")


def _with_left_out(wanted: Any, present: Any, had: Any) -> Any:
    """What a record is to say where the book could not have all that it said at present."""
    if wanted == had:
        return present
    if isinstance(present, list):
        return _beside(wanted, present, had)
    return wanted


def _beside(wanted: list[Any], present: list[Any], had: list[Any]) -> list[Any]:
    """What is wanted with what the book could not have, behind what it was behind."""
    found = list(wanted)
    at = 0
    for one in present:
        if one in found:
            at = found.index(one) + 1
        elif one not in had:
            found.insert(at, one)
            at += 1
    return found


def _value(book: Book, name: str) -> Any:
    value = book.get(name)
    if name == "contributors":
        return [{"name": one["name"], "role": one.get("role")} for one in value or ()]
    if name == "isbns":
        return value or ([book["isbn"]] if book.get("isbn") else [])
    if name == "material_type":
        return value or TEXT
    return (value or []) if name in _LISTS else value


def _stamp(record: MarcRecord, book: Book) -> None:
    if updated_at := book.get("updated_at"):
        set_control(record, "005", re.sub(r"[^0-9]", "", updated_at)[:14] + ".0")
