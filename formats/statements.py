"""What single MARC fields and their texts say: names, subjects, numbers, dates."""

import re
from functools import lru_cache
from typing import Any

from pymarc import Field

from formats.punctuation import bare
from formats.text import nfc
from validators.errors import BadValue
from validators.isbn import normalise_isbn
from validators.language import normalise_language

# Which subfields make up a name as people cite it: persons without dates and fuller forms.
_NAME_CODES = {"00": "abc", "10": "ab", "11": "andc"}
_SUBDIVISIONS = "vxyz"
_NO_HEADING = "ehu0123456789"
_ISBN = re.compile(r"(?<![0-9])[0-9][0-9Xx -]{7,15}[0-9Xx](?![0-9])")
_YEAR = re.compile(r"(?<![0-9])(?:1[0-9]{3}|20[0-9]{2})(?![0-9])")
_BEFORE_CHRIST = re.compile(r"(?<![0-9])([0-9]{1,4}) ?B\.? ?C")
PAGES = re.compile(
    r"(?<![0-9])([1-9][0-9]{0,5})(?:, \[?[0-9]{1,9}\]?)*[\])]*\s*"
    r"(?:pages?|pp?|seiten|str|стр|[s\u0441])\b(?!\.? of)",
    re.IGNORECASE,
)


def name_of(field: Field) -> str:
    """A person's or body's name from a 1xx or 7xx field."""
    codes = _NAME_CODES[field.tag[1:]]
    return nfc(bare(" ".join(value.strip() for code, value in field.subfields if code in codes)))


def contributor_of(field: Field) -> dict[str, Any] | None:
    """Name and role (None if the record gives no $e) from a 700 or 710 field."""
    name = name_of(field)
    roles = (bare(value) for code, value in field.subfields if code == "e")
    return {"name": name, "role": nfc(", ".join(filter(None, roles))) or None} if name else None


def headings_of(field: Field) -> list[str]:
    """The subjects in a 6xx field: one with its subdivisions, or each term of a 653."""
    if field.tag == "653":
        terms = [nfc(bare(value)) for code, value in field.subfields if code == "a"]
        return [term for term in terms if term]
    main, parts = [], []
    for code, value in field.subfields:
        if code in _SUBDIVISIONS:
            parts.append(bare(value))
        elif code not in _NO_HEADING:
            main.append(value.strip())
    heading = " -- ".join(filter(None, [bare(" ".join(main)), *parts]))
    return [nfc(heading)] if heading else []


def isbn_of(field: Field) -> str | None:
    """The 13 digits of the first valid number in $a of an 020 field."""
    for code, value in field.subfields:
        if code == "a" and (isbn := isbn_in(value)):
            return isbn
    return None


def isbn_in(text: str) -> str | None:
    """The first valid ISBN in a text with remarks, such as `0-914378-28-7 (v. 1)`."""
    for match in _ISBN.finditer(text):
        try:
            return normalise_isbn(match[0])
        except BadValue:
            continue
    return None


def year_in(text: str) -> int | None:
    """The first plausible year in a date as written on a title page; negative before Christ."""
    if match := _BEFORE_CHRIST.search(text):
        return -int(match[1]) or None
    match = _YEAR.search(text)
    return int(match[0]) if match else None


@lru_cache(maxsize=1024)
def language_in(code: str) -> str | None:
    """The ISO 639-2/B code, None if it is not a language."""
    try:
        return normalise_language(code)
    except BadValue:
        return None
