"""What a reader may have meant by a search that found nothing: words a letter or two away."""

from collections.abc import Iterable
from itertools import islice
from string import ascii_lowercase

import orjson

from models.book_search import LISTING
from models.database import is_postgresql, run
from models.query import Term, parse

_MOST = 3
_MOST_MENDED = 5
_SHORTEST_WORD = 3
_LONGEST_WORD = 25
# Words beginning alike that are compared letter by letter.
_MOST_COMPARED = 3000
_BEGINNING = "SELECT DISTINCT term FROM book_word WHERE term >= ? AND term < ? LIMIT ?"


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
    return list(islice((text for text in searches if LISTING.total({"q": text})), _MOST))


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
    near = _known(_one_off(word)) or [
        other for other in _beginning(word[:2]) if _distance(word, other) == 2
    ]
    counted = [(-LISTING.total({"q": other}), other) for other in near[:50]]
    return [other for count, other in sorted(counted) if count]


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


def _beginning(letters: str) -> list[str]:
    """Words of the catalogue that begin with letters."""
    return [row[0] for row in run(_BEGINNING, (letters, letters + chr(0x10FFFF), _MOST_COMPARED))]


def _distance(one: str, other: str) -> int:
    """How many letters must be put in, left out or changed (Levenshtein), 3 standing for more."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, beside in enumerate(other, 1):
            changed = before[column - 1] + (letter != beside)
            now.append(min(changed, before[column] + 1, now[-1] + 1))
        if min(now) > 2:
            return 3
        before = now
    return before[-1]
