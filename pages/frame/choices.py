"""What a form offers to choose from: never without the value that the record has already."""

from collections.abc import Iterable

from markupsafe import Markup, escape

from models.vocabulary import Language
from pages.frame.texts import language_name
from pages.frame.visit import Visit


def offered(codes: Iterable[str], present: str) -> list[str]:
    """The codes, and the present one where it is another: a form that is saved would lose it."""
    known = list(codes)
    return known if present in ("", *known) else [*known, present]


def language_word(visit: Visit, code: str) -> Markup:
    """A language of the pages as its own speakers call it, any other in the visit's language."""
    if code in set(Language):
        return visit.say(f"language.{code}")
    return escape(language_name(code, visit.language))
