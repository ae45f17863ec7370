"""The running server keeps its OpenAPI document, whatever is sent: as nobody, a member, an admin.

A few requests for each operation, the same each time; with SCHEMATHESIS_EXAMPLES=500, as
`make schemathesis` sets it, that many, and systematically every limit of every schema too.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import requests

from tests.support import servers
from tests.support.servers import ADMIN, ROOT, Server

pytestmark = pytest.mark.server

HERE = Path(__file__).parent
PASSWORD = "a password for trying"
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "0"))
SHORT = ["--phases=examples,fuzzing,stateful", "--max-examples=2"]
LONG = ["--phases=examples,coverage,fuzzing,stateful", f"--max-examples={EXAMPLES}"]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    """A server of its own, since an administrator may remove everybody else's account."""
    started = servers.start(tmp_path)
    yield started
    started.stop()


def account(server: Server, role: str) -> str:
    """The email of a new account with the role."""
    email = f"{role}-{uuid4().hex}@example.org"
    person = {"email": email, "password": PASSWORD, "first_name": "Ada", "last_name": "Lovelace"}
    made = requests.post(
        server.api("/users"), json={**person, "role": role}, auth=ADMIN, timeout=30
    )
    made.raise_for_status()
    return email


def tried(folder: Path, url: str, email: str) -> "subprocess.CompletedProcess[str]":
    """What Schemathesis says of the server at the URL, with all checks, links followed."""
    environ = {
        **os.environ,
        "OCTAVO_TRIED_URL": url,
        "OCTAVO_TRIED_EMAIL": email,
        "OCTAVO_TRIED_PASSWORD": PASSWORD,
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json"]
    command.insert(3, f"--config-file={HERE / 'schemathesis.toml'}")
    options = ["--checks=all", "--no-color", *(LONG if EXAMPLES else SHORT)]
    return subprocess.run(
        [*command, *options],
        cwd=folder,
        env=environ,
        check=False,
        text=True,
        capture_output=True,
    )


@pytest.mark.parametrize("role", ["nobody", "member", "admin"])
def test_the_server_keeps_its_document(own: Server, role: str, tmp_path: Path) -> None:
    email = "" if role == "nobody" else account(own, role)
    result = tried(tmp_path, own.url, email)
    assert result.returncode == 0, result.stdout[-20_000:] + result.stderr
    assert " 0 generated" not in result.stdout
    if email:
        profile = requests.get(own.api("/auth/profile"), auth=(email, PASSWORD), timeout=30)
        assert profile.json()["role"] == role
