"""What the model does: lending, taking back, holds and money, as the rules tell it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from tests.model.deciding import State
from tests.model.records import Copy, Fee, Hold, Loan, Member


class Library(State):
    """The library in memory; every act is one that was allowed."""

    def settle(self, books: Iterable[int]) -> None:
        """Holds that have ended leave, their copies go on (rule 22)."""
        for book_id in books:
            ended = [x for x in self.holds.values() if x.book_id == book_id]
            for hold in sorted(ended, key=lambda hold: hold.rank):
                shown = self.shown_status(hold)
                if shown != hold.status:
                    self._end(hold, shown)

    def _end(self, hold: Hold, status: str) -> None:
        copy, hold.copy = hold.copy, None
        hold.status, hold.ended_at = status, self.now
        if copy is not None and copy.status == "on_hold_shelf":
            copy.status = "available"
            self.serve(copy)

    def serve(self, copy: Copy) -> None:
        """Set a copy aside for the first hold that may have it (rule 19)."""
        for hold in self.queue(copy.book_id):
            assert hold.user_id is not None
            member = self.members[hold.user_id]
            if not self.is_suspended(hold) and self.policy(member, copy.loan_type).loan_days:
                shelf = self.policy(member).hold_shelf_days
                hold.status, hold.copy = "ready", copy
                hold.expires_on = self.days.nth_after(self.today, shelf)
                copy.status = "on_hold_shelf"
                return

    def lend(
        self, loan_id: int, copy: Copy, member: Member, due_on: date | None, *, lifted: bool
    ) -> Loan:
        """A loan that is allowed, or whose reasons were waved through."""
        self.settle([copy.book_id])
        if copy.status == "lost":
            self._found(copy)
        kept_for = next((x for x in self.active_holds() if x.copy is copy), None)
        if kept_for is not None and kept_for.user_id != member.id:
            self._back_to_head(kept_for)
        mine = self.hold_of(member, copy.book_id)
        copy.status = "on_loan"
        if mine is not None:
            if mine.copy is copy:
                mine.copy = None
            self._end(mine, "fulfilled")
        policy = self.policy(member, copy.loan_type)
        if due_on is None:
            due = self.due(member, self.today, policy.loan_days, lifted=lifted)
        else:
            due = self.moved(member, due_on, lifted=lifted)
        assert due is not None
        loan = Loan(loan_id, copy, member.id, policy, self.now, due)
        self.loans[loan_id] = loan
        return loan

    def _back_to_head(self, hold: Hold) -> None:
        ranks = [x.rank for x in self.holds.values() if x.book_id == hold.book_id]
        hold.status, hold.copy, hold.expires_on = "waiting", None, None
        hold.rank = min(ranks) - 1

    def renew(self, loan: Loan, *, lifted: bool) -> None:
        """Renew a loan, never to an earlier day (rule 16)."""
        assert loan.user_id is not None
        self.settle([loan.copy.book_id])
        member = self.members[loan.user_id]
        policy = self.policy(member, loan.copy.loan_type)
        due = self.due(member, self.today, policy.days_of_a_renewal, lifted=lifted)
        assert due is not None
        loan.due = max(loan.due, due)
        loan.renewals += 1

    def take_back(self, copy: Copy, at: datetime) -> None:
        """Whatever a scan of a barcode does (rule 19)."""
        self.settle([copy.book_id])
        loan = self.loan_of(copy)
        if loan is not None:
            loan.returned_at = at
            self._charge(loan, "overdue", self.fine(loan, at))
            copy.status = "available"
        elif copy.status == "lost":
            self._found(copy, at)
        if copy.status == "available":
            self.serve(copy)

    def _found(self, copy: Copy, at: datetime | None = None) -> None:
        copy.status = "available"
        for loan in self.loans.values():
            if loan.copy is copy and loan.lost_at is not None and loan.returned_at is None:
                loan.returned_at = at or self.now
                for fee in [x for x in self.fees if x.loan_id == loan.id and x.kind == "lost"]:
                    self._give_back(fee)

    def _give_back(self, fee: Fee) -> None:
        paid = fee.amount - fee.balance - fee.waived
        fee.waived += fee.balance
        fee.balance = 0
        if paid:
            self.fees.append(Fee(fee.user_id, fee.loan_id, "refund", -paid, -paid))

    def fine(self, loan: Loan, until: datetime) -> int:
        """The overdue fine of a loan up to a moment (rules 26 and 29)."""
        if loan.claimed_at is not None:
            until = min(until, loan.claimed_at)
        late = self.days.count(loan.due, self.days.local(until)) - loan.policy.grace_days
        fine = max(0, late) * loan.policy.fine_per_day
        cap = loan.policy.fine_cap
        return fine if cap is None else min(fine, cap)

    def fine_accrued(self, loan: Loan) -> int:
        """What is not yet a fee."""
        return self.fine(loan, self.now) if loan.is_open else 0

    def _charge(self, loan: Loan, kind: str, amount: int) -> None:
        if amount:
            self.fees.append(Fee(loan.user_id, loan.id, kind, amount, amount))

    def lose(self, loan: Loan) -> None:
        """Charge for the copy and for the days so far (rule 28)."""
        self._charge(loan, "overdue", self.fine(loan, self.now))
        price = loan.copy.price
        self._charge(loan, "lost", loan.policy.replacement_fee if price is None else price)
        loan.lost_at = self.now
        loan.copy.status = "lost"

    def place(self, hold_id: int, book_id: int, member: Member, last: date | None) -> None:
        """A new hold at the end of its queue."""
        self.settle([book_id])
        self.holds[hold_id] = Hold(
            hold_id, book_id, member.id, float(hold_id), not_needed_after=last
        )

    def change_hold(self, hold: Hold, values: dict[str, Any]) -> None:
        """Suspend it, or limit how long it is wanted."""
        self.settle([hold.book_id])
        for name, value in values.items():
            setattr(hold, name, value)

    def cancel(self, hold: Hold) -> None:
        """Cancel a hold; its copy goes on (rule 22)."""
        self.settle([hold.book_id])
        self._end(hold, "cancelled")

    def set_status(self, copy: Copy, status: str) -> None:
        """Change a copy by hand (rule 25)."""
        self.settle([copy.book_id])
        kept_for = next((x for x in self.active_holds() if x.copy is copy), None)
        if kept_for is not None:
            self._back_to_head(kept_for)
        copy.status = status

    def close(self, first: date, last: date) -> None:
        """Close days; what falls on them moves on (rule 14)."""
        self.days.closures.append((first, last))
        for loan in self.loans.values():
            if loan.is_open and first <= loan.due <= last:
                loan.due = self.days.on_or_after(loan.due)
        for hold in self.holds.values():
            if hold.status == "ready" and hold.expires_on and first <= hold.expires_on <= last:
                hold.expires_on = self.days.on_or_after(hold.expires_on)

    def forget(self, member: Member) -> None:
        """Delete a member: holds end, what is past stays without a name (rule 32)."""
        mine = [x for x in self.holds.values() if x.user_id == member.id]
        self.settle({hold.book_id for hold in mine if hold.status in ("waiting", "ready")})
        for hold in mine:
            if hold.status in ("waiting", "ready"):
                self._end(hold, "cancelled")
        records: list[Loan | Hold | Fee] = [*mine, *self.loans.values(), *self.fees]
        for record in records:
            if record.user_id == member.id:
                record.user_id = None
        member.is_gone = True

    def nightly(self, keep: datetime) -> None:
        """Holds end; loans and holds that ended before a moment lose their name (rule 35).

        So do the settled fees of such loans, which lose the loan.
        """
        self.settle(sorted({hold.book_id for hold in self.holds.values()}))
        for loan in self.loans.values():
            if loan.returned_at is not None and loan.returned_at < keep:
                loan.user_id = None
        for hold in self.holds.values():
            if hold.ended_at is not None and hold.ended_at < keep:
                hold.user_id = None
        for fee in self.fees:
            if fee.user_id and fee.loan_id and not fee.balance:
                nameless = self.loans[fee.loan_id].user_id is None
                fee.loan_id = None if nameless else fee.loan_id
