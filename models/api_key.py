"""API keys: long-lived credentials of scripts and kiosks, narrowed by scopes."""

from collections.abc import Sequence
from typing import Any

import orjson
from peewee import IntegerField, TextField

from models import audit
from models.audit import Actor
from models.clock import timestamp
from models.database import Compiled, Table, rows, slot
from models.errors import Missing
from models.listing import Listing, Sort, equals
from models.user import User
from models.view import View


class ApiKey(Table):
    """One key; of its secret only the hash is kept."""

    user_id = IntegerField()
    name = TextField()
    secret_hash = TextField()
    scopes = TextField()
    created_at = TextField()
    expires_at = TextField(null=True)


VIEW = View(ApiKey, "id name scopes created_at expires_at", json={"scopes"})

LISTING = Listing(
    ApiKey,
    VIEW,
    sorts={
        "id": Sort(ApiKey.id),
        "name": Sort(ApiKey.name),
        "created_at": Sort(ApiKey.created_at),
    },
    filters={"owner": equals(ApiKey.user_id)},
)

_CALLER = Compiled(
    lambda: (
        User.select(User.id, User.role, ApiKey.scopes, ApiKey.secret_hash)
        .join(ApiKey, on=(ApiKey.user_id == User.id))
        .where(
            (ApiKey.id == slot("id"))
            & (User.is_active == 1)
            & (ApiKey.expires_at.is_null() | (ApiKey.expires_at > slot("now")))
        )
    )
)


def create(
    name: str, scopes: Sequence[str], expires_at: str | None, secret_hash: str, actor: Actor
) -> dict[str, Any]:
    """Add a key of the actor's, and give it as it is shown (without its secret)."""
    key_id = ApiKey.insert(
        user_id=actor.id,
        name=name,
        secret_hash=secret_hash,
        scopes=orjson.dumps(sorted(set(scopes))).decode(),
        created_at=timestamp(),
        expires_at=expires_at,
    ).execute()
    audit.record(actor, "key.create", "key", key_id, changes={"scopes": [None, sorted(scopes)]})
    return VIEW.present(rows(ApiKey.select(*VIEW.columns).where(ApiKey.id == key_id))[0])


def caller(key_id: int) -> tuple[int, str, frozenset[str], str] | None:
    """User id, role, scopes and secret hash of a key that is good now, or None."""
    row = _CALLER.row(id=key_id, now=timestamp())
    return None if row is None else (row[0], row[1], frozenset(orjson.loads(row[2])), row[3])


def tag(key_id: int) -> tuple[str, int, int]:
    """What names the state of a key, which never changes: noun, id and revision."""
    return ("key", key_id, 1)


def require(key_id: int, owner: Actor) -> None:
    """Nothing, when this is a key of the actor's. Raises Missing."""
    if not ApiKey.select().where(_owned(key_id, owner)).exists():
        raise Missing("There is no such key.")


def delete(key_id: int, actor: Actor) -> None:
    """Remove a key of the actor's; it stops working at once."""
    ApiKey.delete().where(_owned(key_id, actor)).execute()
    audit.record(actor, "key.delete", "key", key_id)


def _owned(key_id: int, owner: Actor) -> Any:
    return (ApiKey.id == key_id) & (ApiKey.user_id == owner.id)
