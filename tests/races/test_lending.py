"""Loans that race: rules 1, 2, 3, 14, 16, 17, 19, 31 and 32, against several workers."""

from datetime import timedelta
from uuid import uuid4

from models.database import transaction
from tests.races.crowd import ROUNDS, Ask, Crowd, parted, statuses
from tests.support.days import ahead
from tests.support.servers import EVERYWHERE
from tests.unit.circulation.library import member, policy, title

pytestmark = EVERYWHERE


def loan(barcode: str, user_id: int, key: str | None = None, **more: str) -> Ask:
    return Ask("POST", "/loans", {"barcode": barcode, "user_id": user_id, **more}, key)


def scan(barcode: str) -> Ask:
    return Ask("POST", "/returns", {"barcode": barcode})


def test_the_last_copy_goes_to_one_of_two(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[1][0], member(), member()) for _ in range(ROUNDS)]
    for barcode, one, other in rounds:
        won, lost = parted(crowd.at_once(loan(barcode, one), loan(barcode, other)))
        assert [answer.status for answer in won] == [201]
        assert [(x.status, x.body["code"]) for x in lost] == [(409, "loan-refused")]
        assert lost[0].reasons == ["copy-on-loan"]


def test_the_last_copy_goes_to_one_of_many(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[1][0], [member() for _ in range(6)]) for _ in range(ROUNDS)]
    for barcode, members in rounds:
        won, lost = parted(crowd.at_once(*(loan(barcode, who) for who in members)))
        assert len(won) == 1
        assert [answer.reasons for answer in lost] == [["copy-on-loan"]] * 5


def test_a_member_below_the_limit_by_one_gets_one_more(crowd: Crowd) -> None:
    category = uuid4().hex
    with transaction():
        policy(category, "*", max_loans=2)
        rounds = [
            (member(category=category), [title()[1][0] for _ in range(3)]) for _ in range(ROUNDS)
        ]
    for who, (first, *rest) in rounds:
        crowd.at_once(loan(first, who))
        won, lost = parted(crowd.at_once(*(loan(barcode, who) for barcode in rest)))
        assert len(won) == 1
        assert [answer.reasons for answer in lost] == [["loan-limit"]]
        assert lost[0].body["reasons"][0]["params"] == {"limit": 2, "open": 2}


def test_a_copy_scanned_twice_for_a_member_is_lent_once(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[1][0], member()) for _ in range(ROUNDS)]
    for barcode, who in rounds:
        won, lost = parted(crowd.at_once(loan(barcode, who), loan(barcode, who)))
        assert [answer.reasons for answer in lost] == [["already-borrowed"]]
        assert lost[0].body["reasons"][0]["params"] == {"loan_id": won[0].body["id"]}


def test_one_key_lends_once(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[1][0], member()) for _ in range(ROUNDS)]
    for barcode, who in rounds:
        key = uuid4().hex
        won, lost = parted(crowd.at_once(*[loan(barcode, who, key)] * 3))
        assert {answer.body["id"] for answer in won} == {won[0].body["id"]}
        assert sum("idempotency-replayed" not in answer.headers for answer in won) == 1
        assert all(answer.body["code"] == "idempotency-in-progress" for answer in lost)


def test_a_copy_returned_twice_closes_one_loan(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[1][0], member()) for _ in range(ROUNDS)]
    for barcode, who in rounds:
        crowd.at_once(loan(barcode, who))
        answers = crowd.at_once(scan(barcode), scan(barcode), scan(barcode))
        assert statuses(answers) == [200, 200, 200]
        assert sum(answer.body["loan"] is not None for answer in answers) == 1


def test_a_copy_that_comes_back_is_lent_or_still_on_loan(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[1][0], member(), member()) for _ in range(ROUNDS)]
    for barcode, who, following in rounds:
        crowd.at_once(loan(barcode, who))
        back, lent = crowd.at_once(scan(barcode), loan(barcode, following))
        assert back.status == 200
        assert lent.status == 201 or lent.reasons == ["copy-on-loan"]


def test_a_loan_is_renewed_or_back(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[1][0], member()) for _ in range(ROUNDS)]
    for barcode, who in rounds:
        [lent] = crowd.at_once(loan(barcode, who, due_on=ahead(1).isoformat()))
        renewal = Ask("POST", f"/loans/{lent.body['id']}/renewals")
        back, renewed = crowd.at_once(scan(barcode), renewal)
        assert back.body["loan"]["status"] == "returned"
        assert back.body["loan"]["renewals"] == (renewed.status == 201)
        assert renewed.status == 201 or renewed.reasons == ["loan-closed"]


def test_a_copy_is_lost_or_back(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[1][0], member()) for _ in range(ROUNDS)]
    for barcode, who in rounds:
        [lent] = crowd.at_once(loan(barcode, who))
        path = f"/loans/{lent.body['id']}"
        back, lost = crowd.at_once(scan(barcode), Ask("POST", f"{path}/lost"))
        assert back.body["loan"]["status"] == "returned"
        assert lost.status == 200 or lost.body["code"] == "loan-closed"
        assert crowd.ask("GET", f"/users/{who}/account")["balance"] == 0


def test_a_member_borrows_or_is_erased(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[1][0], member()) for _ in range(ROUNDS)]
    for barcode, who in rounds:
        lent, erased = crowd.at_once(loan(barcode, who), Ask("DELETE", f"/users/{who}"))
        if erased.status == 204:
            assert (lent.status, lent.body["code"]) == (404, "user-not-found")
        else:
            assert (lent.status, erased.body["code"]) == (201, "loans-open")


def test_a_copy_is_lent_or_withdrawn(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[1][0], member()) for _ in range(ROUNDS)]
    for barcode, who in rounds:
        copy_id = crowd.ask("GET", f"/copies?barcode={barcode}")["data"][0]["id"]
        lending = Ask("POST", "/loans", {"copy_id": copy_id, "user_id": who})
        lent, withdrawn = crowd.at_once(lending, Ask("DELETE", f"/copies/{copy_id}"))
        if withdrawn.status == 204:
            assert (lent.status, lent.reasons) == (409, ["copy-withdrawn"])
        else:
            assert (lent.status, withdrawn.body["code"]) == (201, "copy-on-loan")


def test_a_book_is_lent_or_deleted(crowd: Crowd) -> None:
    with transaction():
        rounds = [(*title(), member()) for _ in range(ROUNDS)]
    for book_id, [barcode], who in rounds:
        lent, deleted = crowd.at_once(loan(barcode, who), Ask("DELETE", f"/books/{book_id}"))
        if deleted.status == 204:
            assert lent.status in (404, 409)
        else:
            assert (lent.status, deleted.body["code"]) == (201, "copies-on-loan")


def test_no_loan_is_due_on_a_day_closed_meanwhile(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[1][0], member()) for _ in range(ROUNDS)]
    # Far off, and two days apart, so that no round is in the way of another one or other tests.
    first = ahead(5 * 365)
    for index, (barcode, who) in enumerate(rounds):
        day = (first + timedelta(days=2 * index)).isoformat()
        closing = {"starts_on": day, "ends_on": day, "reason": "Stocktaking"}
        lent, closed = crowd.at_once(
            loan(barcode, who, due_on=day), Ask("POST", "/closures", closing)
        )
        assert (lent.status, closed.status) == (201, 201)
        due = crowd.ask("GET", f"/loans/{lent.body['id']}")["due_at"]
        crowd.ask("DELETE", f"/closures/{closed.body['id']}")
        assert not due.startswith(day), (lent.body, due)
