"""docs/security.md names tests; each is one there is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "security.md").read_text())


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_every_test_that_the_page_names_is_there(file: str, test: str) -> None:
    assert f"def {test}(" in (ROOT / file).read_text()


def test_the_page_has_each_of_the_ten_risks() -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    assert [number for number in range(1, 11) if f"| API{number} " not in page] == []
