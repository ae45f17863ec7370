"""How keys of other systems are found again."""

from typing import Any

from models import source_key
from models.database import database, is_sqlite


def test_keys_are_looked_up_by_kind_and_key_however_few_are_counted(db: Any) -> None:
    source_key.add("loans", [(str(number), number) for number in range(1, 5000)])
    wanted = [str(number) for number in range(1, 500)]
    if is_sqlite():
        sql, said = source_key._FIND_IN_SQLITE, "kind=? AND source_key=?"
        values: list[Any] = ["loans", "[]"]
    else:
        sql, said = source_key._FIND_IN_POSTGRESQL, "source_key = wanted.key"
        values = [wanted, "loans"]
    explain = "EXPLAIN QUERY PLAN " if is_sqlite() else "EXPLAIN "
    plan = "\n".join(str(row[-1]) for row in database.execute_sql(explain + sql, values))
    assert said in plan
    assert "Filter" not in plan
    found = source_key.find("loans", [*wanted, "never"])
    assert (len(found), found["7"]) == (499, 7)


def test_a_key_that_is_taken_stays_with_its_record(db: Any) -> None:
    source_key.add("loans", [("1", 10), ("1", 11)])
    source_key.add("loans", [("1", 12)])
    assert source_key.find("loans", ["1"]) == {"1": 10}
