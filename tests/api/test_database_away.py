"""What clients see while PostgreSQL restarts, or hangs up."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from api import jobs, settings
from api.app import create_app
from models import import_job
from models.audit import Actor
from models.database import database
from tests.support import needs, people, servers

BOOKS = "/api/v1/books"
WAITING = {
    "format": "csv",
    "match": "isbn",
    "on_match": "skip",
    "dry_run": False,
    "columns": {},
    "copies": None,
    "file": "waiting",
}


@pytest.fixture
def away(postgresql: Any) -> Iterator[FlaskClient]:
    """A client of the application on PostgreSQL."""
    url = f"{needs.POSTGRES.rpartition('/')[0]}/{postgresql.database}"
    postgresql.close()
    app = create_app(settings.read({**servers.QUICK, "DATABASE_URL": url}))
    yield app.test_client()
    database.obj.close()


def hang_up() -> None:
    """Have the server end every connection to the database at hand."""
    with psycopg.connect(needs.POSTGRES, autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            (database.obj.database,),
        )


def test_a_read_does_not_notice_that_the_database_hung_up(away: FlaskClient) -> None:
    assert away.get(BOOKS).status_code == 200
    hang_up()
    assert away.get(f"{BOOKS}?limit=1").status_code == 200


def test_a_signed_in_reader_stays_signed_in_when_the_database_hung_up(away: FlaskClient) -> None:
    admin = people.add("admin", "admin@example.org")
    hang_up()
    answer = away.get("/api/v1/auth/profile", headers=admin.headers)
    assert answer.status_code == 200


def test_readiness_looks_again_when_the_database_hung_up(away: FlaskClient) -> None:
    assert away.get("/readyz").status_code == 200
    hang_up()
    assert away.get("/readyz").status_code == 200


@pytest.mark.usefixtures("away")
def test_waiting_imports_are_done_although_the_database_hung_up(tmp_path: Path) -> None:
    chosen = settings.read({**servers.QUICK, "OCTAVO_VAR": str(tmp_path)})
    job = import_job.create(WAITING, Actor(None, "test")).id
    jobs.folder(chosen).mkdir()
    (jobs.folder(chosen) / "waiting").write_text("title\nEmma\n")
    hang_up()
    jobs.work_off(chosen)
    assert import_job.find(job).status == "done"


@pytest.mark.usefixtures("away")
def test_the_nightly_job_is_done_although_the_database_hung_up(tmp_path: Path) -> None:
    chosen = settings.read({**servers.QUICK, "OCTAVO_VAR": str(tmp_path)})
    assert jobs.nightly(chosen).holds == 0
    hang_up()
    assert jobs.nightly(chosen).holds == 0
