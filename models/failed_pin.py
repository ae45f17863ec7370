"""Failed PINs: counted for each card, known or not, whoever asks and by whatever way (rule 43)."""

import hashlib
from datetime import datetime, timedelta

from peewee import IntegerField, TextField

from models.database import Table, for_update, rows, transaction
from models.timestamps import moment, timestamp

MOST = 5
WINDOW = timedelta(minutes=15)


class FailedPin(Table):
    """How often a PIN was wrong since `first_at`; the id is a digest of the card."""

    id = TextField(primary_key=True)
    first_at = TextField()
    failures = IntegerField()


def begin(key: str) -> datetime | None:
    """Count an attempt beforehand, so that attempts at once do not exceed the limit.

    Return None, or until when there are too many. `succeeded` takes the attempt back.
    """
    digest, now, start = _digest(key), timestamp(), timestamp(ahead=-WINDOW)
    with transaction():
        found = rows(for_update(FailedPin.select().where(FailedPin.id == digest)))
        if not found:
            first_at, failures = _insert(digest, now)
            if failures <= MOST:
                return None
            _set(digest, failures=MOST)
            return moment(first_at) + WINDOW
        _, first_at, failures = found[0]
        if first_at <= start:
            _set(digest, first_at=now, failures=1)
        elif failures >= MOST:
            return moment(first_at) + WINDOW
        else:
            _set(digest, failures=failures + 1)
    return None


def succeeded(key: str) -> None:
    """Take the attempt back that `begin` counted: the PIN was right."""
    digest = _digest(key)
    with transaction():
        FailedPin.delete().where((FailedPin.id == digest) & (FailedPin.failures <= 1)).execute()
        _set(digest, failures=FailedPin.failures - 1)


def forget(key: str) -> None:
    """Forget the failures of a card: staff have set its PIN."""
    FailedPin.delete().where(FailedPin.id == _digest(key)).execute()


def delete_old() -> int:
    """Forget failures that count no longer, and return their number."""
    removed: int = (
        FailedPin.delete().where(FailedPin.first_at <= timestamp(ahead=-WINDOW)).execute()
    )
    return removed


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _insert(digest: str, now: str) -> tuple[str, int]:
    """Count the first attempt; when others have come at once, count on from theirs."""
    values = {"id": digest, "first_at": now, "failures": 1}
    counted = FailedPin.insert(values).on_conflict(
        conflict_target=[FailedPin.id], update={FailedPin.failures: FailedPin.failures + 1}
    )
    [row] = counted.returning(FailedPin.first_at, FailedPin.failures).tuples().execute()
    return row[0], row[1]


def _set(digest: str, **values: object) -> None:
    FailedPin.update(**values).where(FailedPin.id == digest).execute()
