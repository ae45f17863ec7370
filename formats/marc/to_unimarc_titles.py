"""How titles, parts and series are written into a UNIMARC record that says something else."""

from formats.marc import unimarc
from formats.marc.fields import Field, MarcRecord, Subfield
from formats.marc.layout import drop, insert, new_field, put, rearrange, remove
from formats.marc.punctuation import dressed
from formats.marc.series import Series
from formats.marc.statements import part_of
from formats.marc.words import words


def title(record: MarcRecord, text: str | None, subtitle: str | None, part: str | None) -> None:
    """Write what 200 says in place of what it said; parallel and further titles stay."""
    place = unimarc.title_at(record)
    field, at = place or (field_of(record, "200", "1 "), 0)
    if place is None:
        field.subfields = [Subfield("a", ""), *field.subfields]
    if unimarc.described(record).book.get("title") != text:
        said = list(field.subfields)
        written = dressed(text or "", "")
        is_starred = unimarc.is_starred(written)
        said[at] = Subfield(said[at].code, (unimarc.UNSTARRED if is_starred else "") + written)
        field.subfields = said
    _put_part(field, at, part)
    _, at = unimarc.title_at(record) or (field, at)
    _put_subtitle(field, at, subtitle)


def _put_subtitle(field: Field, at: int, subtitle: str | None) -> None:
    said = list(field.subfields)
    places = [n for n, one in enumerate(said) if n != at and one.code == "e" and words(one.value)]
    if (words(said[places[0]].value) if places else None) == subtitle:
        return
    if subtitle is None:
        said = [one for n, one in enumerate(said) if n not in places]
    elif places:
        said[places[0]] = Subfield("e", dressed(subtitle, ""))
    else:
        said.insert(at + 1, Subfield("e", dressed(subtitle, "")))
    field.subfields = said


def _put_part(field: Field, at: int, part: str | None) -> None:
    said = list(field.subfields)
    places = [n for n, one in enumerate(said) if n != at and one.code in "hi"]
    if part_of([said[n] for n in places], "h", "i") == part:
        return
    ends = (n for n, one in enumerate(said) if n > at and one.code != "e")
    start = places[0] if places else next(ends, len(said))
    rest = [one for n, one in enumerate(said) if n >= start and n not in places]
    field.subfields = [*said[:start], *_parts(part), *rest]


def _parts(part: str | None) -> list[Subfield]:
    if part is None:
        return []
    number, comma, name = part.partition(", ")
    if comma and any(char.isdigit() for char in number):
        split = [Subfield("h", dressed(number, "")), Subfield("i", dressed(name, ""))]
        if part_of(split, "h", "i") == part:
            return split
    return [Subfield("h" if part[0].isdigit() else "i", dressed(part, ""))]


def series(record: MarcRecord, name: str | None, volume: str | None) -> None:
    """Write the series as the book states it (225); other series, and links with sets, stay."""
    if name is None:
        remove(record, record.all("225", "410"))
        if volume is not None:
            insert(record, new_field("225", "2 ", v=dressed(volume, "")))
        return
    present = unimarc.series(record)
    own = present.fields if present.title == name else _renamed(record, present, name)
    first = next((field for field in own if field.tag == "225"), own[0])
    for field in own:
        if volume is None:
            drop(record, [field], "v")
        elif field is first or field.has("v"):
            put(field, "v", dressed(volume, ""))


def _renamed(record: MarcRecord, present: Series, name: str) -> list[Field]:
    """The one field that states the series by its new name, in place of those of the old one."""
    own = [field for field in present.fields if field.tag not in unimarc.SETS]
    first = next((field for field in own if field.tag == "225"), None)
    remove(record, (field for field in own if field is not first))
    if first is None:
        first = new_field("225", "2 ")
        insert(record, first)
    put(first, "a", dressed(name, ""))
    return [first]


def original_title(record: MarcRecord, text: str | None) -> None:
    """Write a second title, in another script."""
    fields = record.all("200")
    remove(record, fields[1:])
    if text is not None and fields:
        insert_after(record, fields[0], text)


def alternative_titles(record: MarcRecord, wanted: list[str]) -> None:
    """Write the other titles (517)."""

    def said(field: Field) -> list[str]:
        return [text for value in field.values("a") if (text := words(value))]

    def make(text: str) -> Field:
        return new_field("517", "1 ", a=dressed(text, ""))

    rearrange(record, unimarc.OTHER_TITLES, said, make, wanted)


def insert_after(record: MarcRecord, first: Field, text: str) -> None:
    """Say the same as a field says in another script, in a field behind it."""
    again = Field.of(first.tag, first.indicators, [("a", dressed(text, ""))])
    record.fields.insert(record.fields.index(first) + 1, again)


def field_of(record: MarcRecord, tag: str, indicators: str) -> Field:
    """The first field with a tag, a new one if there is none."""
    field = record.get(tag)
    if field is None:
        field = new_field(tag, indicators)
        insert(record, field)
    return field
