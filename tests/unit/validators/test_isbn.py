"""ISBNs: every spelling a desk or a catalogue record comes up with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.engine.errors import BadValue
from validators.isbn import normalise_isbn


@pytest.mark.parametrize(
    "spelling",
    [
        "9780306406157",
        "978-0-306-40615-7",
        "0306406152",
        "0-306-40615-2",
        " 0 306 40615 2 ",
        "ISBN 978-0-306-40615-7",
        "ISBN-13: 978-0-306-40615-7",
        "isbn-10:0-306-40615-2",
        "urn:isbn:0306406152",
        "978\u20110\u2011306\u201140615\u20117",
    ],
)
def test_every_spelling_becomes_the_same_thirteen_digits(spelling: str) -> None:
    assert normalise_isbn(spelling) == "9780306406157"


@pytest.mark.parametrize("spelling", ["080442957X", "080442957x", "0-8044-2957-X"])
def test_the_check_digit_ten_is_written_x(spelling: str) -> None:
    assert normalise_isbn(spelling) == "9780804429573"


@pytest.mark.parametrize("wrong", ["9780306406158", "0306406153", "0306406151", "030640615X"])
def test_a_wrong_check_digit_is_found(wrong: str) -> None:
    with pytest.raises(BadValue) as caught:
        normalise_isbn(wrong)
    assert caught.value.code == "checksum"


@pytest.mark.parametrize(
    "other",
    [
        "",
        "-",
        "isbn",
        "97803 isbn 06406157",
        "12345",
        "1230306406157",
        "97803064061577",
        "X306406152",
        "٠٣٠٦٤٠٦١٥٢",
        "9" * 99,
        "979-0-2600-0043-8",
    ],
)
def test_anything_else_is_not_an_isbn(other: str) -> None:
    with pytest.raises(BadValue) as caught:
        normalise_isbn(other)
    assert caught.value.code == "format"


STEMS = st.from_regex(r"97(?:8[0-9]|9[1-9])[0-9]{8}", fullmatch=True)


@given(STEMS, st.integers(0, 12), st.integers(1, 9))
def test_no_single_mistyped_digit_goes_unnoticed(stem: str, place: int, change: int) -> None:
    right = next(stem + str(last) for last in range(10) if _is_isbn(stem + str(last)))
    assert normalise_isbn(right) == right
    typo = right[:place] + str((int(right[place]) + change) % 10) + right[place + 1 :]
    assert not _is_isbn(typo)


def _is_isbn(text: str) -> bool:
    try:
        normalise_isbn(text)
    except BadValue:
        return False
    return True
