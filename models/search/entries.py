"""What the search index has of a book: made of the book alone, and written by `index`."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from operator import itemgetter
from typing import Any

from models import book_fields
from models.book_fields import (
    IN_AUTHOR,
    IN_PUBLISHER,
    IN_REST,
    IN_SERIES,
    IN_SUBJECT,
    IN_TITLE,
    Kind,
)
from models.kept import keep_short
from models.search.parser import LONGEST_WORD, PLAIN, words
from models.text import spelled_out

# Stands between two names or headings, so that no phrase reaches from one into the next.
_BARRIER = "\u00a6"
_BETWEEN = f" {_BARRIER} "
# End a text and a column while several are read together; in no text they say anything.
_END, _END_OF_COLUMN = "\x1f", "\x1e"
# Letters and digits of ASCII in lower case, and blanks for all else but these two.
_KEPT = {ord(_END): _END, ord(_END_OF_COLUMN): _END_OF_COLUMN}
_PLAIN = bytes.maketrans(bytes(range(128)), "".join((PLAIN | _KEPT).values()).encode())
_IN_WORD = f"[^ {_END}{_END_OF_COLUMN}]"
_LONG_WORD = re.compile(f"({_IN_WORD}{{{LONGEST_WORD}}}){_IN_WORD}+")
_HALF = LONGEST_WORD // 2
_GAP = 2
_LAST_POSITION = 16_000
# Of a word in a book PostgreSQL keeps so many, and of all words so many bytes (a MiB).
_MOST_POSITIONS = 255
_MOST_BYTES = 800_000
_WEIGHTS = {IN_TITLE: "A", IN_AUTHOR: "B", IN_SUBJECT: "C"}
# Before the words of a publisher, on PostgreSQL, and of a series, where they stand a second time.
PUBLISHER_SIGN, SERIES_SIGN = "=", "\u00a7"
_SIGNS = (_BARRIER, SERIES_SIGN)

SEARCHED = {name: field for name, field in book_fields.FIELDS.items() if field.search}
TAGGED = ("language", "material_type")

Entry = tuple[int, tuple[str, ...]]
"""How many words the title has, and the texts: on SQLite of each column, on PostgreSQL the vector
and all words."""
Parts = dict[str, list[str]]
"""The texts of a book by column, or their words, with blanks between them."""


def entry(book: Mapping[str, Any], *, for_postgresql: bool) -> Entry:
    """What is to be indexed of a book, given with lists read.

    Barcodes of its copies, as `barcodes`, are found too.
    """
    if for_postgresql:
        parts = _parts(book)
        every = " ".join([text for part in parts.values() for text in part])
        return _length(parts[IN_TITLE][0]), (_vector(parts), every)
    columns = _columns(_texts(book))
    signed = _signed(book)
    if signed:
        columns[-1] = _BETWEEN.join([columns[-1], *signed] if columns[-1] else signed)
    return _length(columns[0].partition(_BARRIER)[0]), tuple(columns)


def tag(name: str, value: str) -> str:
    """What stands in the index for a language or kind of material, and cannot be typed."""
    return (_BARRIER if name == "language" else 2 * _BARRIER) + value


def new_words(entries: Iterable[Entry], known: set[str], *, for_postgresql: bool) -> set[str]:
    """The words of books that were not known, which they are from now on.

    Tags and words that stand a second time become known as well, and are not among them.
    """
    new: set[str] = set()
    for _, texts in entries:
        words = (texts[1] if for_postgresql else " ".join(texts)).split()
        # Most books have none: then no set of their words is made.
        if not known.issuperset(words):
            new.update(words)
    new -= known
    known |= new
    return {word for word in new if word[0] not in _SIGNS}


def _length(title: str) -> int:
    return len(title.split())


# Where the words of each field stand, and of which kind its list is.
_SOURCES = [
    (
        IN_REST if field.search == IN_SERIES else str(field.search),
        field.kind if field.kind.is_list else None,
    )
    for field in SEARCHED.values()
]
_every_text = itemgetter(*SEARCHED)


def _texts(book: Mapping[str, Any]) -> Parts:
    """The texts of a book by column as they are; within a column by field, the title first."""
    texts: Parts = {IN_TITLE: [], IN_AUTHOR: [], IN_SUBJECT: [], IN_PUBLISHER: [], IN_REST: []}
    for value, (column, kind) in zip(_every_text(book), _SOURCES, strict=True):
        if not value:
            continue
        if kind is None:
            texts[column].append(value)
        elif kind is Kind.PEOPLE:
            texts[column] += [person["name"] for person in value]
        else:
            texts[column] += value
    texts[IN_REST] += book.get("barcodes", ())
    return texts


def _signed(book: Mapping[str, Any]) -> list[str]:
    """What stands at the end of the last column and cannot be typed."""
    signed = [tag(name, book[name]) for name in TAGGED if book[name]]
    if book["series"]:
        signed.append(" ".join([SERIES_SIGN + word for word in words(book["series"])]))
    return signed


def _parts(book: Mapping[str, Any]) -> Parts:
    """The words of a book by column; within a column by text, the title's first."""
    parts: Parts = {}
    for column, texts in _texts(book).items():
        parts[column] = []
        for text in texts:
            _add_text(parts[column], text)
    parts[IN_REST] += _signed(book)
    return parts


def _add_text(parts: list[str], text: str) -> None:
    """Add the words of a text, and once more with its umlauts written as two letters."""
    parts.append(" ".join(words(text)))
    if not text.isascii():
        spelled = spelled_out(text)
        if spelled is not None:
            parts.append(" ".join(words(spelled)))


def _columns(texts: Parts) -> list[str]:
    """The words of each column; of all in one go where they are ASCII, in a quarter of the time."""
    joined = list(map(_END.join, texts.values()))
    whole = _END_OF_COLUMN.join(joined)
    if whole.isascii() and len(found := _plain(whole).split(_END_OF_COLUMN)) == len(joined):
        return found
    return [
        _plain(text).replace(_END_OF_COLUMN, " ") if text.isascii() else _column(text)
        for text in joined
    ]


def _plain(text: str) -> str:
    """The words of texts in ASCII."""
    plain = text.encode().translate(_PLAIN).decode()
    # Where every so many characters have a blank no word is too long.
    for at in range(0, len(plain), _HALF):
        if plain.find(" ", at, at + _HALF) < 0:
            plain = _LONG_WORD.sub(r"\1", plain)
            break
    return plain.replace(_END, _BETWEEN)


# An author has several books, a subject many.
@keep_short(1024)
def _column(joined: str) -> str:
    """The words of texts, where they are not all in ASCII."""
    parts: list[str] = []
    for text in joined.split(_END):
        _add_text(parts, text)
    return _BETWEEN.join(parts)


def _vector(parts: Parts) -> str:
    """The text of a tsvector; see `models.search.fts` for what its weights mean."""
    lexemes = []
    position = 0
    for column, texts in parts.items():
        weight = _WEIGHTS.get(column, "")
        for text in texts:
            for word in text.split():
                position = min(position + 1, _LAST_POSITION)
                lexemes.append(f"'{word}':{position}{weight}")
            position += _GAP
    if len(lexemes) > _MOST_POSITIONS:
        often = _often(parts)
        if often or position > _LAST_POSITION:
            lexemes += _pairs(parts, often)
    lexemes += [
        f"'{PUBLISHER_SIGN}{word}'" for text in parts[IN_PUBLISHER] for word in text.split()
    ]
    return " ".join(lexemes)


def _often(parts: Parts) -> set[str]:
    """The words that the book has more often than it is kept where they stand."""
    every = " ".join([text for texts in parts.values() for text in texts]).split()
    if len(every) - len(set(every)) < _MOST_POSITIONS:
        return set()
    return {word for word, count in Counter(every).items() if count > _MOST_POSITIONS}


def _pairs(parts: Parts, often: set[str]) -> list[str]:
    """Words that follow each other, two and two, where it is not kept where each of them stands.

    A phrase is found by them then. They are left out where there is no room for them.
    """
    texts = [(column, text.split()) for column, part in parts.items() for text in part]
    room = _MOST_BYTES - sum(len(word.encode()) for _, found in texts for word in found)
    pairs = []
    position = 0
    for column, found in texts:
        if position + len(found) < _LAST_POSITION and often.isdisjoint(found):
            position += len(found) + _GAP
            continue
        for one, next_one in pairwise(found):
            position += 1
            # Beyond the last one there are places enough again: what follows still follows.
            place = position % _LAST_POSITION + 1
            pairs.append(f"'{pair(one, next_one)}':{place}{_WEIGHTS.get(column, '')}")
        position += 1 + _GAP
    return pairs if sum(len(each.encode()) for each in pairs) < room else []


def pair(one: str, next_one: str) -> str:
    """What stands in a tsvector for two words that follow each other, and cannot be typed."""
    return f"{one} {next_one}"
