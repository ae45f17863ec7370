"""Holds that race: rules 2, 5, 17, 19 to 22 and 31, against a server of several workers."""

from typing import Any
from uuid import uuid4

from models.database import transaction
from tests.races.crowd import ROUNDS, Ask, Crowd, parted, statuses
from tests.support.days import ahead
from tests.support.servers import EVERYWHERE
from tests.unit.circulation.library import member, policy, title

pytestmark = EVERYWHERE


def hold(book_id: int, user_id: int) -> Ask:
    return Ask("POST", "/holds", {"book_id": book_id, "user_id": user_id})


def loan(barcode: str, user_id: int, **more: str) -> Ask:
    return Ask("POST", "/loans", {"barcode": barcode, "user_id": user_id, **more})


def scan(barcode: str) -> Ask:
    return Ask("POST", "/returns", {"barcode": barcode})


def placed(crowd: Crowd, ask: Ask) -> Any:
    return crowd.ask(ask.method, ask.path, ask.body)


def test_holds_placed_together_have_places_without_gaps(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[0], [member() for _ in range(5)]) for _ in range(ROUNDS)]
    for book_id, members in rounds:
        answers = crowd.at_once(*(hold(book_id, who) for who in members))
        assert [answer.status for answer in answers] == [201] * 5
        assert sorted(answer.body["position"] for answer in answers) == [1, 2, 3, 4, 5]
        listed = crowd.ask("GET", f"/holds?book_id={book_id}")["data"]
        assert {x["id"]: x["position"] for x in listed} == {
            answer.body["id"]: answer.body["position"] for answer in answers
        }


def test_places_stay_without_gaps_while_some_leave(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[0], [member() for _ in range(6)]) for _ in range(ROUNDS)]
    for book_id, (first, second, third, *rest) in rounds:
        early = [placed(crowd, hold(book_id, who)) for who in (first, second, third)]
        leaving = [Ask("DELETE", f"/holds/{one['id']}") for one in early[:2]]
        crowd.at_once(*leaving, *(hold(book_id, who) for who in rest))
        listed = crowd.ask("GET", f"/holds?book_id={book_id}&status=waiting")["data"]
        assert sorted(one["position"] for one in listed) == [1, 2, 3, 4]
        assert [x["user_id"] for x in listed if x["position"] == 1] == [third]


def test_a_member_waits_once_for_a_title(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[0], member()) for _ in range(ROUNDS)]
    for book_id, who in rounds:
        won, lost = parted(crowd.at_once(*[hold(book_id, who)] * 3))
        assert [answer.status for answer in won] == [201]
        assert [answer.reasons for answer in lost] == [["hold-exists"]] * 2


def test_a_member_below_the_limit_by_one_gets_one_more_hold(crowd: Crowd) -> None:
    category = uuid4().hex
    with transaction():
        policy(category, "*", max_holds=2)
        rounds = [
            (member(category=category), [title()[0] for _ in range(3)]) for _ in range(ROUNDS)
        ]
    for who, (first, *rest) in rounds:
        placed(crowd, hold(first, who))
        won, lost = parted(crowd.at_once(*(hold(book_id, who) for book_id in rest)))
        assert len(won) == 1
        assert [answer.reasons for answer in lost] == [["hold-limit"]]


def test_a_hold_placed_on_a_return_is_served_or_waits(crowd: Crowd) -> None:
    with transaction():
        rounds = [(*title(), member(), member()) for _ in range(ROUNDS)]
    for book_id, [barcode], who, following in rounds:
        crowd.at_once(loan(barcode, who))
        back, wished = crowd.at_once(scan(barcode), hold(book_id, following))
        assert (back.status, wished.status) == (200, 201)
        served = back.body["hold"] is not None
        now = crowd.ask("GET", f"/holds/{wished.body['id']}")
        assert now["status"] == ("ready" if served else "waiting")
        assert back.body["copy"]["status"] == ("on_hold_shelf" if served else "available")


def test_a_loan_is_renewed_before_the_hold_or_not_at_all(crowd: Crowd) -> None:
    with transaction():
        rounds = [(*title(), member(), member()) for _ in range(ROUNDS)]
    for book_id, [barcode], who, following in rounds:
        lent = placed(crowd, loan(barcode, who, due_on=ahead(1).isoformat()))
        renewal = Ask("POST", f"/loans/{lent['id']}/renewals")
        renewed, wished = crowd.at_once(renewal, hold(book_id, following))
        assert wished.status == 201
        assert renewed.status == 201 or renewed.reasons == ["hold-waiting"]


def test_a_cancelled_hold_leaves_no_copy_aside(crowd: Crowd) -> None:
    with transaction():
        rounds = [(*title(), [member() for _ in range(3)]) for _ in range(ROUNDS)]
    for book_id, [barcode], (who, first, second) in rounds:
        crowd.at_once(loan(barcode, who))
        cancelled, kept = (placed(crowd, hold(book_id, each)) for each in (first, second))
        leave = Ask("DELETE", f"/holds/{cancelled['id']}")
        back, left = crowd.at_once(scan(barcode), leave)
        assert (back.status, left.status) == (200, 204)
        assert crowd.ask("GET", f"/holds/{kept['id']}")["status"] == "ready"


def test_a_ready_hold_is_fetched_or_cancelled(crowd: Crowd) -> None:
    with transaction():
        rounds = [(*title(), [member() for _ in range(3)]) for _ in range(ROUNDS)]
    for book_id, [barcode], (who, first, second) in rounds:
        crowd.at_once(loan(barcode, who))
        ready, following = (placed(crowd, hold(book_id, each)) for each in (first, second))
        crowd.at_once(scan(barcode))
        fetched, left = crowd.at_once(loan(barcode, first), Ask("DELETE", f"/holds/{ready['id']}"))
        if fetched.status == 201:
            assert left.body["code"] == "hold-closed"
        else:
            assert (fetched.reasons, left.status) == (["copy-held"], 204)
            assert crowd.ask("GET", f"/holds/{following['id']}")["status"] == "ready"


def test_a_walk_in_does_not_overtake_a_hold(crowd: Crowd) -> None:
    with transaction():
        rounds = [(*title(), member(), member()) for _ in range(ROUNDS)]
    for book_id, [barcode], who, waiting in rounds:
        lent, wished = crowd.at_once(loan(barcode, who), hold(book_id, waiting))
        assert wished.status == 201
        assert lent.status == 201 or lent.reasons == ["held-for-others"]


def test_erasing_a_member_moves_the_queue_up(crowd: Crowd) -> None:
    with transaction():
        rounds = [(*title(), [member() for _ in range(3)]) for _ in range(ROUNDS)]
    for book_id, [barcode], (who, leaving, following) in rounds:
        crowd.at_once(loan(barcode, who))
        placed(crowd, hold(book_id, leaving))
        erased, back, wished = crowd.at_once(
            Ask("DELETE", f"/users/{leaving}"), scan(barcode), hold(book_id, following)
        )
        assert (erased.status, back.status, wished.status) == (204, 200, 201)


def on_copy(barcode: str, user_id: int) -> Ask:
    return Ask("POST", "/holds", {"barcode": barcode, "user_id": user_id})


def test_a_hold_is_moved_in_the_queue_while_the_copy_comes_back(crowd: Crowd) -> None:
    with transaction():
        rounds = [(*title(), [member() for _ in range(4)]) for _ in range(ROUNDS)]
    for book_id, [barcode], (who, *waiting) in rounds:
        crowd.at_once(loan(barcode, who))
        first, second, third = (placed(crowd, hold(book_id, each)) for each in waiting)
        to_head = Ask("PATCH", f"/holds/{third['id']}", {"position": 1})
        back, moved = crowd.at_once(scan(barcode), to_head)
        assert back.status == 200
        served = back.body["hold"]["id"]
        assert served in (first["id"], third["id"])
        # Moved before the return it is served, and after it first of those left.
        assert moved.status == 200
        assert moved.body["position"] == 1
        listed = crowd.ask("GET", f"/holds?book_id={book_id}&status=waiting")["data"]
        order = [one["id"] for one in sorted(listed, key=lambda one: int(one["position"]))]
        left = [third["id"], second["id"]] if served == first["id"] else [first["id"], second["id"]]
        assert order == left


def test_a_hold_on_one_copy_is_placed_or_its_copy_is_lent(crowd: Crowd) -> None:
    with transaction():
        rounds = [(*title(2), member(), member()) for _ in range(ROUNDS)]
    for _, [barcode, _], who, waiting in rounds:
        lent, wished = crowd.at_once(loan(barcode, who), on_copy(barcode, waiting))
        assert wished.status == 201
        assert lent.status == 201 or lent.reasons == ["held-for-others"]


def test_a_member_waits_once_for_a_copy(crowd: Crowd) -> None:
    with transaction():
        rounds = [(*title(), member()) for _ in range(ROUNDS)]
    for _, [barcode], who in rounds:
        won, lost = parted(crowd.at_once(*[on_copy(barcode, who)] * 3))
        assert [answer.status for answer in won] == [201]
        assert [answer.reasons for answer in lost] == [["hold-exists"]] * 2


def test_a_copy_is_lent_where_it_was_or_where_it_came_to(crowd: Crowd) -> None:
    with transaction():
        rounds = [(*title(), title()[0], member(), member()) for _ in range(ROUNDS)]
    for _, [barcode], target, who, waiting in rounds:
        copy_id = crowd.ask("GET", f"/copies?barcode={barcode}")["data"][0]["id"]
        moving = Ask("PATCH", f"/copies/{copy_id}", {"book_id": target})
        moved, lent, wished = crowd.at_once(moving, loan(barcode, who), on_copy(barcode, waiting))
        assert wished.status == 201
        assert lent.status == 201 or lent.reasons == ["held-for-others"]
        assert moved.status == 200 or moved.body["code"] == "copy-on-loan"
        at = crowd.ask("GET", f"/copies/{copy_id}")["book_id"]
        assert crowd.ask("GET", f"/holds/{wished.body['id']}")["book_id"] == at
        if lent.status == 201:
            assert crowd.ask("GET", f"/loans/{lent.body['id']}")["book_id"] == at


def test_a_hold_that_comes_with_its_copy_is_moved_in_the_queue_it_came_to(crowd: Crowd) -> None:
    with transaction():
        rounds = [(*title(2), *title(), [member() for _ in range(3)]) for _ in range(ROUNDS)]
    for _, [barcode, _], target, _, (who, *others) in rounds:
        coming = crowd.ask("POST", "/holds", {"barcode": barcode, "user_id": who})
        there = [
            crowd.ask("POST", "/holds", {"book_id": target, "user_id": other}) for other in others
        ]
        held = [one["id"] for one in (coming, *there)]
        first = [Ask("PATCH", f"/holds/{one}", {"position": 1}) for one in held]
        move = Ask("PATCH", f"/copies/{coming['requested_copy_id']}", {"book_id": target})
        answers = crowd.at_once(move, *first)
        assert statuses(answers) == [200] * 4
        shown = [crowd.ask("GET", f"/holds/{one}") for one in held]
        assert sorted(one["position"] for one in shown) == [1, 2, 3]
        assert {one["book_id"] for one in shown} == {target}


def test_copies_that_change_places_at_once_have_changed_places(crowd: Crowd) -> None:
    with transaction():
        rounds = [(*title(), *title()) for _ in range(ROUNDS)]
    for one, [first], two, [second] in rounds:
        ids = [crowd.ask("GET", f"/copies?barcode={x}")["data"][0]["id"] for x in (first, second)]
        moves = [
            Ask("PATCH", f"/copies/{copy_id}", {"book_id": to})
            for copy_id, to in zip(ids, (two, one), strict=True)
        ]
        assert statuses(crowd.at_once(*moves)) == [200, 200]
        found = [crowd.ask("GET", f"/copies/{copy_id}")["book_id"] for copy_id in ids]
        assert found == [two, one]


def test_a_copy_that_moves_is_withdrawn_where_it_came_to(crowd: Crowd) -> None:
    """The hold on it alone ends, wherever it was when the copy was withdrawn."""
    with transaction():
        rounds = [(*title(), title()[0], member()) for _ in range(ROUNDS)]
    for _, [barcode], target, who in rounds:
        held = crowd.ask("POST", "/holds", {"barcode": barcode, "user_id": who})
        path = f"/copies/{held['requested_copy_id']}"
        answers = crowd.at_once(
            Ask("PATCH", path, {"book_id": target}), Ask("PATCH", path, {"status": "withdrawn"})
        )
        assert statuses(answers) == [200, 200]
        copy, hold = crowd.ask("GET", path), crowd.ask("GET", f"/holds/{held['id']}")
        assert (copy["book_id"], copy["status"]) == (target, "withdrawn")
        assert (hold["book_id"], hold["end_reason"]) == (target, "title_gone")


def test_a_book_is_waited_for_or_deleted(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[0], member()) for _ in range(ROUNDS)]
    for book_id, who in rounds:
        wished, deleted = crowd.at_once(hold(book_id, who), Ask("DELETE", f"/books/{book_id}"))
        if deleted.status == 204:
            assert wished.status == 404
        else:
            assert (wished.status, deleted.body["code"]) == (201, "holds-open")
