"""Sending what is queued: each notice by one process, once, whatever ends that process.

A notice is taken by moving its next try to the end of a lease; what a killed process had taken is
due again then. Only between the mail server's answer and the note of it can a mail go out twice,
and it has the same Message-ID both times.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage

from models import notice as stored
from models import timestamps
from models.database import transaction
from models.notice import NoticeRow
from models.timestamps import moment, stamp
from models.vocabulary import Channel, NoticeStatus
from notices import smtp
from notices.composing import NO_LONGER, TOO_OLD, Composed, TokenOf, compose, hidden_token
from notices.library import Library
from notices.mail import NoAddress, mail
from notices.rechecking import hold_again
from notices.smtp import Away, Connection, Deferred, Refused, Server

BATCH = 50
LEASE = timedelta(minutes=6)
RENEWED = timedelta(minutes=3)
"""A lease that ends sooner is renewed before a mail is handed over, which may take that long."""
AWAY = timedelta(minutes=1)
"""When it is tried again after the mail server could not be reached."""
DELAYS = (
    *(timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=30)),
    *(timedelta(hours=1), timedelta(hours=2), timedelta(hours=4), timedelta(hours=8)),
)
"""When a notice that the mail server has put off is tried again; then as after the last."""
NO_ADDRESS = "This is not an email address."
_log = logging.getLogger("octavo.notices")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a run came to."""

    sent: int = 0
    failed: int = 0
    cancelled: int = 0
    waiting: int = 0
    trouble: str | None = None

    def sentence(self) -> str:
        """For people and for the log."""
        told = f"Notices sent: {self.sent}, failed: {self.failed}, cancelled: {self.cancelled}."
        left = f" Waiting: {self.waiting}." if self.waiting else ""
        return told + left + (f" {self.trouble}" if self.trouble else "")


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends what is queued; `now` tells the time."""

    library: Library
    server: Server | None
    token_of: TokenOf = hidden_token
    now: Callable[[], datetime] = timestamps.now

    def send(self) -> Sent:
        """Send all that is due. What the mail server does not take stays queued."""
        counts = dict.fromkeys(NoticeStatus, 0)
        trouble = None
        if self.server is None:
            trouble = "SMTP_URL is not set: mails stay queued."
        else:
            trouble = self._send_all(self.server, counts)
        return Sent(
            counts[NoticeStatus.SENT],
            counts[NoticeStatus.FAILED],
            counts[NoticeStatus.CANCELLED],
            stored.waiting(),
            trouble,
        )

    def _send_all(self, server: Server, counts: dict[NoticeStatus, int]) -> str | None:
        taken = self._take()
        if not taken:
            return None
        left = list(taken)
        try:
            with smtp.connected(server) as connection:
                while taken:
                    left = list(taken)
                    self._send_batch(connection, taken, left, counts)
                    taken = self._take()
        except Away as away:
            self._release(left)
            _log.warning("%s", away)
            return str(away)
        return None

    def _take(self) -> list[NoticeRow]:
        now = self.now()
        if not stored.is_any_due(stamp(now)):
            return []
        with transaction():
            return stored.claim(stamp(now), stamp(now + LEASE), BATCH)

    def _send_batch(
        self,
        connection: Connection,
        taken: Sequence[NoticeRow],
        left: list[NoticeRow],
        counts: dict[NoticeStatus, int],
    ) -> None:
        for composed in compose(taken, self.now(), self.library, self.token_of):
            row = self._kept(composed.notice)
            if row is not None:
                counts[self._send_one(connection, replace(composed, notice=row))] += 1
            left.pop(0)

    def _kept(self, row: NoticeRow) -> NoticeRow | None:
        """The notice with a lease that lasts; None when somebody else has it by now."""
        now = self.now()
        if moment(row.next_try_at) - now > RENEWED:
            return row
        until = stamp(now + LEASE)
        return row._replace(next_try_at=until) if stored.change(row, next_try_at=until) else None

    def _send_one(self, connection: Connection, composed: Composed) -> NoticeStatus:
        """Send one notice and note it; give its status. Raises Away."""
        row, person, message = composed.notice, composed.recipient, composed.message
        if person is None or message is None:
            if composed.why == TOO_OLD and row.error:
                return self._end(row, NoticeStatus.FAILED, f"{row.error} It was tried long enough.")
            return self._cancel(composed)
        kind = self.library.kinds[row.kind]
        if not person.address_for(row.kind):
            return self._cannot_be_mailed(row, by_letter=kind.letter)
        try:
            made = mail(row, person, message, kind, self.library, self.now())
        except NoAddress:
            return self._end(row, NoticeStatus.FAILED, NO_ADDRESS)
        refused = self._hand_over(connection, row, made)
        if refused is None:
            with transaction():
                now, at = self.now(), stamp(self.now())
                again = hold_again(composed, composed.untold, now, self.library)
                stored.sent(row, message.subject, composed.shown_text, at)
                stored.part(row, composed.untold, NO_LONGER, at)
                stored.tell_items_anew(row.kind, again, f"notice {row.id}")
        return refused or NoticeStatus.SENT

    def _hand_over(
        self, connection: Connection, row: NoticeRow, made: EmailMessage
    ) -> NoticeStatus | None:
        """Give a mail to the mail server; None when it takes it. Raises Away."""
        try:
            connection.send(made)
        except Deferred as deferred:
            return self._put_off(row, deferred)
        except Refused as refused:
            return self._end(row, NoticeStatus.FAILED, str(refused))
        except Away as away:
            # It may be this mail that the server does not bear; the others shall not wait for it.
            self._put_off(row, away)
            raise
        except (ValueError, UnicodeError):
            return self._end(row, NoticeStatus.FAILED, NO_ADDRESS)
        return None

    def _cannot_be_mailed(self, row: NoticeRow, *, by_letter: bool) -> NoticeStatus:
        """The address is gone since it was queued."""
        if not by_letter:
            return self._end(row, NoticeStatus.FAILED, "The member has no email address.")
        stored.change(row, channel=Channel.PRINT, next_try_at=row.queued_at)
        return NoticeStatus.QUEUED

    def _put_off(self, row: NoticeRow, why: Deferred | Away) -> NoticeStatus:
        delay = DELAYS[min(row.attempts, len(DELAYS) - 1)]
        then = stamp(self.now() + delay)
        stored.change(row, attempts=row.attempts + 1, error=str(why), next_try_at=then)
        return NoticeStatus.QUEUED

    def _cancel(self, composed: Composed) -> NoticeStatus:
        """Cancel what is not to be sent; what holds again by now is put into words anew."""
        row = composed.notice
        with transaction():
            held = composed.items if composed.why == NO_LONGER else ()
            if hold_again(composed, held, self.now(), self.library):
                stored.change(row, next_try_at=stamp(self.now() + AWAY))
                return NoticeStatus.QUEUED
            return self._end(row, NoticeStatus.CANCELLED, composed.why)

    def _end(self, row: NoticeRow, status: NoticeStatus, error: str | None) -> NoticeStatus:
        stored.change(row, status=status, error=error)
        return status

    def _release(self, rows: Sequence[NoticeRow]) -> None:
        """Give back what was taken; it is due again in a minute."""
        then = stamp(self.now() + AWAY)
        for row in rows:
            stored.change(row, next_try_at=then)
