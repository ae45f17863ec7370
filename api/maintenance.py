"""What is done every night, by uWSGI's cron or by `flask circulation nightly`."""

import secrets
from dataclasses import dataclass

from api.background import folder
from api.settings import Settings
from catalogue.jobs import sweep
from circulation.nightly import nightly as circulate
from models import book_index, clock, idempotency, session
from models.audit import Actor
from models.database import transaction
from models.outages import steadily


@dataclass(frozen=True, slots=True)
class Done:
    """What a night's work came to."""

    holds: int
    loans: int
    past_holds: int
    sessions: int
    answers: int
    files: int

    def sentences(self) -> list[str]:
        """For people and for the log."""
        return [
            f"Holds ended: {self.holds}.",
            f"Loans that forgot their member: {self.loans}, past holds: {self.past_holds}.",
            f"Sign-ins forgotten: {self.sessions}, kept answers forgotten: {self.answers}.",
            f"Files of imports that came to nothing: {self.files}.",
        ]


def nightly(settings: Settings) -> Done:
    """Do a night's work; it can be done twice, late, or by two nodes at once (rule 35).

    So it is done again where the connection broke, which may have been idle since the last night.
    """
    return steadily(lambda: _nightly(settings))


def _nightly(settings: Settings) -> Done:
    actor = Actor(None, f"nightly-{secrets.token_hex(6)}")
    report = circulate(actor, clock.now(), settings.keep_history_days)
    with transaction():
        sessions = session.delete_expired()
        answers = idempotency.delete_expired()
    files = sweep(folder(settings))
    book_index.tidy()
    return Done(report.holds, report.loans, report.past_holds, sessions, answers, files)
