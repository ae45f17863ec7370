"""How many records are taken at a time."""

import pytest

from catalogue import pacing
from catalogue.pacing import parts
from catalogue.record_check import Candidate, Rejected


def row_of_a_title(number: int) -> Candidate:
    """A row of 100 bytes of the title that began in row 0."""
    names = {"first_row": ["0"]}
    return Candidate(number, b"x" * 100, {}, names, (), {}, False, {}, None, [], (), {})


def test_the_first_parts_of_a_file_are_shorter() -> None:
    """Whoever writes need not wait until as many are read as are written at once later."""
    records = (Rejected(number, b"x", []) for number in range(20_000))
    sizes = [len(part) for part in parts(records, 8000)]
    assert sizes == [500, 1000, 2000, 4000, 8000, 4500]


def test_a_part_is_no_longer_than_it_may_be() -> None:
    records = (Rejected(number, b"x", []) for number in range(5))
    assert [len(part) for part in parts(records, 2)] == [2, 2, 1]


def test_rows_of_one_title_stay_together_unless_they_are_very_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert [len(part) for part in parts(map(row_of_a_title, range(60)), 2)] == [60]
    monkeypatch.setattr(pacing, "BATCH_BYTES", 1000)
    assert [len(part) for part in parts(map(row_of_a_title, range(60)), 2)] == [12] * 5
