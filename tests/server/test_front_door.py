"""`bin/octavo serve`, as `make run` starts it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.support.servers import QUICK, ROOT, free_port, wait_for

pytestmark = pytest.mark.server

Started = tuple[subprocess.Popen[bytes], str, Path]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    """The process, its address, and the file with what it shows; stopped at the end."""
    port, shown = free_port(), tmp_path / "shown"
    environment = {
        **QUICK,
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"sqlite:///{tmp_path / 'octavo.db'}",
        "OCTAVO_VAR": str(tmp_path / "var"),
        "LOG_FORMAT": "text",
        "PORT": str(port),
    }
    with shown.open("wb") as file:
        process = subprocess.Popen(
            [ROOT / "bin" / "octavo", "serve"],
            env=environment,
            cwd=tmp_path,
            stdout=file,
            stderr=file,
        )
    yield process, f"http://127.0.0.1:{port}", shown
    process.kill()
    process.wait()


def answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthz", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def test_what_is_shown_ends_with_where_everything_is_and_then_requests(started: Started) -> None:
    _, url, shown = started
    wait_for(lambda: answers(url), 60)
    wait_for(lambda: "GET    /healthz" in shown.read_text().rstrip().splitlines()[-1])
    lines = shown.read_text().splitlines()
    block = [line.split(maxsplit=1)[0] for line in lines if line.startswith("  ")]
    assert block == ["Address", "Reference", "Administrator", "First", "Stop", "Server"]
    assert f"  First steps    {url}/start" in lines
    assert f"  Address        {url}/" in lines
    assert not any("uWSGI ***" in line for line in lines)


def test_the_address_of_the_first_steps_leads_there_by_way_of_the_sign_in(
    started: Started,
) -> None:
    _, url, shown = started
    wait_for(lambda: answers(url), 60)
    (named,) = [
        line.split()[-1] for line in shown.read_text().splitlines() if "First steps" in line
    ]
    page = requests.get(named, headers={"Accept": "text/html"}, timeout=10)
    assert (page.status_code, page.url) == (200, f"{url}/sign-in?next=%2Fstart")
    assert 'name="secret"' in page.text


def test_a_signal_ends_it_and_uwsgi_says_so_in_its_log(started: Started) -> None:
    process, url, shown = started
    wait_for(lambda: answers(url), 60)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0
    log = shown.with_name("var") / "uwsgi.log"
    assert "Starting uWSGI" in log.read_text()
    assert not answers(url)
