"""What the collection consists of, as it is kept counted: titles by decade and by kind."""

from collections import Counter

from models.database import Compiled, slot
from models.search.tables import BookCount

_TALLY = Compiled(
    lambda: BookCount.select(BookCount.value, BookCount.count).where(BookCount.name == slot("name"))
)


def by_decade() -> list[tuple[int, int]]:
    """The first year of a decade, negative before our era, and how many titles are of it."""
    decades: Counter[int] = Counter()
    for value, count in _TALLY.rows(name="published_year"):
        year = int(value)
        decades[year - year % 10] += count
    return sorted(decades.items())


def by_kind() -> list[tuple[str, int]]:
    """A kind of material, and how many titles are of it, the most frequent first."""
    counts = [(str(kind), int(count)) for kind, count in _TALLY.rows(name="material_type")]
    return sorted(counts, key=lambda each: (-each[1], each[0]))
