"""How keys of other systems are found again."""

from typing import Any

import pytest

from models import closure, source_key
from models.audit import Actor
from models.closure import Closure
from models.database import database, is_sqlite


def test_keys_of_a_kind_are_looked_up_by_themselves_before_its_rows_are_counted(db: Any) -> None:
    add_many("members")
    database.execute_sql("ANALYZE source_key")
    add_many("loans")
    if is_sqlite():
        values: tuple[Any, ...] = ("loans", "[]")
        sql = source_key._FIND_IN_SQLITE
        explain, key = "EXPLAIN QUERY PLAN ", "AUTOINDEX_SOURCE_KEY_1 (KIND=? AND SOURCE_KEY=?)"
    else:
        sql, values = source_key._FIND_IN_POSTGRESQL, (["1"], "loans")
        explain, key = "EXPLAIN ", "SOURCE_KEY_PKEY"
    plan = database.execute_sql(explain + sql.format(table="loan"), values)
    assert [line for *_, line in plan if key in line.upper()]


def test_keys_are_found_among_many_and_those_that_nobody_has_are_not(db: Any) -> None:
    add_many("loans")
    assert set(source_key.find("loans", ["1", "4999", "never"])) == {"1", "4999"}


def add_many(kind: str) -> None:
    source_key.add(kind, [(str(number), number) for number in range(1, 5000)])


@pytest.mark.parametrize("begin", ["elsewhere:", ""], ids=["foreign", "own"])
def test_more_keys_are_found_at_once_than_a_statement_takes_values(db: Any, begin: str) -> None:
    begin = begin or f"{source_key.code()}:"
    one = closed("2026-12-24")
    keys = [(f"{begin}{one + number}", one + number) for number in range(70_000)]
    source_key.add("closures", keys if begin == "elsewhere:" else [])
    found = source_key.find("closures", [key for key, _ in keys])
    assert {key: known for key, known in found.items() if known} == {f"{begin}{one}": one}


def closed(day: str) -> int:
    days = {"starts_on": day, "ends_on": day, "reason": "Closed"}
    return closure.create(days, Actor(None, "test")).id


def test_a_key_that_is_taken_stays_with_its_record(db: Any) -> None:
    first, second = closed("2026-12-24"), closed("2026-12-31")
    source_key.add("closures", [("1", first), ("1", second)])
    source_key.add("closures", [("1", second)])
    assert source_key.find("closures", ["1"]) == {"1": first}


def test_a_key_of_a_record_that_is_gone_names_none(db: Any) -> None:
    gone = closed("2026-12-24")
    source_key.add("closures", [("1", gone)])
    Closure.delete().execute()
    assert source_key.find("closures", ["1", f"{source_key.code()}:{gone}"]) == {"1": None}
