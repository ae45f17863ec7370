"""The consumer in docs/events.md, run as it stands there against the real server."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.support.servers import ADMIN, ROOT, Server, wait_for

pytestmark = pytest.mark.server


@contextmanager
def consuming(server: Server, key: str, folder: Path) -> Iterator[Path]:
    """The consumer at work in a folder; what it prints."""
    page = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    [code] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (folder / "consumer.py").write_text(code)
    printed = folder / "printed"
    environment = {**os.environ, "OCTAVO_URL": server.url, "OCTAVO_KEY": key}
    with printed.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "consumer.py"], cwd=folder, env=environment, stdout=output
        )
        yield printed
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def news(server: Server, count: int) -> list[int]:
    """So many posts; their ids."""
    post = {"title": "News", "content": "-"}
    made = [
        requests.post(server.api("/posts"), json=post, auth=ADMIN, timeout=20).json()["id"]
        for _ in range(count)
    ]
    return [int(one) for one in made]


def told(printed: Path) -> list[int]:
    """The posts that the consumer was told of, in order."""
    lines = [line.split() for line in printed.read_text().splitlines()]
    return [int(line[2]) for line in lines if line[1] == "post.create"]


def test_a_consumer_is_told_of_everything_once_and_goes_on_after_a_restart(
    server: Server, tmp_path: Path
) -> None:
    asked = {"name": "feed", "scopes": ["reports:read"]}
    answer = requests.post(server.api("/auth/keys"), json=asked, auth=ADMIN, timeout=20)
    key = answer.json()["key"]
    before = news(server, 3)
    with consuming(server, key, tmp_path) as printed:
        wait_for(lambda: told(printed)[-3:] == before)
        place = tmp_path / "octavo-cursor.txt"
        wait_for(lambda: place.exists() and bool(place.read_text()))
    between = news(server, 2)
    with consuming(server, key, tmp_path) as printed:
        wait_for(lambda: told(printed)[-2:] == between)
        after = news(server, 2)
        wait_for(lambda: told(printed)[-2:] == after)
    assert told(printed)[-7:] == [*before, *between, *after]
    assert len(told(printed)) == len(set(told(printed)))
