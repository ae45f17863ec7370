"""Clients made from the OpenAPI document: made without a warning, typed, and of use.

Each story logs in, searches, creates, lends, is refused with reasons, imports, pages, and pays.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.needs import PACKAGES
from tests.support.servers import ADMIN, BIN, Server

STORIES = Path(__file__).parent / "stories"
PATIENCE = 300
# What openapi-generator 7.26 says of any document in OpenAPI 3.1, and of a parameter `from`.
SAID_OF_ANY = (
    "OpenAPI 3.1 support is still in beta",
    "Failed to get the schema name: null",
    "From (reserved word) cannot be used as model name",
)

pytestmark = pytest.mark.server


def run(*words: str | Path, cwd: Path, **environment: str) -> str:
    """What a program says, which has to end well."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**os.environ, "PATH": path, "MYPY_CACHE_DIR": str(cwd / ".mypy_cache"), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    return done.stdout


def tell(server: Server, folder: Path, story: str) -> None:
    """Run a story with the client `octavo_client` that is in the folder; a warning fails it."""
    shutil.copy(STORIES / story, folder / "story.py")
    # Pydantic warns of a field that is called `copy`, as the API calls what a return gives back.
    own = 'ignore:Field name "copy":UserWarning'
    run(sys.executable, "-W", "error", "-W", own, "story.py", server.url, *ADMIN, cwd=folder)


def test_openapi_python_client(server: Server, document: Path, tmp_path: Path) -> None:
    client = tmp_path / "octavo_client"
    generate = ("generate", "--meta", "none", "--path", document, "--output-path", client)
    said = run("openapi-python-client", *generate, "--fail-on-warning", cwd=tmp_path)
    assert said.split() == ["Generating", str(client)]
    tell(server, tmp_path, "openapi_python_client.py")
    # Its client.py is the same for every document, and not as strict as this mypy.
    made = ("octavo_client/models", "octavo_client/api")
    run("mypy", "--strict", "--follow-imports=silent", "story.py", *made, cwd=tmp_path)


@pytest.mark.java
def test_openapi_generator(server: Server, document: Path, tmp_path: Path) -> None:
    generate = ("generate", "-g", "python", "-i", document, "-o", tmp_path)
    named = "--package-name=octavo_client"
    said = run("openapi-generator-cli", *generate, named, cwd=tmp_path)
    warnings = re.findall(r"\b(?:WARN|ERROR) .*", said)
    assert [each for each in warnings if not any(known in each for known in SAID_OF_ANY)] == []
    assert not re.search(r"inline_?object", said, re.IGNORECASE)
    tell(server, tmp_path, "openapi_generator.py")
    # The client itself is not written for `--strict`; what it offers to a story is.
    run("mypy", "--strict", "--follow-imports=silent", "story.py", cwd=tmp_path)


@pytest.mark.javascript
def test_openapi_typescript_and_openapi_fetch(
    server: Server, document: Path, tmp_path: Path
) -> None:
    for file in ("package.json", "tsconfig.json", "story.ts"):
        shutil.copy(STORIES / "typescript" / file, tmp_path)
    (tmp_path / "node_modules").symlink_to(PACKAGES / "node_modules")
    programs = tmp_path / "node_modules" / ".bin"
    run(programs / "openapi-typescript", document, "-o", "schema.d.ts", cwd=tmp_path)
    run(programs / "tsc", cwd=tmp_path)
    run("node", "story.js", server.url, *ADMIN, cwd=tmp_path)
