"""A mail server in this process: it takes mail, or does what real ones do when they do not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope

from tests.support.servers import free_port

Answer = Callable[[str], str]
"""What the server says to a recipient: `250 OK`, or why not."""


@dataclass
class Mailbox:
    """What the server has taken, in order, and where it is."""

    url: str = ""
    taken: list[EmailMessage] = field(default_factory=list)
    answer: Answer = lambda address: "250 OK"
    of_sender: Callable[[], str] = lambda: "250 OK"
    after_data: Callable[[], str] = lambda: "250 OK"
    on_data: Callable[[Any], None] = lambda server: None

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take mail of a sender, or not."""
        said = self.of_sender()
        if said.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return said

    async def handle_RCPT(  # noqa: N802  the name is aiosmtpd's
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or not."""
        said = self.answer(address)
        if said.startswith("2"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail."""
        self.on_data(server)
        said = self.after_data()
        if said.startswith("2"):
            content = envelope.content
            raw = content.encode() if isinstance(content, str) else content or b""
            made = message_from_bytes(raw, policy=default)
            assert isinstance(made, EmailMessage)
            self.taken.append(made)
        return said


@contextmanager
def running(mailbox: Mailbox, **options: Any) -> Iterator[Mailbox]:
    """A mailbox that answers on a free port of this machine, with options of aiosmtpd's."""
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    mailbox.url = f"smtp://127.0.0.1:{port}"
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
