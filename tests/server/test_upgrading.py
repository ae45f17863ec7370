"""The last release on the tables of this version.

OCTAVO_UPGRADE_TESTS names tests of the last release to be run on the tables of this version, such
as `tests`; a few of them are unless it is set.
"""

import os
from pathlib import Path

import pytest

from tests.support import releases

FEW = "tests/unit/circulation/test_deciding_loans.py"
# They compare the tables of a release with its own declarations: there is more in them now.
OF_ITS_OWN_TABLES = "not test_the_foreign_keys_are and not test_what_is_unique_is_so"


@pytest.fixture(autouse=True)
def _has_history() -> None:
    releases.require_history()


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.server
def test_the_last_release_keeps_its_promises_on_the_new_tables(tmp_path: Path) -> None:
    asked = os.environ.get("OCTAVO_UPGRADE_TESTS", FEW).split()
    with releases.checked_out(tmp_path, new_tables=True) as tree:
        there = [each for each in asked if (tree / each).exists()]
        done = releases.run_tests(tree, *there, "-k", OF_ITS_OWN_TABLES)
    assert done.returncode == 0, done.stdout[-5000:]
