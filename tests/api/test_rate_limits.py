"""Rate limits: told on every answer, and kept for callers, addresses and sign-ins.

The limits are by the day, so that no test sees one window end and the next begin.
"""

import re
from typing import Any

import pytest

from api.app import Octavo
from api.auth import passwords
from tests.support import people
from tests.support.asking import Asker
from tests.support.people import Person

BY_ADDRESS = pytest.mark.settings(RATE_LIMIT_ANONYMOUS="3 per day")
BY_CALLER = pytest.mark.settings(RATE_LIMIT_CALLER="3 per day")
WRONG = "wrong password"
BY_LOGIN = pytest.mark.settings(RATE_LIMIT_LOGIN="2 per day")


def left(answer: Any) -> int:
    """How many requests the RateLimit header says are left."""
    found = re.fullmatch(r'"[a-z-]+";r=(\d+);t=\d+', answer.headers["RateLimit"])
    assert found is not None
    return int(found.group(1))


def login(ask: Asker, email: str, password: str = WRONG, **how: Any) -> int:
    """The status that an attempt to sign in is answered with."""
    status: int = ask.post("/auth/login", {"email": email, "password": password}, **how).status_code
    return status


@BY_ADDRESS
def test_every_answer_counts_and_tells_what_is_left(ask: Asker) -> None:
    answers = [ask.get("/books"), ask.get("/nowhere"), ask.delete("/books")]
    assert [answer.status_code for answer in answers] == [200, 404, 405]
    assert [left(answer) for answer in answers] == [2, 1, 0]
    assert answers[0].headers["RateLimit-Policy"] == '"anonymous";q=3;w=86400'


@BY_ADDRESS
def test_bad_credentials_count_against_the_address(ask: Asker) -> None:
    for remaining in (2, 1, 0):
        answer = ask.get("/books", headers=people.bearer("x"))
        assert (answer.status_code, left(answer)) == (401, remaining)
    assert ask.get("/books", headers=people.bearer("x")).status_code == 429


@BY_ADDRESS
def test_past_the_limit_it_is_429_until_a_time_that_is_told(ask: Asker) -> None:
    for _ in range(3):
        ask.get("/books")
    answer = ask.get("/books")
    assert (answer.status_code, answer.json["code"]) == (429, "rate-limited")
    assert 1 <= int(answer.headers["Retry-After"]) <= 86401
    assert left(answer) == 0


@BY_ADDRESS
def test_each_address_has_a_limit_of_its_own(ask: Asker) -> None:
    for _ in range(4):
        ask.get("/books")
    assert ask.get("/books", address="192.0.2.7").status_code == 200


@BY_ADDRESS
def test_the_answer_past_a_limit_says_which_one_and_until_when(ask: Asker) -> None:
    told = [ask.get("/books").json for _ in range(4)][-1]["detail"]
    assert told.startswith(
        "Too many requests without credentials from this address: 3 in 1 day are allowed. Try"
        " again after "
    )
    assert re.search(r"after \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, in \d+ seconds\.$", told)


@BY_LOGIN
def test_each_limit_of_sign_ins_says_what_it_counts(ask: Asker, member: Person) -> None:
    guess = {"email": member.email, "password": WRONG}
    told = [ask.post("/auth/login", guess).json["detail"] for _ in range(3)][-1]
    assert "wrong passwords for this account from this address: 2 in 1 day" in told
    right = {"email": member.email, "password": people.PASSWORD}
    there = {"address": "192.0.2.7"}
    told = [ask.post("/auth/login", right, **there).json for _ in range(18)][-1]["detail"]
    assert "sign-ins to this account: 20 in 1 day" in told


@BY_ADDRESS
@pytest.mark.parametrize(
    ("address", "counts_with"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("2001:db8:1:2::1", "2001:0DB8:1:2::7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
    ],
)
def test_an_ipv6_address_counts_by_its_64(ask: Asker, address: str, counts_with: str) -> None:
    for _ in range(3):
        assert ask.get("/books", address=address).status_code == 200
    assert ask.get("/books", address=counts_with).status_code == 429
    assert ask.get("/books", address="2001:db8:1:3::1").status_code == 200


@BY_ADDRESS
@pytest.mark.settings(RATE_LIMIT_IPV6_PREFIX="48")
def test_how_much_of_an_ipv6_address_counts_can_be_set(ask: Asker) -> None:
    statuses = [ask.get("/books", address=f"2001:db8:1:{n}::1").status_code for n in range(4)]
    assert statuses == [200, 200, 200, 429]


@BY_ADDRESS
@pytest.mark.parametrize("address", ["fe80::1%eth0", ":", "nonsense:", ""])
def test_an_address_that_is_none_counts_as_it_is(ask: Asker, address: str) -> None:
    statuses = [ask.get("/books", address=address).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


@BY_ADDRESS
def test_an_address_made_up_in_a_header_does_not_count(ask: Asker) -> None:
    for number in range(3):
        ask.get("/books", headers={"X-Forwarded-For": f"192.0.2.{number}"})
    answer = ask.get("/books", headers={"X-Forwarded-For": "192.0.2.9"})
    assert answer.status_code == 429


@BY_ADDRESS
@pytest.mark.settings(TRUSTED_PROXIES="1")
def test_behind_a_proxy_the_address_it_saw_counts(ask: Asker) -> None:
    for number in range(3):
        ask.get("/books", headers={"X-Forwarded-For": f"10.0.0.{number}, 192.0.2.7"})
    for seen, status in (("192.0.2.7", 429), ("192.0.2.8", 200)):
        answer = ask.get("/books", headers={"X-Forwarded-For": f"10.0.0.9, {seen}"})
        assert answer.status_code == status


@BY_ADDRESS
@pytest.mark.settings(TRUSTED_PROXIES="1")
@pytest.mark.parametrize("blank", ["", " ", "192.0.2.7, "])
def test_a_proxy_that_names_no_address_counts_itself(ask: Asker, blank: str) -> None:
    for _ in range(3):
        ask.get("/books", headers={"X-Forwarded-For": blank})
    assert ask.get("/books").status_code == 429


@BY_CALLER
def test_a_caller_has_one_limit_for_all_their_credentials(
    ask: Asker, member: Person, librarian: Person
) -> None:
    key = people.key(member, [])
    answers = [ask.get("/books", by=member), ask.get("/books", headers=key)]
    assert [left(answer) for answer in answers] == [2, 1]
    ask.get("/books", by=member)
    assert ask.get("/books", headers=key).status_code == 429
    assert ask.get("/books", by=librarian).status_code == 200
    assert ask.get("/books").status_code == 200


@pytest.mark.settings(RATE_LIMIT_LOGIN="off", RATE_LIMIT_ANONYMOUS="off", RATE_LIMIT_CALLER="off")
def test_limits_that_are_off_are_not_told_of(ask: Asker) -> None:
    assert not [name for name in ask.get("/books").headers if name[0].startswith("RateLimit")]


@pytest.mark.settings(RATE_LIMIT_LOGIN="", RATE_LIMIT_ANONYMOUS="", RATE_LIMIT_CALLER="")
def test_unless_set_the_limits_are_those_promised(ask: Asker, member: Person) -> None:
    assert "q=300;w=60" in ask.get("/books").headers["RateLimit-Policy"]
    token = ask.post("/auth/login", {"email": member.email, "password": people.PASSWORD})
    assert "q=5;w=600" in token.headers["RateLimit-Policy"]
    signed_in = people.bearer(token.json["access_token"])
    assert "q=1200;w=60" in ask.get("/books", headers=signed_in).headers["RateLimit-Policy"]


@BY_LOGIN
def test_an_account_is_guessed_at_so_often_from_one_address(ask: Asker, member: Person) -> None:
    assert [login(ask, member.email) for _ in range(3)] == [401, 401, 429]
    assert login(ask, member.email, people.PASSWORD) == 429
    assert login(ask, member.email, people.PASSWORD, address="192.0.2.7") == 200


@BY_LOGIN
def test_spelling_the_account_differently_wins_no_attempts(ask: Asker, member: Person) -> None:
    attempts = (member.email, member.email.upper(), member.email.title())
    assert [login(ask, email) for email in attempts] == [401, 401, 429]


@BY_LOGIN
def test_guessing_by_basic_counts_as_well(ask: Asker, member: Person) -> None:
    wrong = people.basic(member.email, "wrong password")
    statuses = [ask.get("/books", headers=wrong).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]
    assert login(ask, member.email, people.PASSWORD) == 429


@BY_LOGIN
def test_one_address_tries_ten_times_as_often_over_all_accounts(ask: Asker) -> None:
    statuses = [login(ask, f"nobody{number}@example.org") for number in range(21)]
    assert statuses == [401] * 20 + [429]


@BY_LOGIN
def test_one_account_is_tried_ten_times_as_often_from_all_addresses(
    ask: Asker, member: Person
) -> None:
    statuses = [login(ask, member.email, address=f"192.0.2.{number}") for number in range(21)]
    assert statuses == [401] * 20 + [429]


@BY_LOGIN
def test_registration_is_limited_likewise(ask: Asker) -> None:
    statuses = [
        ask.post(
            "/auth/register",
            {
                "email": "ada@example.org",
                "password": "a new long password",
                "first_name": "Ada",
                "last_name": "Lovelace",
            },
        ).status_code
        for _ in range(3)
    ]
    assert statuses == [201, 409, 429]


@BY_LOGIN
def test_basic_credentials_in_use_do_not_use_up_attempts(ask: Asker, member: Person) -> None:
    statuses = {ask.get("/books", by=member).status_code for _ in range(10)}
    assert statuses == {200}


@BY_LOGIN
def test_basic_credentials_in_use_all_day_do_not_use_up_attempts(
    ask: Asker, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "REMEMBERED_SECONDS", 0)
    statuses = {ask.get("/books", by=member).status_code for _ in range(10)}
    assert statuses == {200}


@BY_LOGIN
def test_right_sign_ins_count_for_the_address_and_the_account_alone(
    ask: Asker, member: Person, other_member: Person
) -> None:
    signed_in = [login(ask, member.email, people.PASSWORD) for _ in range(21)]
    assert signed_in == [200] * 20 + [429]
    there = {"address": "192.0.2.7"}
    assert login(ask, member.email, people.PASSWORD, **there) == 429
    assert login(ask, other_member.email, people.PASSWORD) == 429
    assert login(ask, other_member.email, people.PASSWORD, **there) == 200


@BY_LOGIN
def test_right_sign_ins_leave_the_attempts_of_the_pair(ask: Asker, member: Person) -> None:
    statuses = [login(ask, member.email, people.PASSWORD) for _ in range(5)]
    statuses += [login(ask, member.email) for _ in range(3)]
    assert statuses == [200] * 5 + [401, 401, 429]


@BY_LOGIN
def test_right_sign_ins_do_not_use_up_basic(
    ask: Asker, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "REMEMBERED_SECONDS", 0)
    assert [login(ask, member.email, people.PASSWORD) for _ in range(21)][-1] == 429
    assert ask.get("/books", by=member).status_code == 200


@BY_LOGIN
def test_asking_for_tokens_by_basic_is_a_sign_in(ask: Asker, member: Person) -> None:
    statuses = [ask.post("/auth/login", raw=b"", by=member).status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]


@BY_LOGIN
def test_the_current_password_is_guessed_at_so_often(
    app: Octavo, ask: Asker, member: Person
) -> None:
    guess = {"current_password": WRONG, "new_password": "a new long password"}
    signed_in = people.signed_in(app, member)
    statuses = [ask.put("/auth/password", guess, headers=signed_in).status_code for _ in range(3)]
    assert statuses == [403, 403, 429]


@BY_LOGIN
def test_past_the_limit_no_guess_is_told_from_the_right_password(
    ask: Asker, member: Person
) -> None:
    assert ask.get("/books", by=member).status_code == 200
    wrong, there = people.basic(member.email, WRONG), {"address": "192.0.2.7"}
    statuses = [ask.get("/books", headers=wrong, **there).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]
    assert ask.get("/books", by=member, **there).status_code == 429
    assert ask.get("/books", by=member).status_code == 200


@BY_LOGIN
def test_a_refused_guess_by_basic_tells_of_the_limit_that_it_passed(
    ask: Asker, member: Person
) -> None:
    wrong = people.basic(member.email, WRONG)
    last = [ask.get("/books", headers=wrong) for _ in range(3)][-1]
    assert last.headers["RateLimit-Policy"] == '"login";q=2;w=86400'
    assert left(last) == 0
