"""Password resets asked for at once: three an hour for one email, whoever asks."""

import pytest

from models import password_reset
from tests.support import people
from tests.support.queueing import Meeting, second_while_first_is_open

pytestmark = pytest.mark.usefixtures("postgresql")
EMAIL = "member@example.org"


def met(first: str, second: str) -> Meeting:
    """The answer to a request while the transaction of three others is open."""

    def ask_thrice() -> None:
        for _ in range(password_reset.MOST_AN_HOUR):
            password_reset.ask(first)

    return second_while_first_is_open(ask_thrice, lambda: password_reset.ask(second))


def test_a_fourth_request_that_comes_while_the_third_is_noted_sends_nothing() -> None:
    people.add("member", EMAIL)
    assert met(EMAIL, EMAIL).second is None


def test_an_email_in_another_case_is_the_same_email() -> None:
    people.add("member", EMAIL)
    assert met(EMAIL, EMAIL.upper()).second is None


@pytest.mark.parametrize("is_known", [True, False])
def test_requests_for_one_email_queue_up_whether_there_is_an_account(*, is_known: bool) -> None:
    if is_known:
        people.add("member", EMAIL)
    assert met(EMAIL, EMAIL).waited


def test_requests_for_another_email_are_not_kept_waiting() -> None:
    people.add("member", EMAIL)
    assert not met("other@example.org", EMAIL).waited
