"""PostgreSQL as operators have it: other defaults, a pooler between, a standby, cut connections."""

import os
import pwd
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient

from api import settings
from api.app import create_app
from models.database import database, transaction
from models.outages import UNAVAILABLE
from tests.support import needs, people, servers

BOOKS = "/api/v1/books"
LOANS = "/api/v1/loans"
Opening = Callable[..., FlaskClient]


def on_server(statement: str) -> None:
    """Run a statement as the superuser."""
    with psycopg.connect(needs.POSTGRES, autocommit=True) as server:
        server.execute(statement)


@pytest.fixture
def library(postgresql: Any) -> Iterator[str]:
    """The name of an empty library on PostgreSQL; what a test sets for it ends with the test."""
    name = postgresql.database
    postgresql.close()
    yield name
    database.obj.close()
    on_server(f'ALTER DATABASE "{name}" RESET ALL')
    on_server(f'ALTER DATABASE "{name}" SET synchronous_commit = off')


@pytest.fixture
def opened(library: str) -> Opening:
    """Open the application on the library, at the server's address or another one."""

    def open_at(address: str = "") -> FlaskClient:
        server = address or needs.POSTGRES.rpartition("/")[0]
        return create_app(
            settings.read({**servers.QUICK, "DATABASE_URL": f"{server}/{library}"})
        ).test_client()

    return open_at


def cut_connections(name: str) -> None:
    """Have the server end every connection to a database, as after an idle timeout."""
    on_server(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608


def go_on_after_a_cut(name: str) -> None:
    """Read in a transaction whose connection is cut after its beginning."""
    with transaction():
        cut_connections(name)
        database.execute_sql("SELECT 1")


def test_the_first_write_after_the_connection_was_cut_is_done(
    opened: Opening, library: str
) -> None:
    client, admin = opened(), people.add("admin", "admin@example.org")
    cut_connections(library)
    answer = client.post(BOOKS, json={"title": "Emma"}, headers=admin.headers)
    assert answer.status_code == 201


def test_a_transaction_whose_connection_was_cut_is_not_gone_on_with(
    opened: Opening, library: str
) -> None:
    opened()
    with pytest.raises(UNAVAILABLE):
        go_on_after_a_cut(library)


def test_transactions_are_read_committed_whatever_the_role_has_as_default(
    opened: Opening, library: str
) -> None:
    on_server(f"ALTER DATABASE \"{library}\" SET default_transaction_isolation = 'repeatable read'")
    opened()
    with transaction():
        (level,) = database.execute_sql("SHOW transaction_isolation").fetchone()
    assert level == "read committed"


@pytest.fixture
def read_only(opened: Opening, library: str) -> FlaskClient:
    """A client of the application on a database that takes no writes; it has one book."""
    client, admin = opened(), people.add("admin", "admin@example.org")
    client.post(BOOKS, json={"title": "Emma"}, headers=admin.headers)
    on_server(f'ALTER DATABASE "{library}" SET default_transaction_read_only = on')
    cut_connections(library)
    client.environ_base["HTTP_AUTHORIZATION"] = admin.headers["Authorization"]
    return client


def test_a_standby_serves_reads(read_only: FlaskClient) -> None:
    assert [book["title"] for book in read_only.get(BOOKS).get_json()["data"]] == ["Emma"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", BOOKS, {"title": "Sanditon"}),
        ("PATCH", f"{BOOKS}/1", {"title": "Sanditon"}),
        ("DELETE", f"{BOOKS}/1", None),
        ("POST", LOANS, {"user_id": 1, "copy_id": 1}),
        ("POST", "/api/v1/users", {"first_name": "Jane", "card_number": "C-1"}),
    ],
)
def test_a_standby_refuses_writes_for_now(
    read_only: FlaskClient, method: str, path: str, body: Any
) -> None:
    answer = read_only.open(path, method=method, json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"]
    assert answer.get_json()["detail"] == "The database takes no writes at the moment."


def test_a_standby_is_not_ready(read_only: FlaskClient) -> None:
    answer = read_only.get("/readyz")
    assert (answer.status_code, answer.get_json()["parts"]["database"]) == (503, "failing")


@pytest.mark.postgres
@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_cannot_hold_every_script_is_refused_at_the_start(encoding: str) -> None:
    name = f"octavo_test_{uuid4().hex[:12]}"
    on_server(f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0")
    url = f"{needs.POSTGRES.rpartition('/')[0]}/{name}"
    try:
        told = subprocess.run(
            [servers.BIN / "flask", "--app", "api.cli:create_app", "prepare"],
            cwd=servers.ROOT,
            env={**os.environ, **servers.QUICK, "DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        on_server(f"DROP DATABASE {name} WITH (FORCE)")
    assert told.returncode == 1
    assert f"has the encoding {encoding}, and Octavo needs UTF8" in told.stderr


@pytest.fixture
def pooler(folder: Path) -> Iterator[str]:
    """A PgBouncer that hands out its two connections by transaction; its URL without a name."""
    port = servers.free_port()
    server = psycopg.conninfo.conninfo_to_dict(needs.POSTGRES)
    folder.chmod(0o755)
    (folder / "users").write_text('"postgres" ""\n')
    ini = folder / "pgbouncer.ini"
    ini.write_text(
        "[databases]\n"
        f"* = host={server['host']} port={server.get('port', 5432)} user={server['user']}\n"
        "[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = any\nauth_file = {folder / 'users'}\n"
        "pool_mode = transaction\ndefault_pool_size = 2\n"
    )
    owner = pwd.getpwnam("postgres").pw_uid if os.getuid() == 0 else None
    running = subprocess.Popen(
        ["pgbouncer", str(ini)], user=owner, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        servers.wait_for(lambda: servers.listens(port))
        yield f"postgresql://{server['user']}@127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(timeout=20)


@pytest.mark.pgbouncer
def test_a_library_works_behind_a_pooler_of_transactions(opened: Opening, pooler: str) -> None:
    client = opened(pooler)
    admin = people.add("admin", "admin@example.org")
    book = client.post(BOOKS, json={"title": "Emma"}, headers=admin.headers)
    copies = book.headers["Location"] + "/copies"
    copy = client.post(copies, json={"barcode": "C1"}, headers=admin.headers).get_json()
    others = [
        psycopg.connect(
            f"{pooler}/{database.obj.database}", autocommit=True, prepare_threshold=None
        )
        for _ in "12"
    ]
    seen = set()
    for number in range(40):
        # Another client takes one of the two connections, so that ours changes between them.
        with others[number % 2].transaction():
            others[number % 2].execute("SELECT 1")
            lent = client.post(
                LOANS, json={"user_id": admin.id, "copy_id": copy["id"]}, headers=admin.headers
            )
            seen.add(lent.status_code)
        seen.add(
            client.post(
                "/api/v1/returns", json={"barcode": "C1"}, headers=admin.headers
            ).status_code
        )
    for other in others:
        other.close()
    assert seen == {200, 201}


def test_statements_are_prepared_where_no_pooler_is_between(opened: Opening) -> None:
    opened()
    database.execute_sql("SELECT 1")
    assert database.obj.connection().prepare_threshold is not None


@pytest.mark.pgbouncer
def test_no_statement_is_prepared_behind_a_pooler(opened: Opening, pooler: str) -> None:
    opened(pooler)
    database.execute_sql("SELECT 1")
    assert database.obj.connection().prepare_threshold is None
