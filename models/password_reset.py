"""Password resets asked for by mail: each works once, for an hour."""

import hashlib
from datetime import timedelta
from typing import Any

from peewee import ForeignKeyField, TextField

from models import mark as marks
from models.database import Table, for_update, is_postgresql, rows, run
from models.timestamps import timestamp
from models.user import User, email_key

LIFE = timedelta(hours=1)
MOST_AN_HOUR = 3
# The first of two numbers of a lock; those of the other locks are 7403 and single ones.
_LOCK = 7404


class PasswordReset(Table):
    """One request; `user_id` is null where nothing is sent.

    `mark` is random, as that of a sign-in, and null in rows of the release before.
    """

    email_hash = TextField()
    user = ForeignKeyField(User, null=True, on_delete="CASCADE")
    created_at = TextField()
    used_at = TextField(null=True)
    mark = TextField(null=True)


def ask(email: str) -> tuple[int, int] | None:
    """Note a request for an email, and return its id and whose it is, if mail is to be sent.

    None when no active account has the email, or for the fourth request within an hour; both are
    noted all the same, so that they take the same time.
    """
    key = email_key(email) or ""
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass"))
    _take(digest.digest())
    account = User.select(User.id).where((User.email_key == key) & (User.is_active == 1))
    recent = (PasswordReset.email_hash == digest.hexdigest()) & (
        PasswordReset.created_at > _since()
    )
    is_too_many = PasswordReset.select().where(recent).count() >= MOST_AN_HOUR
    user_id = account.scalar()
    created: int = PasswordReset.insert(
        email_hash=digest.hexdigest(),
        user_id=None if is_too_many else user_id,
        created_at=timestamp(),
        mark=marks.new(),
    ).execute()
    return None if is_too_many or user_id is None else (created, user_id)


def mark_of(reset_id: int) -> str | None:
    """The mark of a request that still works, empty if the release before made it.

    None when it was used, is too old, or the password was changed since.
    """
    found = rows(PasswordReset.select(PasswordReset.mark).where(_usable(reset_id)))
    return (found[0][0] or "") if found else None


def use(reset_id: int, mark: str) -> int | None:
    """Use a request up and return whose password may be set; None when it works no longer.

    A request of the release before has no mark, and any will do.
    """
    is_ours = _usable(reset_id) & marks.fits(PasswordReset.mark, mark)
    query = PasswordReset.select(PasswordReset.user_id).where(is_ours)
    found = rows(for_update(query))
    if not found:
        return None
    PasswordReset.update(used_at=timestamp()).where(PasswordReset.id == reset_id).execute()
    user_id: int = found[0][0]
    return user_id


def end_all(user_id: int) -> None:
    """Let no request of an account work any longer: its password or email has been changed."""
    unused = (PasswordReset.user_id == user_id) & PasswordReset.used_at.is_null()
    PasswordReset.update(used_at=timestamp()).where(unused).execute()


def delete_old() -> int:
    """Forget requests that count no longer, and return their number."""
    removed: int = PasswordReset.delete().where(PasswordReset.created_at <= _since()).execute()
    return removed


def _take(digest: bytes) -> None:
    """Let no other transaction note a request for this email until this one ends.

    On SQLite the write lock does. Two emails whose digests begin alike wait for each other, too.
    """
    if is_postgresql():
        number = int.from_bytes(digest[:4], "big", signed=True)
        run("SELECT pg_advisory_xact_lock(?, ?)", (_LOCK, number))


def _since() -> str:
    return timestamp(ahead=-LIFE)


def _usable(reset_id: int) -> Any:
    return (
        (PasswordReset.id == reset_id)
        & PasswordReset.user_id.is_null(False)
        & PasswordReset.used_at.is_null()
        & (PasswordReset.created_at > _since())
    )
