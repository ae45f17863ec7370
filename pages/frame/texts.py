"""The words of the pages in each language: tables beside the views that use them."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept

from formats.languages import language_tag
from models.vocabulary import Language
from notices.languages import LOCALES, load

load()
_PAGES = Path(__file__).parents[1]
_BY_TAG = {tag: language for language, tag in LOCALES.items()}


@cache
def table(language: Language) -> Mapping[str, str]:
    """Every text of a language by its dotted name, such as `search.button`."""
    found: dict[str, str] = {}
    for path in sorted(_PAGES.glob(f"*/texts/{language}.toml")):
        found.update(_flat(tomllib.loads(path.read_text(encoding="utf-8"))))
    return found


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value


def text(language: Language, name: str, /, **values: Any) -> Markup:
    """A text with its values, which are escaped. Raises KeyError for an unknown name or value."""
    return Markup(table(language)[name]).format(**values)  # noqa: S704  our own texts


def counted(language: Language, name: str, number: int, /, **values: Any) -> Markup:
    """The text for a number: `name.one` or `name.other`, with the number as `{number}`.

    `one` is that of none, too, where the language has it so (French).
    """
    form = "one" if _locale(language).plural_form(number) == "one" else "other"
    return text(language, f"{name}.{form}", number=number, **values)


@cache
def _locale(language: Language) -> Locale:
    return Locale.parse(LOCALES[language])


def wanted(accepted: LanguageAccept, otherwise: Language) -> Language:
    """The language that a browser likes best (RFC 9110, 12.5.4), else another."""
    # Werkzeug would prefer `en` to `de-AT`, whatever they weigh, since `en` is there to the letter.
    primary = LanguageAccept([(one.partition("-")[0].lower(), weight) for one, weight in accepted])
    best = primary.best_match(list(_BY_TAG))
    return otherwise if best is None else _BY_TAG[best]


def tag(language: Language) -> str:
    """The language as HTML names it (RFC 5646)."""
    return LOCALES[language]


def own_name(language: Language) -> str:
    """A language as its own speakers call it: `Deutsch`."""
    name = Locale.parse(LOCALES[language]).get_display_name() or language
    return name[0].upper() + name[1:]


@lru_cache(maxsize=1024)
def language_name(code: str, language: Language) -> str:
    """The name of a language of ISO 639-2/B, in one of ours; its code where it has none."""
    name: str = _locale(language).languages.get(language_tag(code), code)
    return name
