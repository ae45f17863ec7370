"""API keys: long-lived credentials of scripts and kiosks, narrowed by scopes."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from peewee import ForeignKeyField, TextField

from models import audit
from models.audit import Actor
from models.database import Compiled, Table, rows, slot
from models.errors import Missing
from models.fields import JsonField
from models.listing import Listing, Sort, equals
from models.rows import Json, RowReader, Tag
from models.timestamps import timestamp
from models.user import User
from models.vocabulary import Role


class ApiKey(Table):
    """One key; of its secret only the hash is kept."""

    user = ForeignKeyField(User, on_delete="CASCADE")
    name = TextField()
    secret_hash = TextField()
    scopes = JsonField()
    encoding = TextField()
    created_at = TextField()
    expires_at = TextField(null=True)


class KeyRow(NamedTuple):
    """A key as it is stored, without its secret."""

    id: int
    user_id: int
    name: str
    scopes: list[str]
    encoding: str
    created_at: str
    expires_at: str | None

    @property
    def tag(self) -> Tag:
        """What names the state of the key, which never changes."""
        return ("key", self.id, 1)

    def to_json(self) -> Json:
        """The key as its owner sees it."""
        shown = self._asdict()
        del shown["user_id"]
        return shown


ROWS = RowReader(ApiKey, KeyRow)

LISTING = Listing(
    ApiKey,
    ROWS,
    sorts={
        "id": Sort(ApiKey.id),
        "name": Sort(ApiKey.name),
        "created_at": Sort(ApiKey.created_at),
    },
    filters={"owner": equals(ApiKey.user_id)},
)

_CALLER = Compiled(
    lambda: (
        User.select(User.id, User.role, ApiKey.scopes, ApiKey.secret_hash, ApiKey.encoding)
        .join(ApiKey, on=(ApiKey.user_id == User.id))
        .where(
            (ApiKey.id == slot("id"))
            & (User.is_active == 1)
            & (ApiKey.expires_at.is_null() | (ApiKey.expires_at > slot("now")))
        )
    )
)


def create(
    name: str,
    scopes: Sequence[str],
    expires_at: str | None,
    secret_hash: str,
    actor: Actor,
    encoding: str = "utf-8",
) -> KeyRow:
    """Add a key of the actor's.

    `encoding` is how a SIP2 machine that signs in with the key writes text.
    """
    key_id = ApiKey.insert(
        user_id=actor.id,
        name=name,
        secret_hash=secret_hash,
        scopes=sorted(set(scopes)),
        encoding=encoding,
        created_at=timestamp(),
        expires_at=expires_at,
    ).execute()
    audit.record(actor, "key.create", "key", key_id, changes={"scopes": [None, sorted(scopes)]})
    return find(key_id)


def caller(key_id: int) -> tuple[int, str, frozenset[str], str] | None:
    """User id, role, scopes and secret hash of a key that is good now, or None."""
    row = _CALLER.row(id=key_id, now=timestamp())
    return None if row is None else (row[0], row[1], frozenset(orjson.loads(row[2])), row[3])


class MachineKey(NamedTuple):
    """A key by which a SIP2 machine signs in, and whose it is."""

    user_id: int
    role: Role
    scopes: frozenset[str]
    secret_hash: str
    encoding: str


def machine(key_id: int) -> MachineKey | None:
    """A key that is good now, or None."""
    row = _CALLER.row(id=key_id, now=timestamp())
    if row is None:
        return None
    return MachineKey(row[0], Role(row[1]), frozenset(orjson.loads(row[2])), row[3], row[4])


def find(key_id: int) -> KeyRow:
    """The key. Raises Missing."""
    row = ROWS.first(ROWS.select().where(ApiKey.id == key_id))
    if row is None:
        raise Missing("There is no such key.")
    return row


def delete(key_id: int, actor: Actor) -> None:
    """Remove a key of the actor's; it stops working at once."""
    ApiKey.delete().where(_owned(key_id, actor)).execute()
    audit.record(actor, "key.delete", "key", key_id)


def delete_all(user_id: int, actor: Actor) -> None:
    """Remove every key of a user; they stop working at once."""
    theirs = ApiKey.user_id == user_id
    key_ids = [row[0] for row in rows(ApiKey.select(ApiKey.id).where(theirs).order_by(ApiKey.id))]
    ApiKey.delete().where(theirs).execute()
    for key_id in key_ids:
        audit.record(actor, "key.delete", "key", key_id)


def _owned(key_id: int, owner: Actor) -> Any:
    return (ApiKey.id == key_id) & (ApiKey.user_id == owner.id)
