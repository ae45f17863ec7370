"""What a reader types into a search box, as terms to look for and terms to leave out."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

from models.isbn import isbn_13
from models.kept import keep_short
from models.text import fold, spelled_out

_MOST_TERMS = 100
# Words that follow each other are what takes time to find, where all of them are frequent.
_MOST_IN_PHRASES = 50
LONGEST_WORD = 100

# Vowel signs belong to the words of the scripts that write them; Han and kana are written without
# spaces, so that each character counts as a word.
_MARKS = "".join(
    chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code))[0] == "M"
)
_SINGLE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD_PATTERN = rf"[{_SINGLE}]|(?:(?![{_SINGLE}])(?:[^\W_]|[{_MARKS}]))+"
_WORD = re.compile(_WORD_PATTERN)
# Letters and digits of ASCII in lower case, and blanks for all else.
PLAIN = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
_STARRED_WORD = re.compile(rf"({_WORD_PATTERN})(\*?)")
_PART = re.compile(r'(?<!\S)(-?)"([^"]*)(?:"|$)|([^\s"]+)')
_QUOTES = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'))
_NOT_DIGITS = re.compile("[^0-9x]")
_GAP = "[ \u00ad\u2010-\u2015\u2212-]?"
_NUMBER = rf"(?:97[89]{_GAP})?(?:[0-9]{_GAP}){{9}}[0-9x]"
# With its label, and a minus and quotes before it.
_ISBN = re.compile(
    r'(?<![\w-])(?P<minus>(?<!\S)-(?P<quote>")?)?(?:(?:urn:)?isbn(?:-1[03])?[: ]*)?'
    rf'(?P<number>{_NUMBER})(?![\w-])(?(quote)"|)'
)
_ISSN = re.compile("[0-9]{7}[0-9x]")
_ISSN_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for: a word, the beginning of one, or words that follow each other.

    `isbn` is the 13 digits that an ISBN-like term also means, `spelled` its words with umlauts
    written as two letters, if it has umlauts, or with the hyphen of an ISSN.
    """

    words: tuple[str, ...]
    is_prefix: bool = False
    isbn: str | None = None
    spelled: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A question read: every one of `wanted`, and none of `unwanted`."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()


def words(text: str) -> list[str]:
    """The words of a text, as they are indexed and asked for."""
    if text.isascii():
        # Six times as fast as the pattern, for most of what an import brings.
        found = text.translate(PLAIN).split()
        if len(text) <= LONGEST_WORD:
            return found
    else:
        found = _WORD.findall(fold(text))
    return [word[:LONGEST_WORD] for word in found]


@keep_short(1024)
def parse(text: str) -> Query:
    """Read words, `"phrases"`, `-without`, `prefix*` and ISBNs; anything else only divides words.

    Nothing is an error: what holds no word at all asks for everything. Of endless questions the
    beginning counts.
    """
    wanted, unwanted = _terms(fold(text))
    spelled = spelled_out(text)
    if spelled is not None:
        also = _terms(fold(spelled))
        wanted, unwanted = _with_spelling(wanted, also[0]), _with_spelling(unwanted, also[1])
    return Query(_bounded(wanted), _bounded(unwanted))


def _terms(text: str) -> tuple[list[Term], list[Term]]:
    """What is wanted, and what is not."""
    text, wanted, unwanted = _take_isbns(text.translate(_QUOTES))
    for minus, phrase, chunk in _PART.findall(text):
        if chunk.startswith("-") or minus:
            unwanted += _phrase(phrase or chunk, starred=bool(chunk) and chunk.endswith("*"))
        elif chunk:
            wanted += _loose(chunk)
        else:
            wanted += _phrase(phrase)
    return wanted, unwanted


def _with_spelling(terms: list[Term], spelled: list[Term]) -> list[Term]:
    """The terms, each with the words of its counterpart, which has umlauts as two letters."""
    return [
        term if term.words == also.words else replace(term, spelled=also.words)
        for term, also in zip(terms, spelled, strict=True)
    ]


@keep_short(1024)
def loose_words(text: str) -> Query:
    """Read a filter's free text: its words, or beginnings of words where a `*` follows."""
    terms = _loose(fold(text))
    spelled = spelled_out(text)
    if spelled is not None:
        terms = _with_spelling(terms, _loose(fold(spelled)))
    return Query(_bounded(terms))


def _take_isbns(text: str) -> tuple[str, list[Term], list[Term]]:
    """The text without its ISBNs, and a term for each that is wanted and that is not."""
    wanted: list[Term] = []
    unwanted: list[Term] = []

    def take(found: re.Match[str]) -> str:
        number = isbn_13(_NOT_DIGITS.sub("", found["number"]))
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
            kept.append(Term(term.words[:room], spelled=term.spelled and term.spelled[:room]))
        room = max(room - size, 0)
    return tuple(kept)


def _loose(chunk: str) -> list[Term]:
    return [
        Term((word[:LONGEST_WORD],), is_prefix=bool(star), spelled=_halves(word))
        for word, star in _STARRED_WORD.findall(chunk)
    ]


def _halves(word: str) -> tuple[str, ...] | None:
    """The words of an ISSN that is typed without its hyphen."""
    return (word[:4], word[4:]) if len(word) == _ISSN_LENGTH and _ISSN.fullmatch(word) else None


def _phrase(text: str, *, starred: bool = False) -> list[Term]:
    found = tuple(word[:LONGEST_WORD] for word in _WORD.findall(text))
    spelled = _halves(found[0]) if len(found) == 1 else None
    return [Term(found, is_prefix=starred, spelled=spelled)] if found else []
