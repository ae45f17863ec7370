"""What accounts sign in with: hashes of passwords and PINs."""

from typing import Any, NamedTuple

from peewee import TextField

from models import audit
from models.audit import Actor
from models.database import Compiled, for_share, slot
from models.errors import Missing
from models.timestamps import timestamp
from models.user import User, card_key, email_key
from models.vocabulary import Role


class Account(NamedTuple):
    """What is needed to let somebody in."""

    id: int
    role: str
    is_active: bool
    password_hash: str | None
    pin_hash: str | None


class Proof(NamedTuple):
    """What proved who somebody is: the hash that a password or PIN was right for.

    `card` is the card it came with, as it is compared; None for a password, and for a PIN alone.
    """

    user_id: int
    password_hash: str | None = None
    pin_hash: str | None = None
    card: str | None = None


_COLUMNS = (User.id, User.role, User.is_active, User.password_hash, User.pin_hash)
_BY_EMAIL = Compiled(lambda: User.select(*_COLUMNS).where(User.email_key == slot("key")))
_BY_CARD = Compiled(lambda: User.select(*_COLUMNS).where(User.card_key == slot("key")))
_BY_ID = Compiled(lambda: User.select(*_COLUMNS).where(User.id == slot("key")))
_KEPT = Compiled(
    lambda: for_share(
        User.select(
            User.role, User.is_active, User.password_hash, User.pin_hash, User.card_key
        ).where(User.id == slot("id"))
    )
)


def by_email(email: str) -> Account | None:
    """The account that signs in by this email, or None."""
    return None if "\0" in email else _account(_BY_EMAIL, email_key(email))


def by_card(card_number: str) -> Account | None:
    """The account with this card, or None."""
    return None if "\0" in card_number else _account(_BY_CARD, card_key(card_number))


def of(user_id: int) -> Account:
    """The account with this id. Raises Missing."""
    found = _account(_BY_ID, user_id)
    if found is None:
        raise Missing("There is no such user.")
    return found


def still_holds(proof: Proof) -> bool:
    """Whether what was proved before this transaction is so now, and stays so until it ends.

    The account is active, its password, or PIN and card, are those that were given; who changes one
    of them waits for this transaction. On SQLite the write lock has them wait. A card signs in
    members alone.
    """
    row = _KEPT.row(id=proof.user_id)
    if row is None or not row[1]:
        return False
    role, _, password_hash, pin_hash, card = row
    if proof.password_hash is not None:
        return bool(proof.password_hash == password_hash)
    if proof.card is not None and (card != proof.card or role != Role.MEMBER):
        return False
    return proof.pin_hash is not None and bool(proof.pin_hash == pin_hash)


def set_password(user_id: int, hashed: str, actor: Actor) -> None:
    """Store the hash of a new password."""
    _store(user_id, User.password_hash, hashed)
    audit.record(actor, "user.password", "user", user_id)


def rehash(user_id: int, stored: str, hashed: str) -> bool:
    """Store our own hash of a password in the place of one that came from another system.

    False when that one is not stored any more.
    """
    same = (User.id == user_id) & (User.password_hash == stored)
    return bool(User.update(password_hash=hashed).where(same).execute() == 1)


def set_pin(user_id: int, hashed: str, actor: Actor) -> None:
    """Store the hash of a new PIN (rule 43)."""
    _store(user_id, User.pin_hash, hashed)
    audit.record(actor, "user.pin", "user", user_id)


def _store(user_id: int, column: TextField, hashed: str) -> None:
    stamps = {"updated_at": timestamp(), "revision": User.revision + 1}
    User.update({column.name: hashed, **stamps}).where(User.id == user_id).execute()


def _account(query: Compiled, key: Any) -> Account | None:
    row = query.row(key=key)
    return None if row is None else Account(row[0], row[1], bool(row[2]), row[3], row[4])
