"""What single MARC fields and their texts say: names, subjects, numbers, dates."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from formats.marc.fields import Field
from formats.marc.words import words
from models.kept import keep_short
from validators.engine.errors import BadValue
from validators.isbn import normalise_isbn
from validators.issn import normalise_issn

# Which subfields make up a name as people cite it: persons without dates and fuller forms.
NAME_CODES = {"00": "abc", "10": "ab", "11": "andc"}
_SHORT = 120
_SUBDIVISIONS = "vxyz"
# Relators, addresses, numbers; capitals are codes of the German national library.
_NO_HEADING = "ehu"
_HYPHEN = "\\-\u00ad\u2010-\u2015\u2212"
# Also the Cyrillic letter that looks so.
_X = "Xx\u0425\u0445"
# One of 13 digits has five groups, with signs between them; several may have blanks between them.
_ISBN = re.compile(f"(?<![0-9])[0-9][0-9{_X} {_HYPHEN}]{{7,200}}[0-9{_X}](?![0-9])")
_GROUP = re.compile(r"\S+")
_MOST_GROUPS = 5
_LONGEST_ISBN = 17
_ISSN = re.compile(f"(?<![0-9])[0-9]{{4}}[ {_HYPHEN}]?[0-9]{{3}}[0-9Xx](?![0-9])")
_YEAR = re.compile(r"(?<![0-9])(?:1[0-9]{3}|20[0-9]{2})(?![0-9])")
_UNKNOWN = "9999"
_BEFORE_CHRIST = re.compile(r"(?<![0-9])([0-9]{1,4}) ?B\.? ?C")


def name_of(field: Field, tag: str = "") -> str:
    """A person's or body's name from a 1xx or 7xx field, or another that is like the tag's."""
    codes = NAME_CODES[(tag or field.tag)[1:]]
    return words(" ".join(value.strip() for code, value in field.pairs if code in codes))


def is_body_still(name: str, before: str) -> bool:
    """Whether what a body is called now may be one: a comma where there was none is a person's."""
    return "," not in name or "," in before


def contributor_of(field: Field) -> dict[str, Any] | None:
    """Name and role (None if the record gives no $e) from a 700 or 710 field."""
    name = name_of(field)
    roles = (words(value) for code, value in field.pairs if code == "e")
    return {"name": name, "role": ", ".join(filter(None, roles)) or None} if name else None


def headings_of(field: Field) -> list[str]:
    """The subjects in a 6xx field: one with its subdivisions, or each term of a 653."""
    if len(field.text) > _SHORT:
        return _headings(field)
    return list(_usual_headings(field.tag, field.text))


@lru_cache(maxsize=1 << 13)
def _usual_headings(tag: str, text: str) -> tuple[str, ...]:
    """Of what a catalogue says again and again."""
    return tuple(_headings(Field(tag, text)))


def _headings(field: Field) -> list[str]:
    if field.tag == "653":
        return [term for value in field.values("a") if (term := words(value))]
    main, parts = [], []
    for code, value in field.pairs:
        if code in _SUBDIVISIONS:
            parts.append(words(value))
        elif code.islower() and code not in _NO_HEADING:
            main.append(value.strip())
    heading = " -- ".join(filter(None, [words(" ".join(main)), *parts]))
    return [heading] if heading else []


def isbn_in(text: str) -> str | None:
    """The first valid ISBN in a text with remarks, such as `0-914378-28-7 (v. 1)`."""
    return next(isbns_in(text), None)


def isbns_in(text: str) -> Iterator[str]:
    """The valid ISBNs in a text."""
    return (found.isbn for found in isbn_places(text))


class FoundIsbn(NamedTuple):
    """The 13 digits of an ISBN, and where it stands in the text."""

    isbn: str
    start: int
    end: int


def isbn_places(text: str) -> Iterator[FoundIsbn]:
    """The valid ISBNs in a text, each time that they are said."""
    for match in _ISBN.finditer(text):
        isbn = _isbn(match[0])
        if isbn:
            yield FoundIsbn(isbn, match.start(), match.end())
        elif len(match[0]) > _LONGEST_ISBN:
            yield from _with_blanks_between(match[0], match.start())


def _with_blanks_between(text: str, start: int) -> Iterator[FoundIsbn]:
    """The valid ISBNs of several that have nothing but blanks between them, and in them."""
    groups, at = list(_GROUP.finditer(text)), 0
    while at < len(groups):
        ends = range(min(len(groups), at + _MOST_GROUPS), at, -1)
        found = ((_isbn(" ".join(one[0] for one in groups[at:end])), end) for end in ends)
        first = groups[at].start()
        isbn, at = next(((isbn, end) for isbn, end in found if isbn), (None, at + 1))
        if isbn:
            yield FoundIsbn(isbn, start + first, start + groups[at - 1].end())


def _isbn(text: str) -> str | None:
    try:
        return normalise_isbn(text)
    except BadValue:
        return None


def issn_in(text: str) -> str | None:
    """The first valid ISSN in a text, such as `0028-0836`."""
    for match in _ISSN.finditer(text):
        try:
            return normalise_issn(match[0])
        except BadValue:
            continue
    return None


def year_in(text: str) -> int | None:
    """The first plausible year in a date as written on a title page; negative before Christ."""
    if match := _BEFORE_CHRIST.search(text):
        return -int(match[1]) or None
    match = _YEAR.search(text)
    return int(match[0]) if match else None


def year_of(coded: str, dates: Iterable[str]) -> int | None:
    """The year in coded data, else in the dates in words; coded as 9999 it is one nobody knows."""
    is_number = len(coded) == 4 and coded.isascii() and coded.isdigit()
    if is_number and coded not in ("0000", _UNKNOWN):
        return int(coded)
    for date in dates:
        if coded == _UNKNOWN == date.strip(" ."):
            return int(coded)
        if year := year_in(date):
            return year
    return None


def part_of(subfields: Iterable[tuple[str, str]], numbers: str, names: str) -> str | None:
    """Number and name of a part: `Book 2, Moths`; several parts have full stops between them."""
    text, last = "", ""
    for code, value in subfields:
        if code in numbers + names and (said := words(value)):
            between = ", " if code in names and last in numbers else ". "
            text = f"{text}{between}{said}" if text else said
            last = code
    return text or None


class Extent(NamedTuple):
    """A number of pages and where it stands in the text."""

    pages: int
    start: int
    end: int


# With a sign for thousands: `1,024`, `1.024`, `1 024`. After a comma and a blank the next sequence
# begins, and no book has 38,660 pages.
_GROUPED = r"[1-9][,. \u00a0\u2009\u202f][0-9]{3}(?![0-9]|[,.][0-9])"
# After a word for volumes and a number a blank or a full stop is no sign for thousands, unless no
# number of pages follows: `Bd. 2.415 S.` and `Vol. 1 350 p.`, but `v. 1 024 p.`
_VOLUME = (
    r"\b(?:b(?:an)?d|vol|v|t|cd|teil|tome|tomo|no|nr)\.?\s?[1-9](?=[. ][1-9][0-9]{2}(?![0-9]))"
)
# Numbers, arabic and roman ones, alone, in brackets, as ranges, and the word for pages that may end
# them. What was read is not tried in another way, else a list of n numbers has 2**n of them.
_RUN = re.compile(
    rf"{_VOLUME}|"
    rf"(?<![0-9])\[?(?>{_GROUPED}|[0-9]{{1,6}})\]?(?:\s?[,\-–+]\s?(?!{_VOLUME})"
    rf"\[?(?>{_GROUPED}|[0-9]{{1,6}}|[ivxlcdm]{{1,9}})\]?)*+[\])]*+\s*+"
    r"((?:pages?|págs?|pág|pgs?|pp|p|seiten|páginas|pagine|sidor|sider|stron[ay]?|str|стр|blz|bl\.?z|"
    r"[s\u0441σ])\b(?!\.? ?(?:l|of|unnumbered l)\b)|[頁页面쪽]|ページ|עמ|ص)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(rf"(?<![0-9])(?:{_GROUPED}|[1-9][0-9]{{0,5}}(?![0-9]))")
_THOUSANDS = re.compile(_GROUPED)
_NO_DIGIT = re.compile(r"[^0-9]")


def thousands_in(text: str) -> int | None:
    """The number of pages that a text is with a sign for thousands, such as `1,024`; else None."""
    return _number(text) if _THOUSANDS.fullmatch(text) else None


def _number(text: str) -> int:
    return int(_NO_DIGIT.sub("", text))


@keep_short(1024)
def extent_in(text: str) -> Extent | None:
    """The longest sequence of pages in the description of a book: 660 in `38, 660 p.`

    Leaves, preliminary ones included, and plates do not count.
    """
    found = [
        Extent(_number(number[0]), run.start() + number.start(), run.start() + number.end())
        for run in _RUN.finditer(text)
        if run[1]
        for number in _NUMBER.finditer(run[0])
    ]
    return max(found, key=lambda extent: extent.pages, default=None)
