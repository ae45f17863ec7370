"""Commands run in this process, on the database of the application."""

from collections.abc import Callable

import pytest
from click.testing import Result

from api.app import Octavo

Run = Callable[..., Result]


@pytest.fixture
def run(app: Octavo) -> Run:
    """Run a command by its words; `typed` is its standard input."""

    def run(*words: str, typed: str = "") -> Result:
        return app.test_cli_runner().invoke(args=list(words), input=typed)

    return run
