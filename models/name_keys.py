"""By what members are sorted, for those who have no such key yet."""

from models import bulk
from models.database import is_postgresql, run, transaction
from models.text import name_key
from models.user import User

_BATCH = 500
_WRITE_ALL = """
    UPDATE "user" SET name_key = given.name_key
    FROM UNNEST(?::BIGINT[], ?::TEXT[]) AS given (id, name_key) WHERE "user".id = given.id
"""


def fill() -> None:
    """Give a key to each member without one: those of before the key, or of the release before.

    They are locked for one batch at a time, so that nobody waits for long.
    """
    last = 0
    while found := _without_key(last):
        last = found[-1]
        with transaction():
            _fill(found)


def _without_key(after: int) -> list[int]:
    query = 'SELECT id FROM "user" WHERE name_key IS NULL AND id > ? ORDER BY id LIMIT ?'
    return [user_id for (user_id,) in run(query, (after, _BATCH)).fetchall()]


def _fill(user_ids: list[int]) -> None:
    found = bulk.find(User, ("id", "last_name", "first_name"), "id", user_ids, locks=True)
    keys = {user_id: name_key(*names) for user_id, *names in found}
    if is_postgresql():
        run(_WRITE_ALL, ([*keys], [*keys.values()]))
        return
    for user_id, key in keys.items():
        run('UPDATE "user" SET name_key = ? WHERE id = ?', (key, user_id))
