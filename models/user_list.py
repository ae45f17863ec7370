"""Lists of accounts: what they may be filtered and sorted by."""

from typing import Any

from peewee import SQL, fn

from models.listing import Filter, Listing, Sort, at_least, contains, equals, is_flag
from models.rows import RowReader
from models.text import fold
from models.user import COLUMNS, EXPIRES_ON, NAME, User, UserRow, card_key, read


class _UserRows(RowReader[UserRow]):
    """Rows of accounts, two of whose columns are computed."""

    def __init__(self) -> None:
        self.names, self.columns, self.staff = UserRow._fields, COLUMNS, frozenset()

    def read(self, stored: Any) -> UserRow:
        """A row as the driver gave it."""
        return read(stored)


def _is_blocked() -> Filter:
    """Accounts blocked on the day asked for (rule 44)."""
    return Filter(
        lambda slots: (
            (User.blocked == 1) & (User.blocked_until.is_null() | (User.blocked_until >= slots[0]))
        )
    )


def _is_free() -> Filter:
    return Filter(lambda slots: (User.blocked == 0) | (User.blocked_until < slots[0]))


def of_card(column: Any) -> Filter:
    """Rows whose column is the id of the account with the card number asked for."""
    return Filter(
        lambda slots: column.in_(User.select(User.id).where(User.card_key == slots[0])),
        lambda asked: [card_key(asked)],
    )


def blocked(wanted: bool, today: str) -> dict[str, Any]:
    """What to ask `LISTING` for, so that it lists accounts that are blocked today, or are not."""
    return {"blocked on" if wanted else "not blocked on": today}


LISTING = Listing(
    User,
    _UserRows(),
    sorts={
        "id": Sort(User.id),
        "email": Sort(fn.COALESCE(User.email_key, SQL("''"))),
        "last_name": Sort(NAME, order="name_key"),
        "expires_on": Sort(EXPIRES_ON),
        "created_at": Sort(User.created_at),
        "updated_at": Sort(User.updated_at),
    },
    filters={
        "q": contains(User.search_key, fold),
        "card_number": of_card(User.id),
        "role": equals(User.role),
        "category": equals(User.category),
        "is_active": is_flag(User.is_active),
        "blocked on": _is_blocked(),
        "not blocked on": _is_free(),
        "expires_before": Filter(lambda slots: slots[0] > EXPIRES_ON),
        "updated_since": at_least(User.updated_at),
    },
)
