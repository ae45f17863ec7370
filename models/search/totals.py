"""Totals that are kept and not counted: of all books, by language, year, kind of material."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from peewee import SQL, fn

from models.database import Compiled, slot
from models.search.tables import BookCount, BookCrossCount
from models.unchanged import WhileUnchanged

KEPT = frozenset(("language", "published_from", "published_to", "material_type"))
"""The filters of `models.search.book_list` under which a total is kept, together or by itself."""
# What a book without a year has, which any first year leaves out, and so does a last year.
_NO_YEAR = -10_000
_LATEST = 10_000


def kept(asked: Mapping[str, Any]) -> int:
    """How many books the filters leave, at least one and all of `KEPT`; exact."""
    if len(asked) == 1 and not asked.keys() & _YEARS:
        ((name, value),) = asked.items()
        return _ONE.scalar(name=name, value=value) or 0
    earliest = _NO_YEAR + 1 if asked.keys() & _YEARS else _NO_YEAR
    total: int = _crossed("language" in asked, "material_type" in asked).scalar(
        **{"published_from": earliest, "published_to": _LATEST, **asked}
    )
    return total


_YEARS = {"published_from", "published_to"}
_WHOLE = Compiled(lambda: BookCount.select(BookCount.count).where(BookCount.name == SQL("'book'")))
whole: WhileUnchanged[int] = WhileUnchanged(lambda: _WHOLE.scalar() or 0)
"""How many books there are in the catalogue."""
_ONE = Compiled(
    lambda: BookCount.select(BookCount.count).where(
        (BookCount.name == slot("name")) & (BookCount.value == slot("value"))
    )
)


@cache
def _crossed(language: bool, material: bool) -> Compiled:
    years = BookCrossCount.year_key.between(slot("published_from"), slot("published_to"))
    conditions = [years]
    if language:
        conditions.append(BookCrossCount.language == slot("language"))
    if material:
        conditions.append(BookCrossCount.material_type == slot("material_type"))
    total = fn.COALESCE(fn.SUM(BookCrossCount.count), SQL("0")).cast("BIGINT")
    return Compiled(lambda: BookCrossCount.select(total).where(*conditions))
