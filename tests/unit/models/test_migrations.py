"""What migrations since the last release change, so that the release goes on beside this version.

docs/decisions/0013 has the rule.
"""

from typing import Any

import pytest
from playhouse.migrations import Runner

from models import schema
from models.database import connect, database
from tests.support import needs, releases

Columns = dict[tuple[str, str], tuple[str, bool, str | None]]
"""Type, whether it may be null, and default, by table and column."""
# Tables of SQLite's full-text index, whose columns say nothing.
_INDEX = "book_fts"


def columns() -> Columns:
    """Those of all tables."""
    opened = database.obj
    return {
        (table, column.name): (str(column.data_type).upper(), column.null, column.default)
        for table in opened.get_tables()
        if not table.startswith(_INDEX)
        for column in opened.get_columns(table)
    }


def unique() -> set[tuple[str, tuple[str, ...]]]:
    """What may be there once: table and columns of each unique index."""
    opened = database.obj
    return {
        (table, tuple(index.columns))
        for table in opened.get_tables()
        if not table.startswith(_INDEX)
        for index in opened.get_indexes(table)
        if index.unique
    }


class Versions:
    """The tables of the last release, and of this version."""

    def __init__(self) -> None:
        self.newest = releases.migrations()[-1]
        Runner(database.obj, directory=str(schema.MIGRATIONS)).up(self.newest)
        self.before, self.unique_before = columns(), unique()
        schema.migrate()
        self.after, self.unique_after = columns(), unique()
        self.tables = {table for table, _ in self.before}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def versions(request: pytest.FixtureRequest, tmp_path: Any) -> Any:
    """Both, made in an empty database."""
    releases.require_history()
    if request.param == "sqlite":
        connect(f"sqlite:///{tmp_path / 'octavo.db'}")
        yield Versions()
    else:
        with needs.empty_database() as url:
            connect(url)
            yield Versions()
            database.obj.close()
    database.obj.close()
    database.initialize(None)


def test_a_table_that_was_released_keeps_its_columns(versions: Versions) -> None:
    changed = {
        name: (was, versions.after.get(name))
        for name, was in versions.before.items()
        if versions.after.get(name, ("", False, None))[0] != was[0]
    }
    assert changed == {}


def test_a_column_that_could_be_left_out_still_can(versions: Versions) -> None:
    now_needed = [
        name
        for name, (_, may_be_null, default) in versions.before.items()
        if name in versions.after
        and (may_be_null or default is not None)
        and not versions.after[name][1]
        and versions.after[name][2] is None
    ]
    assert now_needed == []


def test_a_new_column_of_a_released_table_can_be_left_out(versions: Versions) -> None:
    needed = [
        name
        for name, (_, may_be_null, default) in versions.after.items()
        if name[0] in versions.tables and name not in versions.before
        if not may_be_null and default is None
    ]
    assert needed == []


def test_of_released_columns_none_becomes_unique(versions: Versions) -> None:
    stricter = [
        (table, names)
        for table, names in versions.unique_after - versions.unique_before
        if table in versions.tables and all((table, name) in versions.before for name in names)
    ]
    assert stricter == []
