"""Totals that are kept are those that counting gives, whatever has been done to the books."""

import random
from collections.abc import Iterator
from itertools import product
from typing import Any

from models import book, book_merge
from models.audit import Actor
from models.book import ROWS, is_present
from models.database import is_postgresql, run, transaction
from models.search import index
from models.search.book_list import LISTING

ACTOR = Actor(None, "test")
LANGUAGES = (None, "eng", "ger")
YEARS = (None, -4000, -4, 0, 1817, 9999)
MATERIALS = ("text", "audio")
FILTERS = {
    "language": (None, "eng", "ger", "fre"),
    "published_from": (None, -4000, 0, 1818),
    "published_to": (None, -4000, 0, 9999),
    "material_type": (None, "text", "audio", "map"),
}


def made(chance: random.Random) -> dict[str, Any]:
    return {
        "title": "T",
        "language": chance.choice(LANGUAGES),
        "published_year": chance.choice(YEARS),
        "material_type": chance.choice(MATERIALS),
    }


def each_filter() -> Iterator[dict[str, Any]]:
    for values in product(*FILTERS.values()):
        pairs = zip(FILTERS, values, strict=True)
        yield {name: value for name, value in pairs if value is not None}


def counted(asked: dict[str, Any]) -> int:
    """How many books the filters leave, one by one."""

    def is_left(row: Any) -> bool:
        year = row.published_year
        in_years = year is not None and (
            asked.get("published_from", -4000) <= year <= asked.get("published_to", 9999)
        )
        return (
            asked.get("language", row.language) == row.language
            and asked.get("material_type", row.material_type) == row.material_type
            and (in_years or not asked.keys() & {"published_from", "published_to"})
        )

    return sum(map(is_left, ROWS.all(ROWS.select().where(is_present()))))


def require_right_totals() -> None:
    wrong = [
        (asked, LISTING.total(asked), counted(asked))
        for asked in each_filter()
        if LISTING.total(asked) != counted(asked)
    ]
    assert wrong == []


def test_totals_are_right_of_books_added_one_by_one_and_together(db: Any) -> None:
    chance = random.Random(1)  # noqa: S311  repeatable
    with transaction():
        for _ in range(30):
            book.create(made(chance), ACTOR)
    require_right_totals()
    with transaction():
        book.create_all([made(chance) for _ in range(30)], ACTOR)
    with transaction():
        book.create_all([made(chance) for _ in range(30)], ACTOR)
    require_right_totals()


def test_totals_are_right_after_edits_deletions_and_merges(db: Any) -> None:
    chance = random.Random(2)  # noqa: S311  repeatable
    with transaction():
        ids = book.create_all([made(chance) for _ in range(60)], ACTOR)
    for one in ids[:30]:
        name, *_ = chance.sample(["language", "published_year", "material_type"], 1)
        book.update(book.locked(one), {name: made(chance)[name]}, ACTOR)
    require_right_totals()
    for one in ids[20:40]:
        book.delete(book.locked(one), ACTOR)
    book_merge.retire([book.find(one) for one in ids[45:50]], ids[0], ACTOR)
    book.bury(made(chance), "2026-01-05T10:00:00Z", ids[0], ACTOR)
    require_right_totals()


def test_totals_stay_when_tallies_are_summed_up(db: Any) -> None:
    chance = random.Random(3)  # noqa: S311  repeatable
    for _ in range(2):
        with transaction():
            ids = book.create_all([made(chance) for _ in range(30)], ACTOR)
        book.delete(book.locked(ids[0]), ACTOR)
        index.tidy()
        require_right_totals()
    if is_postgresql():
        assert run("SELECT COUNT(*) FROM book_cross_tally_change").fetchone() == (0,)


def test_nothing_is_kept_of_books_that_were_not_added(db: Any) -> None:
    chance = random.Random(4)  # noqa: S311  repeatable
    try:
        with transaction():
            book.create_all([made(chance) for _ in range(30)], ACTOR)
            raise LookupError
    except LookupError:
        pass
    require_right_totals()
    book.create(made(chance), ACTOR)
    require_right_totals()
