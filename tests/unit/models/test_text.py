"""Text as it is compared: whatever somebody writes can be."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text import fold

LETTERS_AND_MARKS = st.characters(categories=("Ll", "Lu", "Lo", "Mn"))


@given(text=st.text(alphabet=LETTERS_AND_MARKS, max_size=30))
def test_whatever_is_written_can_be_compared_without_case(text: str) -> None:
    assert fold(text) == fold(text.casefold())


@pytest.mark.parametrize("mark", ["\u0301", "\u05b8", "\u064b"])
def test_a_mark_that_stands_on_no_letter_stays(mark: str) -> None:
    assert fold(f"{mark}abc") == f"{mark}abc"


ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
# Those that are other characters when they are decomposed or without case.
CHANGING = [
    char
    for char in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(char) != "Cs"
    and (unicodedata.decomposition(char) or char != char.casefold())
]


def is_cherokee(text: str) -> bool:
    """Whether it has a Cherokee letter; they are compared as capitals, which are the older ones."""
    return any("CHEROKEE" in unicodedata.name(char, "") for char in text)


def test_every_character_is_folded_once_and_for_all() -> None:
    assert [char for char in CHANGING if fold(fold(char)) != fold(char)] == []


def test_every_character_is_folded_to_what_has_no_case() -> None:
    assert [char for char in CHANGING if fold(char).casefold() != fold(char)] == []


def test_every_character_but_those_of_cherokee_is_folded_to_lower_case() -> None:
    left = [char for char in CHANGING if fold(char).lower() != fold(char)]
    assert [char for char in left if not is_cherokee(char)] == []


@given(text=ANY)
def test_text_is_folded_once_and_for_all(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(text=ANY)
def test_text_is_folded_to_what_has_no_case(text: str) -> None:
    assert fold(text).casefold() == fold(text)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("Chanel №5", "chanel no5"),
        ("LEGO™ Star Wars", "lego star wars"),
        ("Zürich℠", "zurich"),
        ("\U0001d400lice", "alice"),
        ("20 ℃", "20 °c"),
        ("Ǽlfric", "aelfric"),
        ("‴", ""),
    ],
)
def test_a_sign_made_of_letters_is_compared_as_these_are_typed(text: str, typed: str) -> None:
    assert fold(text) == typed
