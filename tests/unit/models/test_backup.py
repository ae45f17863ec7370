"""Backups on each database: made and put back while lending goes on."""

import fcntl
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from peewee import DatabaseError
from psycopg.conninfo import conninfo_to_dict

from circulation.holds import cancel_hold
from models import backup, hold, schema, soundness, version
from models.copy import Copy
from models.database import connect, database, is_postgresql
from models.errors import DomainError
from models.hold import Hold
from models.loan import Loan
from tests.support import clusters
from tests.support.clusters import Cluster
from tests.unit.circulation.library import DESK, NOW, back, berlin, held, lent, member, title


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


def test_what_a_killed_restore_left_beside_the_database_goes_with_the_next_one(
    sqlite: Any, tmp_path: Path
) -> None:
    beside = Path(sqlite.database).parent
    for name in (".restore-left", ".restore-at-work"):
        (beside / name).mkdir()
        (beside / name / "octavo.db").touch()
    backup.make(tmp_path / "backup")
    at_work = os.open(beside / ".restore-at-work", os.O_RDONLY)
    fcntl.flock(at_work, fcntl.LOCK_EX)
    backup.put_back(tmp_path / "backup")
    os.close(at_work)
    assert [one.name for one in beside.glob(".restore-*")] == [".restore-at-work"]


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


def test_a_backup_of_a_newer_version_is_refused_and_changes_nothing(
    library: Any, tmp_path: Path
) -> None:
    newer = "INSERT INTO schema_migration (name, applied) VALUES ('9999_later', '2030-01-01')"
    database.execute_sql(newer)
    backup.make(tmp_path / "backup")
    database.execute_sql("DELETE FROM schema_migration WHERE name = '9999_later'")
    title()
    with pytest.raises(backup.Unusable, match="of a newer version of Octavo: it has 9999_later"):
        backup.put_back(tmp_path / "backup")
    assert Copy.select().count() == 1


def test_a_backup_of_something_else_changes_nothing(library: Any, tmp_path: Path) -> None:
    _make_of_something_else(tmp_path / "backup")
    title()
    with pytest.raises(backup.Unusable, match="is no backup of Octavo"):
        backup.put_back(tmp_path / "backup")
    assert Copy.select().count() == 1


def test_a_backup_of_what_counts_its_migrations_otherwise_changes_nothing(
    library: Any, tmp_path: Path
) -> None:
    for one in ("name TO version", "applied TO at"):
        database.execute_sql(f"ALTER TABLE schema_migration RENAME COLUMN {one}")
    backup.make(tmp_path / "backup")
    for one in ("version TO name", "at TO applied"):
        database.execute_sql(f"ALTER TABLE schema_migration RENAME COLUMN {one}")
    title()
    with pytest.raises(backup.Unusable, match="is no backup of Octavo"):
        backup.put_back(tmp_path / "backup")
    assert Copy.select().count() == 1


def _make_of_something_else(file: Path) -> None:
    """A backup of the database as if another program had made its tables."""
    database.execute_sql("ALTER TABLE schema_migration RENAME TO of_another_program")
    backup.make(file)
    database.execute_sql("ALTER TABLE of_another_program RENAME TO schema_migration")


def test_a_contradiction_is_told_with_the_barcode(library: Any) -> None:
    _, [barcode] = title()
    Copy.update(status="on_loan").execute()
    [found] = soundness.findings()
    assert (found.number, found.names) == (1, [barcode])
    assert found.remedy == "Scan the copy as returned."


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A library on a primary, and a replica that lacks what is done from now on."""
    with clusters.running() as started:
        with connected(started.primary.url):
            schema.migrate()
            berlin()
            started.wait_until_replayed()
            started.replica.pause()
            title()
        yield started


@contextmanager
def connected(url: str) -> Iterator[None]:
    connect(url)
    try:
        yield
    finally:
        database.obj.close()
        database.initialize(None)


@pytest.mark.replica
def test_of_several_servers_the_primary_is_backed_up_and_restored(
    cluster: Cluster, tmp_path: Path
) -> None:
    ports = f"{cluster.replica.port},{cluster.primary.port}"
    hosts = f"host=127.0.0.1,127.0.0.1&port={ports}&target_session_attrs=read-write"
    url = f"postgresql://postgres@/{clusters.DATABASE}?{hosts}&connect_timeout=2&keepalives=1"
    with connected(url):
        backup.make(tmp_path / "backup")
        Copy.delete().execute()
        backup.put_back(tmp_path / "backup")
        assert Copy.select().count() == 1


@pytest.mark.replica
def test_a_standby_is_neither_backed_up_nor_replaced(cluster: Cluster, tmp_path: Path) -> None:
    with connected(cluster.primary.url):
        backup.make(tmp_path / "backup")
    with connected(cluster.replica.url):
        with pytest.raises(backup.Unusable, match="leads to a standby"):
            backup.make(tmp_path / "other")
        with pytest.raises(backup.Unusable, match="leads to a standby"):
            backup.put_back(tmp_path / "backup")
    assert [one.name for one in tmp_path.iterdir()] == ["backup"]


def test_tools_are_told_all_of_the_url_and_the_password_by_the_environment_alone(
    postgresql: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {
        "sslmode": "prefer",
        "options": "-c work_mem=8MB",
        "application_name": "at night",
        "password": "a secret",
    }
    for name, value in asked.items():
        monkeypatch.setitem(postgresql.connect_params, name, value)
    began: list[Any] = []
    monkeypatch.setattr(subprocess, "run", lambda words, **how: began.append((words, how["env"])))
    backup.make(tmp_path / "backup")
    [(words, environment)] = began
    told = conninfo_to_dict(words[1].removeprefix("--dbname="))
    assert environment["PGPASSWORD"] == asked.pop("password")
    assert {name: told[name] for name in asked} == asked
    assert "a secret" not in str(words)


def test_a_hold_without_a_member_is_told_and_can_be_cancelled(library: Any) -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    ghost = held(book_id, member()).row.id
    back(barcode)
    Hold.update(user_id=None).execute()
    [found] = soundness.findings()
    assert (found.names, found.remedy) == ([str(ghost)], "Cancel the hold.")
    following = held(book_id, member()).row.id
    cancel_hold(ghost, DESK, NOW)
    assert soundness.findings() == []
    assert (hold.find(ghost).status, hold.find(following).status) == ("cancelled", "ready")
