"""What the model does: lending, taking back, holds and money, as the rules tell it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from tests.model.deciding import State
from tests.model.records import Copy, Fee, Fine, Hold, Loan, Member, Payment


class Library(State):
    """The library in memory; every act is one that was allowed."""

    def settle(self, books: Iterable[int]) -> None:
        """Holds that have ended leave, their copies go on (rule 22)."""
        for book_id in books:
            ended = [x for x in self.holds.values() if x.book_id == book_id]
            for hold in sorted(ended, key=lambda hold: hold.rank):
                shown = self.shown_status(hold)
                if shown != hold.status:
                    last = hold.expires_on if shown == "expired" else hold.not_needed_after
                    assert last is not None
                    why = "shelf_expired" if shown == "expired" else "not_needed"
                    self._end(hold, shown, why, self.days.end(last))

    def _end(self, hold: Hold, status: str, why: str, at: datetime | None = None) -> None:
        copy, hold.copy = hold.copy, None
        hold.status, hold.end_reason, hold.ended_at = status, why, at or self.now
        if copy is not None and copy.status == "on_hold_shelf":
            copy.status = "available"
            self.serve(copy)

    def serve(self, copy: Copy) -> None:
        """Set a copy aside for the first hold that may have it (rule 19)."""
        for hold in self.queue(copy.book_id):
            if not self.is_suspended(hold) and self.may_have(hold, copy):
                hold.status, hold.copy, hold.ready_on = "ready", copy, self.today
                self._set_shelf_end(hold)
                copy.status = "on_hold_shelf"
                return

    def _set_shelf_end(self, hold: Hold) -> None:
        """The shelf time by the policy, from the day the copy was set aside (rule 21)."""
        assert hold.ready_on is not None
        shelf = self.policy(self.waiter(hold)).hold_shelf_days
        self._shelve_until(hold, self.days.nth_after(hold.ready_on, shelf))

    def _shelve_until(self, hold: Hold, day: date) -> None:
        """The shelf time ends with the need, if that ends earlier (rule 38)."""
        last = hold.not_needed_after
        hold.kept_until = day
        hold.expires_on = day if last is None else min(day, last)

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
        fulfilled = self.holds_for(member, copy)
        copy.status, copy.seen_at = "on_loan", self.now
        set_aside = [hold.copy for hold in fulfilled if hold.copy not in (None, copy)]
        for hold in fulfilled:
            hold.copy = None
            self._end(hold, "fulfilled", "fulfilled")
        for other in set_aside:
            assert other is not None
            other.status = "available"
            self.serve(other)
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
        hold.status, hold.copy, hold.ready_on, hold.expires_on = "waiting", None, None, None
        hold.rank = min(ranks) - 1

    def renew(self, loan: Loan, *, lifted: bool) -> None:
        """Renew a loan, never to an earlier day (rule 16); what has run up is charged (rule 26)."""
        assert loan.user_id is not None
        self.settle([loan.copy.book_id])
        self._fine(loan, self.now)
        member = self.members[loan.user_id]
        policy = self.policy(member, loan.copy.loan_type)
        due = self.due(member, self.today, policy.days_of_a_renewal, lifted=lifted)
        assert due is not None
        loan.due = max(loan.due, due)
        loan.due_changes += 1
        loan.renewals += 1

    def take_back(self, copy: Copy, at: datetime) -> None:
        """Whatever a scan of a barcode does (rule 19)."""
        self.settle([copy.book_id])
        loan = self.loan_of(copy)
        if loan is not None:
            self._take_back_fines(loan, self.days.local(at))
            self._fine(loan, at)
            loan.returned_at = at
            copy.status = "available"
        elif copy.status == "lost":
            self._found(copy, at)
        copy.seen_at = self.now
        if copy.status == "available":
            self.serve(copy)

    def _found(self, copy: Copy, at: datetime | None = None) -> None:
        copy.status = "available"
        for loan in self.loans.values():
            if loan.copy is copy and loan.lost_at is not None and loan.is_unreturned:
                loan.returned_at = at or self.now
                self._take_back_fines(loan, self.days.local(loan.returned_at))
                lost = [x for x in self.fees if x.loan_id == loan.id and x.kind == "lost"]
                for fee in [x for x in lost if not x.is_void]:
                    self._give_back(fee, fee.amount)

    def _give_back(self, fee: Fee, amount: int) -> tuple[int, Fee | None]:
        """Waive what is unpaid of an amount, refund what was paid too much (rules 15, 28)."""
        refund = None
        waived, too_much = min(fee.balance, amount), max(0, fee.paid - (fee.amount - amount))
        fee.waived += waived
        fee.balance -= waived
        if too_much:
            refund = Fee(fee.user_id, fee.loan_id, "refund", -too_much, -too_much, refund_of=fee)
            self.fees.append(refund)
        return waived, refund

    def _take_back_fines(self, loan: Loan, day: date) -> None:
        """The copy came back on a day: what was charged for later ones was too much."""
        before = 0
        for fine in loan.fines:
            if day < fine.until:
                less = self._late(loan, fine.due, max(day, fine.due), before)
                if less < fine.amount:
                    fine.given_back = self._give_back(fine.fee, fine.amount - less)
                    fine.amount, fine.until = less, max(day, fine.due)
            before += fine.amount

    def fine(self, loan: Loan, until: datetime) -> int:
        """The overdue fine of a loan up to a moment (rules 26 and 29)."""
        if loan.claimed_at is not None:
            until = min(until, loan.claimed_at)
        return self._late(loan, loan.due, self.days.local(until), loan.fined)

    def _late(self, loan: Loan, due: date, last: date, charged: int) -> int:
        """The fine from a due date to a day, under what is left of the cap of the whole loan."""
        late = self.days.count(due, last) - loan.policy.grace_days
        fine = max(0, late) * loan.policy.fine_per_day
        cap = loan.policy.fine_cap
        return fine if cap is None else min(fine, max(0, cap - charged))

    def _fine(self, loan: Loan, until: datetime) -> None:
        amount = self.fine(loan, until)
        if amount:
            if loan.claimed_at is not None:
                until = min(until, loan.claimed_at)
            fee = self._charge(loan, "overdue", amount)
            loan.fines.append(Fine(loan.due, self.days.local(until), amount, fee))

    def fine_accrued(self, loan: Loan) -> int:
        """What is not yet a fee."""
        return self.fine(loan, self.now) if loan.is_open else 0

    def _charge(self, loan: Loan, kind: str, amount: int) -> Fee:
        fee = Fee(loan.user_id, loan.id, kind, amount, amount)
        if amount:
            self.fees.append(fee)
        return fee

    def lose(self, loan: Loan) -> None:
        """Charge for the copy and for the days so far (rule 28)."""
        self._fine(loan, self.now)
        price = loan.copy.price
        self._charge(loan, "lost", loan.policy.replacement_fee if price is None else price)
        loan.lost_at = self.now
        loan.copy.status = "lost"

    def place(
        self, hold_id: int, book_id: int, member: Member, wanted: Copy | None, last: date | None
    ) -> None:
        """A new hold at the end of its queue."""
        self.settle([book_id])
        ranks = [hold.rank for hold in self.holds.values() if hold.book_id == book_id]
        rank = 1 + max(ranks, default=0)
        self.holds[hold_id] = Hold(
            hold_id, book_id, member.id, rank, wanted=wanted, not_needed_after=last
        )

    def move_hold(self, hold: Hold, position: int) -> None:
        """Give a hold another place; the others keep their order."""
        queue = self.queue(hold.book_id)
        ranks = [one.rank for one in queue]
        queue.remove(hold)
        queue.insert(position - 1, hold)
        for one, rank in zip(queue, ranks, strict=True):
            one.rank = rank
        self.settle([hold.book_id])

    def keep_until(self, hold: Hold, day: date) -> None:
        """Say until when a ready hold can be fetched."""
        self._shelve_until(hold, self.days.on_or_after(day))
        self.settle([hold.book_id])

    def change_hold(self, hold: Hold, values: dict[str, Any]) -> None:
        """Suspend it, or limit how long it is wanted."""
        changed = {name for name, value in values.items() if getattr(hold, name) != value}
        was_cut = hold.expires_on == hold.not_needed_after
        for name, value in values.items():
            setattr(hold, name, value)
        if hold.status == "ready" and "not_needed_after" in changed:
            assert hold.expires_on is not None
            assert hold.kept_until is not None
            given = max(hold.expires_on, hold.kept_until)
            self._shelve_until(hold, self.days.on_or_after(given) if was_cut else hold.expires_on)
        self.settle([hold.book_id])

    def cancel(self, hold: Hold) -> None:
        """Cancel a hold; its copy goes on (rule 22)."""
        self.settle([hold.book_id])
        self._end(hold, "cancelled", "cancelled_by_staff")

    def set_status(self, copy: Copy, status: str) -> None:
        """Change a copy by hand (rule 25); the last one that is withdrawn ends holds (rule 46)."""
        self.settle([copy.book_id])
        kept_for = next((x for x in self.active_holds() if x.copy is copy), None)
        if kept_for is not None:
            self._back_to_head(kept_for)
        holds = [hold for hold in self.active_holds() if hold.book_id == copy.book_id]
        before = {x.id: self.ways_to_come(x) for x in holds}
        copy.status = status
        if status == "withdrawn":
            self._end_without_copy(holds, before)

    def _end_without_copy(self, holds: list[Hold], before: dict[int, tuple[bool, bool]]) -> None:
        """Holds end that a copy, or a lost one once found, could serve before, but not now.

        One that is ready waits for none.
        """
        for hold in (one for one in holds if one.status != "ready"):
            ways = zip(before[hold.id], self.ways_to_come(hold), strict=True)
            if any(was and not still for was, still in ways):
                self._end(hold, "cancelled", "title_gone")

    def move_copy(self, copy: Copy, book_id: int) -> None:
        """Give a copy to another title, with the holds on it alone (rule 46)."""
        self.settle([copy.book_id, book_id])
        moved = [x for x in self.active_holds() if x.wanted is copy]
        stay = [x for x in self.active_holds() if x.book_id == copy.book_id and x not in moved]
        before = {x.id: self.ways_to_come(x) for x in stay}
        copy.book_id = book_id
        self._end_without_copy(stay, before)
        line = [x for x in self.active_holds() if x.book_id == book_id]
        for hold in sorted(moved, key=lambda x: x.id):
            later = (x for x in line if x.status == "waiting" and x.id > hold.id)
            line.insert(next(map(line.index, later), len(line)), hold)
        for hold in self.holds.values():
            if hold.wanted is copy:
                hold.book_id = book_id
        if moved:
            for rank, hold in enumerate(line):
                hold.rank = rank

    def pay_account(
        self, user_id: int, amount: int, payment_ids: list[int]
    ) -> list[tuple[int | None, int]]:
        """Pay a member's fees, the oldest first: each fee's id with what was paid (rule 42)."""
        parts: list[tuple[int | None, int]] = []
        owing = [x for x in self.fees if x.user_id == user_id and x.balance > 0]
        for fee in sorted(owing, key=lambda x: x.id or 0):
            part = min(amount, fee.balance)
            if part:
                fee.balance -= part
                amount -= part
                self.payments.append(Payment(payment_ids[len(parts)], fee, part))
                parts.append((fee.id, part))
        return parts

    def close(self, first: date, last: date) -> None:
        """Close days; what falls on them moves on (rule 14)."""
        self.days.closures.append((first, last))
        self._leave_closed_days(first, last)

    def change_week(self, first: date, weekdays: set[int]) -> None:
        """Another week from a day on; what falls on closed days moves on (rule 14)."""
        self.days.changes[first] = weekdays
        self._leave_closed_days(first, date.max)

    def _leave_closed_days(self, first: date, last: date) -> None:
        for loan in self.loans.values():
            if loan.is_open and first <= loan.due <= last:
                loan.due = self.days.on_or_after(loan.due)
        for hold in self.holds.values():
            day = hold.expires_on
            if hold.status != "ready" or day is None or day == hold.not_needed_after:
                continue
            if max(first, self.today) <= day <= last:
                self._shelve_until(hold, self.days.on_or_after(day))

    def forget(self, member: Member) -> None:
        """Delete a member: holds end, what is past stays without a name (rule 32)."""
        mine = [x for x in self.holds.values() if x.user_id == member.id]
        self.settle({hold.book_id for hold in mine if hold.status in ("waiting", "ready")})
        for hold in mine:
            if hold.status in ("waiting", "ready"):
                self._end(hold, "cancelled", "member_gone")
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
            ended_at = loan.returned_at or loan.cancelled_at
            if ended_at is not None and ended_at < keep:
                loan.user_id = None
        for hold in self.holds.values():
            if hold.ended_at is not None and hold.ended_at < keep:
                hold.user_id = None
        for fee in self.fees:
            if fee.user_id and fee.loan_id and not fee.balance:
                nameless = self.loans[fee.loan_id].user_id is None
                fee.loan_id = None if nameless else fee.loan_id
