"""A notice as a mail."""

from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import quote, urlsplit

from models.notice import NoticeRow
from notices.headers import POLICY
from notices.kinds import Kind
from notices.library import Library
from notices.recipients import Recipient
from notices.templates import Message
from validators.engine.domains import ascii_domain


class NoAddress(ValueError):
    """No mail can be addressed so."""


def mail(
    notice: NoticeRow, to: Recipient, message: Message, kind: Kind, library: Library, now: datetime
) -> EmailMessage:
    """The mail of a notice, to one member.

    Its Message-ID comes from the notice, so that a repeat after a crash can be recognised. Raises
    NoAddress for an address that cannot be one (RFC 5322).
    """
    made = EmailMessage(POLICY)
    made["From"] = _address(library.name, library.email)
    made["To"] = _address(to.name, to.address_for(notice.kind) or "")
    made["Subject"] = message.subject
    made["Date"] = format_datetime(now)
    made["Message-ID"] = message_id(notice, library)
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834, section 5: no vacation notices, please
    if kind.switch:
        made["List-Unsubscribe"] = _unsubscribe(notice, library)
    made.set_content(message.text)
    made.add_alternative(message.html, subtype="html")
    return made


def message_id(notice: NoticeRow, library: Library) -> str:
    """The Message-ID of a notice, the same at every try."""
    made = "".join(sign for sign in notice.queued_at if sign.isalnum())
    return f"<notice.{notice.id}.{made}@{_domain(library)}>"


def _address(name: str, email: str) -> Address:
    """An address; the part after the @ in the letters that every mail server takes (RFC 5890)."""
    user, _, domain = email.rpartition("@")
    if not user or not domain or len(email.split()) != 1:
        raise NoAddress("there is no such address")
    try:
        return Address(" ".join(name.split()), user, ascii_domain(domain))
    except (ValueError, MessageError) as error:
        raise NoAddress("there is no such address") from error


def _unsubscribe(notice: NoticeRow, library: Library) -> str:
    return (
        f"<mailto:{quote(library.email, safe='@')}?subject={quote(f'unsubscribe {notice.kind}')}>"
    )


def _domain(library: Library) -> str:
    named = urlsplit(library.url).hostname or library.email.rpartition("@")[2]
    return ascii_domain(named) or "localhost"
