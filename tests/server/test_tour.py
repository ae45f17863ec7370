"""The tour works as it is printed: its commands, in order, and what they are said to answer."""

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

PAGE = servers.ROOT / "docs" / "tour.md"
BLOCK = re.compile(r"^```(sh|json|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
AFTER_EACH = "\nprintf '\\036'\n"

pytestmark = pytest.mark.server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[servers.Server]:
    """A server after its first start, with the demonstration catalogue."""
    started = servers.start(tmp_path, DEMO="true")
    yield started
    started.stop()


def steps() -> list[tuple[str, str, str]]:
    """(commands, kind of answer, answer) of each step of the page."""
    blocks = BLOCK.findall(PAGE.read_text())
    commands = [at for at, (kind, _) in enumerate(blocks) if kind == "sh"]
    assert list(range(0, len(blocks), 2)) == commands, "each command has its answer"
    return [(blocks[at][1], *blocks[at + 1]) for at in commands]


def fits(printed: Any, answered: Any) -> bool:
    """Whether the answer has everything that is printed; the page shortens objects."""
    if isinstance(printed, dict):
        return isinstance(answered, dict) and all(
            name in answered and fits(value, answered[name]) for name, value in printed.items()
        )
    if isinstance(printed, list):
        same_length = isinstance(answered, list) and len(printed) == len(answered)
        return same_length and all(map(fits, printed, answered))
    return bool(printed == answered)


def test_the_tour_works_as_printed(server: servers.Server) -> None:
    assert shutil.which("curl"), "the tour needs curl"
    script = AFTER_EACH.join(commands for commands, _, _ in steps())
    # In a checkout of the user's the programs are in .venv, and the server is on its usual port.
    here = script.replace("http://127.0.0.1:8000", server.url).replace(
        ".venv/bin/", f"{Path(sys.executable).parent}/"
    )
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
    answers = done.stdout.split("\036")
    assert len(answers) == len(steps())
    for (commands, kind, printed), answer in zip(steps(), answers, strict=True):
        if kind == "json":
            assert fits(orjson.loads(printed), orjson.loads(answer)), f"{commands}\n{answer}"
        else:
            assert printed.strip() in answer, f"{commands}\n{answer}"
