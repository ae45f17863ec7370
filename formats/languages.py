"""Languages as files have them: codes of today and the past, locales, names in many languages."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError, localedata

from formats.locale_names import LANGUAGES, forgotten
from validators.engine.errors import BadValue
from validators.language import languages, normalise_language

# Codes that the Library of Congress has given up, and what it uses now; and those of ISO 639-1.
_DISCONTINUED = {
    "cam": "khm", "esk": "ypk", "esp": "epo", "eth": "gez", "far": "fao", "fri": "fry",
    "gae": "gla", "gag": "glg", "gal": "orm", "gua": "grn", "int": "ina", "iri": "gle",
    "kus": "kos", "lan": "oci", "lap": "smi", "max": "glv", "mla": "mlg", "mol": "rum",
    "sao": "smo", "scc": "srp", "scr": "hrv", "sho": "sna", "snh": "sin", "sso": "sot",
    "swz": "ssw", "tag": "tgl", "taj": "tgk", "tar": "tat", "tru": "chk", "tsw": "tsn",
    "in": "ind", "iw": "heb", "ji": "yid", "jw": "jav", "mo": "rum",
}  # fmt: skip
_ALSO = {"espagnol; castillan": "spa", "castellano": "spa", "serbocroatian": "hrv"}


@lru_cache(maxsize=4096)
def language_of_code(code: str) -> str | None:
    """The ISO 639-2/B code for one of today or a discontinued one, None if it is not a language."""
    try:
        return normalise_language(code)
    except BadValue:
        return _DISCONTINUED.get(code.strip().lower())


@lru_cache(maxsize=4096)
def language_named(text: str) -> str | None:
    """The ISO 639-2/B code for `eng`, `en`, `en-US`, `English`, `Englisch`, `français`.

    None for anything else.
    """
    text = text.strip().casefold()
    return (
        language_of_code(text)
        or language_of_code(text.replace("_", "-").split("-")[0])
        or _by_name().get(text)
        or _by_own_name().get(text)
    )


@lru_cache(maxsize=1024)
def language_tag(code: str) -> str:
    """The tag of BCP 47, which is the shortest code there is, for one of ISO 639-2/B."""
    for bibliographic, terminology, short, _ in languages():
        if bibliographic == code:
            return short or terminology or code
    return code


@lru_cache
def _by_name() -> dict[str, str]:
    names: dict[str, str] = {**_ALSO}
    for code, _, _, name in languages():
        for part in (name, *name.split(";")):
            names.setdefault(part.strip().casefold(), code)
            # `Greek, Modern (1453-)` is what people mean by Greek.
            names.setdefault(part.split("(")[0].strip().casefold(), code)
    with forgotten():
        for locale in LANGUAGES:
            for short, called in Locale(locale).languages.items():
                if known := language_of_code(short):
                    names.setdefault(called.casefold(), known)
    return names


@lru_cache
def _by_own_name() -> dict[str, str]:
    """The names of languages in themselves, which takes a second to collect."""
    names: dict[str, str] = {}
    for short in localedata.locale_identifiers():
        code = language_of_code(short) if len(short) == 2 else None
        name = _own_name(short) if code else None
        if code and name:
            names.setdefault(name.casefold(), code)
    return names


def _own_name(short: str) -> str | None:
    with forgotten():
        try:
            return Locale(short).languages.get(short)
        except UnknownLocaleError:
            return None
