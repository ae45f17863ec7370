"""What Babel knows of the languages that files are in, without keeping all that it reads for it."""

import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from babel import Locale, localedata

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl")
"""The languages in which headers, months and languages are known."""


@contextmanager
def forgotten() -> Iterator[None]:
    """A context after which Babel has no locales that it read in it, a MiB for each language."""
    in_use = set(localedata._cache)
    try:
        yield
    finally:
        for name in localedata._cache.keys() - in_use:
            del localedata._cache[name]


def month_named(word: str) -> int | None:
    """The number of a month from its name, whole or short: `Apr.`, `avril`, `März`."""
    return _months().get(_bare(word))


def is_weekday(word: str) -> bool:
    """Whether it is the name of a day of the week, whole or short."""
    return _bare(word) in _weekdays()


@lru_cache
def _months() -> dict[str, int]:
    with forgotten():
        return {
            _bare(name): number
            for language in LANGUAGES
            for forms in _forms(Locale(language).months)
            for number, name in forms.items()
        }


@lru_cache
def _weekdays() -> frozenset[str]:
    with forgotten():
        return frozenset(
            _bare(name)
            for language in LANGUAGES
            for forms in _forms(Locale(language).days)
            for name in forms.values()
        )


def _forms(names: Mapping[str, Any]) -> list[dict[int, str]]:
    """The names in running text and alone, short ones and whole ones."""
    return [names[use][width] for use in names for width in ("abbreviated", "wide")]


def _bare(word: str) -> str:
    """A word without case, accents and the full stop that shortens it."""
    letters = unicodedata.normalize("NFD", word.casefold().rstrip("."))
    return "".join(char for char in letters if not unicodedata.combining(char))
