"""What a dry run remembers of a file, however long the file is."""

import tracemalloc
from contextlib import suppress

import pytest

from catalogue.remembered import Remembered


@pytest.mark.parametrize("lasting", [True, False])
def test_what_is_put_is_found_by_what_it_is_and_its_key(lasting: bool) -> None:
    said = Remembered(lasting=lasting)
    said.put("card", "C1", ["ada", "lovelace"])
    said.put("card", 1)
    assert said.get("card", "C1") == ["ada", "lovelace"]
    assert said.get("card", 1) is True
    assert said.get("barcode", "C1") is None


def test_only_what_lasts_is_found_in_the_next_part() -> None:
    for lasting, found in ((True, 7), (False, None)):
        said = Remembered(lasting=lasting)
        said.put("barcode", "B1", 7)
        said.begin()
        assert said.get("barcode", "B1") == found


def test_what_is_undone_is_as_it_was_before_its_part() -> None:
    said = Remembered(lasting=True)
    said.put("line", 1, [300])
    said.begin()
    said.put("line", 1, [200])
    said.put("line", 2, [100])
    said.undo()
    said.begin()
    assert (said.get("line", 1), said.get("line", 2)) == ([300], None)


@pytest.mark.parametrize("lasting", [True, False])
def test_of_what_fails_nothing_is_kept_however_many_parts_it_had(lasting: bool) -> None:
    said = Remembered(lasting=lasting)
    said.put("key", "a")
    with suppress(ValueError), said.kept():
        said.put("key", "b")
        said.begin()
        said.put("key", "c")
        raise ValueError
    said.begin()
    assert [said.get("key", one) for one in "abc"] == [lasting or None, None, None]


def test_what_lasts_takes_no_more_memory_for_more_keys() -> None:
    said = Remembered(lasting=True)
    tracemalloc.start()
    try:
        for number in range(50_000):
            said.put("key", f"a key of some length {number}")
            if number % 500 == 0:
                said.begin()
        said.begin()
        assert tracemalloc.get_traced_memory()[0] < 200_000
    finally:
        tracemalloc.stop()
    assert said.get("key", "a key of some length 1")
