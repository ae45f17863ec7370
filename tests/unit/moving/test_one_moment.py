"""An export is what the library was at one moment, whatever is done while it is written."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson

from models.database import database
from moving.folder import take_out
from tests.unit.circulation.library import DAY, NOW, back, berlin, lent, member, title


def test_a_return_and_a_loan_made_between_two_kinds_are_wholly_left_out(
    db: Any, tmp_path: Path
) -> None:
    berlin()
    [barcode] = title()[1]
    borrower = member()
    lent(barcode, borrower, NOW - 60 * DAY)
    acts: list[str] = []

    def meanwhile() -> None:
        with database.connection_context():
            back(barcode)
            lent(title()[1][0], member())

    def act_once(kind: str, records: int) -> None:
        if not acts:
            acts.append(kind)
            with ThreadPoolExecutor(1) as other:
                other.submit(meanwhile).result()

    files = take_out(tmp_path, "ndjson", act_once)
    counts = {one.kind: one.records for one in files}
    kinds = ("members", "books", "copies", "loans", "fees")
    assert [counts[kind] for kind in kinds] == [1, 1, 1, 1, 0]
    [loan] = (tmp_path / "loans.ndjson").read_bytes().splitlines()
    assert orjson.loads(loan)["returned_at"] is None
    assert acts == ["policies"]
