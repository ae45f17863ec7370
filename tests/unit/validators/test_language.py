"""Language codes: two letters or three, bibliographic or terminological."""

import pytest

from validators.engine.errors import BadValue
from validators.language import normalise_language


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        *[("eng", "eng"), ("en", "eng"), ("EN", "eng"), (" de ", "ger"), ("deu", "ger")],
        *[("zh", "chi"), ("zho", "chi"), ("cy", "wel"), ("mul", "mul"), ("qab", "qab")],
    ],
)
def test_every_code_becomes_the_bibliographic_one(given: str, stored: str) -> None:
    assert normalise_language(given) == stored


@pytest.mark.parametrize("unknown", ["xx", "xyz", "quz", "qzz", "qi", "qt"])
def test_a_code_iso_does_not_know_is_refused(unknown: str) -> None:
    with pytest.raises(BadValue) as caught:
        normalise_language(unknown)
    assert caught.value.code == "not-allowed"


@pytest.mark.parametrize("wrong", ["", "e", "english", "en-US", "e1", "ëng", "日本"])
def test_anything_but_two_or_three_letters_is_no_code(wrong: str) -> None:
    with pytest.raises(BadValue) as caught:
        normalise_language(wrong)
    assert caught.value.code == "format"
