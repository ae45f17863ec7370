"""How many functions of ours a request enters, so that the way through them can be followed."""

import pytest
from flask.testing import FlaskClient

from benchmarks import calls


@pytest.fixture
def entered(client: FlaskClient) -> dict[str, tuple[int, int]]:
    """Functions and files that are entered, by request."""
    calls.fill()
    counted = calls.counts(client)
    files = {name: {code.co_filename for code in codes} for name, codes in counted.items()}
    return {name: (len(codes), len(files[name])) for name, codes in counted.items()}


def test_a_book_is_read_through_at_most_40_functions_in_12_files(
    entered: dict[str, tuple[int, int]],
) -> None:
    functions, files = entered["GET /books/{id}, uncached"]
    assert functions <= 40
    assert files <= 12


def test_a_loan_is_made_through_at_most_135_functions_in_47_files(
    entered: dict[str, tuple[int, int]],
) -> None:
    functions, files = entered["POST /loans"]
    assert functions <= 135
    assert files <= 47
