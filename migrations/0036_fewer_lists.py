"""Columns of SQLite that may hold one of several texts are checked without a list.

For `IN` with three constants or more SQLite fills a table of its own at each write, which took a
quarter of the instructions of queueing a notice. Comparisons one by one mean the same, and what is
stored does not change.
"""

import re

from models.database import is_sqlite, run
from models.schema import edit_sqlite_table

_LIST = re.compile(r"\b(\w+) IN \(\s*('\w+'(?:,\s*'\w+'){2,})\s*\)")


def up(migrator: object, db: object) -> None:
    """Write the checks anew; PostgreSQL needs none of it."""
    if not is_sqlite():
        return
    for table, sql in run("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall():
        compared = _LIST.sub(_compared, sql or "")
        if sql and compared != sql:
            edit_sqlite_table(table, compared)


def _compared(found: re.Match[str]) -> str:
    column, texts = found.groups()
    return f"({' OR '.join(f'{column} = {text.strip()}' for text in texts.split(','))})"
