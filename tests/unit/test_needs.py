"""What tests need beyond Python is asked for before they run."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests import conftest
from tests.support import needs


class Item:
    """A test with one mark, as pytest has it."""

    def __init__(self, name: str) -> None:
        self._mark = getattr(pytest.mark, name).mark

    def iter_markers(self) -> Any:
        """Its marks."""
        return iter([self._mark])


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A machine without any program."""
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("CI", raising=False)
    needs.lacking.cache_clear()
    yield monkeypatch
    needs.lacking.cache_clear()


@pytest.mark.parametrize("name", ["yaz", "perl", "nginx", "browser", "java", "javascript"])
def test_a_test_whose_program_is_missing_is_left_out_aloud(
    bare: pytest.MonkeyPatch, name: str
) -> None:
    item: Any = Item(name)
    with pytest.raises(pytest.skip.Exception, match=f"NOT TESTED with {name}: there is no program"):
        conftest.pytest_runtest_setup(item)


def test_in_ci_it_fails(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("CI", "true")
    item: Any = Item("yaz")
    with pytest.raises(pytest.fail.Exception, match="CI must test with yaz: there is no program"):
        conftest.pytest_runtest_setup(item)
