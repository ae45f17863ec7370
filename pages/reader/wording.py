"""Codes of the catalogue in words."""

from models.vocabulary import MaterialType
from pages.frame.texts import language_name
from pages.frame.visit import Visit

_RANGE = " \N{EN DASH} "


def value(visit: Visit, name: str, code: str | int) -> str:
    """The value of a filter as people say it: a language, a kind of thing; others as they are."""
    if name == "language":
        return language_name(str(code), visit.language)
    if name == "material_type" and code in set(MaterialType):
        return str(visit.say(f"material.{code}"))
    if name == "available":
        return str(visit.say("search.available_only"))
    if name == "published_year":
        return _RANGE.join(_year(visit, one) for one in str(code).split(_RANGE))
    return str(code)


def _year(visit: Visit, text: str) -> str:
    """A year as it was asked for; what is none stays as it is."""
    return visit.year(int(text)) if text.removeprefix("-").isdecimal() else text
