"""Columns that may hold one of several texts refuse others, and SQLite is asked so cheaply."""

import re
from typing import Any

import pytest
from peewee import IntegrityError

from models.database import run, transaction
from tests.unit.circulation.library import on_copy, title

_LONG_LIST = re.compile(r"\bIN \(\s*'\w+'(?:,\s*'\w+'){2,}\s*\)")


def test_sqlite_fills_no_list_to_check_or_to_index_a_text(sqlite: Any) -> None:
    texts = run("SELECT sql FROM sqlite_schema WHERE type <> 'trigger' AND sql <> ''").fetchall()
    assert [sql for (sql,) in texts if _LONG_LIST.search(sql)] == []


def test_a_text_that_is_none_of_them_is_refused(db: Any) -> None:
    _, [barcode] = title()
    with pytest.raises(IntegrityError), transaction():
        run("UPDATE copy SET status = 'borrowed'")
    assert on_copy(barcode)["status"] == "available"


@pytest.mark.parametrize("status", ["available", "in_repair", "lost", "withdrawn"])
def test_each_of_them_is_taken(db: Any, status: str) -> None:
    title()
    run("UPDATE copy SET status = ?", (status,))
    assert run("SELECT status FROM copy").fetchone() == (status,)
