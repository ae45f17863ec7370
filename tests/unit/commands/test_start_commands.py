"""What happens before the server starts, and what can be listed."""

import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from flask.testing import FlaskClient

from api.app import Octavo
from api.revision import running
from models import copy, schema, sign_in, user
from models.database import connect, database
from models.search import book_list
from tests.support.servers import ADMIN, QUICK, ROOT
from tests.unit.commands.conftest import Run

HEAD = f"\nOctavo {running()}\n"
WHERE = "  Address        http://127.0.0.1:8000/\n  Reference      http://127.0.0.1:8000/docs\n"
MADE = f"  Administrator  {ADMIN[0]}\n"
FIRST_STEPS = "  First steps    http://127.0.0.1:8000/start\n"
LATER = "9999_later"
WHICH = "DATABASE_URL says which one it is."


def note_migration(name: str) -> None:
    """Have a later version apply a migration of its own."""
    note = "INSERT INTO schema_migration (name, applied) VALUES (?, '2026-11-29')"
    database.execute_sql(note, (name,))


def books() -> int:
    return book_list.LISTING.total({})


def test_the_first_start_makes_an_administrator(run: Run) -> None:
    done = run("prepare")
    assert (done.exit_code, done.stdout) == (0, f"{HEAD}{WHERE}{MADE}{FIRST_STEPS}\n")
    account = sign_in.by_email(ADMIN[0])
    assert account is not None
    assert account.role == "admin"
    assert books() == 0


@pytest.mark.settings(ADMIN_PASSWORD="")
def test_a_password_is_made_and_shown_when_none_is_given(run: Run, client: FlaskClient) -> None:
    told = run("prepare").stdout
    password = told.partition("  Password ")[2].split()[0]
    assert "(shown this once)" in told
    answer = client.post("/api/v1/auth/login", json={"email": ADMIN[0], "password": password})
    assert answer.status_code == 200
    assert "Password" not in run("prepare").stdout


@pytest.mark.settings(DEMO="true")
def test_the_first_start_loads_the_demonstration_catalogue(run: Run) -> None:
    assert "  Demonstration  342 books; DEMO=false" in run("prepare").stdout
    found = book_list.LISTING.page({"q": "flatland"}, ["relevance"], limit=1, offset=0)
    flatland = found[0].read()
    assert flatland["subjects"] == [
        "English literature",
        "Fiction",
        "Mathematics",
        "Science fiction",
    ]
    copies = copy.of_books([flatland["id"]])[flatland["id"]]
    assert [one.barcode for one in copies] == ["30100000000010", "30100000000028"]
    assert copies[0].shelfmark == "823.8 ABB"


@pytest.mark.settings(DEMO="true")
def test_a_later_start_makes_nothing(run: Run) -> None:
    run("prepare")
    database.execute_sql("UPDATE \"user\" SET email = 'me@example.org'")
    assert run("prepare").stdout == f"{HEAD}{WHERE}\n"
    assert books() == 342


def test_behind_nginx_no_address_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTAVO_SOCKET", "127.0.0.1:8001")
    assert run("prepare").stdout == f"{HEAD}{MADE}\n"


def test_an_empty_socket_is_not_nginx(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTAVO_SOCKET", "")
    assert WHERE in run("prepare").stdout


def test_what_looks_like_a_setting_and_is_none_is_warned_of(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OCTAVO_COLOUR", "REGISTRATON", "DATABASE_URLS", "HOMES"):
        monkeypatch.setenv(name, "x")
    told = run("prepare").stderr
    assert "OCTAVO_COLOUR is not a setting and has no effect; docs/configuration.md lists" in told
    assert "REGISTRATON is not a setting and has no effect; REGISTRATION is one." in told
    assert "DATABASE_URLS is not a setting and has no effect; DATABASE_URL is one." in told
    assert "HOMES" not in told


def test_a_port_that_is_taken_is_told_before_anything_is_made(app: Octavo) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        chosen = app.config["SETTINGS"]
        app.config["SETTINGS"] = replace(chosen, port=port)
        done = app.test_cli_runner().invoke(args=["serve"])
    told = f"port {port} of 127.0.0.1; choose another one, such as PORT={port + 1}.\n"
    assert (done.exit_code, done.stderr) == (1, f"Error: Another program uses {told}")
    assert not user.is_anybody()


def test_an_address_for_nginx_that_is_taken_is_told_too(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("OCTAVO_SOCKET", f"127.0.0.1:{port}")
        done = run("serve")
    other = f"OCTAVO_SOCKET=127.0.0.1:{port + 1}"
    told = f"port {port} of 127.0.0.1; choose another one, such as {other}.\n"
    assert (done.exit_code, done.stderr) == (1, f"Error: Another program uses {told}")
    assert not user.is_anybody()


def test_the_folder_that_uwsgi_needs_is_made(run: Run, app: Octavo) -> None:
    run("prepare")
    assert (app.config["SETTINGS"].var / "spool").is_dir()


@pytest.mark.settings(OCTAVO_VAR="/dev/null/var")
def test_a_folder_that_cannot_be_made_stops_the_start_before_anything_else(run: Run) -> None:
    done = run("prepare")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "OCTAVO_VAR: /dev/null/var cannot be used: Not a directory." in done.stderr
    assert not user.is_anybody()


@pytest.mark.settings(ADMIN_PASSWORD="short")
def test_a_weak_password_stops_the_first_start(run: Run) -> None:
    done = run("prepare")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ADMIN_EMAIL or ADMIN_PASSWORD: password: This must")
    assert not user.is_anybody()


def test_prepare_lays_the_tables(run: Run) -> None:
    database.execute_sql("DELETE FROM schema_migration WHERE name LIKE '0004%'")
    database.execute_sql("DROP TABLE marc_record")
    assert run("prepare").exit_code == 0
    assert schema.is_current()


def test_migrations_are_listed_and_applied(run: Run) -> None:
    database.execute_sql("DELETE FROM schema_migration WHERE name LIKE '0004%'")
    database.execute_sql("DROP TABLE marc_record")
    told = run("db", "status")
    assert "applied 0001_foundation\n" in told.stdout
    assert "pending 0004_marc_records\n" in told.stdout
    assert told.exit_code == 1
    assert run("db", "upgrade").stdout == "applied 0004_marc_records\n"
    assert run("db", "upgrade").stdout == "The database is up to date.\n"
    assert run("db", "status").exit_code == 0


@pytest.mark.parametrize("command", [("prepare",), ("db", "upgrade")])
def test_members_whom_the_release_before_added_are_sorted_as_the_others(
    run: Run, command: tuple[str, ...]
) -> None:
    run("prepare")
    database.execute_sql('UPDATE "user" SET name_key = NULL')
    assert run(*command).exit_code == 0
    [key] = database.execute_sql('SELECT name_key FROM "user"').fetchall()
    assert key == ("administrator\tlibrary",)


@pytest.mark.parametrize("command", [("prepare",), ("db", "upgrade"), ("db", "status")])
def test_beside_a_later_version_this_one_goes_on(run: Run, command: tuple[str, ...]) -> None:
    note_migration(LATER)
    assert run(*command).exit_code == 0


def test_migrations_of_a_later_version_are_listed(run: Run) -> None:
    note_migration(LATER)
    assert f"of a later version {LATER}\n" in run("db", "status").stdout


@pytest.mark.parametrize("command", [("prepare",), ("db", "upgrade"), ("db", "check")])
def test_tables_that_a_later_version_has_broken_are_refused(
    run: Run, command: tuple[str, ...]
) -> None:
    broken = f"{LATER}_breaking"
    note_migration(broken)
    told = run(*command)
    assert told.exit_code == 1
    assert told.stderr == (
        f"Error: A later version of Octavo has changed the tables ({broken}), and this one cannot"
        " use them. Run that version, or put back the backup that was made before.\n"
    )


def test_to_ask_for_the_status_makes_no_database(run: Run, tmp_path: Path) -> None:
    database.obj.close()
    connect(f"sqlite:///{tmp_path / 'octavo.db'}")
    told = run("db", "status")
    assert (told.exit_code, told.stderr) == (
        1,
        "Error: There is no database yet; `db upgrade` makes it.\n",
    )
    assert list(tmp_path.iterdir()) == []


def test_every_operation_is_listed_with_its_role_and_scope(run: Run) -> None:
    lines = [line.split() for line in run("operations").stdout.splitlines()]
    assert ["POST", "/api/v1/books", "createBook", "librarian", "catalogue:write"] in lines
    assert ["GET", "/api/v1/books", "listBooks", "anyone", "-"] in lines


def test_the_openapi_document_is_the_one_that_is_served(run: Run, client: FlaskClient) -> None:
    printed = orjson.loads(run("openapi").stdout)
    assert printed == orjson.loads(client.get("/openapi.json").data)


@pytest.mark.parametrize("app", ["api.app", "api.cli"])
@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"PORT": "http"}, "Error: PORT: give a whole number from 1 to 65535.\n"),
        (
            {"DATABASE_URL": "sqlite:////nowhere/octavo.db"},
            f"Error: The database cannot be used: unable to open database file. {WHICH}\n",
        ),
    ],
)
def test_what_stops_a_command_is_told_in_a_sentence(
    app: str, setting: dict[str, str], told: str, tmp_path: Path
) -> None:
    environment = {**QUICK, "DATABASE_URL": f"sqlite:///{tmp_path / 'octavo.db'}", **setting}
    done = subprocess.run(
        [Path(sys.executable).with_name("flask"), "--app", app, "db", "upgrade"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, told)


def test_the_command_runs_its_own_code_wherever_one_stands(tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "__init__.py").write_text("raise SystemExit('of another program')")
    done = subprocess.run(
        [ROOT / "bin" / "octavo", "--version"],
        cwd=tmp_path,
        env={**os.environ, **QUICK},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == (f"Octavo {running()}\n", "")


def test_flask_finds_the_commands_without_being_told_where(tmp_path: Path) -> None:
    environment = {**QUICK, "DATABASE_URL": f"sqlite:///{tmp_path / 'octavo.db'}"}
    done = subprocess.run(
        [Path(sys.executable).with_name("flask"), "db", "upgrade"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("module", "unneeded"),
    [
        ("api.commands.prepare", {"api.app", "babel", "formats", "pages", "pymarc", "resources"}),
        ("api.app", {"api.commands.moving", "api.commands.prepare", "protocols.sip2", "redis"}),
    ],
)
def test_a_start_loads_nothing_that_only_others_need(module: str, unneeded: set[str]) -> None:
    load = f"import sys, api.cli, {module}; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", load], cwd=ROOT, text=True).split()
    assert unneeded.isdisjoint(loaded)


def test_every_command_is_listed_with_what_it_does(run: Run) -> None:
    told = run("--help").stdout.partition("Commands:\n")[2].splitlines()
    listed = dict(line.split(maxsplit=1) for line in told)
    assert sorted(listed) == list(listed)
    assert {"catalogue", "doctor", "import", "move-in", "prepare", "serve"} <= listed.keys()


def test_a_misspelt_command_is_named_with_what_is_like_it(run: Run) -> None:
    done = run("prepair")
    assert done.exit_code == 2
    assert "No such command 'prepair'. Did you mean 'prepare'?" in done.stderr
