"""Answers kept under idempotency keys, written in the transaction of the change they answer."""

from datetime import timedelta

from peewee import BlobField, TextField

from models.database import Compiled, Table, database, is_postgresql, slot
from models.timestamps import timestamp

KEPT = timedelta(hours=24)
KEPT_OF_FORM = timedelta(minutes=10)
"""For a form sent twice, by a second click or by loading again; later on it is sent anew."""


class Idempotency(Table):
    """One kept answer; `id` is a digest of caller, method, path and key."""

    id = TextField(primary_key=True)
    fingerprint = TextField()
    created_at = TextField()
    answer = BlobField()


_FIND = Compiled(
    lambda: Idempotency.select(Idempotency.fingerprint, Idempotency.answer).where(
        (Idempotency.id == slot("id")) & (Idempotency.created_at > slot("since"))
    )
)


def claim(key: str) -> bool:
    """Whether this transaction is the one that works on the key; False while another one does.

    On SQLite the write lock already lets one transaction work at a time.
    """
    if not is_postgresql():
        return True
    cursor = database.execute_sql("SELECT pg_try_advisory_xact_lock(%s)", (_number(key),))
    return bool(cursor.fetchone()[0])


def wait_for(key: str) -> None:
    """Claim the key once no other transaction works on it."""
    if is_postgresql():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_number(key),))


def find(key: str, kept: timedelta = KEPT) -> tuple[str, bytes] | None:
    """The fingerprint and the answer kept under the key for no longer than `kept`, or None."""
    row = _FIND.row(id=key, since=timestamp(ahead=-kept))
    return None if row is None else (row[0], bytes(row[1]))


def keep(key: str, fingerprint: str, answer: bytes) -> None:
    """Keep an answer; one that is past its time gives way."""
    Idempotency.delete().where(Idempotency.id == key).execute()
    Idempotency.insert(
        id=key, fingerprint=fingerprint, created_at=timestamp(), answer=answer
    ).execute()


def delete_expired() -> int:
    """Forget answers past their time, and give their number."""
    past = Idempotency.created_at <= timestamp(ahead=-KEPT)
    removed: int = Idempotency.delete().where(past).execute()
    return removed


def _number(key: str) -> int:
    """The number of the lock on a key."""
    return int.from_bytes(bytes.fromhex(key[:16]), "big", signed=True)
