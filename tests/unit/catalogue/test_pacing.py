"""How many records are taken at a time."""

from catalogue.pacing import parts
from catalogue.record_check import Rejected


def test_the_first_parts_of_a_file_are_shorter() -> None:
    """Whoever writes need not wait until as many are read as are written at once later."""
    records = (Rejected(number, b"x", []) for number in range(20_000))
    sizes = [len(part) for part in parts(records, 8000)]
    assert sizes == [500, 1000, 2000, 4000, 8000, 4500]


def test_a_part_is_no_longer_than_it_may_be() -> None:
    records = (Rejected(number, b"x", []) for number in range(5))
    assert [len(part) for part in parts(records, 2)] == [2, 2, 1]
