"""What the model says about a loan, a renewal and a hold: every reason at once (rule 9).

Written from the rules alone, so that it can contradict the library's own code.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from tests.model.days import Days
from tests.model.records import Copy, Fee, Hold, Loan, Member, Payment, Policy, Reasons

NOT_OVERRIDABLE = {
    "copy-on-loan",
    "already-borrowed",
    "copy-withdrawn",
    "member-inactive",
    "loan-closed",
    "claimed-returned",
    "hold-exists",
    "no-gain",
}


class State:
    """The whole library, and the questions asked of it.

    `moves` are the due dates moved together, by batch; `receipts` the order of each copy that came.
    """

    def __init__(self, days: Days, now: datetime) -> None:
        self.days = days
        self.now = now
        self.policies: dict[tuple[str, str], Policy] = {("*", "*"): Policy()}
        self.members: dict[int, Member] = {}
        self.copies: dict[int, Copy] = {}
        self.loans: dict[int, Loan] = {}
        self.holds: dict[int, Hold] = {}
        self.fees: list[Fee] = []
        self.payments: list[Payment] = []
        self.moves: dict[int, list[tuple[int, date, int]]] = {}
        self.receipts: dict[int, int] = {}

    @property
    def today(self) -> date:
        """The library's day."""
        return self.days.local(self.now)

    def policy(self, member: Member, loan_type: str = "*") -> Policy:
        """The most specific row (rule 7); for type `*` that of the member alone."""
        category = member.category
        pairs = [(category, loan_type), (category, "*"), ("*", loan_type), ("*", "*")]
        return replace(next(self.policies[pair] for pair in pairs if pair in self.policies))

    def open_loans(self, user_id: int) -> list[Loan]:
        """What a member has."""
        return [loan for loan in self.loans.values() if loan.is_open and loan.user_id == user_id]

    def loan_of(self, copy: Copy) -> Loan | None:
        """The open loan of a copy."""
        return next((x for x in self.loans.values() if x.is_open and x.copy is copy), None)

    def balance(self, user_id: int) -> int:
        """What a member owes."""
        return sum(fee.balance for fee in self.fees if fee.user_id == user_id)

    def is_overdue(self, loan: Loan) -> bool:
        """Past due, and not claimed returned."""
        return loan.is_open and loan.claimed_at is None and self.now > self.days.end(loan.due)

    def shown_status(self, hold: Hold) -> str:
        """What a hold is at this moment, whether or not a job has run (rules 22 and 23)."""
        if hold.status not in ("waiting", "ready"):
            return hold.status
        if hold.expires_on is not None and self.today > hold.expires_on:
            return "expired"
        if hold.not_needed_after is not None and self.today > hold.not_needed_after:
            return "cancelled"
        return hold.status

    def active_holds(self) -> list[Hold]:
        """Holds waiting or ready, in the order of their queues."""
        active = [x for x in self.holds.values() if self.shown_status(x) in ("waiting", "ready")]
        return sorted(active, key=lambda hold: hold.rank)

    def queue(self, book_id: int) -> list[Hold]:
        """Those who wait, suspended or not; the first has position 1."""
        active = self.active_holds()
        return [hold for hold in active if hold.book_id == book_id and hold.status == "waiting"]

    def is_suspended(self, hold: Hold) -> bool:
        """Whether a hold claims nothing today (rule 23)."""
        return hold.suspended_until is not None and self.today < hold.suspended_until

    def hold_of(self, member: Member, book_id: int, wanted: Copy | None = None) -> Hold | None:
        """The active hold of a member on a title, or that on one copy of it."""
        mine = (x for x in self.active_holds() if x.user_id == member.id and x.book_id == book_id)
        return next((hold for hold in mine if hold.wanted is wanted), None)

    def holds_for(self, member: Member, copy: Copy) -> list[Hold]:
        """The holds of a member that this copy would fulfil, in their order (rules 4 and 46)."""
        mine = (x for x in self.active_holds() if x.user_id == member.id)
        fit = (x for x in mine if x.book_id == copy.book_id and x.wanted in (None, copy))
        return list(fit)

    def of_title(self, book_id: int) -> list[Copy]:
        """The copies of a title."""
        return [copy for copy in self.copies.values() if copy.book_id == book_id]

    def free(self, book_id: int) -> list[Copy]:
        """Copies on the open shelf."""
        return [copy for copy in self.of_title(book_id) if copy.status == "available"]

    def claims(self, book_id: int) -> list[Hold]:
        """Holds that claim a copy: not suspended, and some copy could be had by them (rule 37)."""
        copies = [x for x in self.of_title(book_id) if x.status not in ("lost", "withdrawn")]
        return [
            hold
            for hold in self.queue(book_id)
            if not self.is_suspended(hold) and any(self.may_have(hold, copy) for copy in copies)
        ]

    def may_have(self, hold: Hold, copy: Copy) -> bool:
        """Whether a hold may have a copy, wherever that is (rule 37)."""
        member = self.waiter(hold)
        if hold.wanted not in (None, copy):
            return False
        if not member.is_active:
            return False
        if member.expires_on is not None and member.expires_on < self.today:
            return False
        policy = self.policy(member, copy.loan_type)
        return policy.loan_days > 0 and policy.max_loans != 0

    def before(self, copy: Copy, member: Member) -> list[Hold]:
        """Holds of others that claim a copy before a member's own, or all where there is none."""
        own = self.holds_for(member, copy)
        if any(hold.status == "ready" for hold in own):
            return []
        others = [hold for hold in self.claims(copy.book_id) if hold.user_id != member.id]
        return [hold for hold in others if not own or hold.rank < own[0].rank]

    def waiter(self, hold: Hold) -> Member:
        """Who waits."""
        assert hold.user_id is not None
        return self.members[hold.user_id]

    def covered(self, copies: list[Copy], holds: list[Hold]) -> int:
        """How many of these holds such copies could serve at once, all ways being tried."""
        if not holds:
            return 0
        first, rest = holds[0], holds[1:]
        ways = [self.covered(copies, rest)]
        for copy in copies:
            if self.may_have(first, copy):
                others = [one for one in copies if one is not copy]
                ways.append(1 + self.covered(others, rest))
        return max(ways)

    def member_reasons(self, member: Member) -> Reasons:
        """What rule 8 has against a member."""
        found: Reasons = {}
        policy = self.policy(member)
        if not member.is_active:
            found["member-inactive"] = {}
        if member.block_reason is not None:
            found["member-blocked"] = {"reason": member.block_reason}
        if member.expires_on is not None and member.expires_on < self.today:
            found["member-expired"] = {"expires_on": member.expires_on.isoformat()}
        limit, owed = policy.fees_block_at, self.balance(member.id)
        if limit is not None and owed > limit:
            found["fees-owed"] = {"balance": owed, "limit": limit}
        overdue = sum(map(self.is_overdue, self.open_loans(member.id)))
        if policy.overdue_block and overdue:
            found["loans-overdue"] = {"count": overdue}
        return found

    def loan_reasons(self, copy: Copy, member: Member) -> Reasons:
        """What stands against lending a copy to a member."""
        found = self.member_reasons(member) | self._copy_reasons(copy, member)
        policy = self.policy(member, copy.loan_type)
        loans = self.open_loans(member.id)
        if policy.loan_days == 0:
            found["copy-not-lendable"] = {}
        if policy.max_loans is not None and len(loans) >= policy.max_loans:
            found["loan-limit"] = {"limit": policy.max_loans, "open": len(loans)}
        other = [x for x in loans if x.copy.book_id == copy.book_id and x.copy is not copy]
        if other and self.hold_of(member, copy.book_id, copy) is None:
            found["title-on-loan"] = {"loan_id": other[0].id}
        if self.due(member, self.today, policy.loan_days or 1) is None:
            assert member.expires_on is not None
            found["member-expired"] = {"expires_on": member.expires_on.isoformat()}
        return found

    def _copy_reasons(self, copy: Copy, member: Member) -> Reasons:
        loan = self.loan_of(copy)
        if loan is not None and loan.user_id == member.id:
            return {"already-borrowed": {"loan_id": loan.id}}
        if loan is not None:
            return {"copy-on-loan": {}}
        found: Reasons = {}
        kept_for = next((x for x in self.active_holds() if x.copy is copy), None)
        if kept_for is not None:
            found |= {} if kept_for.user_id == member.id else {"copy-held": {}}
        if copy.status in ("in_repair", "lost", "withdrawn"):
            found["copy-" + copy.status.replace("_", "-")] = {}
        free, holds = self.free(copy.book_id), self.before(copy, member)
        left = [one for one in free if one is not copy]
        fit = self.covered(free, holds)
        if self.covered(left, holds) < fit:
            found["held-for-others"] = {"free": fit, "waiting": len(holds)}
        return found

    def due(self, member: Member, start: date, number: int, *, lifted: bool = False) -> date | None:
        """So many days on, moved by rules 12 and 13; None where rule 13 leaves no day."""
        return self.moved(member, date.fromordinal(start.toordinal() + number), lifted=lifted)

    def moved(self, member: Member, day: date, *, lifted: bool = False) -> date | None:
        """A due date after rules 12 and 13; None where rule 13 leaves no day."""
        day = self.days.on_or_after(day)
        last = member.expires_on
        if last is None or lifted or day <= last:
            return day
        return self.days.last_open(self.today, last)

    def renewal_reasons(self, loan: Loan, *, lifted: bool = False) -> Reasons:
        """What stands against renewing a loan; `lifted` where rule 13 is waved through."""
        if loan.user_id is None:
            return {"loan-closed": {}}
        member, book_id = self.members[loan.user_id], loan.copy.book_id
        found = self.member_reasons(member)
        policy = self.policy(member, loan.copy.loan_type)
        if not loan.is_open:
            found["loan-closed"] = {}
        elif loan.claimed_at is not None:
            found["claimed-returned"] = {}
        limit = policy.max_renewals if policy.days_of_a_renewal else 0
        if limit is not None and loan.renewals >= limit:
            found["renewal-limit"] = {"limit": limit}
        holds = [hold for hold in self.claims(book_id) if hold.user_id != member.id]
        free = self.free(book_id)
        fit, back = self.covered(free, holds), [*free, *([loan.copy] if loan.is_open else [])]
        if self.covered(back, holds) > fit:
            found["hold-waiting"] = {"free": fit, "waiting": len(holds)}
        if self.due(member, self.today, 1) is None:
            assert member.expires_on is not None
            found["member-expired"] = {"expires_on": member.expires_on.isoformat()}
        if self._gains_nothing(loan, member, policy, lifted=lifted):
            found["no-gain"] = {"due_at": f"{self.days.end(loan.due):%Y-%m-%dT%H:%M:%SZ}"}
        return found

    def _gains_nothing(self, loan: Loan, member: Member, policy: Policy, *, lifted: bool) -> bool:
        """Whether renewing a running loan would not move its due date (rule 16)."""
        if not loan.is_open or loan.claimed_at is not None:
            return False
        if member.expires_on is not None and member.expires_on < self.today:
            return False
        due = self.due(member, self.today, policy.days_of_a_renewal, lifted=lifted)
        return due is not None and due <= loan.due

    def hold_reasons(self, book_id: int, member: Member, wanted: Copy | None) -> Reasons:
        """What stands against a hold on a title, or on one copy of it."""
        found = self.member_reasons(member)
        mine = self.hold_of(member, book_id, wanted)
        if mine is not None:
            found["hold-exists"] = {"hold_id": mine.id}
        loans = [x for x in self.open_loans(member.id) if x.copy.book_id == book_id]
        if wanted is not None:
            loans = [loan for loan in loans if loan.copy is wanted]
        if loans:
            found["title-on-loan"] = {"loan_id": loans[0].id}
        limit = self.policy(member).max_holds
        number = sum(hold.user_id == member.id for hold in self.active_holds())
        if limit is not None and number >= limit:
            found["hold-limit"] = {"limit": limit, "open": number}
        if not self.could_come(book_id, member, wanted):
            found["no-copies"] = {}
        return found

    def could_come(self, book_id: int, member: Member, wanted: Copy | None) -> bool:
        """Whether some copy, or the one that is wanted, could ever be lent to a member."""
        copies = self.of_title(book_id) if wanted is None else [wanted]
        return any(self.could_lend(copy, member) for copy in copies)

    def ways_to_come(self, hold: Hold) -> tuple[bool, bool]:
        """Whether a copy could ever serve a hold as they are, and if all lost ones were found."""
        copies = self.of_title(hold.book_id) if hold.wanted is None else [hold.wanted]
        found = [replace(x, status="available") for x in copies if x.status == "lost"]
        member = self.waiter(hold)
        could = any(self.could_lend(copy, member) for copy in copies)
        return could, could or any(self.could_lend(copy, member) for copy in found)

    def could_lend(self, copy: Copy, member: Member) -> bool:
        """Whether a copy could ever be lent to a member (rule 24)."""
        policy = self.policy(member, copy.loan_type)
        lendable = policy.loan_days > 0 and policy.max_loans != 0
        return lendable and copy.status not in ("lost", "withdrawn")


def refusing(reasons: Reasons, waved: list[str]) -> dict[str, Any]:
    """Reasons that an override does not wave through (rule 10)."""
    return {code: what for code, what in reasons.items() if code not in waved}
