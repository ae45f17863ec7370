"""Acts on holds and accounts, told to the API and to the model."""

from datetime import date
from typing import Any

from tests.model.days import DAY
from tests.model.deciding import refusing
from tests.model.machine import Machine, problem, refused
from tests.model.records import Fee


class Holding(Machine):
    """Place, change and cancel holds; charge, pay and waive."""

    def hold(self, which: int, who: int, waved: bool, last: int | None) -> None:
        member = self._member(who)
        book_id = self.books[which % len(self.books)]
        after = self._settled(book_id)
        reasons = after.hold_reasons(book_id, member)
        codes = self._override(reasons, waved)
        until = None if last is None else after.today + last * DAY
        body: dict[str, Any] = {"book_id": book_id, "user_id": member.id}
        if until is not None:
            body["not_needed_after"] = until.isoformat()
        if codes:
            body["override"] = {"codes": codes, "reason": "the model says so"}
        answer = self.desk.ask("POST", "/holds", body)
        against = refusing(reasons, codes)
        if against:
            assert refused(answer, "hold-refused") == against
            return
        assert answer.status_code == 201, answer.json
        after.place(answer.json["id"], book_id, member, until)
        self.library = after

    def change_hold(
        self, which: int, suspended: int | None, limited: int | None, fields: str
    ) -> None:
        before = self._hold(which)
        after = self._settled(before.book_id)
        hold = after.holds[before.id]
        given = {"suspended_until": suspended, "not_needed_after": limited}
        values: dict[str, date | None] = {
            name: None if days is None else after.today + days * DAY
            for name, days in given.items()
            if fields in (name, "both")
        }
        body = {name: day and day.isoformat() for name, day in values.items()}
        answer = self.desk.ask("PATCH", f"/holds/{hold.id}", body)
        if hold.status not in ("waiting", "ready"):
            assert problem(answer) == (409, "hold-closed")
            return
        suspending = values.get("suspended_until")
        if hold.status == "ready" and suspending not in (None, hold.suspended_until):
            assert problem(answer) == (409, "hold-ready")
            return
        assert answer.status_code == 200, answer.json
        if any(getattr(hold, name) != value for name, value in values.items()):
            after.change_hold(hold, values)
            self.library = after

    def cancel(self, which: int) -> None:
        before = self._hold(which)
        after = self._settled(before.book_id)
        hold = after.holds[before.id]
        answer = self.desk.ask("DELETE", f"/holds/{hold.id}")
        if hold.status not in ("waiting", "ready"):
            assert problem(answer) == (409, "hold-closed")
            return
        assert answer.status_code == 204, answer.json
        after.cancel(hold)
        self.library = after

    def charge(self, who: int, amount: int) -> None:
        member = self._member(who)
        body = {"user_id": member.id, "amount": amount, "note": "Spilt coffee"}
        made = self.desk.make("/fees", body)
        self.library.fees.append(Fee(member.id, None, "manual", amount, amount, id=made["id"]))

    def settle_fee(self, which: int, amount: int, waive: bool) -> None:
        open_fees = [fee for fee in self.library.fees if fee.balance]
        fee = open_fees[which % len(open_fees)]
        waive = waive and fee.balance > 0
        if which % 2:
            amount = abs(fee.balance)
        kind, more = ("waivers", {"reason": "x"}) if waive else ("payments", {"method": "cash"})
        answer = self.desk.ask("POST", f"/fees/{fee.id}/{kind}", {"amount": amount, **more})
        if amount > abs(fee.balance):
            assert problem(answer) == (409, "overpaid")
            return
        assert answer.status_code == 201, answer.json
        fee.balance -= amount if fee.balance > 0 else -amount
        fee.waived += amount if waive else 0
