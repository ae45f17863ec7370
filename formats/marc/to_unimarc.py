"""How each field of a book is written into a UNIMARC record that says something else."""

from collections.abc import Callable, Sequence
from typing import Any

from formats.marc import isbns, unimarc
from formats.marc import to_unimarc_titles as titles
from formats.marc.extents import set_pages
from formats.marc.fields import Field, MarcRecord
from formats.marc.layout import (
    drop,
    insert,
    new_field,
    put,
    put_first,
    rearrange,
    remove,
    said_once,
    set_control,
)
from formats.marc.punctuation import dressed
from formats.marc.statements import is_body_still
from formats.marc.to_book import COVER

_LEADER = "00000nam0 2200000   450 "
# Coded data: date entered, type of date, date, audience, character set, script.
_CODED = "{entered}u        u  y0   y50      ba"
_YEAR = 8
_KINDS_OF_DATE = "abcdefghijk"
_CHARACTER_SET = slice(26, 30)
_ROLE_CODES = {role: code for code, role in unimarc.ROLES.items()}
_AUTHOR, _OTHER = "070", "570"
_LEADERS = {
    "text": "am", "serial": "as", "electronic": "lm", "audio": "im", "video": "gm", "music": "jm",
    "score": "cm", "map": "em", "image": "km", "kit": "mm", "object": "rm",
}  # fmt: skip


def new_record(entered: str) -> MarcRecord:
    """A record that says nothing yet; `entered` is a date as YYYYMMDD or empty."""
    coded = _CODED.format(entered=entered.ljust(8))
    return MarcRecord(_LEADER, [new_field("100", "  ", a=coded), new_field("200", "1 ")])


def set_character_set(record: MarcRecord) -> None:
    """Say that the text is in UTF-8, as all we write."""
    field = record.get("100")
    coded = field.get("a") if field else ""
    if field and coded[_CHARACTER_SET] not in ("", "50  "):
        put(field, "a", coded[: _CHARACTER_SET.start] + "50  " + coded[_CHARACTER_SET.stop :])


def _author(record: MarcRecord, author: str | None) -> None:
    present = unimarc.authors(record)
    if author is not None:
        new = _main_entry(author, present[0] if present else None)
        if present and present[0].tag == new.tag:
            # Another one of its tag may follow.
            record.fields[record.fields.index(present[0])] = new
        else:
            remove(record, present[:1])
            insert(record, new)
    else:
        remove(record, present[:1])
        # The original script, in a second 700, has a writer of its own.
        remove(record, [one for one in present if one.tag in ("710", "720")])
        _subordinate(record)


def _main_entry(author: str, old: Field | None) -> Field:
    """The author; in place of a body another one, unless it is named as persons are.

    What was said of the old one, such as dates and the number of an authority, is not true of
    another; functions and the link to another script stay.
    """
    done = _stays(old, "4") if old else [("4", _AUTHOR)]
    links = _stays(old, "68") if old else []
    is_body = old is not None and old.tag.startswith("71")
    if old is not None and is_body and is_body_still(author, unimarc.name_of(old)):
        return Field.of("710", old.indicators, [*links, ("a", dressed(author, "")), *done])
    return _person("700", author, done, links)


def _stays(field: Field, codes: str) -> list[tuple[str, str]]:
    return [pair for pair in field.pairs if pair[0] in codes]


def _subordinate(record: MarcRecord) -> None:
    """Make all who share the responsibility secondary ones, of whom none is the author."""
    for field in record.all("701", "711"):
        field.tag = f"{field.tag[:2]}2"


def _person(
    tag: str, name: str, done: list[tuple[str, str]], links: Sequence[tuple[str, str]] = ()
) -> Field:
    """A person with the code of what they did, and in words what no code says."""
    family, comma, forename = name.partition(", ")
    if comma and forename:
        parts = [("a", dressed(family, "")), ("b", dressed(forename, ""))]
        field = Field.of(tag, " 1", [*links, *parts, *done])
        if unimarc.name_of(field) == name:
            return field
    return Field.of(tag, " 0", [*links, ("a", dressed(name, "")), *done])


def _done(code: str, role: str | None) -> list[tuple[str, str]]:
    return [*([("4", code)] if code else []), *([("e", dressed(role, ""))] if role else [])]


def _contributors(record: MarcRecord, contributors: list[dict[str, Any]]) -> None:
    author = unimarc.authors(record)[:1]
    named: dict[str, Field] = {}
    for field in record.all(*unimarc.CONTRIBUTOR_TAGS):
        if field not in author:
            named.setdefault(unimarc.name_of(field), field)

    def said(field: Field) -> list[dict[str, Any]]:
        one = None if field in author else unimarc.contributor_of(field)
        return [one] if one else []

    def make(one: dict[str, Any]) -> Field:
        role, same = one["role"], named.get(one["name"])
        code = _ROLE_CODES.get(role.casefold(), _OTHER) if role else ""
        in_words = role if unimarc.ROLES.get(code) != role else None
        if same:
            # Of a body $e is a place.
            told = "4e" if same.tag.startswith("70") else "4"
            rest = [part for part in same.subfields if part.code not in told]
            again = Field.of(same.tag, same.indicators, [*rest, *_done(code, in_words)])
            if said(again) == [one]:
                return again
        return _person("702", one["name"], _done(code, in_words))

    rearrange(record, unimarc.CONTRIBUTOR_TAGS, said, make, contributors)


def _isbns(record: MarcRecord, isbn: str | None, further: list[str]) -> None:
    isbns.write(record, "010", isbn, further)


def _published_year(record: MarcRecord, year: int | None) -> None:
    coded = titles.field_of(record, "100", "  ")
    text = coded.get("a").ljust(36)
    # What else is told of the date, such as a serial that goes on, stays with another year.
    kind = text[_YEAR] if text[_YEAR] in _KINDS_OF_DATE else "d"
    date = f"{kind}{year:04}" if year and year > 0 else "u    "
    put(coded, "a", text[:_YEAR] + date + text[_YEAR + 5 :])
    if year is None:
        drop(record, record.all("210", "214"), "d")
    else:
        put(_publication(record), "d", str(year) if year > 0 else f"{-year} B.C.")


def _publisher(record: MarcRecord, publisher: str | None) -> None:
    if publisher is None:
        drop(record, record.all("210", "214"), "c")
    else:
        put(_publication(record), "c", dressed(publisher, ""), before="d")


def _publication(record: MarcRecord) -> Field:
    return record.get("214") or titles.field_of(record, "210", "  ")


def _single(tag: str, code: str) -> Callable[..., None]:
    """Write a subfield that says one thing; without it no field is to say it."""

    def write(record: MarcRecord, value: str | None) -> None:
        if value is not None:
            said_once(put_first(record, tag, "  ", code, dressed(value, "")), code)
        else:
            drop(record, record.all(tag), code)

    return write


def _classification(record: MarcRecord, number: str | None) -> None:
    """Write the number where it was said: in 676, or in 675 or 686 where there is none."""
    said = [tag for tag in unimarc.CLASSIFICATION if any(one.get("a") for one in record.all(tag))]
    if number is None:
        remove(record, record.all(*said))
    else:
        put_first(record, [*said, "676"][0], "  ", "a", dressed(number, ""))


def _text(tag: str) -> Callable[..., None]:
    def write(record: MarcRecord, value: str | None) -> None:
        remove(record, record.all(tag))
        if value is not None:
            insert(record, new_field(tag, "  ", a=value))

    return write


def _pages(record: MarcRecord, pages: int | None) -> None:
    set_pages(record, "215", pages)


def _material_type(record: MarcRecord, kind: str) -> None:
    record.leader = record.leader[:6] + _LEADERS[kind] + record.leader[8:]
    drop(record, record.all("106"), "a")


def _original_author(record: MarcRecord, author: str | None) -> None:
    """Write a second author, in another script; without a first one it says so."""
    fields = record.all("700")
    first = next((field for field in fields if not unimarc.is_original(field)), None)
    remove(record, [field for field in fields if field is not first])
    if author is not None and first is not None:
        titles.insert_after(record, first, author)
    elif author is not None:
        script = unimarc.OTHER_SCRIPT
        insert(record, Field.of("700", " 0", [("7", script), ("a", dressed(author, ""))]))


def _subjects(record: MarcRecord, subjects: list[str]) -> None:
    rearrange(record, unimarc.SUBJECT_TAGS, unimarc.headings_of, _subject, subjects)


def _subject(subject: str) -> Field:
    main, *parts = subject.split(" -- ")
    said = [("a", dressed(main, "")), *(("x", dressed(part, "")) for part in parts)]
    field = Field.of("606", "  ", said)
    if unimarc.headings_of(field) == [subject]:
        return field
    return new_field("610", "0 ", a=dressed(subject, ""))


def _cover_url(record: MarcRecord, url: str | None) -> None:
    remove(record, [field for field in record.all("856") if field.get("3") == COVER])
    if url is not None:
        insert(record, new_field("856", "42", _3=COVER, u=url))


def _control_number(record: MarcRecord, number: str | None) -> None:
    if number is None:
        remove(record, record.all("001"))
    else:
        set_control(record, "001", number)


WRITERS: tuple[tuple[tuple[str, ...], Callable[..., None]], ...] = (
    (("material_type",), _material_type),
    (("control_number",), _control_number),
    (("author",), _author),
    (("title", "subtitle", "part"), titles.title),
    (("original_author",), _original_author),
    (("original_title",), titles.original_title),
    (("alternative_titles",), titles.alternative_titles),
    (("contributors",), _contributors),
    (("isbn", "isbns"), _isbns),
    (("issn",), _single("011", "a")),
    (("published_year",), _published_year),
    (("publisher",), _publisher),
    (("language",), _single("101", "a")),
    (("edition",), _single("205", "a")),
    (("pages",), _pages),
    (("series", "series_volume"), titles.series),
    (("contents",), _text("327")),
    (("description",), _text("330")),
    (("subjects",), _subjects),
    (("classification",), _classification),
    (("cover_url",), _cover_url),
)
