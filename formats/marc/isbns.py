"""ISBNs in a record: in $a of 020, or of 010 in UNIMARC, sometimes several in one."""

from collections.abc import Iterator

from formats.marc.fields import Field, MarcRecord, Subfield
from formats.marc.layout import new_field, rearrange
from formats.marc.statements import isbn_places, isbns_in
from formats.record import Note

_BETWEEN = " ,;/&+|"


def read(record: MarcRecord, tag: str) -> tuple[list[str], list[Note]]:
    """The valid ISBNs, each once, and notes on numbers that are none."""
    return read_fields(record.all(tag))


def read_fields(fields: list[Field]) -> tuple[list[str], list[Note]]:
    """`read` from the fields with the tag."""
    found: dict[str, None] = {}
    notes = []
    for number in (value for field in fields for value in field.values("a")):
        isbns = dict.fromkeys(isbns_in(number))
        found |= isbns
        if not isbns:
            notes.append(Note("isbn", "isbn-unreadable", f"No valid ISBN: {number[:40]}"))
    return list(found), notes


def write(record: MarcRecord, tag: str, isbn: str | None, isbns: list[str]) -> None:
    """Write the ISBNs. The first one takes the place of the first that is no longer one."""
    wanted = list(dict.fromkeys([isbn, *isbns] if isbn else isbns))
    valid = [field for field in record.all(tag) if _said(field)]
    if wanted and valid and all(wanted[0] not in _said(field) for field in valid):
        _replace(valid[0], wanted)
    for field in valid:
        _leave_out(field, wanted)
    rearrange(record, (tag,), _said, lambda one: new_field(tag, "  ", a=one), wanted)


def _said(field: Field) -> list[str]:
    return list(dict.fromkeys(one for value in field.values("a") for one in isbns_in(value)))


def _replace(field: Field, wanted: list[str]) -> None:
    """Put the first ISBN that is wanted where the first one of the field is, if that is not.

    Remarks on the old one alone go with it.
    """
    old = _said(field)[0]
    if old not in wanted:
        field.subfields = [
            Subfield(code, _replaced(value, old, wanted[0]) if code == "a" else value)
            for code, value in field.pairs
        ]


def _replaced(text: str, old: str, new: str) -> str:
    places = list(isbn_places(text))
    if {place.isbn for place in places} == {old}:
        return new
    for place in reversed(places):
        if place.isbn == old:
            text = text[: place.start] + new + text[place.end :]
    return text


def _leave_out(field: Field, wanted: list[str]) -> None:
    """Take what is not wanted, with the remarks on it, out of texts with several ISBNs."""
    subfields = []
    for code, value in field.subfields:
        isbns = set(isbns_in(value)) if code == "a" else set()
        if len(isbns) > 1 and isbns - {*wanted} and not isbns.isdisjoint(wanted):
            value = "".join(_parts(value, wanted)).strip(_BETWEEN)
        subfields.append(Subfield(code, value))
    if subfields != field.subfields:
        field.subfields = subfields


def _parts(text: str, wanted: list[str]) -> Iterator[str]:
    """The wanted ISBNs of a text, each with what follows it."""
    places = list(isbn_places(text))
    ends = [*(place.start for place in places[1:]), len(text)]
    starts = [0, *ends[:-1]]
    for place, start, end in zip(places, starts, ends, strict=True):
        if place.isbn in wanted:
            yield text[start:end]
