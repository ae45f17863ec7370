"""Merging against what readers and the desk do meanwhile, against a server of several workers."""

from uuid import uuid4

from models.database import transaction
from tests.races.crowd import ROUNDS, Answer, Ask, Crowd
from tests.support.servers import EVERYWHERE
from tests.unit.circulation.library import member, title

pytestmark = EVERYWHERE


def merge(book_id: int, *others: int) -> Ask:
    return Ask("POST", f"/books/{book_id}/merges", {"from": list(others)})


def holders(crowd: Crowd, book_id: int) -> list[tuple[int, int]]:
    """Members and places of those who wait for a title."""
    listed = crowd.ask("GET", f"/holds?book_id={book_id}&status=waiting")["data"]
    return sorted((one["position"], one["user_id"]) for one in listed)


def is_done_or_gone(answer: Answer, into: int) -> bool:
    """Whether it was done before the merge, or the book was gone already."""
    return answer.status < 300 or (answer.status, answer.body.get("into")) == (410, into)


def test_a_copy_lent_meanwhile_is_on_loan_of_the_book_that_is_kept(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[0], *title(), member()) for _ in range(ROUNDS)]
    for kept, other, [barcode], reader in rounds:
        merged, lent = crowd.at_once(
            merge(kept, other),
            Ask("POST", "/loans", {"barcode": barcode, "user_id": reader}),
        )
        assert (merged.status, lent.status) == (200, 201)
        loan = crowd.ask("GET", f"/loans/{lent.body['id']}")
        assert loan["book_id"] == kept


def test_two_copies_of_one_title_are_never_lent_to_a_member(crowd: Crowd) -> None:
    with transaction():
        rounds = [(*title(), *title(), member()) for _ in range(ROUNDS)]
    for kept, [one], other, [two], reader in rounds:
        merged, *lent = crowd.at_once(
            merge(kept, other),
            *(
                Ask("POST", "/loans", {"barcode": barcode, "user_id": reader})
                for barcode in (one, two)
            ),
        )
        if merged.status == 200:
            assert sorted(answer.status for answer in lent) == [201, 409]
        else:
            assert merged.reasons == ["same-member-has-both"]
            assert [answer.status for answer in lent] == [201, 201]


def test_a_hold_placed_meanwhile_is_in_the_one_queue_or_learns_of_the_merge(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[0], title()[0], [member() for _ in range(3)]) for _ in range(ROUNDS)]
    for kept, other, readers in rounds:
        merged, *placed = crowd.at_once(
            merge(kept, other),
            *(
                Ask("POST", "/holds", {"book_id": book_id, "user_id": reader})
                for book_id, reader in zip((kept, other, other), readers, strict=True)
            ),
        )
        assert merged.status == 200
        assert all(is_done_or_gone(answer, kept) for answer in placed)
        done = [reader for reader, it in zip(readers, placed, strict=True) if it.status == 201]
        waiting = holders(crowd, kept)
        assert sorted(reader for _, reader in waiting) == sorted(done)
        assert [place for place, _ in waiting] == list(range(1, len(done) + 1))


def test_a_return_meanwhile_serves_a_hold_of_the_other_book(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[0], *title(), member(), member()) for _ in range(ROUNDS)]
    for kept, other, [barcode], borrower, reader in rounds:
        crowd.ask("POST", "/loans", {"barcode": barcode, "user_id": borrower})
        held = crowd.ask("POST", "/holds", {"book_id": other, "user_id": reader})
        merged, returned = crowd.at_once(
            merge(kept, other), Ask("POST", "/returns", {"barcode": barcode})
        )
        assert (merged.status, returned.status) == (200, 200)
        hold = crowd.ask("GET", f"/holds/{held['id']}")
        assert (hold["status"], hold["book_id"]) == ("ready", kept)


def test_an_edit_is_kept_or_learns_of_the_merge(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[0], title()[0]) for _ in range(ROUNDS)]
    for kept, other in rounds:
        merged, *edits = crowd.at_once(
            merge(kept, other),
            Ask("PATCH", f"/books/{kept}", {"publisher": "Blackwood"}),
            Ask("PATCH", f"/books/{other}", {"publisher": "Blackwood"}),
            Ask("POST", f"/books/{other}/copies", {"barcode": uuid4().hex}),
        )
        assert merged.status == 200
        assert edits[0].status == 200
        assert all(is_done_or_gone(answer, kept) for answer in edits[1:])
        assert crowd.ask("GET", f"/books/{kept}")["publisher"] == "Blackwood"
        copies = crowd.ask("GET", f"/books/{kept}/copies")["data"]
        assert len(copies) == 2 + (edits[2].status == 201)


def test_of_two_merges_into_each_other_one_is_done(crowd: Crowd) -> None:
    with transaction():
        rounds = [(title()[0], title()[0]) for _ in range(ROUNDS)]
    for one, two in rounds:
        answers = crowd.at_once(merge(one, two), merge(two, one))
        assert sorted(answer.status for answer in answers) == [200, 410]


def test_merges_in_a_row_lose_no_copy(crowd: Crowd) -> None:
    with transaction():
        rounds = [[title()[0] for _ in range(4)] for _ in range(ROUNDS)]
    for first, second, third, fourth in rounds:
        answers = crowd.at_once(merge(first, second), merge(second, third), merge(third, fourth))
        assert {answer.status for answer in answers} <= {200, 409, 410}
        kept: dict[int, int] = {}
        for book_id in (first, second, third, fourth):
            [answer] = crowd.at_once(Ask("GET", f"/books/{book_id}"))
            kept[book_id] = answer.body["into"] if answer.status == 410 else book_id
        shown = [crowd.ask("GET", f"/books/{one}/copies")["data"] for one in set(kept.values())]
        assert sum(map(len, shown)) == 4
