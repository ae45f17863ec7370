"""How each field of a book is written into a MARC 21 record that says something else."""

import re
from collections.abc import Callable
from typing import Any

from formats.languages import language_of_code
from formats.marc import from_book_titles as titles
from formats.marc import isbns
from formats.marc.extents import set_pages
from formats.marc.fields import Field, MarcRecord, Subfield
from formats.marc.layout import (
    drop,
    fixed,
    insert,
    new_field,
    put,
    put_first,
    rearrange,
    remove,
    said_once,
    set_control,
    set_fixed,
)
from formats.marc.material import set_material_type
from formats.marc.punctuation import bare, dressed
from formats.marc.statements import (
    contributor_of,
    headings_of,
    is_body_still,
    name_of,
)
from formats.marc.to_book import (
    AUTHOR_TAGS,
    CONTRIBUTOR_TAGS,
    COVER,
    SUBJECT_TAGS,
    grouped,
    publications,
)

_DEWEY = re.compile(r"[0-9]{3}(\.[0-9]+)?")
_PUBLICATION_MARKS = {"a": " ;", "b": " :", "c": ","}
_BODIES = ("110", "111")
_SEPARATORS = (":", ";", ",")
_WITH_AGENCY = re.compile(r"\(([^()]+)\)(.+)", re.DOTALL)


def _author(record: MarcRecord, author: str | None) -> None:
    """The main entry, which keeps its role and its link to the original script."""
    old = next((field for tag in AUTHOR_TAGS for field in record.all(tag) if name_of(field)), None)
    remove(record, record.all(*AUTHOR_TAGS))
    if author is not None:
        insert(record, _main_entry(author, old))
    titles.set_main_entry(record)


def _main_entry(author: str, old: Field | None) -> Field:
    is_body = old is not None and is_body_still(author, name_of(old)) and old.tag in _BODIES
    # Of a meeting $e is a part, and its role is $j.
    kept = "j46" if old is not None and old.tag == "111" and is_body else "e46"
    said = [] if old is None else [one for one in old.subfields if one.code in kept]
    links = [one for one in said if one.code == "6"]
    roles = [one for one in said if one.code != "6"]
    tag, indicators = (old.tag, "2 ") if old and is_body else ("100", _order(author))
    name = Subfield("a", dressed(author, "," if roles and roles[0].code in "ej" else "."))
    return Field.of(tag, indicators, [*links, name, *roles])


def _order(name: str) -> str:
    """The indicators of a name: whether the family name comes first."""
    return "1 " if "," in name else "0 "


def _contributors(record: MarcRecord, contributors: list[dict[str, Any]]) -> None:
    named: dict[str, Field] = {}
    for field in record.all(*CONTRIBUTOR_TAGS):
        if not field.has("t"):
            named.setdefault(name_of(field), field)

    def said(field: Field) -> list[dict[str, Any]]:
        contributor = contributor_of(field)
        return [contributor] if contributor else []

    def make(one: dict[str, Any]) -> Field:
        same = named.get(one["name"])
        field = _with_role(same, one["role"]) if same else None
        return field if field and said(field) == [one] else _contributor(one)

    rearrange(record, CONTRIBUTOR_TAGS, said, make, contributors)


def _with_role(field: Field, role: str | None) -> Field:
    """The same person or body, with dates and numbers, in another role."""
    rest = [one for one in field.subfields if one.code not in "e4"]
    # Numbers, links and such may stand before the name and after it.
    at = max(n for n, one in enumerate(rest, 1) if one.code.isalpha())
    last = rest[at - 1]
    if not last.value.endswith("-"):
        rest[at - 1] = Subfield(last.code, dressed(bare(last.value), "," if role else "."))
    roles = [Subfield("e", dressed(role, "."))] if role else []
    return Field.of(field.tag, field.indicators, [*rest[:at], *roles, *rest[at:]])


def _contributor(contributor: dict[str, Any]) -> Field:
    name, role = contributor["name"], contributor["role"]
    if not role:
        return new_field("700", _order(name), a=dressed(name, "."))
    return new_field("700", _order(name), a=dressed(name, ","), e=dressed(role, "."))


def _isbns(record: MarcRecord, isbn: str | None, further: list[str]) -> None:
    isbns.write(record, "020", isbn, further)


def _issn(record: MarcRecord, issn: str | None) -> None:
    if issn is None:
        drop(record, record.all("022"), "a")
    else:
        put_first(record, "022", "  ", "a", issn)


def _control_number(record: MarcRecord, number: str | None) -> None:
    match = _WITH_AGENCY.fullmatch(number or "")
    agency, own = (match[1], match[2]) if match else ("", number)
    for tag, text in (("001", own), ("003", agency)):
        if text:
            set_control(record, tag, text)
        else:
            remove(record, record.all(tag))


def _published_year(record: MarcRecord, year: int | None) -> None:
    _set_date(record, year)
    if not year:
        _drop_published(record, "c")
    else:
        put(_publication(record), "c", f"{year}." if year > 0 else f"{-year} B.C.")


def _set_date(record: MarcRecord, year: int | None) -> None:
    """The type of date and the date in the 008, which knows no years before Christ."""
    if year and year > 0:
        kind = fixed(record)[6]
        set_fixed(record, 6, f"{'s' if kind in ' bnu|' else kind}{year:04}")
    else:
        set_fixed(record, 6, "b    " if year else "nuuuu")


def _publisher(record: MarcRecord, publisher: str | None) -> None:
    if publisher is None:
        _drop_published(record, "b")
    else:
        field = _publication(record)
        put(field, "b", publisher, before="c")
        codes = [one.code for one in field.subfields]
        following = "".join(codes[codes.index("b") + 1 :][:1])
        put(field, "b", dressed(publisher, _PUBLICATION_MARKS.get(following, ".")))


def _drop_published(record: MarcRecord, code: str) -> None:
    """Take a subfield out, and end what it followed as what follows now asks for."""
    fields = [field for field in _publications(record) if field.has(code)]
    drop(record, fields, code)
    for field in fields:
        follows = [*field.subfields[1:], Subfield("", "")]
        field.subfields = [
            Subfield(one.code, dressed(bare(one.value), _PUBLICATION_MARKS.get(next_one.code, ".")))
            if one.code in _PUBLICATION_MARKS and one.value.rstrip().endswith(_SEPARATORS)
            else one
            for one, next_one in zip(field.subfields, follows, strict=False)
        ]


def _publications(record: MarcRecord) -> list[Field]:
    return publications(grouped(record.fields))


def _publication(record: MarcRecord) -> Field:
    existing = _publications(record)
    if existing:
        return existing[0]
    field = new_field("264", " 1")
    insert(record, field)
    return field


def _language(record: MarcRecord, language: str | None) -> None:
    set_fixed(record, 35, language or "   ")
    if language is None:
        drop(record, record.all("041"), "a")
    else:
        first = next((value for field in record.all("041") for value in field.values("a")), "")
        others = "".join(code for code in _run_together(first)[1:] if code != language)
        field = put_first(record, "041", "0 ", "a", language + others)
        said_once(field, "a")


def _run_together(value: str) -> list[str]:
    """The codes that older records have in one subfield; none if anything in it is no code."""
    codes = [value[at : at + 3] for at in range(0, len(value), 3)]
    are_codes = all(len(x) == 3 and x.islower() and language_of_code(x) for x in codes)
    return codes if are_codes else []


def _edition(record: MarcRecord, edition: str | None) -> None:
    if edition is None:
        # Who is responsible for it is nobody without it.
        drop(record, record.all("250"), "ab")
    else:
        field = put_first(record, "250", "  ", "a", edition)
        put(field, "a", dressed(edition, " /" if field.has("b") else "."))


def _pages(record: MarcRecord, pages: int | None) -> None:
    set_pages(record, "300", pages)


def _text(tag: str, codes: str, indicators: str) -> Callable[[MarcRecord, str | None], None]:
    def write(record: MarcRecord, text: str | None) -> None:
        remove(record, [one for one in record.all(tag) if next(one.values(codes), None)])
        if text is not None:
            insert(record, new_field(tag, indicators, a=text))

    return write


def _subjects(record: MarcRecord, subjects: list[str]) -> None:
    rearrange(record, SUBJECT_TAGS, headings_of, _subject, subjects)


def _subject(subject: str) -> Field:
    main, *subdivisions = subject.split(" -- ")
    parts = [("x", dressed(subdivision, "")) for subdivision in subdivisions]
    field = Field.of("650", " 4", [("a", dressed(main, "" if parts else ".")), *parts])
    if headings_of(field) == [subject]:
        return field
    return new_field("653", "  ", a=dressed(subject, ""))


def _classification(record: MarcRecord, classification: str | None) -> None:
    if classification is None:
        drop(record, record.all("050"), "ab")
        drop(record, record.all("082"), "a")
    elif _DEWEY.fullmatch(classification) and not record.get("050"):
        put_first(record, "082", "04", "a", classification)
    else:
        drop(record, record.all("050"), "b")
        put_first(record, "050", " 4", "a", classification)


def _cover_url(record: MarcRecord, url: str | None) -> None:
    remove(record, [field for field in record.all("856") if field.get("3") == COVER])
    if url is not None:
        insert(record, new_field("856", "42", _3=COVER, u=url))


# Language and author before the title, whose indicators depend on them, and all before what is
# linked with them; the year before the publisher, whose punctuation depends on it.
WRITERS: tuple[tuple[tuple[str, ...], Callable[..., None]], ...] = (
    (("material_type",), set_material_type),
    (("control_number",), _control_number),
    (("language",), _language),
    (("author",), _author),
    (("title", "subtitle", "part"), titles.title),
    (("original_author",), titles.original_author),
    (("original_title",), titles.original_title),
    (("alternative_titles",), titles.alternative_titles),
    (("contributors",), _contributors),
    (("isbn", "isbns"), _isbns),
    (("issn",), _issn),
    (("published_year",), _published_year),
    (("publisher",), _publisher),
    (("edition",), _edition),
    (("pages",), _pages),
    (("series", "series_volume"), titles.series),
    (("contents",), _text("505", "agrt", "0 ")),
    (("description",), _text("520", "ab", "  ")),
    (("subjects",), _subjects),
    (("classification",), _classification),
    (("cover_url",), _cover_url),
)
