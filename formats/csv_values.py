"""Single cells of spreadsheets, with all that happens to numbers there."""

import re

import orjson

from formats.languages import language_named
from formats.statements import PAGES, isbn_in, year_in
from formats.text import nfc

_SHORT_ISBN = re.compile(r"[0-9]{5,8}[0-9Xx]")
_WHOLE_ISBN = re.compile(r"(?:97(?:8|9(?!0)))?[0-9]{9}[0-9Xx]")
_POWER_OF_TEN = re.compile(r"[0-9]+(?:[.,][0-9]*)?[eE][+-]?[0-9]+")
# Of the twelve digits a spreadsheet keeps, it drops zeros at the end; with less than ten digits it
# was told to show so few, and those missing are not zeros.
_ROUNDED_ISBN = re.compile(r"(9)[.,](7[89][0-9]{7,9})[eE]\+?12")
_YEAR = re.compile(r"(-?[0-9]{1,4})(?:[.,]0+)?")
_PAGES = re.compile(r"([1-9][0-9]{0,6})(?:[.,]0+)?")
# How cells begin that spreadsheets calculate, some after leaving out white space.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")
_WITH_ROLE = re.compile(r"(.*\S)\s*\(([^()]*\S)\s*\)")


def text(cell: str) -> str:
    """The text of a cell, without the quote that keeps spreadsheets from calculating it."""
    cell = cell.strip()
    return nfc(cell[1:] if _GUARDED.match(cell) else cell)


def guarded(value: str) -> str:
    """The cell from which `text` makes the value, and no spreadsheet a formula."""
    return f"'{value}" if value.startswith(_FORMULA) or _GUARDED.match(value) else value


def isbn(cells: list[str]) -> str | None:
    """The ISBN-13 in one of the cells, as it is or as a spreadsheet has mangled it.

    An ISBN-10 that lost its leading zeros gets them back if the check digit agrees; an ISBN-13
    rounded to 12 digits (`9.78043902348e+12`) gets its last one if only one number is possible.
    """
    numbers = [cell.strip("=\"'[] ").removesuffix(".0") for cell in cells]
    whole = [number for number in numbers if not _POWER_OF_TEN.fullmatch(number)]
    for read, among in ((isbn_in, whole), (_zeroless, whole), (_rounded, numbers)):
        for number in among:
            if found := read(number):
                return found
    return None


def mistyped_isbn(cells: list[str]) -> str | None:
    """A number as long as an ISBN, whose check digit must be wrong where `isbn` found none.

    It is for somebody to mend, not to be left out, unless a spreadsheet mangled one beside it.
    """
    bare = [re.sub("[- ]", "", cell) for cell in cells]
    return bare[0] if all(map(_WHOLE_ISBN.fullmatch, bare)) else None


def _zeroless(number: str) -> str | None:
    return isbn_in(number.zfill(10)) if _SHORT_ISBN.fullmatch(number) else None


def _rounded(number: str) -> str | None:
    match = _ROUNDED_ISBN.fullmatch(number)
    if not match:
        return None
    near = int((match[1] + match[2]).ljust(13, "0"))
    possible = [text for text in map(str, range(near - 5, near + 6)) if isbn_in(text) == text]
    return possible[0] if len(possible) == 1 else None


def year(cell: str) -> int | None:
    """A year; negative ones are before Christ."""
    if match := _YEAR.fullmatch(cell):
        return int(match[1]) or None
    return year_in(cell)


def pages(cell: str) -> int | None:
    """A number of pages, with or without a word for them."""
    match = _PAGES.fullmatch(cell) or PAGES.search(cell)
    return int(match[1]) if match else None


def language(cell: str) -> str | None:
    """The first language of a cell."""
    return language_named(cell) or language_named(re.split(r"[,;/|]", cell)[0])


def texts(cell: str, separator: str = ";") -> list[str]:
    """A list of texts: a JSON array, or with separators between them; a `|` always is one."""
    array = _array(cell)
    items = cell.split("|" if "|" in cell else separator) if array is None else array
    cleaned = (nfc(item.strip()) for item in items if isinstance(item, str))
    return list(filter(None, cleaned))


def people(cell: str, separator: str = ";") -> list[dict[str, str | None]]:
    """Contributors: a JSON array of objects, or `Name (role); Name`."""
    items = _array(cell)
    if items is None:
        return [person(name) for name in texts(cell, separator)]
    described = (item for item in items if isinstance(item, dict))
    found = ({"name": _text_in(one, "name"), "role": _text_in(one, "role")} for one in described)
    return [one for one in found if one["name"]]


def _text_in(item: dict[object, object], name: str) -> str | None:
    value = item.get(name)
    return nfc(value.strip()) or None if isinstance(value, str) else None


def person(name: str) -> dict[str, str | None]:
    """Somebody whose role may follow in brackets."""
    match = _WITH_ROLE.fullmatch(name)
    return {"name": match[1], "role": match[2]} if match else {"name": name, "role": None}


def _array(cell: str) -> list[object] | None:
    if not cell.startswith("["):
        return None
    try:
        items = orjson.loads(cell)
    except orjson.JSONDecodeError:
        return None
    return items if isinstance(items, list) else None
