"""Webhooks over HTTP."""

import socket
from typing import Any

import pytest

from api.app import Octavo
from api.jobs import deliverer
from models import webhook
from models.timestamps import timestamp
from models.webhook_delivery import WebhookDelivery
from tests.support.asking import Asker
from tests.support.people import Person
from tests.support.receivers import Receiver, answering, running

HOOK = {"url": "https://example.org/hook", "types": ["post.create"]}


def made(ask: Asker, admin: Person, **fields: Any) -> dict[str, Any]:
    answer = ask.post("/webhooks", {**HOOK, **fields}, by=admin)
    assert answer.status_code == 201, answer.text
    hook: dict[str, Any] = answer.json
    return hook


def test_a_secret_is_shown_once(ask: Asker, admin: Person) -> None:
    hook = made(ask, admin)
    assert hook["secret"].startswith("whsec_")
    shown = ask.get(f"/webhooks/{hook['id']}", by=admin)
    assert "secret" not in shown.json
    assert hook["secret"] not in ask.get("/webhooks", by=admin).text
    assert shown.json == {k: v for k, v in hook.items() if k != "secret"}


def test_a_new_secret_is_shown_once(ask: Asker, admin: Person) -> None:
    hook = made(ask, admin)
    renewed = ask.post(f"/webhooks/{hook['id']}/secrets", by=admin)
    assert renewed.status_code == 201
    assert renewed.json["secret"] not in ("", hook["secret"])


@pytest.mark.parametrize("path", ["/webhooks", "/webhooks/1/secrets"])
def test_the_answer_that_shows_a_secret_has_the_tag_of_the_webhook(
    ask: Asker, admin: Person, path: str
) -> None:
    made(ask, admin)
    body = HOOK if path == "/webhooks" else None
    shown = ask.post(path, body, by=admin)
    assert shown.status_code == 201
    read = ask.get(f"/webhooks/{shown.json['id']}", by=admin)
    assert shown.headers["ETag"] == read.headers["ETag"]


def test_a_webhook_is_changed_and_removed(ask: Asker, admin: Person) -> None:
    path = f"/webhooks/{made(ask, admin)['id']}"
    changed = ask.patch(path, {"types": ["loan.create", "hold.ready"]}, by=admin).json
    assert changed["types"] == ["loan.create", "hold.ready"]
    assert ask.delete(path, by=admin).status_code == 204
    assert ask.get(path, by=admin).status_code == 404


def test_disabled_it_says_so_and_enabled_it_says_nothing(ask: Asker, admin: Person) -> None:
    path = f"/webhooks/{made(ask, admin)['id']}"
    disabled = ask.patch(path, {"enabled": False}, by=admin).json
    assert (disabled["enabled"], disabled["disabled_at"] is None) == (False, False)
    enabled = ask.patch(path, {"enabled": True}, by=admin).json
    told = (enabled["enabled"], enabled["disabled_at"], enabled["disabled_reason"])
    assert told == (True, None, None)


def test_a_change_compared_with_what_the_server_has_disabled_since_is_refused(
    ask: Asker, admin: Person
) -> None:
    hook = made(ask, admin)
    path = f"/webhooks/{hook['id']}"
    read = ask.get(path, by=admin).headers["ETag"]
    webhook.disable(hook["id"], timestamp(), webhook.IS_GONE)
    answer = ask.patch(path, {"enabled": True}, by=admin, headers={"If-Match": read})
    assert (answer.status_code, answer.json["code"]) == (412, "stale")


def test_a_webhook_sent_back_as_it_was_read_is_not_changed(ask: Asker, admin: Person) -> None:
    path = f"/webhooks/{made(ask, admin)['id']}"
    read = ask.get(path, by=admin)
    again = ask.patch(path, read.json, by=admin)
    assert (again.json, again.headers["ETag"]) == (read.json, read.headers["ETag"])
    assert ask.get("/audit?action=webhook.update", by=admin).json["data"] == []


@pytest.mark.parametrize(
    "fields",
    [
        *({"url": "http://example.org/"}, {"url": "https://127.0.0.1/"}, {"url": "ftp://x.org"}),
        *({"url": "https://user:secret@example.org/"}, {"url": "https://localhost/"}),
        *({"types": []}, {"types": ["loan.lend"]}, {"types": "loan.create"}, {"secret": "mine"}),
    ],
)
def test_what_cannot_be_is_told(ask: Asker, admin: Person, fields: dict[str, Any]) -> None:
    refused = ask.post("/webhooks", {**HOOK, **fields}, by=admin)
    assert (refused.status_code, refused.json["code"]) == (400, "invalid")
    [fault] = refused.json["errors"]
    assert fault["pointer"].startswith(f"#/{next(iter(fields))}")


@pytest.mark.peer
@pytest.mark.settings(WEBHOOK_ALLOW_PRIVATE="true")
def test_deliveries_are_listed_and_made_again(app: Octavo, ask: Asker, admin: Person) -> None:
    with running() as receiver:
        path = f"/webhooks/{made(ask, admin, url=receiver.url)['id']}"
        ask.post("/posts", {"title": "News", "content": "-"}, by=admin)
        assert ask.post(f"{path}/pings", by=admin).status_code == 202
        receiver.behave = answering(500)
        deliver(app)
        event, ping = ask.get(f"{path}/deliveries?sort=id", by=admin).json["data"]
        assert (ping["event_id"] is None) != (event["event_id"] is None)
        assert {ping["status"], event["status"]} == {"pending"}
        assert {ping["response_status"], event["attempts"]} == {500, 1}
        WebhookDelivery.update(status="failed", next_try_at=None).execute()
        receiver.behave = answering(204)
        again = ask.post(f"{path}/deliveries/{event['id']}/retries", by=admin)
        assert (again.status_code, again.json["status"]) == (202, "pending")
        deliver(app)
        done = ask.get(f"{path}/deliveries?status=delivered", by=admin).json["data"]
        assert [one["id"] for one in done] == [event["id"]]
        assert count(receiver, event["event_id"]) == 2


def deliver(app: Octavo) -> None:
    working = deliverer(app.config["SETTINGS"])
    working.start()
    working.finish()


def count(receiver: Receiver, event_id: int | None) -> int:
    """How often the receiver was told of an event, or of a ping."""
    prefix = "ping-" if event_id is None else f"event-{event_id}"
    return sum(one.headers["webhook-id"].startswith(prefix) for one in receiver.received)


def test_a_delivery_of_another_webhook_is_not_found(ask: Asker, admin: Person) -> None:
    one, other = made(ask, admin), made(ask, admin)
    ping = ask.post(f"/webhooks/{one['id']}/pings", by=admin).json
    path = f"/webhooks/{other['id']}/deliveries/{ping['id']}/retries"
    assert ask.post(path, by=admin).status_code == 404


@pytest.mark.peer
def test_a_name_that_leads_to_this_machine_is_refused_when_it_is_tried(
    app: Octavo, ask: Asker, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running() as receiver:
        port = int(receiver.url.split(":")[2].split("/")[0])
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        path = f"/webhooks/{made(ask, admin)['id']}"
        ask.post("/posts", {"title": "News", "content": "-"}, by=admin)
        deliver(app)
        [tried] = ask.get(f"{path}/deliveries", by=admin).json["data"]
        assert "private network" in tried["error"]
        assert receiver.received == []
