"""How each field of a book is written into a MARC record that says something else."""

import re
from collections.abc import Callable
from typing import Any

from pymarc import Field, Record

from formats.layout import (
    drop,
    fixed,
    insert,
    new_field,
    put,
    put_first,
    rearrange,
    remove,
    set_fixed,
)
from formats.mapping import AUTHOR_TAGS, CONTRIBUTORS, COVER, SUBJECTS, grouped, publications
from formats.punctuation import bare, dressed
from formats.statements import PAGES, contributor_of, headings_of, isbn_of

_DEWEY = re.compile(r"[0-9]{3}(\.[0-9]+)?")


def _title(record: Record, title: str | None, subtitle: str | None) -> None:
    if title is None:
        drop(record, record.get_fields("245"), "a")
        return
    main_entry = "1" if any(tag in record for tag in AUTHOR_TAGS) else "0"
    field = put_first(record, "245", f"{main_entry}0", "a", title)
    put(field, "a", dressed(title, _mark_after_title(field, subtitle)))
    if subtitle is None:
        drop(record, record.get_fields("245"), "b")
    else:
        put(field, "b", dressed(subtitle, " /" if "c" in field else "."))


def _mark_after_title(field: Field, subtitle: str | None) -> str:
    if "h" in field:
        return ""
    if subtitle is not None:
        return " :"
    return " /" if "c" in field else "."


def _author(record: Record, author: str | None) -> None:
    remove(record, record.get_fields(*AUTHOR_TAGS))
    if author is not None:
        insert(record, new_field("100", _order(author), a=dressed(author, ".")))


def _order(name: str) -> str:
    """The indicators of a name: whether the family name comes first."""
    return "1 " if "," in name else "0 "


def _contributors(record: Record, contributors: list[dict[str, Any]]) -> None:
    def said(field: Field) -> list[dict[str, Any]]:
        contributor = contributor_of(field)
        return [contributor] if contributor else []

    rearrange(record, CONTRIBUTORS, said, _contributor, contributors)


def _contributor(contributor: dict[str, Any]) -> Field:
    name, role = contributor["name"], contributor["role"]
    if not role:
        return new_field("700", _order(name), a=dressed(name, "."))
    return new_field("700", _order(name), a=dressed(name, ","), e=dressed(role, "."))


def _isbn(record: Record, isbn: str | None) -> None:
    valid = [field for field in record.get_fields("020") if isbn_of(field)]
    if isbn is None:
        remove(record, valid)
    elif valid:
        put(valid[0], "a", isbn)
    else:
        insert(record, new_field("020", "  ", a=isbn))


def _published_year(record: Record, year: int | None) -> None:
    _set_date(record, year)
    if not year:
        drop(record, _publications(record), "c")
    else:
        put(_publication(record), "c", f"{year}." if year > 0 else f"{-year} B.C.")


def _set_date(record: Record, year: int | None) -> None:
    """The type of date and the date in the 008, which knows no years before Christ."""
    if year and year > 0:
        kind = fixed(record)[6]
        set_fixed(record, 6, f"{'s' if kind in ' bnu|' else kind}{year:04}")
    else:
        set_fixed(record, 6, "b    " if year else "nuuuu")


def _publisher(record: Record, publisher: str | None) -> None:
    if publisher is None:
        drop(record, _publications(record), "b")
    else:
        field = _publication(record)
        put(field, "b", dressed(publisher, "," if "c" in field else "."))


def _publications(record: Record) -> list[Field]:
    return publications(grouped(record.fields))


def _publication(record: Record) -> Field:
    existing = _publications(record)
    if existing:
        return existing[0]
    field = new_field("264", " 1")
    insert(record, field)
    return field


def _language(record: Record, language: str | None) -> None:
    set_fixed(record, 35, language or "   ")
    if language is None:
        drop(record, record.get_fields("041"), "a")
    else:
        put_first(record, "041", "0 ", "a", language)


def _edition(record: Record, edition: str | None) -> None:
    if edition is None:
        drop(record, record.get_fields("250"), "a")
    else:
        field = put_first(record, "250", "  ", "a", edition)
        put(field, "a", dressed(edition, " /" if "b" in field else "."))


def _pages(record: Record, pages: int | None) -> None:
    extents = record.get_fields("300")
    if pages is None:
        drop(
            record,
            [one for one in extents if PAGES.search(" ".join(one.get_subfields("a")))],
            "a",
        )
        return
    for field in extents:
        for at, (code, value) in enumerate(field.subfields):
            if code == "a" and (match := PAGES.search(value)):
                text = f"{value[: match.start(1)]}{pages}{value[match.end(1) :]}"
                field.subfields[at] = field.subfields[at]._replace(value=text)
                return
    extent = bare(extents[0].get("a", "")) if extents else ""
    put_first(record, "300", "  ", "a", f"{extent} ({pages} p.)" if extent else f"{pages} p.")


def _description(record: Record, description: str | None) -> None:
    summaries = [one for one in record.get_fields("520") if one.get_subfields("a", "b")]
    remove(record, summaries)
    if description is not None:
        insert(record, new_field("520", "  ", a=description))


def _subjects(record: Record, subjects: list[str]) -> None:
    rearrange(record, SUBJECTS, headings_of, _subject, subjects)


def _subject(subject: str) -> Field:
    main, *subdivisions = subject.split(" -- ")
    field = new_field("650", " 4", a=dressed(main, "" if subdivisions else "."))
    for subdivision in subdivisions:
        field.add_subfield("x", dressed(subdivision, ""))
    return (
        field if headings_of(field) == [subject] else new_field("653", "  ", a=dressed(subject, ""))
    )


def _classification(record: Record, classification: str | None) -> None:
    if classification is None:
        drop(record, record.get_fields("050"), "ab")
        drop(record, record.get_fields("082"), "a")
    elif _DEWEY.fullmatch(classification) and "050" not in record:
        put_first(record, "082", "04", "a", classification)
    else:
        drop(record, record.get_fields("050"), "b")
        put_first(record, "050", " 4", "a", classification)


def _cover_url(record: Record, url: str | None) -> None:
    remove(record, [field for field in record.get_fields("856") if field.get("3") == COVER])
    if url is not None:
        insert(record, new_field("856", "42", _3=COVER, u=url))


# The author before the title, whose indicator depends on it; the year before the publisher,
# whose punctuation depends on it.
WRITERS: tuple[tuple[tuple[str, ...], Callable[..., None]], ...] = (
    (("author",), _author),
    (("title", "subtitle"), _title),
    (("contributors",), _contributors),
    (("isbn",), _isbn),
    (("published_year",), _published_year),
    (("publisher",), _publisher),
    (("language",), _language),
    (("edition",), _edition),
    (("pages",), _pages),
    (("description",), _description),
    (("subjects",), _subjects),
    (("classification",), _classification),
    (("cover_url",), _cover_url),
)
