"""The mail server: where SMTP_URL says, spoken to by the standard library."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

SECONDS = 30
_PORTS = {"smtp": 25, "smtps": 465}
_TOO_LARGE = 552
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class MailError(Exception):
    """The mail did not go out; the sentence is for a librarian and names nobody."""


class Refused(MailError):
    """The server will never take this mail."""


class Deferred(MailError):
    """The server does not take this mail now."""


class Away(MailError):
    """No mail can be sent at present, whichever it is."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server; with a `user`, the password goes over TLS only, unless it is this machine."""

    host: str
    port: int
    is_tls: bool
    user: str = ""
    password: str = ""


def server(url: str) -> Server:
    """Read `smtp://user:password@host:587` or `smtps://…`. Raises ValueError."""
    try:
        return _server(url)
    except ValueError:
        # Its own words may quote the password, as far as a sign that must be escaped.
        raise ValueError(
            "give a URL like smtp://user:password@mail.example.org:587,"
            " with %23 for #, %2F for / and %40 for @ in a password"
        ) from None


def _server(url: str) -> Server:
    parts = urlsplit(url)
    is_cut = "#" in url or parts.path.strip("/") or parts.query
    if parts.scheme not in _PORTS or not parts.hostname or is_cut or parts.port == 0:
        raise ValueError
    return Server(
        parts.hostname,
        parts.port or _PORTS[parts.scheme],
        parts.scheme == "smtps",
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


class Connection:
    """One conversation with the mail server, for any number of mails."""

    def __init__(self, conversation: smtplib.SMTP) -> None:
        self._conversation = conversation

    def send(self, mail: EmailMessage) -> None:
        """Hand over a mail to one recipient. Raises Refused, Deferred, Away."""
        try:
            self._conversation.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            [(code, said)] = error.recipients.values()
            raise _answer(code, said, "does not take mail for this address") from error
        except smtplib.SMTPSenderRefused as error:
            raise _of_sender(error) from error
        except smtplib.SMTPNotSupportedError as error:
            detail = "The mail server cannot send to addresses with letters such as ä or é."
            raise Refused(detail) from error
        except smtplib.SMTPServerDisconnected as error:
            raise Away("The mail server broke the connection.") from error
        except smtplib.SMTPResponseException as error:
            raise _answer(error.smtp_code, error.smtp_error, "does not take this mail") from error
        except (OSError, smtplib.SMTPException) as error:
            raise Away(_why(error)) from error


@contextmanager
def connected(to: Server) -> Iterator[Connection]:
    """A conversation with the server. Raises Away when none comes about."""
    try:
        conversation = _open(to)
    except smtplib.SMTPAuthenticationError as error:
        raise Away(
            f"The mail server does not take the password in SMTP_URL: {_code(error)}."
        ) from error
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        raise Away(_why(error)) from error
    try:
        yield Connection(conversation)
    finally:
        _close(conversation)


def _open(to: Server) -> smtplib.SMTP:
    context = ssl.create_default_context()
    conversation = (
        smtplib.SMTP_SSL(to.host, to.port, timeout=SECONDS, context=context)
        if to.is_tls
        else smtplib.SMTP(to.host, to.port, timeout=SECONDS)
    )
    try:
        conversation.ehlo()
        if not to.is_tls and conversation.has_extn("starttls"):
            conversation.starttls(context=context)
            conversation.ehlo()
        if to.user:
            _sign_in(conversation, to)
    except BaseException:
        conversation.close()
        raise
    return conversation


def _sign_in(conversation: smtplib.SMTP, to: Server) -> None:
    is_safe = isinstance(conversation.sock, ssl.SSLSocket) or to.host in _LOCAL
    if not is_safe:
        raise smtplib.SMTPException("it offers no STARTTLS, and the password is not sent without")
    conversation.login(to.user, to.password)


def _close(conversation: smtplib.SMTP) -> None:
    try:
        conversation.quit()
    except (OSError, smtplib.SMTPException):
        conversation.close()


def _answer(code: int, said: bytes | str, what: str) -> MailError:
    """What a refusal means: 421 ends the conversation, 4xx is for later, 5xx for ever.

    See RFC 5321, sections 3.8 and 4.2.1.
    """
    detail = f"The mail server {what} ({code} {_words(said)})."
    if code == 421:
        return Away(detail)
    return (Deferred if 400 <= code < 500 else Refused)(detail)


def _of_sender(error: smtplib.SMTPSenderRefused) -> MailError:
    """What it means that we are refused: every mail has to wait, but for one that is too large."""
    meant = _answer(error.smtp_code, error.smtp_error, "does not take our mail")
    is_of_all = isinstance(meant, Refused) and error.smtp_code != _TOO_LARGE
    return Away(str(meant)) if is_of_all else meant


def _words(said: bytes | str) -> str:
    """The server's own words, on one line, without what may be an address."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    words = ["…" if "@" in word else word for word in text.split()]
    return " ".join(words)[:200] or "without a reason"


def _code(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {_words(error.smtp_error)}"


def _why(error: Exception) -> str:
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"The mail server cannot be reached: {_words(said or type(error).__name__)}."
