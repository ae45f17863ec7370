"""What a reader types into a search box, as terms to look for and terms to leave out."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from models.text import fold

_MOST_TERMS = 100
# Words that follow each other are what takes time to find, where all of them are frequent.
_MOST_IN_PHRASES = 50
_LONGEST_WORD = 100

# Vowel signs belong to the words of the scripts that write them; Han and kana are written without
# spaces, so that each character counts as a word.
_MARKS = "".join(
    chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code))[0] == "M"
)
_SINGLE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD_PATTERN = rf"[{_SINGLE}]|(?:(?![{_SINGLE}])(?:[^\W_]|[{_MARKS}]))+"
_WORD = re.compile(_WORD_PATTERN)
_STARRED_WORD = re.compile(rf"({_WORD_PATTERN})(\*?)")
_PART = re.compile(r'(?<!\S)(-?)"([^"]*)(?:"|$)|([^\s"]+)')
_QUOTES = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'))
_GAP = "[ \u00ad\u2010-\u2015\u2212-]?"
_NUMBER = rf"(?:97[89]{_GAP})?(?:[0-9]{_GAP}){{9}}[0-9x]"
# With its label, and a minus and quotes before it.
_ISBN = re.compile(
    r'(?<![\w-])(?P<minus>(?<!\S)-(?P<quote>")?)?(?:(?:urn:)?isbn(?:-1[03])?[: ]*)?'
    rf'(?P<number>{_NUMBER})(?![\w-])(?(quote)"|)'
)


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for: a word, the beginning of one, or words that follow each other.

    `isbn` is the 13 digits that an ISBN-like term also means.
    """

    words: tuple[str, ...]
    is_prefix: bool = False
    isbn: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A question read: every one of `wanted`, and none of `unwanted`."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()


def words(text: str) -> list[str]:
    """The words of a text, as they are indexed and asked for."""
    return [word[:_LONGEST_WORD] for word in _WORD.findall(fold(text))]


@lru_cache(maxsize=1024)
def parse(text: str) -> Query:
    """Read words, `"phrases"`, `-without`, `prefix*` and ISBNs; anything else only divides words.

    Nothing is an error: what holds no word at all asks for everything. Of endless questions the
    beginning counts.
    """
    text, wanted, unwanted = _take_isbns(fold(text).translate(_QUOTES))
    for minus, phrase, chunk in _PART.findall(text):
        if chunk.startswith("-") or minus:
            unwanted += _phrase(phrase or chunk, starred=bool(chunk) and chunk.endswith("*"))
        elif chunk:
            wanted += _loose(chunk)
        else:
            wanted += _phrase(phrase)
    return Query(_bounded(wanted), _bounded(unwanted))


@lru_cache(maxsize=1024)
def loose_words(text: str) -> Query:
    """Read a filter's free text: its words, or beginnings of words where a `*` follows."""
    return Query(_bounded(_loose(fold(text))))


def isbn_13(text: str) -> str | None:
    """The 13 digits of an ISBN in any form, or None when its check digit is not right."""
    digits = re.sub("[^0-9x]", "", text)
    if len(digits) == 13:
        return digits if digits.isdigit() and _sum_13(digits) % 10 == 0 else None
    if sum((10 if d == "x" else int(d)) * (10 - n) for n, d in enumerate(digits)) % 11:
        return None
    stem = "978" + digits[:9]
    return stem + str(-_sum_13(stem) % 10)


def _sum_13(digits: str) -> int:
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))


def _take_isbns(text: str) -> tuple[str, list[Term], list[Term]]:
    """The text without its ISBNs, and a term for each that is wanted and that is not."""
    wanted: list[Term] = []
    unwanted: list[Term] = []

    def take(found: re.Match[str]) -> str:
        number = isbn_13(found["number"])
        if number is None:
            return found[0]
        terms = unwanted if found["minus"] else wanted
        terms.append(Term(tuple(_WORD.findall(found["number"])), isbn=number))
        return " "

    return _ISBN.sub(take, text), wanted, unwanted


def _bounded(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Each term once, as many as may be asked for, with as many words in phrases."""
    kept = []
    room = _MOST_IN_PHRASES
    for term in islice(dict.fromkeys(terms), _MOST_TERMS):
        size = 0 if len(term.words) == 1 or term.isbn else len(term.words)
        if size <= room:
            kept.append(term)
        elif room:
            kept.append(Term(term.words[:room]))
        room = max(room - size, 0)
    return tuple(kept)


def _loose(chunk: str) -> list[Term]:
    return [
        Term((word[:_LONGEST_WORD],), is_prefix=bool(star))
        for word, star in _STARRED_WORD.findall(chunk)
    ]


def _phrase(text: str, *, starred: bool = False) -> list[Term]:
    found = tuple(word[:_LONGEST_WORD] for word in _WORD.findall(text))
    return [Term(found, is_prefix=starred)] if found else []
