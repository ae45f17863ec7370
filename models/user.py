"""Accounts: staff and members, who they are and what they may do."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import orjson
from peewee import SQL, Expression, IntegerField, TextField, fn

from models import audit
from models.audit import Actor
from models.database import Compiled, Table, for_update, is_postgresql, rows, slot
from models.errors import Conflict, Missing, Taken
from models.integrity import unique
from models.text import fold, name_key
from models.timestamps import timestamp
from models.vocabulary import Role

NO_END = "9999-12-31"
"""Sorts memberships without an end after all others."""


class User(Table):
    """An account. The hashes are null where there is no password or no PIN."""

    email = TextField(null=True)
    email_key = TextField(null=True, unique=True)
    contact_email = TextField(null=True)
    password_hash = TextField(null=True)
    pin_hash = TextField(null=True)
    first_name = TextField(null=True)
    last_name = TextField(null=True)
    role = TextField()
    category = TextField()
    card_number = TextField(null=True)
    card_key = TextField(null=True, unique=True)
    phone = TextField(null=True)
    address = TextField(null=True)
    birth_date = TextField(null=True)
    language = TextField(null=True)
    note = TextField(null=True)
    is_active = IntegerField()
    blocked = IntegerField()
    block_reason = TextField(null=True)
    blocked_until = TextField(null=True)
    expires_on = TextField(null=True)
    notices = TextField()
    search_key = TextField()
    name_key = TextField(null=True)
    created_at = TextField()
    updated_at = TextField()
    revision = IntegerField()


class UserRow(NamedTuple):
    """An account as it is stored; dates are `YYYY-MM-DD`, moments RFC 3339 in UTC."""

    id: int
    email: str | None
    contact_email: str | None
    first_name: str | None
    last_name: str | None
    role: str
    category: str
    card_number: str | None
    phone: str | None
    address: str | None
    birth_date: str | None
    language: str | None
    note: str | None
    is_active: bool
    blocked: bool
    block_reason: str | None
    blocked_until: str | None
    expires_on: str | None
    has_password: bool
    has_pin: bool
    notices: dict[str, bool]
    created_at: str
    updated_at: str
    revision: int

    @property
    def mail_address(self) -> str | None:
        """Where mail for the person goes, or None."""
        return self.contact_email or self.email

    @property
    def tag(self) -> tuple[str, int, int]:
        """What names the present state of the record: noun, id and revision."""
        return ("user", self.id, self.revision)

    def as_of(self, today: str) -> "UserRow":
        """The account on a day: a block whose last day has passed is over (rule 44)."""
        if self.blocked_until is None or self.blocked_until >= today:
            return self
        return self._replace(blocked=False, block_reason=None, blocked_until=None)

    def to_json(self, *, staff: bool) -> dict[str, Any]:
        """The account as an answer; `note` is shown to staff only."""
        shown = self._asdict()
        if not staff:
            del shown["note"]
        return shown


PERSONAL = frozenset(
    {
        *("email", "contact_email", "first_name", "last_name", "card_number", "phone", "address"),
        *("birth_date", "language", "note", "block_reason", "notices"),
    }
)
_COMPUTED = {
    "has_password": User.password_hash.is_null(False),
    "has_pin": User.pin_hash.is_null(False),
}
COLUMNS: list[Any] = [_COMPUTED.get(name) or getattr(User, name) for name in UserRow._fields]


_FLAGS = ("is_active", "blocked", "has_password", "has_pin")


def read(row: tuple[Any, ...]) -> UserRow:
    """A row of `COLUMNS`."""
    values = dict(zip(UserRow._fields, row, strict=True))
    values.update({name: bool(values[name]) for name in _FLAGS})
    return UserRow(**{**values, "notices": orjson.loads(values["notices"])})


_BY_ID = Compiled(lambda: User.select(*COLUMNS).where(User.id == slot("id")))
_LOCKED = Compiled(lambda: for_update(User.select(*COLUMNS).where(User.id == slot("id"))))


def email_key(email: str | None) -> str | None:
    """An email as it is compared: without case."""
    return None if email is None else email.casefold()


def card_key(card_number: str | None) -> str | None:
    """A card number as it is compared: without case and surrounding space."""
    return None if card_number is None else card_number.strip().casefold()


def ids_of(role: Role) -> list[int]:
    """The ids of the active accounts that have this role."""
    chosen = (User.role == role) & (User.is_active == 1)
    return [row[0] for row in rows(User.select(User.id).where(chosen).order_by(User.id))]


def find(user_id: int) -> UserRow:
    """The account as it is stored. Raises Missing."""
    return read(_existing(_BY_ID.row(id=user_id)))


def lock_admins(user_id: int) -> None:
    """Lock every active administrator before one of them changes, in the order of their ids.

    Several who change at once queue up like this, instead of each waiting for another. On SQLite
    the write lock has them queue up already.
    """
    if is_postgresql() and role(user_id) == "admin":
        rows(for_update(_active_admins()))


def locked(user_id: int) -> UserRow:
    """The account, locked until the transaction ends. Raises Missing."""
    lock_admins(user_id)
    return read(_existing(_LOCKED.row(id=user_id)))


def role(user_id: int) -> str | None:
    """The account's role, or None when there is none."""
    row = _BY_ID.row(id=user_id)
    return None if row is None else read(row).role


def everybody(role: str | None = None) -> Iterator[UserRow]:
    """All accounts by id, or those with a role."""
    query = User.select(*COLUMNS).order_by(User.id)
    return map(read, rows(query if role is None else query.where(User.role == role)))


def first_active_admin() -> int | None:
    """The id of the first administrator whose account is active."""
    found: int | None = _active_admins().scalar()
    return found


def is_anybody() -> bool:
    """Whether there is any account."""
    return bool(User.select().exists())


def create(
    values: Mapping[str, Any],
    password_hash: str | None,
    actor: Actor,
    *,
    action: str = "user.create",
) -> UserRow:
    """Add an account; fields left out have their defaults. Raises Taken for the email or card."""
    moment = timestamp()
    row = {
        **dict.fromkeys(_OPTIONAL),
        "role": "member",
        "category": "standard",
        "is_active": True,
        "blocked": False,
        "notices": {},
        **values,
    }
    stored = {
        **_stored(row),
        **_keys(row),
        "password_hash": password_hash,
        "created_at": moment,
        "updated_at": moment,
        "revision": 1,
    }
    with unique(lambda: _taken(row)):
        user_id: int = User.insert(stored).execute()
    audit.record(actor, action, "user", user_id, changes={"role": [None, row["role"]]})
    return find(user_id)


def update(user: UserRow, values: Mapping[str, Any], actor: Actor) -> UserRow:
    """Write changed fields of an account that is `locked`.

    Raises Taken for the email or the card, Conflict `last-admin`.
    """
    before = user._asdict()
    changed = {name: value for name, value in values.items() if before[name] != value}
    if not changed:
        return find(user.id)
    after = {**before, **changed}
    if _is_active_admin(before) and not _is_active_admin(after):
        _require_another_admin(user.id)
    # Written whole: what is stored of a block that has ended must not come back with a new one.
    block = {name: after[name] for name in ("blocked", "block_reason", "blocked_until")}
    with unique(lambda: _taken(after, but=user.id)):
        User.update(
            {
                **_stored({**block, **changed}),
                **_keys(after),
                "updated_at": timestamp(),
                "revision": User.revision + 1,
            }
        ).where(User.id == user.id).execute()
    changes = audit.differences(before, after, personal=PERSONAL)
    audit.record(actor, "user.update", "user", user.id, changes=changes)
    return find(user.id)


def delete(user: UserRow, actor: Actor) -> None:
    """Erase an account that is `locked`; what it wrote and borrowed stays without a name.

    Raises Conflict `last-admin`. Open loans and debts are the caller's to refuse.
    """
    if _is_active_admin(user._asdict()):
        _require_another_admin(user.id)
    User.delete().where(User.id == user.id).execute()
    audit.record(actor, "user.delete", "user", user.id)


_OPTIONAL = (
    *("email", "contact_email", "first_name", "last_name", "card_number", "phone", "address"),
    *("birth_date", "language", "note", "block_reason", "blocked_until", "expires_on"),
)


def _existing(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    if row is None:
        raise Missing("There is no such user.")
    return row


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as their columns hold them: flags as 0 or 1, the switches of notices as JSON."""
    stored = {name: int(v) if isinstance(v, bool) else v for name, v in values.items()}
    if "notices" in stored:
        stored["notices"] = orjson.dumps(stored["notices"]).decode()
    return stored


def as_stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """All columns of an account but its hashes and stamps, from fields of `UserRow`."""
    row = {**dict.fromkeys(_OPTIONAL), **values}
    return {**_stored(row), **_keys(row)}


_SEARCHED = ("email", "contact_email", "first_name", "last_name", "card_number", "phone")


def _keys(row: Mapping[str, Any]) -> dict[str, Any]:
    words = [row[name] for name in _SEARCHED if row[name]]
    digits = "".join(c for c in row["phone"] or "" if c.isdigit())
    return {
        "email_key": email_key(row["email"]),
        "card_key": card_key(row["card_number"]),
        "search_key": fold(" ".join([*words, digits])),
        "name_key": name_key(row["last_name"], row["first_name"]),
    }


def _taken(row: Mapping[str, Any], but: int = 0) -> Taken:
    same_email: Expression = User.email_key == email_key(row["email"])
    if row["email"] and User.select().where(same_email & (User.id != but)).exists():
        return Taken("An account with this email exists already.", code="email-taken")
    return Taken("This card number belongs to another member.", code="card-number-taken")


def _is_active_admin(user: Mapping[str, Any]) -> bool:
    return bool(user["role"] == "admin" and user["is_active"])


def _require_another_admin(user_id: int) -> None:
    """Ask among locked administrators, so that no two are the last but one at once."""
    if all(admin_id == user_id for (admin_id,) in rows(for_update(_active_admins()))):
        raise Conflict("This is the last active administrator.", code="last-admin")


def _active_admins() -> Any:
    active = (User.role == "admin") & (User.is_active == 1)
    return User.select(User.id).where(active).order_by(User.id)


NAME = fn.COALESCE(User.name_key, User.last_name, SQL("''"))
EXPIRES_ON = fn.COALESCE(User.expires_on, SQL(f"'{NO_END}'"))
