"""How text is compared: folded to what a person types, whatever the case and the accents."""

import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)


def fold(text: str) -> str:
    """Text as it is compared and searched: lower case, Latin and Greek letters without marks.

    Other scripts keep their marks: Cyrillic й is a letter of its own, not и with an ornament.
    """
    if text.isascii():
        return text.lower()
    folded = text.casefold().translate(_LETTERS)
    decomposed = unicodedata.normalize("NFKD", folded)
    kept: list[str] = []
    strips = False
    for char in decomposed:
        if unicodedata.combining(char):
            if strips:
                continue
        else:
            strips = _loses_marks(char)
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


@lru_cache(maxsize=4096)
def _loses_marks(char: str) -> bool:
    return unicodedata.name(char, "").startswith(("LATIN", "GREEK"))
