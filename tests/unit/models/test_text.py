"""Text as it is compared: whatever somebody writes can be."""

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
