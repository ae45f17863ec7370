"""The titles of a MARC 21 record: its own, of its parts and its series, others, in any script."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from formats.marc.fields import Field
from formats.marc.series import Series, Statement, first_series
from formats.marc.statements import name_of, part_of
from formats.marc.words import marked, words

Fields = dict[str, list[Field]]

# Where a title is looked for: a form such as "Papers", the rest of a title, a part.
_TITLE_CODES = "akbpn"
# Series as the book states them, then as they are filed: the title's subfield, the volume's.
SERIES = (
    ("490", "a", "v"),
    ("440", "a", "v"),
    ("830", "a", "v"),
    ("800", "t", "v"),
    ("810", "t", "v"),
    ("811", "t", "v"),
)
# First indicator of a series (490) that no 8xx traces.
_UNTRACED = "0"
_OTHER_SCRIPT = "880"
OTHER_TAGS = ("246", "740")
OTHERS = "other titles"
"""The name of the group of all fields with one of OTHER_TAGS."""


class Place(NamedTuple):
    """Where the title stands, and what it says."""

    field: Field
    at: int  # of the subfield
    said: str


def main(fields: Fields) -> Place | None:
    """The title: in 245 the first of $a, $k, $b, $p and $n, else in 246, else in 880."""
    others = (field for field in fields.get(OTHERS, ()) if field.tag == "246")
    for field in (*fields.get("245", ()), *others, *linked(fields, ("245",))):
        for code in _TITLE_CODES:
            for at, (other, value) in enumerate(field.pairs):
                if other == code and (said := words(value)):
                    return Place(field, at, said)
    return None


def titles_of(fields: Fields, place: Place | None) -> dict[str, Any]:
    """The fields of the book that are titles, without the empty ones; `place` is the `main` one."""
    in_series = series(fields)
    found = {
        "title": place.said if place else None,
        "subtitle": _subtitle(place) if place else None,
        "part": part_of(_rest(place), "n", "p") if place else None,
        "original_title": _original_title(fields, place) if _OTHER_SCRIPT in fields else None,
        "alternative_titles": _alternative_titles(fields, place),
        "series": in_series.title,
        "series_volume": in_series.volume,
    }
    return {name: value for name, value in found.items() if value}


def _subtitle(place: Place) -> str | None:
    """The rest of the title, unless it is the title."""
    for code, value in _rest(place):
        if code == "b" and (said := words(value)):
            return said
    return None


def _rest(place: Place) -> list[tuple[str, str]]:
    """The subfields beside the title."""
    pairs = place.field.pairs
    return [*pairs[: place.at], *pairs[place.at + 1 :]]


def nonfiling(place: Place | None) -> int | None:
    """How many characters of the title do not count in sorting: by marks, else by the indicator."""
    if place is None:
        return None
    by_marks = marked(place.field.pairs[place.at][1])
    if by_marks is not None:
        return by_marks
    indicator = place.field.text[1]
    tells = place.field.tag == "245" and "0" <= indicator <= "9"
    return int(indicator) if tells and int(indicator) < len(place.said) else None


def linked(fields: Fields, tags: tuple[str, ...]) -> Iterator[Field]:
    """The fields in the original script that belong to ones with these tags."""
    return (field for field in fields.get(_OTHER_SCRIPT, ()) if field.get("6")[:3] in tags)


def _original_title(fields: Fields, place: Place | None) -> str | None:
    """The title in the original script, unless that is all there is."""
    for field in linked(fields, ("245",)):
        if place is not None and field is not place.field:
            for code in _TITLE_CODES:
                if said := words(field.get(code)):
                    return said
    return None


def original_author(fields: Fields) -> str | None:
    """The author in the original script."""
    for field in linked(fields, ("100", "110", "111")):
        if said := name_of(field, field.get("6")[:3]):
            return said
    return None


def _alternative_titles(fields: Fields, place: Place | None) -> list[str]:
    """Other titles by which the book may be sought."""
    others = (one for one in fields.get(OTHERS, ()) if place is None or one is not place.field)
    said = map(alternative, others)
    return list(dict.fromkeys(filter(None, said)))


def alternative(field: Field) -> str | None:
    """The title in a 246 or 740, with its part."""
    text = words(field.get("a"))
    rest = part_of(field.pairs, "n", "p") if text else None
    return f"{text}. {rest}" if rest else text or None


def series(fields: Fields) -> Series:
    """The series as the book states it or else as it is filed, and the number in it."""
    found = []
    for tag, title, volume in SERIES:
        for field in fields.get(tag, ()):
            said, number = words(field.get(title)), words(field.get(volume))
            found.append(Statement(field, said, number, tag.startswith("8")))
    return first_series(found, _UNTRACED)
