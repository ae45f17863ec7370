"""By what members are sorted: their names as people sort them, whatever case and accents."""

import re

from models.database import is_postgresql, run, transaction
from models.text import fold

LONGEST = 500
"""Characters; an index of PostgreSQL has no room for twice as many of them."""
_BATCH = 500
_WRITE_ALL = """
    UPDATE "user" SET name_key = given.name_key
    FROM UNNEST(?::BIGINT[], ?::TEXT[]) AS given (id, name_key) WHERE "user".id = given.id
"""
_BEFORE_LETTERS = re.compile(r"\A[\W_]+")


def name_key(last_name: str | None, first_name: str | None) -> str:
    """A name as it is sorted: the last one before the first, folded, from its first letter on."""
    key = _BEFORE_LETTERS.sub("", fold(last_name or ""))
    return f"{key}\t{fold(first_name or '')}"[:LONGEST]


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
    """Do it for those of them that have no key yet."""
    query = (
        'SELECT id, last_name, first_name FROM "user"'
        " WHERE id BETWEEN ? AND ? AND name_key IS NULL ORDER BY id"
    )
    if is_postgresql():
        query += " FOR UPDATE"
    found = run(query, (user_ids[0], user_ids[-1])).fetchall()
    keys = {user_id: name_key(*names) for user_id, *names in found}
    if is_postgresql():
        run(_WRITE_ALL, ([*keys], [*keys.values()]))
        return
    for user_id, key in keys.items():
        run('UPDATE "user" SET name_key = ? WHERE id = ?', (key, user_id))
