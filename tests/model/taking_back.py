"""What the model does when acts are taken back (rule 41), and when due dates are set by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tests.model import acting
from tests.model.records import Copy, Fee, Fine, Hold, Loan, Member, Payment


@dataclass
class Stood:
    """How a hold stood before a loan, how the loan left it, and which holds were ahead of it."""

    hold: Hold
    status: str
    copy: Copy | None
    ready_on: date | None
    expires_on: date | None
    kept_until: date | None
    rank: float
    ahead: list[Hold]
    left: tuple[str, Copy | None] = ("", None)


@dataclass
class Effects:
    """What a loan did to its title: the holds it changed, and the copies, before and after."""

    holds: list[Stood]
    copies: list[tuple[Copy, str, str]]


@dataclass
class Returned:
    """What a return did to the fines: the one it charged, and those it made less of."""

    charged: Fine | None
    reduced: list[tuple[Fine, int, date]]


class Library(acting.Library):
    """A library whose acts can be taken back."""

    def lend(
        self, loan_id: int, copy: Copy, member: Member, due_on: date | None, *, lifted: bool
    ) -> Loan:
        """Lend, and remember what that does to the title."""
        self.settle([copy.book_id])
        queue = [x for x in self.active_holds() if x.book_id == copy.book_id]
        stood = [
            Stood(
                x, x.status, x.copy, x.ready_on, x.expires_on, x.kept_until, x.rank, queue[:place]
            )
            for place, x in enumerate(queue)
        ]
        # A lost copy that is lent was found first.
        before = [
            (x, "available" if x is copy and x.status == "lost" else x.status)
            for x in self.of_title(copy.book_id)
        ]
        loan = super().lend(loan_id, copy, member, due_on, lifted=lifted)
        for one in stood:
            one.left = (one.hold.status, one.hold.copy)
        loan.effects = Effects(
            [x for x in stood if (x.status, x.copy, x.rank) != (*x.left, x.hold.rank)],
            [(x, status, x.status) for x, status in before if x.status != status],
        )
        return loan

    def take_back(self, copy: Copy, at: datetime) -> None:
        """Take back, and remember what that does to the fines."""
        loan = self.loan_of(copy)
        fines = [] if loan is None else [(x, x.amount, x.until) for x in loan.fines]
        super().take_back(copy, at)
        if loan is not None:
            charged = loan.fines[-1] if len(loan.fines) > len(fines) else None
            reduced = [x for x in fines if x[0].amount != x[1]]
            loan.returned = Returned(charged, reduced)

    def move_copy(self, copy: Copy, book_id: int) -> None:
        """Move it; a hold brought back later stands behind those that came and were before it."""
        super().move_copy(copy, book_id)
        came = [x for x in self.active_holds() if x.wanted is copy]
        for loan in self.loans.values():
            if loan.cancelled_at is None and loan.copy.book_id == book_id:
                for stood in loan.effects.holds:
                    stood.ahead += [x for x in came if x.id < stood.hold.id]

    # A loan that was made by mistake.

    def why_not_cancelled(self, loan: Loan) -> str | None:
        """The code of the refusal, or None."""
        if not loan.is_open:
            return "loan-closed"
        if self.days.local(loan.borrowed_at) != self.today:
            return "too-late"
        gone_on = any(x.left != self._now(x.hold) or self._again(x) for x in loan.effects.holds)
        gone_on = gone_on or self._served_again(loan)
        gone_on = gone_on or any(x.hold.book_id != loan.copy.book_id for x in loan.effects.holds)
        others = [(copy, after) for copy, _, after in loan.effects.copies if copy is not loan.copy]
        moved = any(
            copy.status != after or copy.book_id != loan.copy.book_id for copy, after in others
        )
        return "holds-moved" if gone_on or moved else None

    def _now(self, hold: Hold) -> tuple[str, Copy | None]:
        return self.shown_status(hold), hold.copy

    def _again(self, stood: Stood) -> bool:
        """Whether the member of a hold that ended has placed another one since."""
        hold = stood.hold
        return hold not in self.active_holds() and any(
            (x.user_id, x.book_id, x.wanted) == (hold.user_id, hold.book_id, hold.wanted)
            for x in self.active_holds()
        )

    def _served_again(self, loan: Loan) -> bool:
        """Whether a later loan would have fulfilled a hold on the title that this one did."""
        holds = [x.hold for x in loan.effects.holds if x.left[0] == "fulfilled"]
        return any(hold.wanted is None for hold in holds) and any(
            (x.user_id, x.copy.book_id) == (loan.user_id, loan.copy.book_id)
            for x in self.loans.values()
            if x.id > loan.id and x.cancelled_at is None
        )

    def cancel_loan(self, loan: Loan) -> None:
        """The copies and holds of the title are as before the loan."""
        loan.cancelled_at = self.now
        loan.copy.status = "available"
        for copy, before, _ in loan.effects.copies:
            copy.status = before
        moved = [x.hold for x in loan.effects.holds]
        line = [x for x in self.active_holds() if x.book_id == loan.copy.book_id and x not in moved]
        for stood in sorted(loan.effects.holds, key=lambda x: x.rank):
            hold = stood.hold
            hold.status, hold.copy, hold.ended_at = stood.status, stood.copy, None
            hold.ready_on, hold.expires_on = stood.ready_on, stood.expires_on
            hold.kept_until = stood.kept_until
            if hold.expires_on is not None:
                days = (self._open_day(hold.expires_on), hold.not_needed_after)
                hold.expires_on = min(day for day in days if day is not None)
            hold.end_reason = None
            place = 1 + max((line.index(x) for x in stood.ahead if x in line), default=-1)
            line.insert(place, hold)
            hold.rank = _between(line[place - 1 : place], line[place + 1 : place + 2], stood.rank)

    # A return that was a mistake.

    def why_not_reopened(self, loan: Loan) -> str | None:
        """The code of the refusal, or None."""
        if loan.returned_at is None:
            return "loan-open"
        if loan.lost_at is not None:
            return "loan-lost"
        if loan.user_id is None:
            return "forgotten"
        since = (
            x.copy is loan.copy and x.cancelled_at is None and x is not loan
            for x in self.loans.values()
            if (x.borrowed_at, x.id) > (loan.returned_at, loan.id)
        )
        if any(since):
            return "copy-on-loan"
        if loan.copy.status == "withdrawn":
            return "conflict"
        reduced = [fine for fine, _, _ in loan.returned.reduced if not fine.fee.is_void]
        refunds = [fine.given_back[1] for fine in reduced]
        return "refunded" if any(x and x.balance != x.amount for x in refunds) else None

    def reopen(self, loan: Loan) -> None:
        """The loan runs as before; what it was charged and given back is undone."""
        self.settle([loan.copy.book_id])
        charged = loan.returned.charged
        if charged is not None:
            loan.fines.remove(charged)
            self._uncharge(charged.fee)
        for fine, amount, until in loan.returned.reduced:
            if not fine.fee.is_void:
                self._charge_again(fine)
                fine.amount, fine.until = amount, until
        loan.returned_at = None
        loan.due = self._open_day(loan.due)
        loan.copy.status = "on_loan"
        self._waits_again(loan.copy)

    def _waits_again(self, copy: Copy) -> None:
        """The hold that a copy is set aside for is in its own place without it."""
        for hold in self.active_holds():
            if hold.copy is copy:
                hold.status, hold.copy, hold.ready_on, hold.expires_on = "waiting", None, None, None

    def _open_day(self, day: date) -> date:
        """A day that is given back, or the next open one where it is to come (rule 14)."""
        return day if day < self.today else self.days.on_or_after(day)

    def _uncharge(self, fee: Fee) -> None:
        if fee.is_void:
            return
        if fee.paid:
            self._give_back(fee, fee.amount)
        else:
            fee.balance, fee.is_void = 0, True

    def _charge_again(self, fine: Fine) -> None:
        waived, refund = fine.given_back
        if refund is not None:
            refund.balance, refund.is_void = 0, True
        fine.fee.waived -= waived
        fine.fee.balance += waived

    # Money.

    def why_not_voided(self, fee: Fee) -> str | None:
        """Why a charge cannot be voided, or None."""
        if fee.is_void:
            return "void"
        return "paid" if fee.amount < 0 or fee.paid else None

    def void(self, fee: Fee) -> None:
        """Nothing is owed on it; a fine counts in its loan no more."""
        fee.balance, fee.is_void = 0, True
        for loan in self.loans.values():
            for fine in loan.fines:
                if fine.fee is fee and fee.loan_id is not None:
                    fine.amount = 0

    def why_not_unpaid(self, payment: Payment) -> str | None:
        """Why a payment cannot be voided, or None."""
        fee = payment.fee
        if payment.is_void:
            return "void"
        if fee.user_id is None:
            return "forgotten"
        refunded = -sum(x.amount for x in self.fees if x.refund_of is fee and not x.is_void)
        return "refunded" if fee.amount > 0 and fee.paid - payment.amount < refunded else None

    def unpay(self, payment: Payment) -> None:
        """The fee owes again, or the refund is owed again."""
        payment.is_void = True
        payment.fee.balance += payment.amount if payment.fee.amount > 0 else -payment.amount

    # Due dates by hand (rule 40).

    def due_by_hand(self, loan: Loan, day: date) -> date | None:
        """Where a due date goes that is set to a day; None where rule 13 leaves no day."""
        assert loan.user_id is not None
        return self.moved(self.members[loan.user_id], day)

    def set_due(self, loan: Loan, day: date) -> None:
        """Write another due date."""
        if loan.due != day:
            loan.due = day
            loan.due_changes += 1

    def move_all(self, first: date, last: date, to: date) -> list[tuple[int, date, int]]:
        """Move what is due in some days: each loan's id, its day before, and its changes after."""
        moves = []
        for loan in sorted(self.loans.values(), key=lambda x: x.id):
            if loan.is_open and first <= loan.due <= last:
                day = self.due_by_hand(loan, to)
                if day is not None and day != loan.due:
                    before = loan.due
                    self.set_due(loan, day)
                    moves.append((loan.id, before, loan.due_changes))
        return moves

    def move_back(self, moves: Iterable[tuple[int, date, int]]) -> int:
        """Move back what nobody has changed since; how many these were."""
        unchanged = [
            (self.loans[loan_id], before)
            for loan_id, before, changes in moves
            if self.loans[loan_id].is_open and self.loans[loan_id].due_changes == changes
        ]
        for loan, before in unchanged:
            loan.due = self.days.on_or_after(before)
            loan.due_changes += 1
        return len(unchanged)

    # Receipts (rule 33).

    def receive(self, copy: Copy) -> None:
        """A new copy, which serves a hold."""
        self.settle([copy.book_id])
        self.copies[copy.id] = copy
        self.serve(copy)

    def send_back(self, copy: Copy) -> None:
        """A copy that came is withdrawn; the holds wait for another, but those on it alone."""
        self.settle([copy.book_id])
        self._waits_again(copy)
        on_it = [x for x in self.active_holds() if x.wanted is copy]
        before = {x.id: self.ways_to_come(x) for x in on_it}
        copy.status = "withdrawn"
        self._end_without_copy(on_it, before)

    def was_lent(self, copy: Copy) -> bool:
        """Whether it was ever lent, other than by mistake."""
        return any(x.copy is copy and x.cancelled_at is None for x in self.loans.values())


def _between(below: list[Hold], above: list[Hold], rank: float) -> float:
    """A rank between two neighbours in the queue: that of before, if it still is."""
    low = below[0].rank if below else None
    high = above[0].rank if above else None
    if low is None and high is None:
        return rank
    if low is None:
        assert high is not None
        return min(rank, high - 1)
    if high is None:
        return max(rank, low + 1)
    return rank if low < rank < high else (low + high) / 2
