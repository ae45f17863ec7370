"""What staff fetch from shelves: copies that holds wait for, those left on the hold shelf."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from circulation import presentation, rulebook, supply
from circulation.presentation import HoldState
from circulation.supply import Waiting
from models import dormant, hold
from models.brief import BRIEF
from models.copy import CopyRow
from models.found_rows import FoundRows
from models.rows import Json
from models.timestamps import stamp
from models.title_reads import places


def pull_list(now: datetime) -> FoundRows:
    """The list of holds that copies on the shelf would serve, by location and shelfmark (39)."""
    waiting = supply.waiting(now)
    stands = places({copy.id for one in waiting for copy in one.copies})
    keyed = [(min(stands[copy.id] for copy in one.copies), one.hold.id, one) for one in waiting]
    keyed.sort(key=lambda each: each[:2])
    return FoundRows([([*place, hold_id], one) for place, hold_id, one in keyed])


def to_pull(found: Sequence[Waiting]) -> list[Json]:
    """Rows of the pull list: `{hold_id, user, book, copies}`; any one of the copies will do."""
    users = BRIEF["user"]({one.hold.user_id for one in found})
    books = BRIEF["book"]({one.book_id for one in found})
    copies = BRIEF["copy"]({copy.id for one in found for copy in one.copies})
    return [
        {
            "hold_id": one.hold.id,
            "user": users[one.hold.user_id],
            "book": books[one.book_id],
            "copies": sorted((copies[copy.id] for copy in one.copies), key=_by_place),
        }
        for one in found
    ]


def _by_place(copy: Json) -> tuple[str, str, int]:
    return copy["location"] or "", copy["shelfmark"] or "", copy["id"]


def one_line_each(rows: Sequence[Json]) -> list[Json]:
    """Rows of the pull list with one copy each, as `copy`."""
    return [
        {**{name: row[name] for name in ("hold_id", "user", "book")}, "copy": each}
        for row in rows
        for each in row["copies"]
    ]


def clearing_list(now: datetime) -> FoundRows:
    """The list of copies set aside for holds that have ended, and that nobody scanned since."""
    today = rulebook.today(now)
    left = hold.left_on_shelf(stamp(now), today.isoformat())
    states = presentation.holds([row for _, row in left], now)
    stands = places({copy_id for copy_id, _ in left})
    keyed = [
        ([*stands[copy_id], state.row.id], (copy_id, state))
        for (copy_id, _), state in zip(left, states, strict=True)
    ]
    return FoundRows(sorted(keyed, key=lambda each: each[0]))


def to_clear(found: Sequence[tuple[int, HoldState]]) -> list[Json]:
    """Rows of shelf clearing: `{hold_id, status, ended_at, copy}`."""
    copies = BRIEF["copy"]({copy_id for copy_id, _ in found})
    return [
        {
            "hold_id": state.row.id,
            "status": state.status,
            "ended_at": state.ended_at,
            "copy": copies[copy_id],
        }
        for copy_id, state in found
    ]


def unused(rows: Sequence[CopyRow]) -> list[dict[str, Any]]:
    """Rows of the dormant copies: each with its title and when it was borrowed last."""
    lent = dormant.last_lent([row.id for row in rows])
    books = BRIEF["book"]({row.book_id for row in rows})
    return [
        {
            **shown,
            "title": books[shown["book_id"]]["title"],
            "author": books[shown["book_id"]]["author"],
            "last_lent_at": lent.get(shown["id"]),
        }
        for shown in presentation.copies(rows)
    ]
