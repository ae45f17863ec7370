"""Acts that take others back, and due dates set by hand, told to the API and to the model."""

from typing import Any

from tests.model import seen
from tests.model.days import DAY
from tests.model.machine import Machine, problem
from tests.model.records import Copy

WHY = {"reason": "the model says so"}
MOST_COPIES = 8
"""Every copy is read after every act."""


class Undoing(Machine):
    """Cancel, reopen, void, and set due dates by hand."""

    def cancel_loan(self, which: int) -> None:
        library = self.library
        today = [
            x
            for x in library.loans.values()
            if x.is_open and library.days.local(x.borrowed_at) == library.today
        ]
        before = today[which % len(today)] if today and which % 5 else self._loan(which)
        after = self._settled(before.copy.book_id)
        loan = after.loans[before.id]
        answer = self.desk.ask("POST", f"/loans/{loan.id}/cancellation", WHY)
        against = after.why_not_cancelled(loan)
        if against:
            assert problem(answer) == (409, against)
            return
        assert answer.status_code == 200, answer.json
        after.cancel_loan(loan)
        self.library = after

    def reopen(self, which: int) -> None:
        ended = [x for x in self.library.loans.values() if x.returned_at is not None]
        before = ended[which % len(ended)] if ended and which % 5 else self._loan(which)
        after = self._settled(before.copy.book_id)
        loan = after.loans[before.id]
        answer = self.desk.ask("POST", f"/loans/{loan.id}/reopening", WHY)
        against = after.why_not_reopened(loan)
        if against:
            assert problem(answer) == (409, against)
            return
        assert answer.status_code == 200, answer.json
        after.reopen(loan)
        self.library = after

    def void_fee(self, which: int) -> None:
        fee = self.library.fees[which % len(self.library.fees)]
        answer = self.desk.ask("POST", f"/fees/{fee.id}/void", WHY)
        against = self.library.why_not_voided(fee)
        if against:
            assert problem(answer) == (409, against)
            return
        assert answer.status_code == 200, answer.json
        self.library.void(fee)

    def void_payment(self, which: int) -> None:
        payment = self.library.payments[which % len(self.library.payments)]
        answer = self.desk.ask("POST", f"/payments/{payment.id}/void", WHY)
        against = self.library.why_not_unpaid(payment)
        if against:
            assert problem(answer) == (409, against)
            return
        assert answer.status_code == 200, answer.json
        self.library.unpay(payment)

    def change_due(self, which: int, days: int) -> None:
        loan = self._loan(which)
        day = self.library.today + days * DAY
        body = {"due_on": day.isoformat(), **WHY}
        answer = self.desk.ask("PATCH", f"/loans/{loan.id}", body)
        if not loan.is_open:
            assert problem(answer) == (409, "loan-closed")
            return
        due = self.library.due_by_hand(loan, day)
        if due is None:
            assert problem(answer) == (409, "loan-refused")
            return
        assert answer.json["due_at"] == seen.stamp(self.library.days.end(due))
        self.library.set_due(loan, due)

    def change_dues(self, first: int, length: int, to: int) -> None:
        library = self.library
        start = library.today + (first - 10) * DAY
        days = {"due_from": start, "due_to": start + length * DAY, "to": library.today + to * DAY}
        body: dict[str, Any] = {name: day.isoformat() for name, day in days.items()}
        answer = self.desk.ask("POST", "/loans/due-dates", body | WHY)
        assert answer.status_code == 200, answer.json
        moves = library.move_all(days["due_from"], days["due_to"], days["to"])
        assert answer.json["moved"] == len(moves)
        library.moves[answer.json["batch_id"]] = moves

    def change_dues_back(self, which: int) -> None:
        batches = list(self.library.moves)
        batch_id = batches[which % len(batches)]
        answer = self.desk.ask("POST", f"/loans/due-dates/{batch_id}/reversal")
        assert answer.status_code == 200, answer.json
        assert answer.json["moved"] == self.library.move_back(self.library.moves[batch_id])

    def receive(self, which: int) -> None:
        if len(self.library.copies) >= MOST_COPIES:
            return
        book_id = self.books[which % len(self.books)]
        after = self._settled(book_id)
        order = self.desk.make("/orders", {"title": "Emma", "quantity": 1, "book_id": book_id})
        path = f"/orders/{order['id']}"
        for status in ("approved", "ordered"):
            assert self.desk.ask("PATCH", path, {"status": status}).status_code == 200
        barcode = f"R{order['id']}"
        [came] = self.desk.make(f"{path}/receipts", {"barcodes": [barcode]})["copies"]
        after.receive(Copy(came["id"], book_id, barcode, "standard", None))
        after.receipts[came["id"]] = order["id"]
        self.library = after

    def send_back(self, which: int) -> None:
        receipts = list(self.library.receipts.items())
        copy_id, order_id = receipts[which % len(receipts)]
        after = self._settled(self.library.copies[copy_id].book_id)
        copy = after.copies[copy_id]
        answer = self.desk.ask("DELETE", f"/orders/{order_id}/receipts/{copy_id}")
        if after.was_lent(copy):
            assert problem(answer) == (409, "copy-lent")
            return
        assert answer.status_code == 204, answer.json
        if copy.status != "withdrawn":
            after.send_back(copy)
        del after.receipts[copy_id]
        self.library = after
