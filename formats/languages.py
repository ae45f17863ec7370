"""Languages as people write them in spreadsheets: codes, locales and English names."""

from functools import lru_cache
from importlib.resources import files

from validators.errors import BadValue
from validators.language import normalise_language


@lru_cache(maxsize=4096)
def language_named(text: str) -> str | None:
    """The ISO 639-2/B code for `eng`, `en`, `en-US`, `English`; None for anything else."""
    text = text.strip().lower()
    for code in (text, text.replace("_", "-").split("-")[0]):
        try:
            return normalise_language(code)
        except BadValue:
            continue
    return _by_name().get(text)


@lru_cache
def _by_name() -> dict[str, str]:
    table = files("validators").joinpath("data/languages.tsv").read_text(encoding="utf-8")
    names: dict[str, str] = {}
    for line in table.splitlines()[1:]:
        code, _, _, name = line.split("\t")
        for part in (name, *name.split(";")):
            names.setdefault(part.strip().lower(), code)
            # `Greek, Modern (1453-)` is what people mean by Greek.
            names.setdefault(part.split("(")[0].strip().lower(), code)
    return names
