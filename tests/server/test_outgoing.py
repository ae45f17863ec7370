"""What the server sends by itself: notices by mail, events to webhooks."""

import socket
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
import requests

from tests.support import servers
from tests.support.mailboxes import Mailbox
from tests.support.mailboxes import running as mail_running
from tests.support.receivers import Receiver
from tests.support.receivers import running as receiver_running
from tests.support.servers import ADMIN, Server, wait_for

pytestmark = pytest.mark.server
PERSON = {"email": "ada@example.org", "first_name": "Ada", "last_name": "Byron"}


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    """A mail server that takes everything."""
    with mail_running(Mailbox()) as started:
        yield started


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """A receiver of webhooks."""
    with receiver_running() as started:
        yield started


@pytest.fixture(scope="module")
def library(mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real server, which has a mail server and may tell webhooks on this machine."""
    chosen = {"SMTP_URL": mailbox.url, "WEBHOOK_ALLOW_PRIVATE": "true"}
    started = servers.start(Path(tmp_path_factory.mktemp("outgoing")), **chosen)
    yield started
    assert started.stop() == 0


def subscribe(library: Server, receiver: Receiver) -> None:
    """Have the receiver told of posts, and write one."""
    hook = {"url": receiver.url, "types": ["post.create"]}
    assert requests.post(library.api("/webhooks"), json=hook, auth=ADMIN, timeout=10).ok
    post = {"title": "News", "content": "-"}
    assert requests.post(library.api("/posts"), json=post, auth=ADMIN, timeout=10).ok


def test_a_notice_is_mailed_within_seconds(library: Server, mailbox: Mailbox) -> None:
    made = requests.post(library.api("/users"), json=PERSON, auth=ADMIN, timeout=10)
    assert made.status_code == 201, made.text
    wait_for(lambda: bool(mailbox.taken))
    assert mailbox.taken[0]["To"] == "Ada Byron <ada@example.org>"


def test_a_webhook_is_told_within_seconds(library: Server, receiver: Receiver) -> None:
    subscribe(library, receiver)
    wait_for(lambda: bool(receiver.received))
    assert orjson.loads(receiver.received[0].body)["data"]["data"]["title"] == "News"


def test_a_webhook_is_told_while_the_mail_server_is_silent(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, receiver_running() as receiver:
        silent.settimeout(60)
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        library = servers.start(tmp_path, SMTP_URL=url, WEBHOOK_ALLOW_PRIVATE="true")
        try:
            made = requests.post(library.api("/users"), json=PERSON, auth=ADMIN, timeout=10)
            assert made.status_code == 201, made.text
            with silent.accept()[0]:  # The sender waits for the first word now.
                subscribe(library, receiver)
                wait_for(lambda: bool(receiver.received))
        finally:
            assert library.stop() == 0
