"""What mail servers and mail programs read of a notice, whatever is in its headers."""

from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import compat32, default
from typing import Any

import pytest

from models.notice import NoticeRow
from models.timestamps import now
from models.vocabulary import Channel, Language, NoticeKind, NoticeStatus
from notices.kinds import BUILT_IN
from notices.library import Library
from notices.mail import mail
from notices.recipients import Recipient
from notices.templates import Message

LONG = "Public Library of the City of Springfield, Children and Young Adults (North Branch)"
NAMES = ("Ada Byron", LONG, LONG.replace("City", "Stadt Köln"), "図書館 (本館), " * 9 + "東京")
MESSAGE = Message("Überfällig", "Bitte geben Sie die Bücher zurück.\n", "<p>図書館</p>")


def notice() -> NoticeRow:
    at = "2026-11-30T05:00:00Z"
    how = (Channel.EMAIL, NoticeStatus.QUEUED, Language.ENGLISH, None, None, 0, None)
    return NoticeRow(7, NoticeKind.MEMBERSHIP_ENDING, 1, *how, at, at, at, None)


def sent(name: str = "Ada Byron", email: str = "info@example.org", **of_library: Any) -> bytes:
    """A mail to and from somebody of this name and address, as it is sent."""
    library = Library(name=name, email=email, **of_library)
    to = Recipient(1, name, "", None, email, None, None, {}, None)
    return bytes(mail(notice(), to, MESSAGE, BUILT_IN[notice().kind], library, now()))


@pytest.mark.parametrize("header", ["From", "To"])
@pytest.mark.parametrize("name", NAMES)
def test_a_name_with_commas_and_brackets_is_one_name_however_long(name: str, header: str) -> None:
    written = message_from_bytes(sent(name), policy=default)[header]
    assert [one.addr_spec for one in written.addresses] == ["info@example.org"]
    raw = message_from_bytes(sent(name), policy=compat32)[header].replace("\r\n", "")
    shown = str(make_header(decode_header(raw)))
    assert shown in (f"{name} <info@example.org>", f'"{name}" <info@example.org>')


@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_longer_than_mail_may_have(name: str) -> None:
    assert all(len(line) <= 78 for line in sent(name).split(b"\r\n") if b"@" not in line)


def test_the_address_that_ends_notices_stands_as_it_is_however_long() -> None:
    email = "stadtbuecherei.kundendienst@kultur.musterhausen-an-der-muster.example.org"
    [line] = [one for one in sent(email=email).split(b"\r\n") if one.startswith(b"List-Unsub")]
    wanted = f"<mailto:{email}?subject=unsubscribe%20membership-ending>"
    assert line.decode() == f"List-Unsubscribe: {wanted}"


def test_a_mail_is_in_seven_bits_since_not_every_server_takes_eight() -> None:
    assert sent("Žofie").isascii()
    parts = message_from_bytes(sent("Žofie"), policy=default).iter_parts()
    assert [part.get_content().strip() for part in parts] == [MESSAGE.text.strip(), MESSAGE.html]


def test_a_library_whose_domain_has_other_letters_sends_mail() -> None:
    made = message_from_bytes(sent(email="info@bücherei-köln.de"))
    assert made["Message-ID"].endswith("@xn--bcherei-kln-zfb3e.de>")


def test_a_library_whose_pages_are_at_such_a_domain_sends_mail() -> None:
    made = message_from_bytes(sent(url="https://bücherei-köln.de"))
    assert made["Message-ID"].endswith("@xn--bcherei-kln-zfb3e.de>")
