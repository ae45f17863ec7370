"""What a reader may have meant by a search that found nothing: words a letter or two away."""

from collections.abc import Iterable
from itertools import islice
from string import ascii_lowercase

import orjson
from peewee import SQL, fn
from rapidfuzz import process
from rapidfuzz.distance import OSA

from models.database import Compiled, is_postgresql, run, slot
from models.search.fts import Match
from models.search.parser import Term, parse
from models.search.tables import index

_MOST = 3
_MOST_MENDED = 5
_SHORTEST_WORD = 3
_LONGEST_WORD = 25
# Words beginning alike that are compared letter by letter, and those that are counted of a word.
_MOST_COMPARED = 3000
_MOST_NEAR = 6
_FURTHEST = 2
# Of two words that are in so many books none is the likelier.
_OFTEN = 1000
_BEGINNING = """
    SELECT DISTINCT term FROM book_word
    WHERE term >= ? AND term < ? AND LENGTH(term) BETWEEN ? AND ? LIMIT ?
"""
_FOUND = Compiled(
    lambda: (
        index()
        .entry.select(fn.COUNT(SQL("*")))
        .from_(
            index().entry.select(SQL("1")).where(index().matches(slot("match"))).limit(slot("most"))
        )
    )
)


def suggest(q: str) -> list[str]:
    """Up to three searches near `q` that find something, the likeliest first.

    The words of `q` that occur in no book are replaced by the nearest that do; where these are
    more than a handful, something else is wrong.
    """
    words = [word for term in parse(q).wanted if _can_be_mended(term) for word in term.words]
    known = set(_known(words))
    missing = [word for word in dict.fromkeys(words) if word not in known]
    if not 0 < len(missing) <= _MOST_MENDED:
        return []
    choices = [_nearest(word) for word in missing]
    if not all(choices):
        return []
    searches = (
        _replaced(words, dict(zip(missing, picked, strict=True))) for picked in _picks(choices)
    )
    return list(islice((text for text in searches if _found(text, 1)), _MOST))


def _can_be_mended(term: Term) -> bool:
    return not term.is_prefix and term.isbn is None


def _picks(choices: list[list[str]]) -> Iterable[tuple[str, ...]]:
    """The first of each word's choices; then, word by word, the next instead."""
    best = tuple(near[0] for near in choices)
    yield best
    for number, near in enumerate(choices):
        for other in near[1:_MOST]:
            yield (*best[:number], other, *best[number + 1 :])


def _replaced(words: list[str], mended: dict[str, str]) -> str:
    return " ".join(mended.get(word, word) for word in words)


def _nearest(word: str) -> list[str]:
    """Words of the catalogue nearest to one, the most frequent first among the equally near."""
    if not _SHORTEST_WORD <= len(word) <= _LONGEST_WORD:
        return []
    choices = _known(_one_off(word)) or _beginning(word)
    near = process.extract(
        word, choices, scorer=OSA.distance, score_cutoff=_FURTHEST, limit=_MOST_NEAR
    )
    counted = [(distance > 1, -_found(other, _OFTEN), other) for other, distance, _ in near]
    return [other for _, count, other in sorted(counted) if count]


def _found(q: str, most: int) -> int:
    """How many books a search finds, as far as so many."""
    count: int = _FOUND.scalar(match=Match(parse(q), {}).whole(), most=most)
    return count


def _one_off(word: str) -> list[str]:
    """Every spelling one letter left out, put in, changed or swapped with the next away."""
    letters = sorted({*ascii_lowercase, *word})
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    left_out = {head + tail[1:] for head, tail in cuts if tail}
    swapped = {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    changed = {head + letter + tail[1:] for head, tail in cuts if tail for letter in letters}
    put_in = {head + letter + tail for head, tail in cuts for letter in letters}
    return sorted((left_out | swapped | changed | put_in) - {word, ""})


def _known(spellings: list[str]) -> list[str]:
    """Those spellings that are words of the catalogue."""
    if is_postgresql():
        found = run("SELECT DISTINCT term FROM book_word WHERE term = ANY(?)", (spellings,))
    else:
        among = "SELECT term FROM book_word WHERE term IN (SELECT value FROM json_each(?))"
        found = run(among, (orjson.dumps(spellings).decode(),))
    return [row[0] for row in found]


def _beginning(word: str) -> list[str]:
    """Words of the catalogue that begin like this one and are about as long."""
    letters, shortest, longest = word[:2], len(word) - _FURTHEST, len(word) + _FURTHEST
    limits = (letters, letters + chr(0x10FFFF), shortest, longest, _MOST_COMPARED)
    return [row[0] for row in run(_BEGINNING, limits)]
