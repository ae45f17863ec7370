"""An act that is taken back at once has changed nothing, whatever was before it (rule 41)."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from peewee import SQL

from circulation import accounts
from circulation.acquisitions import change, receive, request, take_back_receipt
from circulation.hold_changes import change_hold
from circulation.nightly import nightly
from circulation.payments import pay
from circulation.renewals import renew
from circulation.undo import cancel_loan, reopen_loan
from models import fee, hold, loan
from models.copy import Copy
from models.errors import DomainError
from models.fee import Fee
from models.hold import Hold
from models.loan import Loan
from tests.unit.circulation.library import (
    DAY,
    DESK,
    NOW,
    Row,
    back,
    berlin,
    closed,
    held,
    lent,
    member,
    title,
)

pytestmark = pytest.mark.usefixtures("library")

ACTS = 60
WHY = "taken back"
OVERRIDE = ("copy-held", "held-for-others", "title-on-loan", "loans-overdue")


class Desk:
    """A title, its readers, and acts that chance chooses."""

    def __init__(self, chance: Random) -> None:
        self.chance, self.now = chance, NOW
        self.book_id, self.barcodes = title(3)
        self.readers = [member() for _ in range(4)]
        self.orders = 0

    def act(self) -> None:
        """Do something that stays; what is refused changes nothing."""
        deeds = (self._lend, self._take_back, self._hold, self._suspend, self._renew, self._settle)
        with suppress(DomainError):
            self.chance.choice(deeds)()

    def wait(self) -> None:
        """Let time pass, and the night do what it does."""
        self.now += timedelta(hours=self.chance.choice((1, 5, 30, 80)))
        nightly(DESK, self.now, 365)

    def _lend(self) -> int:
        codes = self.chance.choice(((), OVERRIDE))
        barcode, reader = self.chance.choice(self.barcodes), self.chance.choice(self.readers)
        return lent(barcode, reader, self.now, *codes).row.id

    def _take_back(self) -> None:
        back(self.chance.choice(self.barcodes), self.now)

    def _hold(self) -> None:
        until = self.chance.choice((None, self.now.date() + 3 * DAY))
        held(self.book_id, self.chance.choice(self.readers), self.now, not_needed_after=until)

    def _suspend(self) -> None:
        waiting = list(Hold.select(Hold.id).where(Hold.status == "waiting").tuples())
        if waiting:
            [hold_id] = self.chance.choice(waiting)
            day = self.now.date() + self.chance.randrange(6) * DAY
            change_hold(hold_id, {"suspended_until": day}, DESK, self.now)

    def _renew(self) -> None:
        running = list(Loan.select(Loan.id).where(Loan.ended_at.is_null()).tuples())
        if running:
            renew(self.chance.choice(running)[0], DESK, self.now, None)

    def _settle(self) -> None:
        owed = list(Fee.select(Fee.id, Fee.balance).where(Fee.balance > 0).tuples())
        if owed:
            fee_id, balance = self.chance.choice(owed)
            amount = self.chance.randrange(1, balance + 1)
            if self.chance.random() < 0.5:
                accounts.waive(fee_id, amount, "a gesture", "EUR", DESK, self.now)
            else:
                pay(fee_id, amount, "cash", "EUR", DESK, self.now)

    def lend_and_cancel(self) -> None:
        """Cancel a loan as soon as it is made."""
        cancel_loan(self._lend(), WHY, DESK, self.now)

    def take_back_and_reopen(self) -> None:
        """Reopen a return as soon as it is made."""
        lent_out = Copy.select(Copy.barcode).where(Copy.status == "on_loan")
        for (barcode,) in lent_out.limit(1).tuples():
            at = self.now - self.chance.choice((0, 0, 1, 3)) * DAY
            done = back(barcode, self.now, at).loan
            assert done is not None
            reopen_loan(done.row.id, WHY, DESK, self.now)

    def receive_and_send_back(self) -> None:
        """Take a receipt back as soon as it is made."""
        self.orders += 1
        wanted = {"title": "Emma", "author": None, "isbn": None, "publisher": None, "note": None}
        order_id = request({**wanted, "quantity": 1, "book_id": self.book_id}, DESK, self.now).id
        for step in ("approved", "ordered"):
            change(order_id, {"status": step}, DESK, self.now)
        _, [came] = receive(order_id, [f"R{self.orders}"], DESK, self.now)
        assert take_back_receipt(order_id, came.id, DESK, self.now).status == "ordered"


def stored(readers: list[int]) -> dict[str, list[Row]]:
    """What stands, but for what acts leave that were taken back, and the number of changes."""
    loans = Loan.select(*loan.ROWS.columns).where(Loan.cancelled_at.is_null())
    copies = Copy.select(Copy.id, Copy.status).where(Copy.status != "withdrawn")
    holds = Hold.select(*hold.ROWS.columns)
    found = {
        name: [{**row, "revision": None} for row in query.order_by(SQL("1")).dicts()]
        for name, query in (("loans", loans), ("copies", copies), ("holds", holds))
    }
    return {**found, "owed": [{reader: fee.balance(reader)} for reader in readers]}


@pytest.mark.parametrize("seed", range(4))
def test_an_act_that_is_taken_back_at_once_has_changed_nothing(seed: int) -> None:
    berlin(loan_days=5, hold_shelf_days=2, overdue_block=False, fees_block_at=None)
    closed("2026-03-12", "2026-03-14")
    desk = Desk(Random(seed))  # noqa: S311 - chance, not secrets
    undone: tuple[Callable[[], Any], ...] = (
        desk.lend_and_cancel,
        desk.take_back_and_reopen,
        desk.receive_and_send_back,
    )
    for number in range(ACTS):
        desk.act()
        if number % 3 == 0:
            desk.wait()
        before = stored(desk.readers)
        deed = undone[number % len(undone)]
        with suppress(DomainError):
            deed()
            assert stored(desk.readers) == before, (number, deed.__name__)
