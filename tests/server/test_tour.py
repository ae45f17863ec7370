"""The tour and the page for script authors work as printed: commands, in order, and answers."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.support import servers

DOCS = servers.ROOT / "docs"
BIN = Path(sys.executable).parent
STEP = re.compile(
    r"^```sh\n(.*?)^```$(?:\s*^```(json|text)\n(.*?)^```$)?", re.MULTILINE | re.DOTALL
)
AFTER_EACH = "\nprintf '\\036'\n"

pytestmark = pytest.mark.server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[servers.Server]:
    """A server after its first start, with the demonstration catalogue."""
    started = servers.start(tmp_path, DEMO="true")
    yield started
    started.stop()


def printed(page: str) -> list[tuple[str, str, str]]:
    """(commands, kind of answer, answer) of each step of a page; not every one has an answer."""
    return STEP.findall((DOCS / page).read_text())


def run(script: str, server: servers.Server) -> str:
    """Run commands as they are printed, but on the server of this test.

    In a user's checkout the programs are in .venv, and the server is on its usual port.
    """
    assert shutil.which("curl"), "the documentation uses curl"
    here = script.replace("http://127.0.0.1:8000", server.url).replace(".venv/bin", str(BIN))
    done = subprocess.run(
        ["sh", "-euc", here],
        cwd=servers.ROOT,
        env=server.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def fits(shown: Any, answered: Any) -> bool:
    """Whether the answer has everything that is shown; the pages shorten objects."""
    if isinstance(shown, dict):
        return isinstance(answered, dict) and all(
            name in answered and fits(value, answered[name]) for name, value in shown.items()
        )
    if isinstance(shown, list):
        same_length = isinstance(answered, list) and len(shown) == len(answered)
        return same_length and all(map(fits, shown, answered))
    return bool(shown == answered)


def require_as_printed(page: str, server: servers.Server) -> None:
    """Run the page from its first command to the last in one shell, and compare the answers."""
    steps = printed(page)
    assert steps
    answers = run("".join(commands + AFTER_EACH for commands, _, _ in steps), server).split("\036")
    for (commands, kind, shown), answer in zip(steps, answers, strict=False):
        if kind == "json":
            assert fits(orjson.loads(shown), orjson.loads(answer)), f"{commands}\n{answer}"
        elif kind == "text":
            assert shown.strip() in answer.replace("\r", ""), f"{commands}\n{answer}"
    assert len(answers) == len(steps) + 1


def test_the_tour_works_as_printed(server: servers.Server) -> None:
    require_as_printed("tour.md", server)


def test_the_page_for_script_authors_works_as_printed(server: servers.Server) -> None:
    (staff,) = [step for step, _, _ in printed("tour.md") if "user create" in step]
    run(staff, server)
    require_as_printed("api.md", server)
