"""Language codes: ISO 639-1, 639-2/T and 639-2/B in, 639-2/B out, as MARC 21 wants them."""

from collections.abc import Iterator
from pathlib import Path

from validators.engine.errors import BadValue


def normalise_language(text: str) -> str:
    """The three-letter ISO 639-2/B code for a two- or three-letter one, in any case.

    Raises BadValue with the code `format` (no such form) or `not-allowed` (no such code).
    """
    code = text.strip().lower()
    if not (len(code) in (2, 3) and code.isascii() and code.isalpha()):
        raise BadValue(
            "format", "A language must be a code of two or three letters, such as `eng`."
        )
    if code in _BIBLIOGRAPHIC:
        return _BIBLIOGRAPHIC[code]
    if len(code) == 3 and "qaa" <= code <= "qtz":  # ISO 639-2 sets these aside for local use
        return code
    raise BadValue("not-allowed", "ISO 639 has no language with this code.")


def languages() -> Iterator[tuple[str, str, str, str]]:
    """Every language: its 639-2/B, 639-2/T and 639-1 code, empty where it has none, and name."""
    table = Path(__file__).with_name("data") / "languages.tsv"
    for line in table.read_text(encoding="utf-8").splitlines()[1:]:
        bibliographic, terminology, short, name = line.split("\t")
        yield bibliographic, terminology, short, name


def _load() -> dict[str, str]:
    """Every spelling of a code and the bibliographic code it stands for."""
    known: dict[str, str] = {}
    for bibliographic, terminology, short, _name in languages():
        spellings = (bibliographic, terminology, short)
        known.update({spelling: bibliographic for spelling in spellings if spelling})
    return known


_BIBLIOGRAPHIC = _load()
