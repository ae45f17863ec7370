"""Acts on holds and accounts, told to the API and to the model."""

from copy import deepcopy
from datetime import date
from typing import Any

from tests.model.days import DAY
from tests.model.deciding import refusing
from tests.model.machine import Machine, problem, refused
from tests.model.records import Fee, Hold, Payment


class Holding(Machine):
    """Place, change and cancel holds; charge, pay and waive."""

    def hold(self, which: int, who: int, waved: bool, last: int | None, single: int | None) -> None:
        member = self._member(who)
        book_id = self.books[which % len(self.books)]
        after = self._settled(book_id)
        copies = after.of_title(book_id)
        wanted = None if single is None or not copies else copies[single % len(copies)]
        reasons = after.hold_reasons(book_id, after.members[member.id], wanted)
        codes = self._override(reasons, waved)
        until = None if last is None else after.today + last * DAY
        target = {"book_id": book_id} if wanted is None else {"copy_id": wanted.id}
        body: dict[str, Any] = {**target, "user_id": member.id}
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
        after.place(answer.json["id"], book_id, member, wanted, until)
        self.library = after

    def change_hold(
        self, which: int, suspended: int | None, limited: int | None, fields: str
    ) -> None:
        before = self._hold(which)
        after = deepcopy(self.library)
        hold = after.holds[before.id]
        given = {"suspended_until": suspended, "not_needed_after": limited}
        values: dict[str, date | None] = {
            name: None if days is None else after.today + days * DAY
            for name, days in given.items()
            if fields in (name, "both")
        }
        body = {name: day and day.isoformat() for name, day in values.items()}
        answer = self.desk.ask("PATCH", f"/holds/{hold.id}", body)
        shown = after.shown_status(hold)
        if shown not in ("waiting", "ready"):
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

    def move_hold(self, which: int, position: int) -> None:
        before = self._hold(which)
        after = deepcopy(self.library)
        hold = after.holds[before.id]
        answer = self.desk.ask("PATCH", f"/holds/{hold.id}", {"position": position})
        shown = after.shown_status(hold)
        if shown != "waiting":
            code = "hold-ready" if shown == "ready" else "hold-closed"
            assert problem(answer) == (409, code)
            return
        assert answer.status_code == 200, answer.json
        if min(position, len(after.queue(hold.book_id))) != self._place(before):
            after.move_hold(hold, position)
            self.library = after

    def _place(self, hold: Hold) -> int:
        return 1 + self.library.queue(hold.book_id).index(hold)

    def keep_hold(self, which: int, days: int) -> None:
        before = self._hold(which)
        after = deepcopy(self.library)
        hold = after.holds[before.id]
        day = after.today + days * DAY
        answer = self.desk.ask("PATCH", f"/holds/{hold.id}", {"expires_on": day.isoformat()})
        shown = after.shown_status(hold)
        if shown != "ready":
            code = "hold-not-ready" if shown == "waiting" else "hold-closed"
            assert problem(answer) == (409, code)
            return
        assert answer.status_code == 200, answer.json
        kept = hold.expires_on, hold.kept_until
        after.keep_until(hold, day)
        if (hold.expires_on, hold.kept_until) != kept:
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
        if waive:
            fee.waived += amount
        else:
            self.library.payments.append(Payment(answer.json["payment_id"], fee, amount))

    def pay_account(self, which: int, amount: int, whole: bool) -> None:
        library = self.library
        owing = [x for x in library.fees if x.balance and x.user_id is not None]
        if not owing:
            return
        user_id = owing[which % len(owing)].user_id
        assert user_id is not None
        balance = library.balance(user_id)
        if whole and balance > 0:
            amount = balance
        body = {"amount": amount, "method": "card"}
        answer = self.desk.ask("POST", f"/users/{user_id}/payments", body)
        if amount > balance:
            assert problem(answer) == (409, "overpaid")
            return
        assert answer.status_code == 201, answer.json
        made = answer.json["payments"]
        parts = library.pay_account(user_id, amount, [one["id"] for one in made])
        assert [(one["fee_id"], one["amount"]) for one in made] == parts
        assert answer.json["account"]["balance"] == balance - amount
