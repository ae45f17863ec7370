"""Accounts: staff and members, who they are and what they may do."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from peewee import Expression, IntegerField, TextField

from models import audit
from models.audit import Actor
from models.clock import timestamp
from models.database import Compiled, Table, for_update, is_postgresql, rows, slot, unique
from models.errors import Conflict, Missing, Taken
from models.listing import Listing, Sort, contains, equals, is_flag
from models.text import fold
from models.view import View


class User(Table):
    """An account."""

    email = TextField()
    email_key = TextField(unique=True)
    password_hash = TextField()
    first_name = TextField()
    last_name = TextField()
    role = TextField()
    category = TextField()
    card_number = TextField(null=True)
    card_key = TextField(null=True, unique=True)
    is_active = IntegerField()
    blocked = IntegerField()
    block_reason = TextField(null=True)
    expires_on = TextField(null=True)
    search_key = TextField()
    created_at = TextField()
    updated_at = TextField()
    revision = IntegerField()


PERSONAL = frozenset(
    {"email", "first_name", "last_name", "card_number", "block_reason", "password"}
)

VIEW = View(
    User,
    "id email first_name last_name role category card_number is_active blocked block_reason"
    " expires_on created_at updated_at revision",
    flags={"is_active", "blocked"},
)

LISTING = Listing(
    User,
    VIEW,
    sorts={
        "id": Sort(User.id),
        "email": Sort(User.email_key),
        "last_name": Sort(User.last_name),
        "created_at": Sort(User.created_at),
        "updated_at": Sort(User.updated_at),
    },
    filters={
        "q": contains(User.search_key, fold),
        "role": equals(User.role),
        "category": equals(User.category),
        "is_active": is_flag(User.is_active),
        "blocked": is_flag(User.blocked),
    },
)

_BY_ID = Compiled(lambda: User.select(*VIEW.columns).where(User.id == slot("id")))
_LOCKED = Compiled(lambda: for_update(User.select(*VIEW.columns).where(User.id == slot("id"))))
_CREDENTIALS = Compiled(
    lambda: User.select(User.id, User.role, User.is_active, User.password_hash).where(
        User.email_key == slot("key")
    )
)


class Account(NamedTuple):
    """What is needed to let somebody in."""

    id: int
    role: str
    is_active: bool
    password_hash: str


def email_key(email: str) -> str:
    """An email as it is compared: without case."""
    return email.casefold()


def card_key(card_number: str | None) -> str | None:
    """A card number as it is compared: without case and surrounding space."""
    return None if card_number is None else card_number.strip().casefold()


def tag(record: Mapping[str, Any]) -> tuple[str, int, int]:
    """What names the present state of the record: noun, id and revision."""
    return ("user", record["id"], record["revision"])


def find(user_id: int) -> dict[str, Any]:
    """The account, as it is shown. Raises Missing."""
    return VIEW.present(_existing(_BY_ID.row(id=user_id)))


def hold_admins(user_id: int) -> None:
    """Hold every active administrator before one of them changes, in the order of their ids.

    Several who change at once queue up like this, instead of each waiting for another. On SQLite
    the write lock has them queue up already.
    """
    if is_postgresql() and role(user_id) == "admin":
        rows(for_update(_active_admins()))


def locked(user_id: int) -> dict[str, Any]:
    """The account, held against other writers until the transaction ends. Raises Missing."""
    hold_admins(user_id)
    return VIEW.read(_existing(_LOCKED.row(id=user_id)))


def credentials(email: str) -> Account | None:
    """The account with this email, or None."""
    row = None if "\0" in email else _CREDENTIALS.row(key=email_key(email))
    return None if row is None else Account(row[0], row[1], bool(row[2]), row[3])


def role(user_id: int) -> str | None:
    """The account's role, or None when there is none."""
    row = _BY_ID.row(id=user_id)
    return None if row is None else VIEW.present(row)["role"]


def is_anybody() -> bool:
    """Whether there is any account."""
    return bool(User.select().exists())


def password_hash(user_id: int) -> str:
    """The account's stored password hash. Raises Missing."""
    found: str | None = User.select(User.password_hash).where(User.id == user_id).scalar()
    if found is None:
        raise Missing("There is no such user.")
    return found


def create(
    values: Mapping[str, Any], hashed: str, actor: Actor, *, action: str = "user.create"
) -> dict[str, Any]:
    """Add an account with the password hash `hashed`. Raises Taken for the email or the card."""
    moment = timestamp()
    row = {
        "role": "member",
        "category": "standard",
        "card_number": None,
        "expires_on": None,
        **values,
        "is_active": 1,
        "blocked": 0,
        "password_hash": hashed,
        "created_at": moment,
        "updated_at": moment,
        "revision": 1,
    }
    with unique(lambda: _taken(row)):
        user_id: int = User.insert({**row, **_keys(row)}).execute()
    audit.record(actor, action, "user", user_id, changes={"role": [None, row["role"]]})
    return find(user_id)


def update(user: dict[str, Any], values: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Write changed fields of an account that is `locked`.

    Raises Taken for the email or the card, Conflict `last-admin`.
    """
    changed = {name: value for name, value in values.items() if user[name] != value}
    if not changed:
        return find(user["id"])
    after = {**user, **changed}
    if _is_active_admin(user) and not _is_active_admin(after):
        _require_another_admin(user["id"])
    stored = {name: int(v) if isinstance(v, bool) else v for name, v in changed.items()}
    with unique(lambda: _taken(after, but=user["id"])):
        User.update(
            {
                **stored,
                **_keys(after),
                "updated_at": timestamp(),
                "revision": User.revision + 1,
            }
        ).where(User.id == user["id"]).execute()
    audit.record(
        actor,
        "user.update",
        "user",
        user["id"],
        changes=audit.differences(user, after, personal=PERSONAL),
    )
    return find(user["id"])


def set_password(user_id: int, hashed: str, actor: Actor) -> None:
    """Store a new password hash."""
    User.update(password_hash=hashed).where(User.id == user_id).execute()
    audit.record(actor, "user.password", "user", user_id)


def delete(user: dict[str, Any], actor: Actor) -> None:
    """Erase an account that is `locked`; what it wrote and borrowed stays without a name.

    Raises Conflict `last-admin`. Open loans and debts are the caller's to refuse.
    """
    if _is_active_admin(user):
        _require_another_admin(user["id"])
    User.delete().where(User.id == user["id"]).execute()
    audit.record(actor, "user.delete", "user", user["id"])


def _existing(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    if row is None:
        raise Missing("There is no such user.")
    return row


def _keys(row: Mapping[str, Any]) -> dict[str, Any]:
    searched = (row["email"], row["first_name"], row["last_name"], row["card_number"] or "")
    return {
        "email_key": email_key(row["email"]),
        "card_key": card_key(row["card_number"]),
        "search_key": fold(" ".join(searched)),
    }


def _taken(row: Mapping[str, Any], but: int = 0) -> Taken:
    same_email: Expression = User.email_key == email_key(row["email"])
    if User.select().where(same_email & (User.id != but)).exists():
        return Taken("An account with this email exists already.", code="email-taken")
    return Taken("This card number belongs to another member.", code="card-number-taken")


def _is_active_admin(user: Mapping[str, Any]) -> bool:
    return bool(user["role"] == "admin" and user["is_active"])


def _require_another_admin(user_id: int) -> None:
    """Ask among administrators who are held, so that no two are the last but one at once."""
    if all(admin_id == user_id for (admin_id,) in rows(for_update(_active_admins()))):
        raise Conflict("This is the last active administrator.", code="last-admin")


def _active_admins() -> Any:
    active = (User.role == "admin") & (User.is_active == 1)
    return User.select(User.id).where(active).order_by(User.id)
