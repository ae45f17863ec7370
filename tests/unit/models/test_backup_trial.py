"""Backups tried in a database of their own, and never over a library."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from models import backup
from models import backup_trial as trial
from models.book import Book
from models.database import database
from tests.support import needs
from tests.unit.circulation.library import title

SERVER = needs.POSTGRES.rpartition("/")[0]


@pytest.fixture
def library(postgresql: Any) -> Iterator[Any]:
    """A library with a title, which is the database in use again in the end."""
    title()
    yield postgresql
    database.initialize(postgresql)


@pytest.fixture
def file(library: Any, tmp_path: Path) -> Path:
    """A backup of it from before a second title."""
    backup.make(tmp_path / "backup")
    title()
    return tmp_path / "backup"


@pytest.fixture
def empty(library: Any) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    with needs.empty_database() as url:
        yield url


def tried(file: Path, url: str, live: Any) -> int:
    """How many titles a trial finds; the library is the database in use again then."""
    try:
        with trial.within(file, url):
            return int(Book.select().count())
    finally:
        database.initialize(live)


def test_a_backup_is_not_tried_in_the_library_itself(library: Any, file: Path) -> None:
    url = f"{SERVER}/{library.database}?application_name=by_another_url"
    with pytest.raises(backup.Unusable, match="the library itself"):
        tried(file, url, library)
    assert Book.select().count() == 2


def test_a_database_for_trials_that_is_not_there_is_told_by_its_setting(
    library: Any, file: Path
) -> None:
    with pytest.raises(backup.Unusable, match="BACKUP_TEST_URL cannot be used"):
        tried(file, f"{SERVER}/octavo_test_nowhere", library)


def test_a_backup_is_tried_in_an_empty_database_again_and_again(
    library: Any, file: Path, empty: str
) -> None:
    assert [tried(file, empty, library) for _ in range(2)] == [1, 1]
    assert Book.select().count() == 2


def test_a_backup_is_not_tried_where_no_trial_was_before(
    library: Any, file: Path, empty: str
) -> None:
    with psycopg.connect(empty, autocommit=True) as other:
        other.execute("CREATE TABLE of_somebody_else (id INTEGER)")
        with pytest.raises(backup.Unusable, match="something that no trial of a backup put there"):
            tried(file, empty, library)
        other.execute("SELECT id FROM of_somebody_else")


def test_a_backup_of_sqlite_is_tried_beside_itself_and_nothing_stays(
    sqlite: Any, tmp_path: Path
) -> None:
    title()
    backup.make(tmp_path / "backup")
    title()
    with trial.beside(tmp_path / "backup"):
        assert Book.select().count() == 1
    database.initialize(sqlite)
    assert [one.name for one in tmp_path.iterdir()] == ["backup"]
