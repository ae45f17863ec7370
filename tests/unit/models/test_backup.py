"""Backups on each database: made and put back while lending goes on."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from peewee import DatabaseError

from models import backup, schema, soundness, version
from models.copy import Copy
from models.database import database, is_postgresql
from models.errors import DomainError
from models.loan import Loan
from tests.unit.circulation.library import back, berlin, lent, member, title


@pytest.fixture
def library(db: Any) -> Any:
    berlin()
    return db


def busy(barcodes: list[str], who: int, over: Event) -> int:
    """Lend and take back until told to stop; how many loans were answered."""
    done = 0
    with database.connection_context():
        while not over.is_set():
            for barcode in barcodes:
                try:
                    lent(barcode, who)
                    back(barcode)
                except (DomainError, DatabaseError):
                    continue
                done += 1
    return done


def test_a_backup_made_and_put_back_under_load_contradicts_nothing(
    library: Any, tmp_path: Path
) -> None:
    desks = [([title()[1][0] for _ in range(2)], member()) for _ in range(2)]
    over = Event()
    file = tmp_path / "backup"
    with ThreadPoolExecutor(len(desks)) as pool:
        running = [pool.submit(busy, barcodes, who, over) for barcodes, who in desks]
        try:
            assert backup.make(file) > 0
            backup.put_back(file)
        finally:
            over.set()
        assert [one.result() > 0 for one in running] == [True, True]
    assert soundness.findings() == []
    backup.put_back(file)
    assert soundness.findings() == []
    assert Copy.select().count() == 4


def test_what_was_done_after_the_backup_is_gone_when_it_is_put_back(
    library: Any, tmp_path: Path
) -> None:
    _, [barcode] = title()
    lent(barcode, member())
    backup.make(tmp_path / "backup")
    back(barcode)
    title()
    before = version.of_catalogue()
    backup.put_back(tmp_path / "backup")
    assert [one.returned_at for one in Loan.select()] == [None]
    assert Copy.select().count() == 1
    assert version.of_catalogue() > before


def test_a_version_that_was_reached_while_a_backup_was_put_back_does_not_come_again(
    library: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup.make(tmp_path / "backup")
    read, reached = version.of_catalogue, []

    def read_and_changed() -> int:
        found = read()
        for _ in range(3):
            title()
        reached.append(read())
        return found

    monkeypatch.setattr(version, "of_catalogue", read_and_changed)
    backup.put_back(tmp_path / "backup")
    [number] = reached
    assert Copy.select().count() == 0
    assert read() > number


def test_what_is_put_back_has_a_new_version_from_its_first_moment(
    library: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup.make(tmp_path / "backup")
    title()
    before, migrate, first = version.of_catalogue(), schema.migrate, []

    def seen() -> Any:
        first.append(version.of_catalogue())
        return migrate()

    monkeypatch.setattr(schema, "migrate", seen)
    backup.put_back(tmp_path / "backup")
    assert [number > before for number in first] == [True]


def test_a_backup_that_is_newer_than_the_database_gets_a_new_version_too(
    library: Any, tmp_path: Path
) -> None:
    title()
    backup.make(tmp_path / "backup")
    its = version.of_catalogue()
    database.execute_sql("UPDATE catalogue_version SET number = 0")
    backup.put_back(tmp_path / "backup")
    assert version.of_catalogue() > its


def test_a_backup_that_is_put_back_again_gets_another_version(library: Any, tmp_path: Path) -> None:
    backup.make(tmp_path / "backup")
    backup.put_back(tmp_path / "backup")
    title()
    before = version.of_catalogue()
    backup.put_back(tmp_path / "backup")
    assert version.of_catalogue() > before


def test_the_file_of_a_backup_is_as_it_was_after_it_is_put_back(
    library: Any, tmp_path: Path
) -> None:
    backup.make(tmp_path / "backup")
    was = (tmp_path / "backup").read_bytes()
    backup.put_back(tmp_path / "backup")
    assert (tmp_path / "backup").read_bytes() == was
    assert [one.name for one in tmp_path.iterdir()] == ["backup"]


def test_tables_and_functions_of_a_later_version_go_when_a_backup_is_put_back(
    library: Any, tmp_path: Path
) -> None:
    backup.make(tmp_path / "backup")
    database.execute_sql("CREATE TABLE of_the_next_version (id INTEGER)")
    if is_postgresql():
        database.execute_sql("CREATE FUNCTION of_the_next() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    backup.put_back(tmp_path / "backup")
    assert not database.table_exists("of_the_next_version")
    if is_postgresql():
        told = database.execute_sql("SELECT 1 FROM pg_proc WHERE proname = 'of_the_next'")
        assert told.fetchall() == []


def test_what_came_with_an_extension_stays_when_a_backup_is_put_back(
    postgresql: Any, tmp_path: Path
) -> None:
    backup.make(tmp_path / "backup")
    database.execute_sql("CREATE TABLE of_an_extension (id INTEGER)")
    database.execute_sql("ALTER EXTENSION plpgsql ADD TABLE of_an_extension")
    backup.put_back(tmp_path / "backup")
    assert database.table_exists("of_an_extension")


def test_a_file_that_is_no_backup_changes_nothing(library: Any, tmp_path: Path) -> None:
    title()
    (tmp_path / "notes").write_text("Buy milk.")
    with pytest.raises(backup.Unusable):
        backup.put_back(tmp_path / "notes")
    assert Copy.select().count() == 1


def test_a_contradiction_is_told_with_the_barcode(library: Any) -> None:
    _, [barcode] = title()
    Copy.update(status="on_loan").execute()
    [found] = soundness.findings()
    assert (found.number, found.names) == (1, [barcode])
    assert found.remedy == "Scan the copy as returned."
