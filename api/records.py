"""The records that paths name by id: how each is found and locked, and what names its state.

A handler below `/loans/<id:loan_id>` is given the loan itself; see `api.resource`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from api.context import Caller
from circulation import locking, members
from models import (
    api_key,
    book,
    calendar,
    closure,
    copy,
    fee,
    hold,
    import_job,
    loan,
    locks,
    notice,
    order,
    payment,
    policy,
    post,
    stocktake,
    timestamps,
    user,
    webhook,
)

Row = Any
"""A row of `models`: columns as attributes, and the `tag` of its state where it can be changed."""


@dataclass(frozen=True, slots=True)
class Record:
    """One kind of record.

    `find` reads it; `lock` reads it locked until the transaction ends, after the rows that come
    before it in the order of `models.locks`. Both raise Missing. `id_of` gives the id where the
    path has none.
    """

    noun: str
    find: Callable[[Any], Row]
    lock: Callable[[Any], Row]
    id_of: Callable[[Caller], Any] | None = None


def _lock_book(book_id: int) -> Row:
    locks.take(book_id=book_id)
    return book.locked(book_id)


def _lock_user(user_id: int) -> Row:
    user.lock_admins(user_id)
    locks.take(user_id=user_id)
    return members.locked(user_id, timestamps.now())


def _find_user(user_id: int) -> Row:
    return members.find(user_id, timestamps.now())


def _lock_closure(closure_id: int) -> Row:
    locks.take_opening_days()
    return closure.locked(closure_id)


def _lock_calendar(_: None) -> Row:
    locks.take_opening_days()
    return calendar.locked()


BY_PARAMETER: dict[str, Record] = {
    "book_id": Record("book", book.find, _lock_book),
    "closure_id": Record("closure", closure.locked, _lock_closure),
    "copy_id": Record("copy", copy.find, locking.lock_copy),
    "fee_id": Record("fee", fee.find, locking.lock_fee),
    # Locked by the act, together with the others and in the order of all ids.
    "kept_book_id": Record("book", book.find, book.find),
    "hold_id": Record("hold", hold.find, locking.lock_hold),
    "import_id": Record("import", import_job.find, import_job.find),
    "key_id": Record("key", api_key.find, api_key.find),
    "loan_id": Record("loan", loan.find, locking.lock_loan),
    "order_id": Record("order", order.find, locking.lock_order),
    "notice_id": Record("notice", notice.find, notice.locked),
    "payment_id": Record("payment", payment.find, locking.lock_payment),
    "policy_id": Record("policy", policy.find, policy.locked),
    "post_id": Record("post", post.find, post.locked),
    "stocktake_id": Record("stocktake", stocktake.find, stocktake.locked),
    "webhook_id": Record("webhook", webhook.find, webhook.locked),
    "user_id": Record("user", _find_user, _lock_user),
}

# Records that no path names.
CALENDAR = Record("calendar", lambda _: calendar.find(), _lock_calendar, id_of=lambda caller: None)
PROFILE = Record("user", _find_user, _lock_user, id_of=lambda caller: caller.id)
