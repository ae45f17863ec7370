"""The encoding of a text file that does not say it: told by which reading is a language.

Charset-normalizer has the letters of languages in the order of their frequency; its own verdict is
made for pages of prose and takes a short Polish list for Western text (see
`docs/decisions/0006-formats.md`).
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from formats.encoding_names import called
from formats.record import Unreadable

_WESTERN = "English German French Dutch Italian Spanish Portuguese Swedish Norwegian Danish Finnish"
_CENTRAL = "Polish Czech Hungarian Slovak Slovene Croatian Romanian German"
_CYRILLIC = "Russian Ukrainian Serbian Bulgarian"
# Encodings that files of books come in, the more usual first, with the languages written in them.
ENCODINGS = {
    "cp1252": _WESTERN,
    "cp1250": _CENTRAL,
    "cp1251": _CYRILLIC,
    "cp1253": "Greek",
    "cp1254": "Turkish German French",
    "cp1255": "Hebrew",
    "cp1256": "Arabic Farsi",
    "cp1257": "Lithuanian Estonian Latvian",
    "iso8859_2": _CENTRAL,
    "iso8859_15": _WESTERN,
    "iso8859_7": "Greek",
    "iso8859_9": "Turkish",
    "iso8859_5": _CYRILLIC,
    "koi8_r": "Russian",
    "koi8_u": "Ukrainian",
    "mac_roman": _WESTERN,
    "mac_latin2": _CENTRAL,
    "mac_cyrillic": _CYRILLIC,
    "cp850": _WESTERN,
    "cp852": _CENTRAL,
    "cp866": _CYRILLIC,
    "gb18030": "Chinese",
    "big5": "Chinese",
    "cp932": "Japanese",
    "euc_jp": "Japanese",
    "cp949": "Korean",
}
_MORE_LETTERS = {
    "English": "éèçñ", "German": "ß", "French": "âêîôûçëïüùœæ", "Dutch": "éïèöü",
    "Italian": "ìíóúî", "Spanish": "úñü", "Portuguese": "óúâêôõà", "Swedish": "é",
    "Norwegian": "éòôü", "Danish": "éü", "Finnish": "åšžé", "Polish": "śżćźń",
    "Czech": "čšžýůúťďňó", "Hungarian": "íőűüú", "Slovak": "šžťľúóňäôďĺŕ", "Croatian": "đ",
    "Romanian": "şţ", "Turkish": "öâîû", "Lithuanian": "ū", "Ukrainian": "єґшщюжфц",
    "Russian": "юшцщэфъё", "Serbian": "љњђћџчшжхф", "Bulgarian": "юьф", "Greek": "ώξϊφψζβϋΐΰ",
    "Arabic": "ئءؤذظغضثآ", "Hebrew": "ט", "Farsi": "ذضثظئ",
}  # fmt: skip
_LATVIAN = "aistrenuokmdlpvzgābjēīcšņfļģķžūčh"
# Languages of thousands of characters: the beginnings of FREQUENCIES' lists, two are of kana.
_IN_SIGNS = {"Chinese": ("Chinese",), "Japanese": ("Japanese",), "Korean": ("Korean",)}
# Natural logarithms of how likely a character is.
_ABSENT, _FAULT, _PUNCTUATED, _CAPITALS = -8.0, -10.0, -5.0, -0.7
# A cell that begins with a small letter; a sign where it does not stand; a letter's final form.
_SMALL, _MISPLACED, _FINAL = -1.5, -4.0, 2.5
_FREQUENT_SIGN, _KANA, _USUAL_SIGN, _RARE_SIGN = -5.0, -4.5, -7.5, -9.5
_PUNCTUATION = frozenset("«»„“”‚‘’–—…·•°©®€£§№¿¡ºª、。「」『』・，：；（）《》！？ー\u00a0\u00ad")
_BEFORE_WORDS = frozenset("„“‘‚»«›‹¿¡《「『（€£№§ª")
_FINALS = frozenset("ךםןףץ")
_AT_START = frozenset(" ,;\t\"'\n")
_AT_CELL = frozenset(',;\t"\n')
_NEVER = frozenset("ƒﬁﬂ")
_IN_WORDS = frozenset("’‘'·\u00ad\u200c\u200d")
# Before anything is read: how much rarer files in an encoding are than in Windows-1252.
_RARE = {
    "cp1252": 0.0,
    "cp1257": -1.5,
    "iso": -1.5,
    "mac_latin2": -4.0,
    "mac": -2.0,
    "cp8": -2.0,
    "euc_jp": -4.0,
}
_USUAL = -1.0
# A vowel more than two in a row, or a consonant.
_CROWDED = -1.2
_VOWELS = frozenset("aeiouyæøœıаеиоуыэюяёіїєαεηιουω")
# A library has books in several languages; each more must explain some lines better by so much.
_ANOTHER = 3.0
# Two readings whose likelihoods differ by less are alike: one is at most 20 times as likely.
ALIKE = 3.0


class Reading(NamedTuple):
    """An encoding, and how likely its reading of the text is, as a logarithm."""

    encoding: str
    likelihood: float
    text: str


def readings(data: bytes) -> list[Reading]:
    """The readings of a text that may be meant, the best first: those that are alike.

    Of encodings that give the same text, the most usual.
    """
    by_text: dict[str, str] = {}
    for encoding in ENCODINGS:
        try:
            by_text.setdefault(data.decode(encoding), encoding)
        except UnicodeDecodeError:
            continue
    found = [Reading(name, likelihood(text, name), text) for text, name in by_text.items()]
    found.sort(key=lambda reading: -reading.likelihood)
    return [one for one in found if one.likelihood > found[0].likelihood - ALIKE]


def likelihood(text: str, encoding: str) -> float:
    """How likely a text is one in a language that is written in this encoding, as a logarithm."""
    rarity = next((how for name, how in _RARE.items() if encoding.startswith(name)), _USUAL)
    lines = [_letters(line) for line in text.lower().splitlines()]
    likely = _in_languages(lines, ENCODINGS[encoding].split())
    return rarity + likely + _faults(text) + _crowds(text) * _CROWDED


def has_faults(text: str) -> bool:
    """Whether there is something in the text that nobody writes."""
    return _faults(text) <= _FAULT


def _letters(text: str) -> Counter[str]:
    return Counter(char for char in text if char > "\x7f" or char.isalpha())


def _in_languages(lines: Iterable[Counter[str]], languages: Iterable[str]) -> float:
    """How likely the letters are: each line in one language, and few of them in one file."""
    scores = [
        [sum(count * _chance(char, language) for char, count in line.items()) for line in lines]
        for language in languages
    ]
    best = max(scores, key=sum)
    paid = 0.0
    while True:
        both = max(([*map(max, best, other)] for other in scores), key=sum)
        if sum(both) - _ANOTHER <= sum(best):
            return sum(best) - paid
        best, paid = both, paid + _ANOTHER


@lru_cache(maxsize=1 << 14)
def _chance(char: str, language: str) -> float:
    chance = _chances(language).get(char)
    if chance is None and char < "\x80" and not _is_latin(language):
        chance = _chances("English").get(char)
    return _other(char, language) if chance is None else chance


def _is_latin(language: str) -> bool:
    return "a" in _chances(language)


@lru_cache
def _chances(language: str) -> dict[str, float]:
    """The logarithms of the chances of a language's letters."""
    # A MiB that only files in old encodings need.
    from charset_normalizer.constant import FREQUENCIES

    ranked = _LATVIAN if language == "Latvian" else "".join(FREQUENCIES.get(language, ""))
    if language in _IN_SIGNS:
        return dict.fromkeys(ranked, _FREQUENT_SIGN)
    letters = dict.fromkeys([*ranked, *_MORE_LETTERS.get(language, "")])
    weights = {letter: math.exp(-0.11 * rank) for rank, letter in enumerate(letters)}
    total = sum(weights.values())
    return {letter: math.log(weight / total) for letter, weight in weights.items()}


def _crowds(text: str) -> int:
    """How many vowels or consonants are more than two in a row, in words beyond ASCII."""
    crowds = 0
    for word in re.findall(r"[^\W\d_]+", text.lower()):
        if not word.isascii():
            kinds = "".join("v" if _base(char) in _VOWELS else "c" for char in word)
            crowds += sum(len(run) - 2 for run in re.findall("v{3,}|c{3,}", kinds))
    return crowds


@lru_cache(maxsize=4096)
def _base(char: str) -> str:
    return unicodedata.normalize("NFD", char)[0]


def _other(char: str, language: str) -> float:
    """The chance of a character that is no usual letter of the language."""
    if char in _PUNCTUATION:
        return _PUNCTUATED
    if language not in _IN_SIGNS or char < "\u3000":
        return _ABSENT
    if "\u3040" <= char <= "\u30ff":
        return _KANA if language == "Japanese" else _RARE_SIGN
    if "\uac00" <= char <= "\ud7a3":
        return _USUAL_SIGN if language == "Korean" else _RARE_SIGN
    return _USUAL_SIGN if language != "Korean" and _is_usual(char) else _RARE_SIGN


@lru_cache(maxsize=1 << 14)
def _is_usual(char: str) -> bool:
    """Whether a character is among the 3,755 of the first level of GB 2312, 2,965 of JIS X 0208

    or 5,401 of Big5: what is in daily use.
    """
    return any(
        len(code) == 2 and first <= code[0] <= last
        for encoding, first, last in (
            ("gb2312", 0xB0, 0xD7),
            ("euc_jp", 0xB0, 0xCF),
            ("big5", 0xA4, 0xC6),
        )
        if (code := char.encode(encoding, "ignore"))
    )


def _faults(text: str) -> float:
    """What speaks against the places where the text is nothing that somebody writes."""
    against = 0.0
    before = "\n"
    for at, char in enumerate(text):
        if char > "\x7f":
            against += _wrong(before, char, text[at + 1 : at + 2])
        elif before > "\x7f" and char.isupper() and before.islower():
            against += _FAULT
        before = char
    return against


def _wrong(before: str, char: str, after: str) -> float:
    category = unicodedata.category(char)
    if category in ("Cc", "Co", "Cn", "Cs") or char in _NEVER:
        return 2 * _FAULT
    if not char.isalpha() and category not in ("Mn", "Mc"):
        return _misplaced(before, char, after)
    if char.isupper() and before.isupper():
        return _CAPITALS
    beside = (one for one in (before, after) if one.isalpha())
    is_strange = (char.isupper() and before.islower()) or any(
        _script(one) != _script(char) for one in beside
    )
    if is_strange:
        return _FAULT
    if char in _FINALS:
        return _MISPLACED if after.isalpha() else _FINAL
    return _SMALL if before in _AT_CELL and char.islower() else 0


def _misplaced(before: str, char: str, after: str) -> float:
    """What speaks against a sign: inside a word, or on the wrong side of one."""
    if char not in _PUNCTUATION or (before.isalpha() and after.isalpha() and char not in _IN_WORDS):
        return _FAULT
    is_opening = char in _BEFORE_WORDS
    is_wrong = after.isspace() if is_opening else after.isalpha() and before in _AT_START
    return _MISPLACED if is_wrong and char not in "«»–—" else 0


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    script = unicodedata.name(char, "").partition(" ")[0]
    return "CJK" if script in ("HIRAGANA", "KATAKANA", "HANGUL", "KATAKANA-HIRAGANA") else script


_WORD = re.compile(r"[^\W_]*[^\x00-\x7f][^\s,;|\"]*(?: [^\s,;|\"]+)?")


def undecided(found: Sequence[Reading]) -> Unreadable:
    """What refuses a text with several `readings`, and names them with a word of each."""
    said = " or ".join(
        f"{called(one.encoding)} ({', '.join(samples(one.text.splitlines())[:1])})" for one in found
    )
    detail = f"The text may be {said}; say which with the parameter encoding."
    return Unreadable("encoding", detail)


def samples(lines: Iterable[str]) -> list[str]:
    """Three words beyond ASCII, so that a reader can tell whether the encoding is right."""
    found: dict[str, None] = {}
    for line in lines:
        for match in _WORD.finditer(line):
            found[match[0][:40]] = None
            if len(found) == 3:
                return list(found)
    return list(found)
