"""Access tokens: signed here, and good until their time, however often they were read."""

import time

import pytest

from api.auth.tokens import Signer, Tokens
from models.session import SignIn

KEY = "a key for tests alone and for nothing else"
ONE = SignIn(7, "a")


@pytest.fixture
def tokens() -> Tokens:
    return Tokens((KEY,), 60)


def test_a_token_read_before_ends_with_its_time(
    tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = tokens.access(ONE, 1)
    assert [tokens.read_access(token), tokens.read_access(token)] == [ONE, ONE]
    ends = time.time() + 3601
    monkeypatch.setattr(time, "time", lambda: ends)
    assert tokens.read_access(token) is None


def test_a_token_that_differs_from_one_read_before_is_none(tokens: Tokens) -> None:
    token = tokens.access(ONE, 1)
    assert tokens.read_access(token) == ONE
    value, _, signature = token.rpartition(".")
    other = Tokens((KEY,), 60).access(SignIn(8, "b"), 1).rpartition(".")[0]
    for made in (
        f"{other}.{signature}",
        f"{value}.{signature[:-1]}",
        f"{token}=",
    ):
        assert tokens.read_access(made) is None


def test_a_token_of_another_purpose_is_no_access_token(tokens: Tokens) -> None:
    assert [tokens.read_access(tokens.refresh(ONE, 1)) for _ in range(2)] == [None, None]


def test_of_many_tokens_few_are_remembered(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.auth.tokens._MOST_SIGNED", 3)
    for number in range(10):
        one = SignIn(number, "a")
        assert tokens.read_access(tokens.access(one, 1)) == one
    assert len(tokens._signed) <= 3


def test_no_token_is_kept_in_clear(tokens: Tokens) -> None:
    token = tokens.access(ONE, 1)
    tokens.read_access(token)
    assert token not in repr(vars(tokens))


def test_a_token_of_the_release_before_names_a_sign_in_without_a_mark(tokens: Tokens) -> None:
    access = Signer((KEY,), "access").sign([7, int(time.time()) + 60, 1])
    refresh = Signer((KEY,), "refresh").sign([7, 1])
    assert tokens.read_access(access) == SignIn(7, "")
    assert tokens.read_refresh(refresh) == (SignIn(7, ""), 1)


def test_the_release_before_finds_in_our_tokens_what_it_reads(tokens: Tokens) -> None:
    access = Signer((KEY,), "access").read(tokens.access(ONE, 2))
    refresh = Signer((KEY,), "refresh").read(tokens.refresh(ONE, 2))
    assert (access[0], access[1] > time.time(), access[2]) == (7, True, 2)
    assert refresh[:2] == [7, 2]
