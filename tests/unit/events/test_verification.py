"""Deliveries, verified by the libraries of those who receive webhooks in JavaScript."""

import subprocess
from datetime import datetime

import orjson
import pytest

from events import signing
from models.timestamps import now
from models.webhook import new_secret
from tests.support.needs import PACKAGES, PEERS

pytestmark = [
    pytest.mark.javascript,
    pytest.mark.parametrize("library", ["standardwebhooks", "svix"]),
]


def delivery(title: str, secrets: list[str], at: datetime) -> dict[str, object]:
    event = {"id": 7, "type": "book.create", "at": "2026-03-02T09:00:00Z", "data": {"title": title}}
    body = signing.body(event)
    headers = signing.headers("event-7", body, secrets, at)
    return {"secret": secrets[-1], "body": body, "headers": headers}


def verified(library: str, *deliveries: dict[str, object]) -> subprocess.CompletedProcess[str]:
    command = ["node", str(PEERS / "verify.mjs"), str(PACKAGES), library]
    given = orjson.dumps(deliveries).decode()
    return subprocess.run(command, input=given, capture_output=True, text=True, check=False)


def test_a_delivery_verifies_whatever_letters_it_has(library: str) -> None:
    made = [
        delivery(title, [new_secret()], now())
        for title in ("Emma", "Война и мир", "源氏物語", "\U0001f4da \u2028 \"'\\")
    ]
    done = verified(library, *made)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["book.create"] * 4


def test_a_delivery_verifies_with_the_secret_of_before(library: str) -> None:
    done = verified(library, delivery("Emma", [new_secret(), new_secret()], now()))
    assert done.returncode == 0, done.stderr


def test_a_time_of_another_zone_is_signed_as_the_moment_it_is(library: str) -> None:
    done = verified(library, delivery("Emma", [new_secret()], now().astimezone()))
    assert done.returncode == 0, done.stderr


def test_a_delivery_that_was_changed_does_not_verify(library: str) -> None:
    made = delivery("Emma", [new_secret()], now())
    changed = str(made["body"]).replace("Emma", "Anna")
    done = verified(library, {**made, "body": changed})
    assert done.returncode != 0
    assert "signature" in done.stderr.lower()
