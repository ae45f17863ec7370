"""How text is compared: folded to what a person types, whatever the case and the accents."""

import re
import unicodedata
from functools import lru_cache

from models.kept import keep_short

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
# Alef with the sign that it is silent; and what only stretches an Arabic word.
_ARABIC = str.maketrans({"\u0671": "\u0627", "\u0640": None})
_ALEF, _MADDA_AND_HAMZA = "\u0627", "\u0653\u0654\u0655"
# What romanised words have that nobody types, and what nobody sees: primes, ayn and hamza, soft
# hyphens, zero-width characters, marks of direction. And the signs of trade and service marks.
_UNTYPED = dict.fromkeys(
    [
        *map(ord, "\u02b9\u02ba\u02bb\u02bc\u02be\u02bf\u2032\u2033\u00ad\u034f\u061c\u180e\ufeff"),
        *map(ord, "\u2120\u2122"),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
    ]
)
_TYPED_AS = _UNTYPED | _LETTERS | _ARABIC
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_BEFORE_LETTERS = re.compile(r"\A[\W_]+")
LONGEST_NAME_KEY = 500
"""Characters; an index of PostgreSQL has no room for twice as many of them."""
_STRESS = "\u0300\u0301"
_IE, _ITS_DOTS = "\u0435", "\u0308"


def fold(text: str) -> str:
    """Text as it is compared and searched: lower case, without the marks that people leave out.

    These are all on Latin, Greek and Hebrew letters, in Arabic the vowel signs and what stands on
    or under an alef, in Cyrillic the stress and the dots of ё. Others make a letter of its own, as
    in й, or belong to the word, as the vowel signs of India and the voicing marks of Japan.
    """
    return text.lower() if text.isascii() else _folded(text)


@keep_short(1024)
def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(_UNTYPED).casefold())
    # Signs are made of capitals (№), and of what is typed as something else (ǽ).
    folded = decomposed.casefold()
    if folded != decomposed:
        decomposed = unicodedata.normalize("NFKD", folded)
    kept: list[str] = []
    letter = ""
    for char in decomposed.translate(_TYPED_AS):
        if not unicodedata.combining(char):
            letter = char
        elif letter and _is_left_out(char, letter):
            continue
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


def name_key(last_name: str | None, first_name: str | None) -> str:
    """A name as it is sorted: the last one before the first, folded, from its first letter on."""
    key = _BEFORE_LETTERS.sub("", fold(last_name or ""))
    return f"{key}\t{fold(first_name or '')}"[:LONGEST_NAME_KEY]


def spelled_out(text: str) -> str | None:
    """The text with its umlauts as they are written where there are none: ä as ae; None without."""
    if text.isascii():
        return None
    composed = unicodedata.normalize("NFC", text).casefold()
    spelled = composed.translate(_UMLAUTS)
    return None if spelled == composed else spelled


@lru_cache(maxsize=4096)
def _is_left_out(mark: str, letter: str) -> bool:
    """Whether people leave out this mark on this letter."""
    script = unicodedata.name(letter, "").partition(" ")[0]
    if script == "ARABIC":
        return letter == _ALEF or mark not in _MADDA_AND_HAMZA
    if script == "CYRILLIC":
        # In ѓ and ќ it is no stress.
        return (mark in _STRESS and letter not in "гк") or (letter == _IE and mark == _ITS_DOTS)
    return script in ("LATIN", "GREEK", "HEBREW")
