"""From the fields of a MARC 21 record to the fields of a book."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pymarc import Field, Record

from formats.punctuation import bare
from formats.records import Note
from formats.sequences import texts
from formats.statements import (
    PAGES,
    contributor_of,
    headings_of,
    isbn_of,
    language_in,
    name_of,
    year_in,
)
from formats.text import nfc

AUTHOR_TAGS = ("100", "110", "111")
COVER = "Cover image"
CONTRIBUTORS, SUBJECTS = "7xx", "6xx"

Fields = dict[str, list[Field]]

_NAMELESS = frozenset({"s.n", "s.n.", "publisher not identified"})


def grouped(fields: Iterable[Field]) -> Fields:
    """The fields by tag in the order of the record; all subjects together, all contributors too."""
    groups: Fields = {}
    for field in fields:
        groups.setdefault(group_of(field.tag), []).append(field)
    return groups


def group_of(tag: str) -> str:
    """The tag, or the group of tags that make up one list of the book."""
    if tag[0] == "6":
        return SUBJECTS
    return CONTRIBUTORS if tag in ("700", "710") else tag


def book_of(record: Record) -> tuple[dict[str, Any], list[Note]]:
    """The book a record describes; what the record does not say is left out."""
    fields = grouped(record.fields)
    book = {
        name: value
        for name, read in _READERS.items()
        if (value := read(fields)) is not None and value != []
    }
    notes = []
    if "isbn" not in book and (number := next(_values(fields, "020", "a"), None)):
        notes.append(Note("isbn", "isbn-unreadable", f"No valid ISBN: {number[:40]}"))
    return book, notes


def publications(fields: Fields) -> list[Field]:
    """The fields that may name publisher and date, those that say publication first."""
    statements = fields.get("264", [])
    first = [field for field in statements if field.indicator2 == "1"]
    return [
        *first,
        *fields.get("260", ()),
        *(field for field in statements if field.indicator2 != "1"),
    ]


def _title(fields: Fields) -> str | None:
    return _first_bare(fields, "245", "a")


def _subtitle(fields: Fields) -> str | None:
    return _first_bare(fields, "245", "b")


def _author(fields: Fields) -> str | None:
    names = (name_of(field) for tag in AUTHOR_TAGS for field in fields.get(tag, ()))
    return next(filter(None, names), None)


def _contributors(fields: Fields) -> list[dict[str, Any]]:
    found: dict[tuple[str, str | None], dict[str, Any]] = {}
    for field in fields.get(CONTRIBUTORS, ()):
        if contributor := contributor_of(field):
            found.setdefault((contributor["name"], contributor["role"]), contributor)
    return list(found.values())


def _isbn(fields: Fields) -> str | None:
    return next(filter(None, map(isbn_of, fields.get("020", ()))), None)


def _publisher(fields: Fields) -> str | None:
    for field in publications(fields):
        for code, value in field.subfields:
            if code == "b" and (name := bare(value)) and _is_name(name):
                return nfc(name)
    return None


def _is_name(publisher: str) -> bool:
    return publisher.strip("[]").lower() not in _NAMELESS


def _published_year(fields: Fields) -> int | None:
    date = _fixed(fields, 7, 11)
    if date.isascii() and date.isdigit() and len(date) == 4 and date != "0000":
        return int(date)
    for field in publications(fields):
        for code, value in field.subfields:
            if code == "c" and (year := year_in(value)):
                return year
    return None


def _language(fields: Fields) -> str | None:
    for value in _values(fields, "041", "a"):
        # Older records run several codes together.
        code = value[:3] if len(value) % 3 == 0 else value
        if language := language_in(code):
            return language
    return language_in(_fixed(fields, 35, 38))


def _edition(fields: Fields) -> str | None:
    return _first_bare(fields, "250", "a")


def _pages(fields: Fields) -> int | None:
    matches = (PAGES.search(value) for value in _values(fields, "300", "a"))
    match = next(filter(None, matches), None)
    return int(match[1]) if match else None


def _description(fields: Fields) -> str | None:
    return nfc("\n\n".join(filter(None, texts(fields.get("520", ()), "ab")))) or None


def _subjects(fields: Fields) -> list[str]:
    every = (heading for field in fields.get(SUBJECTS, ()) for heading in headings_of(field))
    return list(dict.fromkeys(every))


def _classification(fields: Fields) -> str | None:
    for field in fields.get("050", ()):
        if number := field.get("a", "").strip():
            return nfc(f"{number} {field.get('b', '').strip()}".rstrip())
    # The slashes in Dewey numbers mark where they may be cut off.
    return next((nfc(value.replace("/", "")) for value in _values(fields, "082", "a")), None)


def _cover_url(fields: Fields) -> str | None:
    for field in fields.get("856", ()):
        if field.get("3") == COVER and (url := field.get("u", "").strip()):
            return url
    return None


def _values(fields: Fields, tag: str, wanted: str) -> Iterator[str]:
    for field in fields.get(tag, ()):
        for code, value in field.subfields:
            if code == wanted and (text := value.strip()):
                yield text


def _first_bare(fields: Fields, tag: str, code: str) -> str | None:
    return next(filter(None, (nfc(bare(value)) for value in _values(fields, tag, code))), None)


def _fixed(fields: Fields, start: int, end: int) -> str:
    """Positions of the 008."""
    first = next(iter(fields.get("008", ())), None)
    return (first.data or "")[start:end] if first else ""


_READERS: dict[str, Callable[[Fields], Any]] = {
    "title": _title,
    "subtitle": _subtitle,
    "author": _author,
    "contributors": _contributors,
    "isbn": _isbn,
    "publisher": _publisher,
    "published_year": _published_year,
    "language": _language,
    "edition": _edition,
    "pages": _pages,
    "description": _description,
    "subjects": _subjects,
    "classification": _classification,
    "cover_url": _cover_url,
}
