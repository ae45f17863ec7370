"""What the guard of speed says of the counts of two commits."""

import pytest

from benchmarks.guard import __main__ as comparing

BEFORE = {"lending": 2_000_000, "returning": 1_000_000}


def test_an_operation_that_takes_over_five_percent_more_is_too_slow() -> None:
    here = {"lending": 2_100_001, "returning": 1_050_000}
    assert comparing.too_slow(BEFORE, here, 5) == ["lending"]


def test_what_got_faster_or_is_new_is_not_too_slow() -> None:
    assert comparing.too_slow(BEFORE, {"lending": 1, "renewing": 9_000_000}, 5) == []


def test_the_table_has_both_sides_and_their_ratio() -> None:
    lines = comparing.table("v1.0.0", BEFORE, {"lending": 1_900_000}).splitlines()
    assert lines[0] == "| thousands of instructions | v1.0.0 | here | ratio |"
    assert lines[2] == "| lending | 2,000 | 1,900 | 0.95 |"


@pytest.mark.skipif(not (comparing.ROOT / ".git").exists(), reason="NOT TESTED: this is no clone")
def test_there_is_a_release_to_compare_with() -> None:
    assert comparing.last_release()
