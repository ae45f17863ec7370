"""Imports on the real server: in the background, through a crash, and exports that break off."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support import servers
from tests.support.servers import ADMIN, Server, wait_for

pytestmark = pytest.mark.server
RECORDS = 8_000
CSV = {"Content-Type": "text/csv"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of this test's own, since it is killed."""
    started = servers.start(tmp_path)
    yield started
    started.stop()


def file(records: int, description: bytes = b"") -> bytes:
    """Books without ISBNs, so that one taken twice would be there twice; every tenth is bad."""
    lines = (b",\xc3\xa9dition" if n % 10 == 0 else b"Book %d,1" % n for n in range(1, records + 1))
    end = b"," + description + b"\n"
    return b"title,edition,description\n" + end.join(lines) + end


def send(server: Server, data: Any) -> str:
    """The URL of the import that takes this file on."""
    answer = requests.post(server.api("/imports"), data=data, headers=CSV, auth=ADMIN, timeout=30)
    assert answer.status_code == 202, answer.text
    return server.url + answer.headers["Location"]


def state(url: str) -> dict[str, Any]:
    found: dict[str, Any] = requests.get(url, auth=ADMIN, timeout=10).json()
    return found


def when(url: str, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The import as soon as it has come so far."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        found = state(url)
        if reached(found):
            return found
        time.sleep(0.02)
    raise AssertionError(f"the import stands at {found}")


def is_over(found: dict[str, Any]) -> bool:
    return found["status"] in ("done", "failed")


def test_a_file_in_chunks_is_imported_in_the_background(server: Server) -> None:
    url = send(server, iter([b"title\n", b"Em", b"ma\n", b"Sanditon\n"]))
    found = when(url, is_over)
    assert (found["status"], found["processed"], found["created"]) == ("done", 2, 2)
    exported = requests.get(server.api("/exports/books?format=ndjson"), auth=ADMIN, timeout=10)
    assert exported.text.count("\n") == 2


def test_a_database_beside_the_code_is_found_in_the_background(tmp_path: Path) -> None:
    path = os.path.relpath(tmp_path / "octavo.db", servers.ROOT)
    server = servers.start(tmp_path, DATABASE_URL=f"sqlite:///{path}")
    try:
        assert when(send(server, b"title\nEmma\n"), is_over)["created"] == 1
    finally:
        server.stop()


@pytest.mark.parametrize("description", [b"", b"x" * 200], ids=["small", "large"])
def test_an_import_that_is_killed_goes_on_after_the_restart(
    server: Server, tmp_path: Path, description: bytes
) -> None:
    """A large one is read by another process."""
    url = send(server, file(RECORDS, description))
    cut = when(url, lambda found: found["processed"] > 0)
    servers.kill(server)
    assert cut["processed"] < RECORDS, "the import was over before it could be killed"
    again = servers.start(tmp_path)
    try:
        found = when(url.replace(server.url, again.url), is_over)
        titles = list(_titles(again))
    finally:
        again.stop()
    bad = RECORDS // 10
    counts = [found[name] for name in ("processed", "created", "updated", "skipped", "failed")]
    assert found["status"] == "done"
    assert counts == [RECORDS, RECORDS - bad, 0, 0, bad]
    assert titles == [f"Book {n}" for n in range(1, RECORDS + 1) if n % 10]
    assert [path.name for path in (tmp_path / "imports").iterdir()] == [".lock"]


def _titles(server: Server) -> Iterator[str]:
    url = server.api("/exports/books?format=csv")
    lines = requests.get(url, auth=ADMIN, timeout=60).text.splitlines()
    return (line.partition(",")[0] for line in lines[1:])


def test_an_export_that_fails_midway_breaks_the_connection(server: Server, tmp_path: Path) -> None:
    text = "x" * 19_000
    url = send(server, "title,description\n" + f"Long,{text}\n" * 1500)
    assert when(url, is_over)["created"] == 1500
    export = requests.get(
        server.api("/exports/books?format=marcxml"), auth=ADMIN, stream=True, timeout=30
    )
    pieces = export.iter_content(1 << 16)
    assert next(pieces)
    with sqlite3.connect(tmp_path / "octavo.db") as library:
        library.execute("ALTER TABLE marc_record RENAME TO gone")
    library.close()
    with pytest.raises(requests.exceptions.RequestException):
        list(pieces)
    wait_for(lambda: "request broke off" in server.log.read_text())
    written = server.log.read_text()
    assert '"message":"answer broke off"' in written
    assert "Traceback" not in written
