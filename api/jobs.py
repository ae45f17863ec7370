"""What is done without a request: imports, the nightly job, sending notices, telling webhooks.

Where there is no uWSGI, imports are done at once, and the nightly job is left to a command.
"""

import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from api import nightly_marks, outgoing
from api.auth import resets
from api.settings import Settings
from catalogue import import_jobs
from circulation.nightly import nightly as circulate
from events import delivering
from events.deliveries import Courier
from events.delivering import Deliverer
from models import (
    failed_pin,
    idempotency,
    machine_payment,
    password_reset,
    session,
    timestamps,
)
from models.audit import Actor
from models.database import transaction
from models.search import index
from models.timestamps import stamp
from moving import run
from notices import letters
from notices import nightly as notices_nightly
from notices.sending import Sender, Sent

try:
    import uwsgi
except ImportError:
    uwsgi = None

SIGNAL = 1
"""The uWSGI signal that wakes the spooler; a timer raises it too, for what a crash left behind."""
DELIVERIES_KEPT = timedelta(days=30)
_log = logging.getLogger("octavo.imports")


def folder(settings: Settings) -> Path:
    """Where files wait to be imported."""
    return settings.var / "imports"


def wake(settings: Settings) -> None:
    """Have the waiting imports done; call it when they are committed."""
    if uwsgi is None:
        work_off(settings)
    else:
        uwsgi.signal(SIGNAL)


def work_off(settings: Settings) -> None:
    """Do the waiting imports, here and now."""
    try:
        import_jobs.work_off(folder(settings), run.of_job)
    except Exception:  # noqa: BLE001  logged, and tried again when the timer raises the signal
        _log.exception("imports have to wait")


def send_notices(settings: Settings) -> Sent:
    """Send the notices that are due. Raises what the database raises; they wait then."""
    token_of = partial(resets.token_of, settings)
    sender = Sender(outgoing.library(settings), settings.smtp_url, token_of)
    return sender.send()


def deliverer(settings: Settings) -> Deliverer:
    """What tells webhooks of events."""
    return Deliverer(Courier(settings.webhook_allow_private))


@dataclass(frozen=True, slots=True)
class Done:
    """What a night's work came to."""

    holds: int
    notices: int
    loans: int
    past_holds: int
    sessions: int
    answers: int
    files: int

    def sentences(self) -> list[str]:
        """For people and for the log."""
        return [
            f"Holds ended: {self.holds}.",
            f"Notices queued: {self.notices}.",
            f"Loans that forgot their member: {self.loans}, past holds: {self.past_holds}.",
            f"Sign-ins forgotten: {self.sessions}, kept answers forgotten: {self.answers}.",
            f"Files of imports that came to nothing: {self.files}.",
        ]


def nightly(settings: Settings) -> Done:
    """Do a night's work; it can be done twice, late, or by two nodes at once (rule 35)."""
    now = timestamps.now()
    actor = Actor(None, f"nightly-{secrets.token_hex(6)}")
    report = circulate(actor, now, settings.keep_history_days)
    queued = notices_nightly.queue(now, actor.request_id)
    letters.settle(now)
    notices_nightly.tidy(now - timedelta(days=settings.keep_history_days), now)
    delivering.tidy(stamp(now - DELIVERIES_KEPT))
    with transaction():
        sessions = session.delete_expired()
        failed_pin.delete_old()
        password_reset.delete_old()
        machine_payment.forget_old(now)
        answers = idempotency.delete_expired()
    files = import_jobs.sweep(folder(settings))
    index.tidy()
    nightly_marks.set_done(settings)
    return Done(report.holds, queued, report.loans, report.past_holds, sessions, answers, files)
