"""Every command of docs/moving.md, from the first to the last, against a running server."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from tests.support import needs, servers
from tests.support.servers import ADMIN, ROOT, Server
from tests.unit.moving.test_move_in import COPY

pytestmark = pytest.mark.server
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CANNOT_COME = re.compile(r"^[34]\t2026-01-0[78] .*\n", re.MULTILINE)
"""Holds of a record that is not there, for which `move-in` ends with 1."""
_NEXT = "\036"


@pytest.fixture
def elsewhere(server: Server, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of the other kind than the server's."""
    if server.environment["DATABASE_URL"].startswith("sqlite"):
        why = needs.lacking("postgres")
        if why is not None:
            needs.skip("postgres", why)
        with needs.empty_database() as url:
            yield url
    else:
        yield f"sqlite:///{tmp_path / 'elsewhere.db'}"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A fresh folder with the files that the page names, and the command."""
    folder = tmp_path / "desk"
    (folder / "bin").mkdir(parents=True)
    command = folder / "bin" / "octavo"
    command.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m api.cli "$@"\n')
    command.chmod(0o755)
    (folder / "members.csv").write_text("cardnumber,surname,firstname\nC1,Lovelace,Ada\n")
    (folder / "srv" / "old").mkdir(parents=True)
    (folder / "srv" / "old" / "all.sql").write_text(_CANNOT_COME.sub("", COPY))
    (folder / "var" / "backups").mkdir(parents=True)
    return folder


def here(script: str, server: Server, desk: Path, elsewhere: str) -> str:
    """The commands, on this test's server, databases and folders."""
    for printed, meant in {
        "http://127.0.0.1:8000": server.url,
        "grace@example.org:a password of my own": ":".join(ADMIN).replace("'", "'\\''"),
        "sqlite:////var/lib/octavo/octavo.db": server.environment["DATABASE_URL"],
        "postgresql://octavo@localhost/octavo": elsewhere,
        " /srv/": f" {desk}/srv/",
        " /var/backups/": f" {desk}/var/backups/",
    }.items():
        assert printed in script
        script = script.replace(printed, meant)
    return script


def said(server: Server, desk: Path, elsewhere: str) -> list[str]:
    """What each block of the page prints; every command of it must succeed."""
    blocks = _BLOCK.findall((ROOT / "docs" / "moving.md").read_text(encoding="utf-8"))
    script = here(f"\nprintf '{_NEXT}'\n".join(blocks), server, desk, elsewhere)
    done = subprocess.run(
        ["sh", "-euc", script],
        cwd=desk,
        env=server.environment,
        input="y\n",
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split(_NEXT)


@servers.ON_BOTH
def test_the_page_about_moving_works_as_printed(server: Server, desk: Path, elsewhere: str) -> None:
    assert shutil.which("curl"), "the documentation uses curl"
    sent, by_command, over, came, backed_up, out = said(server, desk, elsewhere)
    assert orjson.loads(sent)["kind"] == "members"
    assert by_command.count("1 created") == 2
    assert over.endswith("Nothing contradicts the rules.\n")
    assert "Nothing was written. It would be:" in came
    assert "Moved in:" in came
    assert backed_up.count("Nothing contradicts the rules.") == 2
    assert out == ""
    assert (desk / "loans.ndjson").read_text() == ""
