"""The records that events are about, as whoever reads them may see them at that moment.

They name nobody: members are ids, and the notes of staff, who may write names into them, are left
out. A record that is gone, or that only its owner may see, is not shown.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

import orjson

from circulation import presentation, rulebook
from models import (
    closure,
    copy,
    fee,
    hold,
    loan_list,
    order,
    payment,
    policy,
    post,
    stocktake,
    user_list,
)
from models.event import EventRow
from models.listing import Listing
from models.rows import Json
from models.search import book_list

LARGEST = 16_000
"""Bytes of a record in JSON; of a longer one the longest texts are left out."""
_LEFT_OUT = frozenset({"note", "block_reason", "void_reason"})
_OF_USER = frozenset(
    {
        *("id", "role", "category", "is_active", "blocked", "blocked_until"),
        *("expires_on", "has_password", "has_pin", "created_at", "updated_at", "revision"),
    }
)

Reader = Callable[[list[int], datetime], Iterable[Json]]


def shown(events: Collection[EventRow], now: datetime) -> list[Json | None]:
    """The record of each event, or None; read in one query for each type of record."""
    ids: dict[str, set[int]] = {}
    for event in events:
        if event.record_id is not None and event.record_type in _READERS:
            ids.setdefault(event.record_type, set()).add(event.record_id)
    found = {
        (name, record["id"]): _thin(record)
        for name, wanted in ids.items()
        for record in _READERS[name](sorted(wanted), now)
    }
    return [found.get((event.record_type, event.record_id)) for event in events]


def _thin(record: Json) -> Json:
    kept = {name: value for name, value in record.items() if name not in _LEFT_OUT}
    while len(orjson.dumps(kept)) > LARGEST:
        del kept[max(kept, key=lambda name: len(orjson.dumps(kept[name])))]
    return kept


def _listed(listing: Listing) -> Reader:
    def read(ids: list[int], now: datetime) -> list[Json]:
        return [row.to_json() for row in listing.some(ids)]

    return read


def _fees(ids: list[int], now: datetime) -> list[Json]:
    currency = rulebook.latest().currency
    return [row.to_json(currency) for row in fee.LISTING.some(ids)]


def _payments(ids: list[int], now: datetime) -> list[Json]:
    currency = rulebook.latest().currency
    return [row.to_json(currency) for row in payment.LISTING.some(ids)]


def _orders(ids: list[int], now: datetime) -> list[Json]:
    currency = rulebook.latest().currency
    return [row.to_json(currency) for row in order.LISTING.some(ids)]


def _loans(ids: list[int], now: datetime) -> list[Json]:
    return [state.to_json() for state in presentation.loans(loan_list.LISTING.some(ids), now)]


def _holds(ids: list[int], now: datetime) -> list[Json]:
    return [state.to_json() for state in presentation.holds(hold.LISTING.some(ids), now)]


def _copies(ids: list[int], now: datetime) -> list[Json]:
    return presentation.copies(copy.LISTING.some(ids))


def _users(ids: list[int], now: datetime) -> list[Json]:
    rows = (row.to_json(staff=False) for row in user_list.LISTING.some(ids))
    return [{name: row[name] for name in row if name in _OF_USER} for row in rows]


_READERS: dict[str, Reader] = {
    "loan": _loans,
    "hold": _holds,
    "fee": _fees,
    "payment": _payments,
    "book": _listed(book_list.LISTING),
    "copy": _copies,
    "order": _orders,
    "post": _listed(post.LISTING),
    "policy": _listed(policy.LISTING),
    "closure": _listed(closure.LISTING),
    "user": _users,
    "stocktake": _listed(stocktake.LISTING),
}
