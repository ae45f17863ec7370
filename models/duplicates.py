"""Books that look like one, in groups: for somebody who decides whether they are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from models import book
from models.book import ROWS, Book
from models.book_fields import BookRow
from models.database import run
from models.listing import Listing, Position
from models.vocabulary import DuplicateReason

_SAME_ISBN = """
    WITH numbered (isbn, id) AS (
        SELECT isbn, id FROM book WHERE isbn IS NOT NULL AND deleted_at IS NULL
        UNION
        SELECT further_isbn.isbn, book_id FROM further_isbn JOIN book ON book.id = book_id
        WHERE deleted_at IS NULL)
    SELECT isbn, id FROM numbered
    WHERE isbn IN (SELECT isbn FROM numbered GROUP BY isbn HAVING COUNT(*) > 1)
    ORDER BY isbn, id
"""
# Which titles there are twice is read from the index of titles alone.
_SAME_TITLE = """
    WITH twice (title_key) AS (
        SELECT title_key FROM book WHERE deleted_at IS NULL AND title_key <> ''
        GROUP BY title_key HAVING COUNT(*) > 1)
    SELECT title_key, author_key, part_key, published_year, id
    FROM twice JOIN book USING (title_key) WHERE deleted_at IS NULL ORDER BY id
"""


class Group(NamedTuple):
    """Books, by their ids in order, and what they have in common."""

    reason: DuplicateReason
    book_ids: list[int]


class Duplicates(Listing):
    """The list of groups, which are found once for each instance: by ISBN first, then by title.

    Books that share ISBNs in a row are one group: the first with the second, that with a third.
    What is a group by ISBN is none by title again.
    """

    def __init__(self) -> None:
        super().__init__(Book, ROWS, sorts={})

    def total(self, asked: Mapping[str, Any]) -> int:
        """How many groups there are."""
        return len(self.groups)

    def page(
        self, asked: Mapping[str, Any], sort: Sequence[str], *, limit: int, offset: int
    ) -> list[Group]:
        """The groups of one page."""
        return self.groups[offset : offset + limit]

    def after(
        self,
        asked: Mapping[str, Any],
        sort: Sequence[str],
        position: Position | None,
        *,
        limit: int,
    ) -> tuple[list[Group], Position | None]:
        """The groups that follow a position (None: the start), and where the next ones begin."""
        left = [one for one in self.groups if position is None or _place(one) > position]
        return left[:limit], _place(left[limit - 1]) if len(left) > limit else None

    def position(
        self, asked: Mapping[str, Any], sort: Sequence[str], count: int
    ) -> Position | None:
        """Where the groups after the first `count` begin; None if there are fewer."""
        return _place(self.groups[count - 1]) if len(self.groups) >= count else None

    @cached_property
    def groups(self) -> list[Group]:
        """All groups, of each reason in the order of their first books."""
        by_isbn = _joined(_by_key(run(_SAME_ISBN).fetchall()))
        together = {one: number for number, ids in enumerate(by_isbn) for one in ids}
        by_title = [
            ids
            for ids in _by_key(run(_SAME_TITLE).fetchall())
            if len(ids) > 1 and len({together.get(one, -one) for one in ids}) > 1
        ]
        return [
            *(Group(DuplicateReason.ISBN, ids) for ids in sorted(by_isbn)),
            *(Group(DuplicateReason.TITLE, ids) for ids in sorted(by_title)),
        ]


COLUMNS = ("group", "reason", *(name for name in ROWS.names if name != "nonfiling"))
"""The columns of the groups as a file."""
_AT_ONCE = 200


def shown(groups: Sequence[Group]) -> list[dict[str, Any]]:
    """Groups as clients see them: `{reason, books}`."""
    return [
        {"reason": group.reason, "books": [row.to_json() for row in rows]}
        for group, rows in zip(groups, _books(groups), strict=True)
    ]


def lines(groups: Sequence[Group]) -> Iterator[list[dict[str, Any]]]:
    """The books of groups, with the number of the group and its reason, some at once."""
    for first in range(0, len(groups), _AT_ONCE):
        some = groups[first : first + _AT_ONCE]
        yield [
            {"group": number, "reason": group.reason, **row.to_json()}
            for number, (group, rows) in enumerate(zip(some, _books(some), strict=True), first + 1)
            for row in rows
        ]


def _books(groups: Sequence[Group]) -> list[list[BookRow]]:
    """The books of each group that are in the catalogue."""
    found = {row.id: row for row in book.some(one for group in groups for one in group.book_ids)}
    return [[found[one] for one in group.book_ids if one in found] for group in groups]


def _place(group: Group) -> Position:
    return [group.reason, *group.book_ids[:1]]


def _by_key(rows: Iterable[tuple[Any, ...]]) -> list[list[int]]:
    """The ids at the ends of rows whose beginnings are the same."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for *key, book_id in rows:
        found.setdefault(tuple(key), []).append(book_id)
    return list(found.values())


def _joined(groups: Iterable[list[int]]) -> list[list[int]]:
    """Groups that have no book in common, each in order."""
    group_of: dict[int, set[int]] = {}
    for ids in groups:
        whole = set(ids).union(*(group_of.get(one, ()) for one in ids))
        group_of.update(dict.fromkeys(whole, whole))
    return [sorted(one) for one in {id(whole): whole for whole in group_of.values()}.values()]
