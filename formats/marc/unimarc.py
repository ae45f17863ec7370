"""From the fields of a UNIMARC record to the fields of a book, by its own table."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from formats.languages import language_of_code
from formats.marc import isbns
from formats.marc.fields import DELIMITER, Field, MarcRecord, Subfield
from formats.marc.sequences import texts
from formats.marc.series import Series, Statement, first_series
from formats.marc.statements import extent_in, issn_in, part_of, year_of
from formats.marc.to_book import COVER, Described, is_nameless
from formats.marc.words import marked, plain, unmarked, words

# Persons, bodies, families: of the main responsibility, and of others.
AUTHOR_TAGS = ("700", "710", "720")
CONTRIBUTOR_TAGS = ("701", "702", "711", "712", "721", "722")
SUBJECT_TAGS = ("600", "601", "602", "604", "605", "606", "607", "608", "610")
OTHER_TITLES = ("510", "512", "513", "514", "515", "516", "517", "518", "532", "540", "541")
# Of Dewey, the UDC, and others.
CLASSIFICATION = ("676", "675", "686")
# The set of which the book is a part.
SETS = ("461",)
# First indicator of a series (225) that has no established form, which a 410 would have.
_NO_OTHER_FORM = "1"
# What codes of function ($4) mean; 070 is the author.
ROLES = {
    "005": "actor", "010": "adapter", "020": "annotator", "030": "arranger", "040": "artist",
    "075": "author of afterword", "080": "author of introduction", "090": "author of dialog",
    "180": "cartographer", "200": "choreographer", "205": "collaborator", "220": "compiler",
    "230": "composer", "250": "conductor", "300": "director", "305": "dissertant", "340": "editor",
    "360": "etcher", "440": "illustrator", "550": "narrator", "570": "other", "590": "performer",
    "600": "photographer", "630": "producer", "651": "publishing director", "650": "publisher",
    "690": "scenarist", "710": "secretary", "721": "singer", "727": "thesis advisor",
    "730": "translator",
}  # fmt: skip
OTHER_SCRIPT = "zz"
_KINDS = {
    "c": "score", "d": "score", "e": "map", "f": "map", "g": "video", "i": "audio", "j": "music",
    "k": "image", "l": "electronic", "m": "kit", "r": "object",
}  # fmt: skip
# Italian libraries put a star before the word by which a title is sorted.
_STAR = re.compile(r"([^*]{0,19}[\s'\u2019])\*(?=\w)")
# Around no words that do not count: the title has a star of its own.
UNSTARRED = "\x88\x89"
_ELECTRONIC = "s"  # the form of the item (106)


def described(record: MarcRecord) -> Described:
    """What a UNIMARC record says."""
    book = {}
    for name, read in _READERS:
        value = read(record)
        if value is not None and value != []:
            book[name] = value
    numbers, notes = isbns.read(record, "010")
    found = series(record)
    said = {"isbn": next(iter(numbers), None), "series": found.title, "series_volume": found.volume}
    book |= {name: value for name, value in said.items() if value is not None}
    if len(numbers) > 1:
        book["isbns"] = numbers
    return Described(book, notes, _nonfiling(record))


def title_at(record: MarcRecord) -> tuple[Field, int] | None:
    """Where the title stands: in the first 200 that has one, $a, else $e, $i or $h."""
    for field in record.all("200"):
        for wanted in "aeih":
            for at, (code, value) in enumerate(field.pairs):
                if code == wanted and words(value):
                    return field, at
    return None


def _title(record: MarcRecord) -> str | None:
    place = title_at(record)
    return _starless(place[0].pairs[place[1]][1]) if place else None


def _starless(value: str) -> str:
    text = words(value)
    return _STAR.sub(r"\1", text, count=1) if is_starred(value) else text


def is_starred(value: str) -> bool:
    """Whether a title has a star before the word by which it is sorted: `Il *nome`."""
    return UNSTARRED not in value and bool(_STAR.match(value.strip()))


def _nonfiling(record: MarcRecord) -> int | None:
    place = title_at(record)
    if place is None:
        return None
    value = place[0].pairs[place[1]][1]
    star = _STAR.match(value.strip()) if is_starred(value) else None
    return len(star[1]) if star else marked(value)


def rest(record: MarcRecord) -> list[Subfield]:
    """The subfields beside the title."""
    place = title_at(record)
    if place is None:
        return []
    field, at = place
    return [*field.subfields[:at], *field.subfields[at + 1 :]]


def _subtitle(record: MarcRecord) -> str | None:
    found = (words(value) for code, value in rest(record) if code == "e")
    return next(filter(None, found), None)


def _part(record: MarcRecord) -> str | None:
    return part_of(rest(record), "h", "i")


def _original_title(record: MarcRecord) -> str | None:
    """The title of a second 200, which has another script."""
    return next((words(field.get("a")) for field in record.all("200")[1:]), "") or None


def name_of(field: Field) -> str:
    """A name as people cite it: `Doe, Jane`, `John Paul II`, `Ministry. Department`."""
    is_person = field.tag.startswith("70")
    parts = [_part_of_name(*pair) for pair in field.pairs if pair[0] in "ab"]
    name = (", " if is_person else ". ").join(filter(None, parts))
    numerals = words(field.get("d")) if is_person else ""
    return f"{name} {numerals}" if name and numerals else name


def _part_of_name(code: str, value: str) -> str:
    """A part of a name without the comma that Italian libraries put before it: `$b, Jane`."""
    return words(value if code == "a" else value.strip().removeprefix(","))


def authors(record: MarcRecord) -> list[Field]:
    """The fields of the main responsibility, or of the first who shares it."""
    every = (field for tag in AUTHOR_TAGS for field in record.all(tag))
    main = [field for field in every if name_of(field) and not is_original(field)]
    return main or [
        field for tag in ("701", "711") for field in record.all(tag)[:1] if name_of(field)
    ]


def _author(record: MarcRecord) -> str | None:
    return next(map(name_of, authors(record)), None)


def _original_author(record: MarcRecord) -> str | None:
    """The name of a main responsibility that says so, or of a second one: it has another script."""
    main = record.all("700")
    found = [*filter(is_original, main), *main[1:]]
    return name_of(found[0]) or None if found else None


def is_original(field: Field) -> bool:
    """Whether a main responsibility is in another script, though there may be none in this one."""
    return field.tag == "700" and field.get("7") == OTHER_SCRIPT


def contributor_of(field: Field) -> dict[str, Any] | None:
    """Name and role of somebody else; a person's role in words ($e) as we write it, or its code."""
    name = name_of(field)
    said = words(field.get("e")) if field.tag.startswith("70") else ""
    return {"name": name, "role": said or ROLES.get(field.get("4"))} if name else None


def _contributors(record: MarcRecord) -> list[dict[str, Any]]:
    author = next(iter(authors(record)), None)
    found: dict[tuple[str, str | None], dict[str, Any]] = {}
    for field in record.all(*CONTRIBUTOR_TAGS):
        if field is not author and (one := contributor_of(field)):
            found.setdefault((one["name"], one["role"]), one)
    return list(found.values())


def _published_year(record: MarcRecord) -> int | None:
    dates = (value for tag in ("214", "210") for value in _values(record, tag, "d"))
    return year_of(next(_values(record, "100", "a"), "")[9:13], dates)


def _publisher(record: MarcRecord) -> str | None:
    names = (words(value) for tag in ("214", "210") for value in _values(record, tag, "c"))
    return next((name for name in names if name and not is_nameless(name)), None)


def _language(record: MarcRecord) -> str | None:
    return next(filter(None, map(language_of_code, _values(record, "101", "a"))), None)


def _pages(record: MarcRecord) -> int | None:
    extents = filter(None, map(extent_in, _values(record, "215", "a")))
    return next((extent.pages for extent in extents), None)


def series(record: MarcRecord) -> Series:
    """The series as the book states it (225), or as it is linked (410), also with fields in $1.

    Where there is neither it is the set of which the book is a part (461).
    """
    found = first_series(_statements(record, "225", "410"), _NO_OTHER_FORM)
    return found if found.title else first_series(_statements(record, *SETS), _NO_OTHER_FORM)


def _statements(record: MarcRecord, *tags: str) -> list[Statement]:
    found = []
    for field in record.all(*tags):
        is_link = field.tag != "225"
        title = _linked_title(field) if is_link else field.get("a")
        found.append(Statement(field, words(title), words(field.get("v")), is_link))
    return sorted(found, key=lambda one: one.traces)


def _linked_title(field: Field) -> str:
    """The title of a linked record: in $t, or in the field 200 among those in $1."""
    titles = [one.get("a") for one in _within(field) if one.tag == "200"]
    return next(filter(None, titles), "") or field.get("t")


def _within(field: Field) -> list[Field]:
    """The fields that are in $1 of another one: a tag and indicators, then its subfields."""
    found: list[Field] = []
    for code, value in field.pairs:
        if code == "1":
            found.append(Field(value[:3], value[3:5].ljust(2)))
        elif found:
            found[-1].text += f"{DELIMITER}{code}{value}"
    return found


def _material_type(record: MarcRecord) -> str | None:
    if record.leader[7] == "s":
        return "serial"
    if record.leader[6] in "ab" and next(_values(record, "106", "a"), "")[:1] == _ELECTRONIC:
        return "electronic"
    return _KINDS.get(record.leader[6])


def headings_of(field: Field) -> list[str]:
    """The subjects in a field: one with its subdivisions, or each term of a 610.

    A work (604) has its author and title in $1.
    """
    if field.tag == "610":
        return [term for value in field.values("a") if (term := words(value))]
    work = _within(field) if field.tag == "604" else []
    names = [name_of(one) for one in work if one.tag[:1] == "7"]
    told = [pair for one in work if one.tag[:1] != "7" for pair in one.pairs] or field.pairs
    main = [*names, *(_part_of_name(*pair) for pair in told if pair[0] in "abcdfgt")]
    parts = [words(value) for code, value in field.pairs if code in "jxyz"]
    between = ", " if field.tag == "600" else ". "
    heading = " -- ".join(filter(None, [between.join(filter(None, main)), *parts]))
    return [heading] if heading else []


def _subjects(record: MarcRecord) -> list[str]:
    every = (one for field in record.all(*SUBJECT_TAGS) for one in headings_of(field))
    return list(dict.fromkeys(every))


def _alternative_titles(record: MarcRecord) -> list[str]:
    others = record.all(*OTHER_TITLES)
    found = (words(value) for field in others for value in field.values("a"))
    return list(dict.fromkeys(filter(None, found)))


def _texts(tag: str) -> Callable[[MarcRecord], str | None]:
    def read(record: MarcRecord) -> str | None:
        said = texts(record.all(tag), "a")
        return "\n\n".join(filter(None, map(unmarked, said))) or None

    return read


def _first(*places: tuple[str, str]) -> Callable[[MarcRecord], str | None]:
    def read(record: MarcRecord) -> str | None:
        said = (value for tag, code in places for value in _values(record, tag, code))
        return next(filter(None, map(words, said)), None)

    return read


def _control_number(record: MarcRecord) -> str | None:
    """The number alone: the 003 of UNIMARC is an address."""
    field = record.get("001")
    return plain(field.text) or None if field else None


def _cover_url(record: MarcRecord) -> str | None:
    covers = (field.get("u") for field in record.all("856") if field.get("3") == COVER)
    return next(filter(None, covers), None)


def _values(record: MarcRecord, tag: str, codes: str) -> Iterator[str]:
    for field in record.all(tag):
        yield from field.values(codes)


_READERS: tuple[tuple[str, Callable[[MarcRecord], Any]], ...] = (
    ("title", _title),
    ("subtitle", _subtitle),
    ("part", _part),
    ("author", _author),
    ("contributors", _contributors),
    ("issn", lambda record: next(filter(None, map(issn_in, _values(record, "011", "a"))), None)),
    ("publisher", _publisher),
    ("published_year", _published_year),
    ("language", _language),
    ("edition", _first(("205", "a"))),
    ("pages", _pages),
    ("material_type", _material_type),
    ("original_title", _original_title),
    ("original_author", _original_author),
    ("alternative_titles", _alternative_titles),
    ("contents", _texts("327")),
    ("description", _texts("330")),
    ("subjects", _subjects),
    ("classification", _first(*((tag, "a") for tag in CLASSIFICATION))),
    ("cover_url", _cover_url),
    ("control_number", _control_number),
)
