"""Access tokens: signed here, and good until their time, however often they were read."""

import time

import pytest

from api.auth.tokens import Tokens

KEY = "a key for tests alone and for nothing else"


@pytest.fixture
def tokens() -> Tokens:
    return Tokens((KEY,), 60)


def test_a_token_read_before_ends_with_its_time(
    tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = tokens.access(7, 1)
    assert [tokens.read_access(token), tokens.read_access(token)] == [7, 7]
    ends = time.time() + 3601
    monkeypatch.setattr(time, "time", lambda: ends)
    assert tokens.read_access(token) is None


def test_a_token_that_differs_from_one_read_before_is_none(tokens: Tokens) -> None:
    token = tokens.access(7, 1)
    assert tokens.read_access(token) == 7
    value, _, signature = token.rpartition(".")
    other = Tokens((KEY,), 60).access(8, 1).rpartition(".")[0]
    for made in (
        f"{other}.{signature}",
        f"{value}.{signature[:-1]}",
        f"{token}=",
    ):
        assert tokens.read_access(made) is None


def test_a_token_of_another_purpose_is_no_access_token(tokens: Tokens) -> None:
    assert [tokens.read_access(tokens.refresh(7, 1)) for _ in range(2)] == [None, None]


def test_of_many_tokens_few_are_remembered(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.auth.tokens._MOST_SIGNED", 3)
    for number in range(10):
        assert tokens.read_access(tokens.access(number, 1)) == number
    assert len(tokens._signed) <= 3


def test_no_token_is_kept_in_clear(tokens: Tokens) -> None:
    token = tokens.access(7, 1)
    tokens.read_access(token)
    assert token not in repr(vars(tokens))
