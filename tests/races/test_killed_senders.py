"""Notices while the process that causes or sends them is killed again and again."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from threading import Event, Thread
from typing import Any

import pytest

from circulation.checkin import take_back
from models import audit
from models.audit import Actor
from models.copy import Copy
from models.database import database
from models.hold import Hold
from models.notice import Notice, NoticeItem
from models.timestamps import now
from models.vocabulary import CopyStatus, HoldStatus, NoticeKind
from notices import causes, smtp
from notices.library import Library
from notices.sending import LEASE, Sender
from tests.races.crowd import ROUNDS
from tests.support import needs
from tests.support.mailboxes import Mailbox, running
from tests.support.sending import return_all, send_for_ever
from tests.unit.circulation.library import berlin, held, lent, member, title

pytestmark = [pytest.mark.peer, pytest.mark.usefixtures("library")]
LIBRARY = Library("The library", "library@example.org")


@pytest.fixture
def library(db: Any) -> Any:
    """An empty library whose acts queue notices."""
    berlin(max_loans=None, max_holds=None)
    causes.subscribe(LIBRARY)
    yield db
    audit.subscribe({})


def _url() -> str:
    """The database at hand, as another process opens it."""
    opened = database.obj
    if opened.database.startswith("/"):
        return f"sqlite:///{opened.database}"
    return f"{needs.POSTGRES.rpartition('/')[0]}/{opened.database}"


def _lend_and_return(stop: Event, waiting: list[tuple[int, str]]) -> None:
    """Return one copy after the other, for each of which somebody waits."""
    with database.obj.connection_context():
        while waiting and not stop.is_set():
            _, barcode = waiting.pop()
            take_back(barcode, Actor(None, f"return {barcode}"), now())
            stop.wait(0.01)


def test_every_notice_is_sent_once_whenever_its_sender_is_killed() -> None:
    chance = random.Random(1)  # noqa: S311  the same each time
    borrower, readers = member(), [member() for _ in range(10)]
    waiting = []
    for _ in range(ROUNDS * 2):
        book_id, [barcode] = title()
        lent(barcode, borrower, now())
        held(book_id, chance.choice(readers), now())
        waiting.append((book_id, barcode))
    processes, stop, ahead = get_context("forkserver"), Event(), timedelta()
    processes.set_forkserver_preload(["tests.support.sending"])
    with running(Mailbox()) as mailbox:
        lending = Thread(target=_lend_and_return, args=(stop, waiting))
        lending.start()
        for _ in range(ROUNDS):
            seen = len(mailbox.taken)
            sender = processes.Process(target=send_for_ever, args=(_url(), mailbox.url, ahead))
            sender.start()
            _until_it_sends(mailbox, seen)
            stop.wait(chance.random() / 20)
            sender.kill()
            sender.join()
            sender.close()
            # What it had taken is free again.
            ahead += LEASE + timedelta(minutes=1)
        lending.join()
        Sender(LIBRARY, smtp.server(mailbox.url), now=lambda: now() + ahead).send()
    sent = Counter(str(mail["Message-ID"]) for mail in mailbox.taken)
    notices = list(Notice.select())
    assert {notice.status for notice in notices} == {"sent"}
    assert len(sent) == len(notices)
    assert sum(sent.values()) - len(sent) <= ROUNDS


def test_a_killed_act_has_its_notice_or_has_not_happened() -> None:
    chance = random.Random(2)  # noqa: S311  the same each time
    borrower, reader, on_loan = member(), member(), []
    for _ in range(ROUNDS * 4):
        book_id, [barcode] = title()
        lent(barcode, borrower, now())
        held(book_id, reader, now())
        on_loan.append(barcode)
    processes = get_context("forkserver")
    processes.set_forkserver_preload(["tests.support.sending"])
    for _ in range(ROUNDS):
        desk = processes.Process(target=return_all, args=(_url(), on_loan))
        before = _ready()
        desk.start()
        _until(partial(_are_more_ready, before))
        Event().wait(chance.random() / 50)
        desk.kill()
        desk.join()
        desk.close()
        on_loan = [row.barcode for row in Copy.select().where(Copy.status == CopyStatus.ON_LOAN)]
    told = NoticeItem.select(NoticeItem.record_id).where(NoticeItem.kind == NoticeKind.HOLD_READY)
    ready = Hold.select(Hold.id).where(Hold.status == HoldStatus.READY)
    assert sorted(row.record_id for row in told) == sorted(row.id for row in ready)
    assert len(on_loan) + _ready() == ROUNDS * 4


def _ready() -> int:
    """How many holds are ready."""
    count: int = Hold.select().where(Hold.status == HoldStatus.READY).count()
    return count


def _are_more_ready(before: int) -> bool:
    return _ready() > before


def _until(happens: Callable[[], bool]) -> None:
    """Wait until something has happened, or for some seconds."""
    for _ in range(400):
        if happens():
            return
        Event().wait(0.01)


def _until_it_sends(mailbox: Mailbox, seen: int) -> None:
    """Wait until the process is at work, or has nothing to do."""
    _until(lambda: len(mailbox.taken) > seen)
