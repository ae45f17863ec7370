"""Every reason of a refusal can be told to the member, in each language."""

import pytest

from circulation.reason_texts import LANGUAGES, reason_text
from models.vocabulary import ReasonCode

PARAMS = {
    "open": 3,
    "limit": 3,
    "count": 2,
    "reason": None,
    "expires_on": "2026-03-02",
    "balance": "12.50 EUR",
    "free": 1,
    "waiting": 2,
    "loan_id": 1,
    "hold_id": 1,
    "due_at": "x",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", list(ReasonCode))
def test_every_reason_has_a_sentence_in_every_language(code: str, language: str) -> None:
    text = reason_text(code, PARAMS, language)
    assert text
    assert "{" not in text


def test_the_languages_say_it_differently() -> None:
    for code in ReasonCode:
        assert len({reason_text(code, PARAMS, language) for language in LANGUAGES}) == 4
