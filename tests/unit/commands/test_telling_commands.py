"""`notices send`, `webhooks listen` and `webhooks send`."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from flask.testing import FlaskCliRunner

from api.app import Octavo
from events import signing
from models.timestamps import now
from models.webhook import new_secret
from tests.support import people
from tests.support.servers import BIN, QUICK, ROOT

EVENT = {"id": 7, "type": "loan.create", "at": "2026-03-02T09:00:00Z", "data": None}


@pytest.fixture
def runner(app: Octavo) -> FlaskCliRunner:
    """Runs commands in this process."""
    return app.test_cli_runner()


def test_without_a_mail_server_notices_stay_queued_and_it_says_so(
    runner: FlaskCliRunner,
) -> None:
    people.add("member", "ada@example.org")
    done = runner.invoke(args=["notices", "send"])
    assert done.exit_code == 1
    assert "Waiting: 1. SMTP_URL is not set" in done.output


def test_webhooks_are_told_by_hand_as_well(runner: FlaskCliRunner) -> None:
    done = runner.invoke(args=["webhooks", "send"])
    assert (done.exit_code, done.output) == (0, "Tries: 0.\n")


def test_a_secret_that_is_empty_is_told_in_a_sentence(runner: FlaskCliRunner) -> None:
    done = runner.invoke(args=["webhooks", "listen", "--port", "0"], input="\n")
    assert (done.exit_code, "This is not a webhook's secret" in done.stderr) == (2, True)


def test_an_address_that_cannot_be_listened_on_is_told_in_a_sentence(
    runner: FlaskCliRunner,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = runner.invoke(args=["webhooks", "listen", "--port", port], input=new_secret())
    told = f"Error: Cannot listen on http://127.0.0.1:{port}/: Address already in use.\n"
    assert (done.exit_code, done.stderr) == (1, told)


@pytest.mark.peer
def test_what_arrives_is_printed_verified_or_not(tmp_path: Path) -> None:
    secret = new_secret()
    command = ["flask", "--app", "api.cli", "webhooks", "listen", "--port", "0", "--count", "3"]
    environment = {**QUICK, "DATABASE_URL": f"sqlite:///{tmp_path}/o.db", "PATH": str(BIN)}
    with subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**environment, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as listening:
        assert listening.stdin is not None
        assert listening.stdout is not None
        listening.stdin.write(f"{secret}\n")
        listening.stdin.close()
        url = listening.stdout.readline().split()[2]
        body = signing.body(EVENT)
        headers = signing.headers("event-7", body, [secret], now())
        malformed = {**headers, "webhook-signature": "v1"}
        statuses = [
            requests.post(url, data=sent, headers=with_, timeout=10).status_code
            for sent, with_ in ((body, headers), (f"{body} ", headers), (body, malformed))
        ]
        printed = listening.stdout.read()
    assert statuses == [204, 401, 401]
    assert '"type": "loan.create"' in printed
    assert printed.count("NOT VERIFIED") == 2
