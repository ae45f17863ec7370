"""Failed PINs: five for a card in a quarter of an hour, on each database (rule 43)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from models import failed_pin
from models.database import database, is_sqlite
from models.timestamps import timestamp
from tests.support.queueing import second_while_first_is_open

pytestmark = pytest.mark.usefixtures("db")


def attempt(key: str = "card 1") -> bool:
    """Whether another attempt is let through."""
    return failed_pin.begin(key) is None


def test_the_sixth_wrong_pin_is_one_too_many() -> None:
    assert [attempt() for _ in range(6)] == [True] * 5 + [False]


def test_another_card_is_not_concerned() -> None:
    for _ in range(6):
        attempt()
    assert attempt("card 2")


def test_right_pins_do_not_count() -> None:
    for _ in range(10):
        assert attempt()
        failed_pin.succeeded("card 1")


def test_a_window_ends_a_quarter_of_an_hour_after_its_first_failure() -> None:
    for _ in range(6):
        attempt()
    failed_pin.FailedPin.update(first_at=timestamp(ahead=-failed_pin.WINDOW)).execute()
    assert attempt()


def test_staff_who_set_a_pin_end_the_window() -> None:
    for _ in range(6):
        attempt()
    failed_pin.forget("card 1")
    assert attempt()


def test_the_end_of_the_window_is_told() -> None:
    for _ in range(5):
        attempt()
    until = failed_pin.begin("card 1")
    assert until is not None
    assert until.isoformat()[:19] + "Z" <= timestamp(ahead=failed_pin.WINDOW)


def test_attempts_at_once_do_not_exceed_the_limit(db: Any) -> None:
    def guess(_: int) -> bool:
        try:
            return attempt()
        finally:
            database.close()

    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(guess, range(20))) == failed_pin.MOST


def test_no_card_number_is_stored() -> None:
    attempt("card 4711")
    assert "4711" not in failed_pin.FailedPin.select().get().id


def test_a_sixth_attempt_that_comes_while_the_first_five_are_counted_is_refused() -> None:
    if is_sqlite():
        pytest.skip("there the write lock lets one count at a time")

    def five() -> None:
        for _ in range(failed_pin.MOST):
            attempt()

    assert second_while_first_is_open(five, attempt).second is False
