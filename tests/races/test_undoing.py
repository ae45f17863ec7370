"""Acts that race with what takes them back: rule 41, against a server of several workers."""

from typing import Any
from uuid import uuid4

from models.database import transaction
from tests.races.crowd import ROUNDS, Answer, Ask, Crowd, statuses
from tests.support.days import ahead
from tests.support.servers import EVERYWHERE
from tests.unit.circulation.library import member, title

pytestmark = EVERYWHERE

WHY = {"reason": "the wrong card"}


def loan(barcode: str, user_id: int, **more: Any) -> Ask:
    return Ask("POST", "/loans", {"barcode": barcode, "user_id": user_id, **more})


def scan(barcode: str) -> Ask:
    return Ask("POST", "/returns", {"barcode": barcode})


def undo(noun: str, loan_id: int) -> Ask:
    return Ask("POST", f"/loans/{loan_id}/{noun}", WHY)


def done(crowd: Crowd, ask: Ask) -> Any:
    return crowd.ask(ask.method, ask.path, ask.body)


def code(answer: Answer) -> str:
    return str(answer.body["code"])


def test_a_return_is_taken_back_or_the_copy_lent_on(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[1][0], member(), member()) for _ in range(ROUNDS)]
    for barcode, who, other in rounds:
        lent = done(crowd, loan(barcode, who))
        done(crowd, scan(barcode))
        reopened, next_one = crowd.at_once(undo("reopening", lent["id"]), loan(barcode, other))
        if reopened.status == 200:
            assert next_one.reasons == ["copy-on-loan"]
        else:
            assert (code(reopened), next_one.status) == ("copy-on-loan", 201)


def test_a_return_is_taken_back_once(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[1][0], member()) for _ in range(ROUNDS)]
    for barcode, who in rounds:
        lent = done(crowd, loan(barcode, who))
        done(crowd, scan(barcode))
        again = undo("reopening", lent["id"])
        answers = crowd.at_once(again, again)
        assert statuses(answers) == [200, 409]
        assert [code(x) for x in answers if x.status == 409] == ["loan-open"]


def test_a_return_is_taken_back_while_its_copy_moves_to_another_title(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[1][0], title()[0], member()) for _ in range(ROUNDS)]
    for barcode, target, who in rounds:
        lent = done(crowd, loan(barcode, who))
        done(crowd, scan(barcode))
        move = Ask("PATCH", f"/copies/{lent['copy_id']}", {"book_id": target})
        reopened, moved = crowd.at_once(undo("reopening", lent["id"]), move)
        assert reopened.status == 200
        assert moved.status == 200 or code(moved) == "copy-on-loan"
        at = target if moved.status == 200 else lent["book_id"]
        assert crowd.ask("GET", f"/loans/{lent['id']}")["book_id"] == at


def test_the_hold_a_return_served_is_fetched_or_waits_again(crowd: Crowd) -> None:
    with transaction():
        rounds = [(*title(), member(), member()) for _ in range(ROUNDS)]
    for book_id, [barcode], who, waiting in rounds:
        lent = done(crowd, loan(barcode, who))
        wished = done(crowd, Ask("POST", "/holds", {"book_id": book_id, "user_id": waiting}))
        done(crowd, scan(barcode))
        reopened, fetched = crowd.at_once(undo("reopening", lent["id"]), loan(barcode, waiting))
        state = crowd.ask("GET", f"/holds/{wished['id']}")["status"]
        if reopened.status == 200:
            assert (fetched.status, state) == (409, "waiting")
        else:
            assert (code(reopened), fetched.status, state) == ("copy-on-loan", 201, "fulfilled")


def test_a_loan_is_cancelled_or_returned(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[1][0], member()) for _ in range(ROUNDS)]
    for barcode, who in rounds:
        lent = done(crowd, loan(barcode, who))
        cancelled, back = crowd.at_once(undo("cancellation", lent["id"]), scan(barcode))
        assert back.status == 200
        assert back.body["copy"]["status"] == "available"
        if cancelled.status == 200:
            assert back.body["loan"] is None
        else:
            assert (code(cancelled), back.body["loan"]["id"]) == ("loan-closed", lent["id"])


def test_a_loan_is_cancelled_or_its_hold_goes_on(crowd: Crowd) -> None:
    """The copy set aside for the borrower goes back to them, or to the next in the queue."""
    with transaction():
        rounds = [(*title(2), [member() for _ in range(4)]) for _ in range(ROUNDS)]
    for book_id, [trapped, other], (one, two, who, following) in rounds:
        for barcode, borrower in ((trapped, one), (other, two)):
            done(crowd, loan(barcode, borrower))
        first, second = (
            done(crowd, Ask("POST", "/holds", {"book_id": book_id, "user_id": user_id}))
            for user_id in (who, following)
        )
        done(crowd, scan(trapped))
        done(crowd, scan(other))
        done(crowd, Ask("DELETE", f"/holds/{second['id']}"))
        third = done(crowd, Ask("POST", "/holds", {"book_id": book_id, "user_id": following}))
        lent = done(crowd, loan(other, who))
        cancelled, fetched = crowd.at_once(
            undo("cancellation", lent["id"]), loan(trapped, following)
        )
        states = [crowd.ask("GET", f"/holds/{x['id']}")["status"] for x in (first, third)]
        if cancelled.status == 200:
            assert "copy-held" in fetched.reasons
            assert states == ["ready", "waiting"]
        else:
            assert (code(cancelled), fetched.status) == ("holds-moved", 201)
            assert states == ["fulfilled", "fulfilled"]


def test_a_fee_is_voided_or_paid(crowd: Crowd) -> None:
    with transaction():
        rounds = [member() for _ in range(ROUNDS)]
    for who in rounds:
        line = done(crowd, Ask("POST", "/fees", {"user_id": who, "amount": 500, "note": "x"}))
        path = f"/fees/{line['id']}"
        voided, paid = crowd.at_once(
            Ask("POST", f"{path}/void", WHY),
            Ask("POST", f"{path}/payments", {"amount": 200, "method": "cash"}),
        )
        if voided.status == 200:
            assert code(paid) == "void"
        else:
            assert (code(voided), paid.body["balance"]) == ("paid", 300)


def test_a_payment_is_voided_once_while_another_is_made(crowd: Crowd) -> None:
    with transaction():
        rounds = [member() for _ in range(ROUNDS)]
    for who in rounds:
        line = done(crowd, Ask("POST", "/fees", {"user_id": who, "amount": 500, "note": "x"}))
        pay = Ask("POST", f"/fees/{line['id']}/payments", {"amount": 300, "method": "cash"})
        payment_id = done(crowd, pay)["payment_id"]
        void = Ask("POST", f"/payments/{payment_id}/void", WHY)
        *voided, paid = crowd.at_once(void, void, pay)
        assert statuses(voided) == [200, 409]
        balance = crowd.ask("GET", f"/users/{who}/account")["balance"]
        assert balance == (200 if paid.status == 201 else 500)
        assert paid.status == 201 or code(paid) == "overpaid"


def test_a_receipt_is_taken_back_or_its_copy_lent(crowd: Crowd) -> None:
    with transaction():
        rounds = [member() for _ in range(ROUNDS)]
    for who in rounds:
        order = done(crowd, Ask("POST", "/orders", {"title": "Emma", "quantity": 1}))
        path = f"/orders/{order['id']}"
        for status in ("approved", "ordered"):
            crowd.ask("PATCH", path, {"status": status})
        came = crowd.ask("POST", f"{path}/receipts", {"barcodes": [uuid4().hex]})
        [copy] = came["copies"]
        back, lent = crowd.at_once(
            Ask("DELETE", f"{path}/receipts/{copy['id']}"), loan(copy["barcode"], who)
        )
        if back.status == 204:
            assert lent.reasons == ["copy-withdrawn"]
            assert crowd.ask("GET", path)["received"] == 0
        else:
            assert (code(back), lent.status) == ("copy-lent", 201)
            assert crowd.ask("GET", path)["received"] == 1


def test_a_due_date_is_changed_by_hand_or_the_copy_is_back(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[1][0], member()) for _ in range(ROUNDS)]
    day = ahead(40).isoformat()
    for barcode, who in rounds:
        lent = done(crowd, loan(barcode, who))
        path = f"/loans/{lent['id']}"
        changed, back = crowd.at_once(Ask("PATCH", path, {"due_on": day, **WHY}), scan(barcode))
        assert back.body["loan"]["status"] == "returned"
        assert changed.status == 200 or code(changed) == "loan-closed"
        assert crowd.ask("GET", path)["due_at"] == (
            changed.body["due_at"] if changed.status == 200 else lent["due_at"]
        )


def test_due_dates_are_moved_together_before_a_return_or_not_at_all(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[1][0], member()) for _ in range(ROUNDS)]
    # Days apart, so that no round moves what another one lent.
    for index, (barcode, who) in enumerate(rounds):
        due, to = (ahead(6 * 365 + index * 3 + more).isoformat() for more in (0, 1))
        lent = done(crowd, loan(barcode, who, due_on=due))
        many = {"due_from": due, "due_to": due, "to": to, **WHY}
        path = f"/loans/{lent['id']}"
        moved, back = crowd.at_once(Ask("POST", "/loans/due-dates", many), scan(barcode))
        assert (moved.status, back.status) == (200, 200)
        at = crowd.ask("GET", path)["due_at"]
        assert (at == lent["due_at"]) == (moved.body["moved"] == 0)


def test_due_dates_moved_together_and_a_renewal_come_one_after_the_other(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[1][0], member()) for _ in range(ROUNDS)]
    for index, (barcode, who) in enumerate(rounds):
        # Far behind what a renewal gives, and a day of its own for every round.
        due, to = ahead(1).isoformat(), ahead(8 * 365 + index).isoformat()
        lent = done(crowd, loan(barcode, who, due_on=due))
        many = {"due_from": due, "due_to": due, "to": to, "category": f"of {who}", **WHY}
        crowd.ask("PATCH", f"/users/{who}", {"category": f"of {who}"})
        path = f"/loans/{lent['id']}"
        moved, renewed = crowd.at_once(
            Ask("POST", "/loans/due-dates", many), Ask("POST", f"{path}/renewals")
        )
        now = crowd.ask("GET", path)
        if renewed.status == 201:
            assert moved.body["moved"] == 0
            assert now["due_at"] == renewed.body["due_at"]
        else:
            assert renewed.reasons == ["no-gain"]
            assert now["due_at"][:10] >= to
        assert now["revision"] == lent["revision"] + 1
