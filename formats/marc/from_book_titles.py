"""How titles, parts and series are written into a MARC 21 record that says something else."""

import re
from typing import Any

from formats.marc import linking, titles
from formats.marc.fields import Field, MarcRecord, Subfield
from formats.marc.layout import insert, new_field, put, rearrange, remove
from formats.marc.punctuation import bare, dressed
from formats.marc.statements import NAME_CODES, part_of
from formats.marc.to_book import AUTHOR_TAGS, grouped, language_of
from formats.marc.words import words
from models.articles import nonfiling

# What ends a part of 245, by the subfield that follows it; a medium ($h) belongs to the title.
_MARKS = {"n": ".", "b": " :", "c": " /", "h": ""}
_PUNCTUATED = "akbnp"
# What `_punctuate` takes off again, so that it leaves new text alone.
_NEW = " /"
# Before a parallel title, and before another work of a collection without a title of its own.
_APART = (" =", " ;")
_NUMBERED = re.compile(r"[^,]{0,40}[0-9][^,]{0,20}|[IVXLCDM]{1,8}")
_MOST_SKIPPED = 9


def title(
    record: MarcRecord,
    text: str | None,
    subtitle: str | None,
    part: str | None,
) -> None:
    """Write what 245 says, with its punctuation and indicators."""
    if text is None:
        remove(record, record.all("245"))
        return
    if record.get("245") is None:
        _new_title(record, text, subtitle, part)
        return
    place = titles.main(grouped(record.fields))
    if place is None or place.field.tag != "245":
        field, at, said = record.all("245")[0], None, None
    else:
        field, at, said = place.field, place.at, place.said
    signs = _signs(field)
    if said != text:
        at = _put_title(field, at, text)
        _set_nonfiling(field, text, language_of(grouped(record.fields)))
    if part_of(_without(field, at), "n", "p") != part:
        at = _put_part(field, at or 0, part)
    _put_subtitle(field, at or 0, subtitle)
    _punctuate(field, signs)
    set_main_entry(record)


def _new_title(record: MarcRecord, text: str, subtitle: str | None, part: str | None) -> None:
    """Write a 245 at once: taken apart for each of its parts it costs twice as much."""
    after = [] if subtitle is None else [("b", subtitle + _NEW)]
    field = Field.of("245", "00", [("a", text + _NEW), *_parts(part), *after])
    insert(record, field)
    _set_nonfiling(field, text, language_of(grouped(record.fields)))
    _punctuate(field, [])
    set_main_entry(record)


def _put_title(field: Field, at: int | None, text: str) -> int:
    subfields = list(field.subfields)
    if at is None:
        links = sum(subfield.code in "68" for subfield in subfields)
        field.subfields = [*subfields[:links], Subfield("a", text + _NEW), *subfields[links:]]
        return links
    subfields[at] = Subfield(subfields[at].code, text + _NEW)
    field.subfields = subfields
    return at


def _set_nonfiling(field: Field, text: str, language: str | None) -> None:
    skipped = nonfiling(text, language)
    field.indicators = field.indicators[0] + str(skipped if skipped <= _MOST_SKIPPED else 0)


def _without(field: Field, at: int | None) -> list[Subfield]:
    return [subfield for place, subfield in enumerate(field.subfields) if place != at]


def _put_part(field: Field, at: int, part: str | None) -> int:
    subfields = field.subfields
    before = [one for one in subfields[:at] if one.code not in "np"]
    after = [one for one in subfields[at + 1 :] if one.code not in "np"]
    medium = [one for one in after if one.code == "h"] if after[:1] and after[0].code == "h" else []
    rest = after[len(medium) :]
    field.subfields = [*before, subfields[at], *_parts(part), *medium, *rest]
    return len(before)


def _parts(part: str | None) -> list[Subfield]:
    """A part as its number and its name, as far as they can be told."""
    if part is None:
        return []
    number, comma, name = part.partition(", ")
    if comma and _NUMBERED.fullmatch(number):
        split = [Subfield("n", number + _NEW), Subfield("p", name + _NEW)]
    else:
        code = "n" if _NUMBERED.fullmatch(part) else "p"
        split = [Subfield(code, part + _NEW)]
    return split if part_of(split, "n", "p") == part else [Subfield("p", part + _NEW)]


def _put_subtitle(field: Field, at: int, subtitle: str | None) -> None:
    places = [place for place, one in enumerate(field.subfields) if one.code == "b" and place != at]
    present = [words(field.subfields[place].value) for place in places]
    if next(filter(None, present), None) == subtitle:
        return
    subfields = [one for place, one in enumerate(field.subfields) if place not in places]
    if subtitle is not None:
        codes = [one.code for one in subfields]
        end = next((place for place, code in enumerate(codes) if code == "c"), len(codes))
        subfields.insert(min(places, default=end), Subfield("b", subtitle + _NEW))
    field.subfields = subfields


def _signs(field: Field) -> list[str]:
    """Of each $b the sign before it, where that tells a parallel title or another work; else empty.

    It belongs to the $b, whatever comes to stand before it by an edit.
    """
    values = ["", *(value for _, value in field.pairs)]
    before = [value for value, (code, _) in zip(values, field.pairs, strict=False) if code == "b"]
    return [next((x for x in _APART if text.rstrip().endswith(x)), "") for text in before]


def _punctuate(field: Field, signs: list[str]) -> None:
    """End each part of a title as what follows asks for (ISBD), with the `signs` of each $b."""
    subfields = list(field.subfields)
    before = iter(signs[len(signs) > 0 and subfields[0].code == "b" :])
    for at, (code, value) in enumerate(subfields):
        following = subfields[at + 1].code if at + 1 < len(subfields) else ""
        mark = "," if (code, following) == ("n", "p") else _MARKS.get(following, ".")
        if following == "b":
            mark = next(before, "") or mark
        if code == "h" and following in _MARKS:
            subfields[at] = Subfield(code, bare(value) + mark)
        elif code in _PUNCTUATED:
            subfields[at] = Subfield(code, dressed(bare(value), mark))
    field.subfields = subfields


def set_main_entry(record: MarcRecord) -> None:
    """Say in 245 whether there is a main entry for its author."""
    field = record.get("245")
    if field is not None:
        has_author = any(record.get(tag) for tag in AUTHOR_TAGS)
        field.indicators = ("1" if has_author else "0") + field.indicators[1]


def alternative_titles(record: MarcRecord, wanted: list[str]) -> None:
    """Write the other titles (246)."""
    place = titles.main(grouped(record.fields))

    def said(field: Field) -> list[Any]:
        found = titles.alternative(field)
        is_title = place is not None and field is place.field
        return [found] if found and not is_title else []

    rearrange(record, titles.OTHER_TAGS, said, _alternative, wanted)


def _alternative(text: str) -> Field:
    return new_field("246", "3 ", a=dressed(text, ""))


def series(record: MarcRecord, name: str | None, volume: str | None) -> None:
    """Write the series as the book states it (490); other series stay."""
    tags = [tag for tag, _, _ in titles.SERIES]
    if name is None:
        remove(record, record.all(*tags))
        if volume is not None:
            insert(record, new_field("490", "0 ", v=dressed(volume, "")))
        return
    present = titles.series(grouped(record.fields))
    first = next((one for one in present.fields if _says(one)), None)
    own = present.fields
    if first is None or first.tag.startswith("8") or present.title != name:
        first = first if first is not None and first.tag == "490" else None
        remove(record, (one for one in own if one is not first))
        if first is None:
            first = new_field("490", "0 ")
            insert(record, first)
        first.indicators = "0 "
        own = [first]
    _put_volume(first, name, volume, own)


def _put_volume(first: Field, name: str, volume: str | None, own: list[Field]) -> None:
    put(first, "a", dressed(name, " ;" if volume else ""))
    for field in own:
        if volume is None:
            _drop_volume(field)
        elif field is first or field.has("v"):
            put(field, "v", dressed(volume, ""))


def _drop_volume(field: Field) -> None:
    subfields = list(field.subfields)
    for at, one in enumerate(subfields[:-1]):
        if subfields[at + 1].code == "v" and one.value.rstrip().endswith((";", ",")):
            subfields[at] = Subfield(one.code, dressed(bare(one.value), "."))
    field.subfields = [one for one in subfields if one.code != "v"]


def _says(field: Field) -> str:
    return words(field.get("t" if field.tag in ("800", "810", "811") else "a"))


def original_title(record: MarcRecord, text: str | None) -> None:
    """Write the title in the original script (880)."""
    linking.write(record, "245", "a", None if text is None else dressed(text, "."))


def original_author(record: MarcRecord, text: str | None) -> None:
    """Write the author in the original script (880)."""
    tag = next((tag for tag in AUTHOR_TAGS if record.get(tag)), "100")
    name = None if text is None else dressed(text, ".")
    linking.write(record, tag, "a", name, instead_of=NAME_CODES[tag[1:]].replace("a", ""))
