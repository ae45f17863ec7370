"""Single cells of spreadsheets, with all that happens to numbers there."""

import re
from html import escape

import orjson

from formats.csv.tags import without_tags
from formats.languages import language_named
from formats.marc.statements import extent_in, isbn_in, isbns_in, thousands_in, year_in
from formats.text import nfc

_SHORT_ISBN = re.compile(r"[0-9]{5,8}[0-9Xx]")
_WHOLE_ISBN = re.compile(r"(?:97(?:8|9(?!0)))?[0-9]{9}[0-9Xx]")
_POWER_OF_TEN = re.compile(r"[0-9]+(?:[.,][0-9]*)?[eE][+-]?[0-9]+")
# How spreadsheets write it; a barcode may well be 5E12.
_DESTROYED = re.compile(r"[0-9]+(?:[.,][0-9]*)?[eE][+-][0-9]+")
# Of the twelve digits a spreadsheet keeps, it drops zeros at the end; with less than ten digits it
# was told to show so few, and those missing are not zeros.
_ROUNDED_ISBN = re.compile(r"(9)[.,](7[89][0-9]{7,9})[eE]\+?12")
_YEAR = re.compile(r"(-?[0-9]{1,4})(?:[.,]0+)?")
_CENTURY_UNTOLD = 2
_PAGES = re.compile(r"([1-9][0-9]{0,6})(?:[.,]0+)?")
# How cells begin that spreadsheets calculate, some after leaving out white space.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")
# What keeps a spreadsheet from taking a number for one: ="00012345".
_QUOTED = re.compile(r'="(.*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_WITH_ROLE = re.compile(r"(.*\S)\s*\(([^()]*\S)\s*\)")
# Headings of booksellers with commas in them: of BISAC, and of large shops.
_HEADINGS = re.compile(
    r"(?<![^\W_])(?:body, mind|health, mind|health, fitness|crafts, hobbies|politics, philosophy"
    r"|mystery, thriller|mysteries, thrillers|crime, thriller|crime, thrillers|lesbian, gay"
    r"|fairy tales, folk tales, legends) (?:&|and) [^,;|]+",
    re.IGNORECASE,
)
_ITEM = re.compile(rf"(?:{_HEADINGS.pattern}|[^,])+", re.IGNORECASE)
_BETWEEN = re.compile(r"[|;]|, ")
# What follows a name that others of the family have.
_SUFFIX = re.compile(r"[JS]r\.?|I{2,3}|IV", re.IGNORECASE)
# How first names end whose family name stands before them: `Le Guin, Ursula K.`.
_GIVEN = re.compile(r" (?:[^\W\d_]\.|von|van|zu|de|di|da|du|del|della|dos)$")
_INITIAL_INSIDE = re.compile(r"\b[^\W\d_]\. ?[^\W\d_]{2}")
_LOST = re.compile(r"#[A-Z/0]{2,7}[!?]?")
_WHOLE = re.compile(r"([0-9]+)\.0+")
_GUARDED_WHOLE = re.compile(r"'+[0-9]+\.0+")


def unescaped(cell: str) -> str:
    r"""A cell in which a program has written a line end as `\n` and a backslash as two."""
    return _ESCAPED.sub(lambda match: _ESCAPES.get(match[1], match[1]), cell).strip()


def text(cell: str) -> str:
    """The text of a cell, without the quote that keeps spreadsheets from calculating it."""
    if _GUARDED.match(cell):
        return nfc(cell[1:])
    if cell.startswith('="') and (match := _QUOTED.fullmatch(cell)):
        cell = match[1].strip()
    return nfc(cell)


def guarded(value: str) -> str:
    """The cell from which `text` makes the value, and no spreadsheet a formula."""
    return f"'{value}" if value.startswith(_FORMULA) or _GUARDED.match(value) else value


def barcode(cell: str) -> str | None:
    """A barcode as it was before a spreadsheet had it; None if the spreadsheet destroyed it.

    What follows a quote was a text there, and is as it was.
    """
    code = text(cell)
    if code.startswith("'") and len(code) > 1:
        return code[1:].strip()
    if _DESTROYED.fullmatch(code) or _LOST.fullmatch(code):
        return None
    match = _WHOLE.fullmatch(code)
    return match[1] if match else code.strip()


def barcodes(cell: str) -> list[str]:
    """The barcodes in a cell as they stand there: a JSON array, or with signs between them."""
    if _array(cell) is not None:
        return texts(cell)
    # A comma alone may be in a number that a spreadsheet has destroyed.
    return [code for part in _BETWEEN.split(cell) if (code := nfc(part.strip()))]


def volume(cell: str) -> str:
    """A number in a series, which a program may have as a decimal one."""
    said = text(cell)
    if _GUARDED_WHOLE.fullmatch(said):
        return said[1:]
    match = _WHOLE.fullmatch(said)
    return match[1] if match else said


def markup(cell: str) -> str:
    """A text that may be HTML."""
    return without_tags(text(cell)).strip()


def as_markup(value: str) -> str:
    """The cell from which `markup` makes a text that looks like HTML."""
    return f"<p>{escape(value, quote=False)}</p>"


def numbers(cells: list[str]) -> list[str]:
    """What may be ISBNs in these cells, without what spreadsheets and programs put around them."""
    return [number for cell in cells if (number := cell.strip("=\"'[] ").removesuffix(".0"))]


def mangled_isbn(numbers: list[str]) -> str | None:
    """The ISBN-13 in one of the numbers as a spreadsheet has mangled it.

    An ISBN-10 that lost its leading zeros gets them back if the check digit agrees; an ISBN-13
    rounded to 12 digits (`9.78043902348e+12`) gets its last one if only one number is possible.
    """
    whole = [number for number in numbers if not _POWER_OF_TEN.fullmatch(number)]
    for read, among in ((_zeroless, whole), (_rounded, numbers)):
        for number in among:
            if found := read(number):
                return found
    return None


def isbns(numbers: list[str]) -> list[str]:
    """All ISBNs that stand as they are in these numbers, each once."""
    whole = [number for number in numbers if not _POWER_OF_TEN.fullmatch(number)]
    return list(dict.fromkeys(found for number in whole for found in isbns_in(number)))


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
    """A year; negative ones are before Christ.

    One or two digits alone do not tell the century, and are none: antiquity is `0099`.
    """
    match = _YEAR.fullmatch(cell)
    if match and len(match[1]) > _CENTURY_UNTOLD:
        return int(match[1]) or None
    return None if match and match[1][0] != "-" else year_of_old(cell)


def year_of_old(cell: str) -> int | None:
    """A year in a column that has those of antiquity as numbers: `8.0` is the year 8."""
    if match := _YEAR.fullmatch(cell):
        return int(match[1]) or None
    return year_in(cell)


def year_written(year: int) -> str:
    """The cell from which `year` makes the year."""
    return f"{year:04}" if 0 < year < 100 else str(year)


def pages(cell: str) -> int | None:
    """A number of pages, with or without a word for them."""
    if grouped := thousands_in(cell):
        return grouped
    if match := _PAGES.fullmatch(cell):
        return int(match[1])
    extent = extent_in(cell)
    return extent.pages if extent else None


def language(cell: str) -> str | None:
    """The first language of a cell."""
    return language_named(cell) or language_named(re.split(r"[,;/|]", cell)[0])


def texts(cell: str, separator: str = ";") -> list[str]:
    """A list of texts: a JSON array, or with separators between them; a `|` always is one."""
    array = _array(cell)
    items = _parted(cell, separator) if array is None else array
    cleaned = (nfc(item.strip()) for item in items if isinstance(item, str))
    return list(filter(None, cleaned))


def _parted(cell: str, separator: str) -> list[str]:
    if "|" in cell:
        return cell.split("|")
    if separator == "," and ("&" in cell or " and " in cell) and _HEADINGS.search(cell):
        return _ITEM.findall(cell)
    return cell.split(separator)


def people(cell: str, separator: str = ";") -> list[dict[str, str | None]]:
    """Contributors: a JSON array of objects, or `Name (role); Name`."""
    items = _array(cell)
    if items is None:
        return [person(name) for name in texts(cell, separator)]
    described = (item for item in items if isinstance(item, dict))
    found = ({"name": _text_in(one, "name"), "role": _text_in(one, "role")} for one in described)
    return [one for one in found if one["name"]]


def names(cell: str, *, several: bool) -> list[str]:
    """The people in a cell of authors: with semicolons, bars or `&` between whole names.

    With commas only where they part `several`, and none of the parts is a family name alone, nor
    first names that follow one. A JSON array is taken as it is.
    """
    found = texts(cell)
    if _array(cell) is not None:
        return found
    if len(found) == 1 and " & " in cell:
        parts = [part.strip() for part in cell.split(" & ")]
        found = [nfc(part) for part in parts] if all(map(_is_whole, parts)) else found
    if len(found) == 1 and several and "," in cell:
        parts = [part.strip() for part in cell.split(",")]
        whole = all(map(_is_whole, parts)) and not is_turned(parts)
        found = [nfc(part) for part in parts] if whole else found
    return found


def upright(name: str) -> str:
    """A name that a program has turned around: `Homer, Homer`, `Jr., Walter M. Miller`."""
    last, comma, first = name.partition(", ")
    if comma and last == first:
        return last
    if _SUFFIX.fullmatch(last) and " " in first:
        given, _, family = first.rpartition(" ")
        return f"{family}, {given}, {last}"
    return name


def beyond(known: list[str], names: list[str]) -> list[str]:
    """Those whom a column names beside the authors that a better one does; all if none does."""
    if not known:
        return names
    if len(names) <= len(known):
        return []
    there = {_words_of(name) for name in known}
    others = [name for name in names if _words_of(name) not in there]
    return others if len(others) < len(names) else names[len(known) :]


def _words_of(name: str) -> frozenset[str]:
    return frozenset(name.casefold().replace(",", " ").split())


def _is_whole(name: str) -> bool:
    """Whether it is a name of more than one word: `Johnson & Johnson` is a firm."""
    return " " in name


def is_turned(parts: list[str]) -> bool:
    """Whether it is one name with the family name first; `Le Guin U. K.` has its own."""
    if len(parts) != 2:
        return False
    if not _is_whole(parts[0]) and not _SUFFIX.fullmatch(parts[1]):
        return True
    return [bool(_GIVEN.search(part)) for part in parts] == [False, True]


def is_listed(parts: list[str]) -> bool:
    """Whether parts between commas are each a whole name by themselves, however many there are.

    More than two of several words are, and two with initials in the order of speech, or both with
    initials behind the family name.
    """
    if len(parts) == 2 and not _INITIAL_INSIDE.search(parts[0]):
        return all(_GIVEN.search(part) for part in parts)
    return all(map(_is_whole, parts))


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
