"""From the fields of a MARC 21 record to the fields of a book."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from formats.languages import language_of_code
from formats.marc import isbns, titles
from formats.marc.fields import Field, MarcRecord
from formats.marc.material import material_type
from formats.marc.sequences import texts
from formats.marc.statements import (
    contributor_of,
    extent_in,
    headings_of,
    issn_in,
    name_of,
    year_of,
)
from formats.marc.words import plain, unmarked, words
from formats.record import Note

AUTHOR_TAGS = ("100", "110", "111")
COVER = "Cover image"
CONTRIBUTOR_TAGS = ("700", "710")
SUBJECT_TAGS = frozenset(f"6{number:02}" for number in range(100))

Fields = dict[str, list[Field]]

_NAMELESS = frozenset({
    "s.n", "s.n.", "s. n.", "publisher not identified", "producer not identified",
    "distributor not identified", "manufacturer not identified", "verlag nicht ermittelbar",
    "éditeur non identifié", "editor no identificado", "editore non identificato",
})  # fmt: skip
_CONTRIBUTORS, _SUBJECTS = "7xx", "6xx"
_GROUPS = (
    dict.fromkeys(CONTRIBUTOR_TAGS, _CONTRIBUTORS)
    | dict.fromkeys(SUBJECT_TAGS, _SUBJECTS)
    | dict.fromkeys(titles.OTHER_TAGS, titles.OTHERS)
)


def grouped(fields: Iterable[Field]) -> Fields:
    """The fields by tag in the order of the record; those of one group under its name."""
    groups: Fields = {}
    for field in fields:
        groups.setdefault(_GROUPS.get(field.tag, field.tag), []).append(field)
    return groups


class Described(NamedTuple):
    """The book a record describes, without what it does not say; notes on what was left out.

    `nonfiling` characters of the title do not count in sorting, if the record tells.
    """

    book: dict[str, Any]
    notes: list[Note]
    nonfiling: int | None


def described(record: MarcRecord) -> Described:
    """What a MARC 21 record says."""
    fields = grouped(record.fields)
    place = titles.main(fields)
    book = titles.titles_of(fields, place)
    for name, tags, read in _READERS:
        for tag in tags:
            if tag in fields:
                value = read(fields)
                if value:
                    book[name] = value
                break
    numbers, unread = isbns.read_fields(fields.get("020", []))
    if numbers:
        book["isbn"] = numbers[0]
    # A single one need not be said twice.
    if len(numbers) > 1:
        book["isbns"] = numbers
    if kind := material_type(record.leader, fields):
        book["material_type"] = kind
    return Described(book, [*unread, *_notes(book, fields)], titles.nonfiling(place))


def _notes(book: dict[str, Any], fields: Fields) -> list[Note]:
    notes = []
    if "issn" not in book:
        faulty = list(_values(fields, "022", "a"))[:1]
        notes += [Note("issn", "unreadable", f"No valid ISSN: {number[:40]}") for number in faulty]
    code = _fixed(fields, 35, 38)
    if "language" not in book and code.strip(" |#") and code.isalpha():
        notes.append(Note("language", "unreadable", f"Left out: {code}"))
    return notes


def publications(fields: Fields) -> list[Field]:
    """The fields that may name publisher and date, those that say publication first."""
    statements = fields.get("264")
    if not statements:
        return fields.get("260", [])
    first = [field for field in statements if field.text[1] == "1"]
    others = [field for field in statements if field.text[1] != "1"]
    return [*first, *fields.get("260", ()), *others]


def _author(fields: Fields) -> str | None:
    for tag in AUTHOR_TAGS:
        for field in fields.get(tag, ()):
            if name := name_of(field):
                return name
    return None


def _contributors(fields: Fields) -> list[dict[str, Any]]:
    found: dict[tuple[str, str | None], dict[str, Any]] = {}
    for field in fields.get(_CONTRIBUTORS, ()):
        if contributor := contributor_of(field):
            found.setdefault((contributor["name"], contributor["role"]), contributor)
    return list(found.values())


def _issn(fields: Fields) -> str | None:
    return next(filter(None, map(issn_in, _values(fields, "022", "a"))), None)


def _publisher(fields: Fields) -> str | None:
    for field in publications(fields):
        for value in field.values("b"):
            if (name := words(value)) and not is_nameless(name):
                return name
    return None


def is_nameless(publisher: str) -> bool:
    """Whether it says in place of a name that nobody knows it."""
    return publisher.strip("[]").lower() in _NAMELESS


def _published_year(fields: Fields) -> int | None:
    dates = (value for field in publications(fields) for value in field.values("c"))
    return year_of(_fixed(fields, 7, 11), dates)


def language_of(fields: Fields) -> str | None:
    """The first language of the text that is one."""
    for value in _values(fields, "041", "a"):
        # Older records run several codes together.
        code = value[:3] if len(value) % 3 == 0 else value
        if language := language_of_code(code):
            return language
    return language_of_code(_fixed(fields, 35, 38))


def _edition(fields: Fields) -> str | None:
    return next(filter(None, map(words, _values(fields, "250", "a"))), None)


def _pages(fields: Fields) -> int | None:
    for value in _values(fields, "300", "a"):
        if extent := extent_in(value):
            return extent.pages
    return None


def _texts(tag: str, codes: str) -> Callable[[Fields], str | None]:
    def read(fields: Fields) -> str | None:
        said = texts(fields[tag], codes) if tag in fields else ()
        return "\n\n".join(filter(None, map(unmarked, said))) or None

    return read


def _subjects(fields: Fields) -> list[str]:
    every = (heading for field in fields.get(_SUBJECTS, ()) for heading in headings_of(field))
    return list(dict.fromkeys(every))


def _classification(fields: Fields) -> str | None:
    for field in fields.get("050", ()):
        if number := field.get("a"):
            return plain(f"{number} {field.get('b')}")
    # The slashes in Dewey numbers mark where they may be cut off.
    return next((plain(value.replace("/", "")) for value in _values(fields, "082", "a")), None)


def _cover_url(fields: Fields) -> str | None:
    for field in fields.get("856", ()):
        if field.get("3") == COVER and (url := field.get("u")):
            return url
    return None


def _control_number(fields: Fields) -> str | None:
    """The number with the code of whose it is, as `(DE-101)1234`."""
    number = _control(fields, "001").strip()
    agency = _control(fields, "003").strip()
    return plain(f"({agency}){number}" if agency else number) if number else None


def _control(fields: Fields, tag: str) -> str:
    first = next(iter(fields.get(tag, ())), None)
    return first.text if first else ""


def _fixed(fields: Fields, start: int, end: int) -> str:
    """Positions of the 008."""
    return _control(fields, "008")[start:end]


def _values(fields: Fields, tag: str, codes: str) -> Iterator[str]:
    for field in fields.get(tag, ()):
        yield from field.values(codes)


# What is read where there are fields with one of these tags.
_READERS: tuple[tuple[str, tuple[str, ...], Callable[[Fields], Any]], ...] = (
    ("author", AUTHOR_TAGS, _author),
    ("original_author", ("880",), titles.original_author),
    ("contributors", (_CONTRIBUTORS,), _contributors),
    ("issn", ("022",), _issn),
    ("publisher", ("264", "260"), _publisher),
    ("published_year", ("008", "264", "260"), _published_year),
    ("language", ("008", "041"), language_of),
    ("edition", ("250",), _edition),
    ("pages", ("300",), _pages),
    ("contents", ("505",), _texts("505", "agrt")),
    ("description", ("520",), _texts("520", "ab")),
    ("subjects", (_SUBJECTS,), _subjects),
    ("classification", ("050", "082"), _classification),
    ("cover_url", ("856",), _cover_url),
    ("control_number", ("001",), _control_number),
)
