"""Acts of lending, told to the API and to the model."""

from datetime import timedelta
from typing import Any

from tests.model import seen
from tests.model.days import DAY
from tests.model.deciding import refusing
from tests.model.machine import Machine, problem, refused


class Lending(Machine):
    """Lend, take back, renew, lose and claim."""

    def lend(self, copy: int, who: int, waved: bool, due_in: int | None) -> None:
        member = self._member(who)
        after = self._settled(self._copy(copy).book_id)
        thing = self._copy(copy, after)
        reasons = after.loan_reasons(thing, member)
        codes = self._override(reasons, waved)
        due_on = None if due_in is None else after.today + due_in * DAY
        if due_on is None and "copy-not-lendable" in codes:
            codes.remove("copy-not-lendable")
        body: dict[str, Any] = {"copy_id": thing.id, "user_id": member.id}
        if due_on is not None:
            body["due_on"] = due_on.isoformat()
        if codes:
            body["override"] = {"codes": codes, "reason": "the model says so"}
        decided = self.desk.ask("POST", "/loans/decisions", body).json
        against = refusing(reasons, codes)
        assert decided["allowed"] == (not against), (decided, reasons)
        answer = self.desk.ask("POST", "/loans", body)
        if against:
            assert refused(answer, "loan-refused") == against
            return
        assert answer.status_code == 201, answer.json
        lifted = "member-expired" in codes
        loan = after.lend(answer.json["id"], thing, after.members[member.id], due_on, lifted=lifted)
        assert decided["due_at"] == answer.json["due_at"] == seen.stamp(after.days.end(loan.due))
        self.library = after

    def take_back(self, copy: int, hours_ago: int | None) -> None:
        likely = [loan.copy for loan in self.library.loans.values() if loan.is_unreturned]
        found = likely[copy % len(likely)] if likely and copy % 4 else self._copy(copy)
        after = self._settled(found.book_id)
        thing = after.copies[found.id]
        body: dict[str, Any] = {"barcode": thing.barcode.lower()}
        at = after.now - timedelta(hours=hours_ago or 0)
        if hours_ago is not None:
            body["returned_at"] = seen.stamp(at)
        answer = self.desk.ask("POST", "/returns", body)
        out = [x for x in after.loans.values() if x.copy is thing and x.is_unreturned]
        if out and at < out[0].borrowed_at:
            assert problem(answer) == (400, "invalid")
            return
        assert answer.status_code == 200, answer.json
        after.take_back(thing, at)
        self.library = after

    def renew(self, which: int, waved: bool) -> None:
        before = self._loan(which)
        after = self._settled(before.copy.book_id)
        loan = after.loans[before.id]
        reasons = after.renewal_reasons(loan)
        codes = self._override(reasons, waved)
        reasons = after.renewal_reasons(loan, lifted="member-expired" in codes)
        body = {"override": {"codes": codes, "reason": "the model says so"}} if codes else {}
        answer = self.desk.ask("POST", f"/loans/{loan.id}/renewals", body)
        against = refusing(reasons, codes)
        if against:
            assert refused(answer, "renewal-refused") == against
            return
        assert answer.status_code == 201, answer.json
        after.renew(loan, lifted="member-expired" in codes)
        self.library = after

    def lose(self, which: int) -> None:
        loan = self._loan(which)
        answer = self.desk.ask("POST", f"/loans/{loan.id}/lost")
        if not loan.is_open:
            assert problem(answer) == (409, "loan-closed")
            return
        assert answer.json["status"] == "lost"
        self.library.settle([loan.copy.book_id])
        self.library.lose(loan)

    def claim_returned(self, which: int) -> None:
        loan = self._loan(which)
        answer = self.desk.ask("POST", f"/loans/{loan.id}/claims-returned")
        if not loan.is_open:
            assert problem(answer) == (409, "loan-closed")
            return
        assert answer.json["status"] == "claimed_returned"
        if loan.claimed_at is None:
            self.library.settle([loan.copy.book_id])
            loan.claimed_at = self.library.now

    def withdraw_claim(self, which: int) -> None:
        claimed = [x for x in self.library.loans.values() if x.is_open and x.claimed_at]
        loan = claimed[which % len(claimed)] if claimed and which % 5 else self._loan(which)
        answer = self.desk.ask("DELETE", f"/loans/{loan.id}/claims-returned")
        if not loan.is_open or loan.claimed_at is None:
            assert problem(answer) == (409, "not-claimed")
            return
        assert answer.status_code == 204, answer.json
        loan.claimed_at = None

    def use_in_house(self, copy: int) -> None:
        after = self._settled(self._copy(copy).book_id)
        used = self._copy(copy, after)
        answer = self.desk.ask("POST", "/returns", {"barcode": used.barcode, "in_house": True})
        if used.status == "on_loan":
            assert problem(answer) == (409, "copy-on-loan")
            return
        assert answer.status_code == 200, answer.json
        after.take_back(used, after.now)
        self.library = after
