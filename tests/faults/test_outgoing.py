"""Mail servers and receivers of webhooks that hang while desks are at work."""

from pathlib import Path
from threading import Event

import pytest
import requests

from tests.faults.lending import lending
from tests.support import receivers, servers
from tests.support.mailboxes import Mailbox
from tests.support.mailboxes import running as mail_running
from tests.support.servers import ADMIN, wait_for

pytestmark = pytest.mark.server
PERSON = {"email": "ada@example.org", "first_name": "Ada", "last_name": "Byron"}


def test_desks_go_on_while_the_mail_server_and_a_receiver_hang(folder: Path) -> None:
    awake = Event()
    mailbox = Mailbox()

    def slow() -> str:
        awake.wait(20)
        return "250 OK"

    mailbox.after_data = slow
    with mail_running(mailbox) as mail, receivers.running() as receiver:
        well = receiver.behave

        def hang(handler: object) -> None:
            awake.wait(20)
            well(handler)  # type: ignore[arg-type]

        receiver.behave = hang
        server = servers.start(folder, WORKERS="2", SMTP_URL=mail.url, WEBHOOK_ALLOW_PRIVATE="true")
        try:
            hook = {"url": receiver.url, "types": ["post.create"]}
            assert requests.post(server.api("/webhooks"), json=hook, auth=ADMIN, timeout=10).ok
            post = {"title": "News", "content": "-"}
            with lending(server) as desks:
                assert requests.post(server.api("/posts"), json=post, auth=ADMIN, timeout=10).ok
                assert requests.post(server.api("/users"), json=PERSON, auth=ADMIN, timeout=10).ok
                wait_for(lambda: bool(receiver.received))
                desks.goes_on(20)
                awake.set()
            assert desks.statuses.keys() <= {200, 201}
        finally:
            awake.set()
            server.stop()
