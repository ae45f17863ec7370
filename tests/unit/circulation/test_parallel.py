"""Acts that race each other, on each database: rules 1, 2, 20, 35, and the order of locks."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier
from typing import Any

import pytest

from circulation.hold_changes import change_hold
from circulation.holds import cancel_hold
from circulation.inventory import change_copy, delete_member
from circulation.lost_items import claim_returned, declare_lost
from circulation.nightly import nightly
from circulation.renewals import renew
from models.database import database
from models.errors import DomainError, Refused
from models.hold import Hold, positions
from models.loan import Loan
from tests.unit.circulation.library import (
    DAY,
    DESK,
    NOW,
    back,
    held,
    lent,
    member,
    on_copy,
    policy,
    title,
)

pytestmark = pytest.mark.usefixtures("library")


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all deeds at the same moment, each on its own connection; what each gave or raised."""
    start = Barrier(len(deeds))

    def do(deed: Callable[[], Any]) -> Any:
        with database.connection_context():
            start.wait(10)
            try:
                return deed()
            except DomainError as error:
                return error

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def codes(outcome: Any) -> list[str]:
    return [reason["code"] for reason in outcome.extra["reasons"]]


def test_rule_1_of_many_at_once_one_gets_the_copy() -> None:
    _, [barcode] = title()
    crowd = [member() for _ in range(6)]
    outcomes = at_once(*(lambda m=who: lent(barcode, m) for who in crowd))
    losers = [one for one in outcomes if isinstance(one, Refused)]
    assert len(losers) == 5
    assert all(codes(one) == ["copy-on-loan"] for one in losers)
    assert Loan.select().count() == 1


def test_rule_2_a_member_below_the_limit_by_one_gets_one_more() -> None:
    policy("standard", "*", max_loans=2)
    borrower = member()
    lent(title()[1][0], borrower)
    barcodes = [title()[1][0] for _ in range(4)]
    outcomes = at_once(*(lambda b=barcode: lent(b, borrower) for barcode in barcodes))
    losers = [one for one in outcomes if isinstance(one, Refused)]
    assert [codes(one) for one in losers] == [["loan-limit"]] * 3
    assert Loan.select().count() == 2


def test_rule_2_the_same_holds_for_holds() -> None:
    policy("standard", "*", max_holds=1)
    waiter = member()
    books = [title()[0] for _ in range(4)]
    outcomes = at_once(*(lambda b=book_id: held(b, waiter) for book_id in books))
    assert sum(isinstance(one, Refused) for one in outcomes) == 3
    assert Hold.select().count() == 1


def test_rule_20_holds_placed_at_once_have_places_without_gaps() -> None:
    book_id, _ = title()
    crowd = [member() for _ in range(6)]
    outcomes = at_once(*(lambda m=who: held(book_id, m) for who in crowd))
    placed = positions([one.row.id for one in outcomes], NOW.date())
    assert sorted(placed.values()) == [1, 2, 3, 4, 5, 6]


def test_rule_20_a_member_who_races_themselves_has_one_hold() -> None:
    book_id, _ = title()
    waiter = member()
    outcomes = at_once(*(lambda: held(book_id, waiter) for _ in range(4)))
    losers = [one for one in outcomes if isinstance(one, Refused)]
    assert [codes(one) for one in losers] == [["hold-exists"]] * 3


def test_rule_19_a_copy_returned_twice_at_once_closes_one_loan() -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    held(book_id, member())
    outcomes = at_once(*(lambda: back(barcode, NOW + 30 * DAY) for _ in range(4)))
    assert sum(one.loan is not None for one in outcomes) == 1
    assert sum(len(one.fees) for one in outcomes) == 1


def test_rule_35_two_nodes_at_once_have_one_result() -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    held(book_id, member())
    cancel_hold(held(book_id, member()).row.id, DESK, NOW)
    back(barcode)
    outcomes = at_once(*(lambda: nightly(DESK, NOW + 60 * DAY, 30) for _ in range(3)))
    assert sum(one.holds for one in outcomes) == 1
    assert sum(one.loans for one in outcomes) == 1
    # The cancelled one, and the one that left the shelf eight days after the return.
    assert sum(one.past_holds for one in outcomes) == 2


@pytest.mark.parametrize("seed", [1, 2])
def test_a_crowd_at_every_desk_breaks_no_rule(seed: int) -> None:
    """What they leave is checked by the fixture; an error that is not the domain's fails here."""
    policy("standard", "*", max_loans=3, max_holds=2, replacement_fee=500)
    books = [title(2) for _ in range(3)]
    barcodes = [barcode for _, some in books for barcode in some]
    members = [member() for _ in range(5)]
    crowds = (Random(f"{seed} {number}") for number in range(4))  # noqa: S311 - chance, not secrets
    at_once(*(lambda r=random: busy(r, books, barcodes, members) for random in crowds))


def busy(
    random: Random,
    books: Sequence[tuple[int, list[str]]],
    barcodes: Sequence[str],
    members: Sequence[int],
) -> None:
    for day in range(40):
        try:
            _something(random, books, barcodes, members, NOW + random.randint(day, day + 3) * DAY)
        except DomainError:
            continue


def _something(
    random: Random,
    books: Sequence[tuple[int, list[str]]],
    barcodes: Sequence[str],
    members: Sequence[int],
    now: Any,
) -> None:
    barcode, who = random.choice(barcodes), random.choice(members)
    book_id, some = random.choice(books)[0], random.randint(1, 30)
    waved = ["copy-lost"] if random.random() < 0.3 else []
    deeds: list[Callable[[], Any]] = [
        *[lambda: lent(barcode, who, now, *waved)] * 4,
        *[lambda: back(barcode, now)] * 4,
        *[lambda: held(book_id, who, now)] * 3,
        lambda: renew(some, DESK, now),
        lambda: declare_lost(some, DESK, now),
        lambda: claim_returned(some, DESK, now),
        lambda: cancel_hold(some, DESK, now),
        lambda: change_hold(some, {"not_needed_after": now.date()}, DESK, now),
        lambda: change_copy(
            on_copy(barcode)["id"], {"status": random.choice(["in_repair", "available"])}, DESK, now
        ),
        lambda: nightly(DESK, now, 5),
        lambda: delete_member(who, DESK, now) if random.random() < 0.1 else None,
    ]
    random.choice(deeds)()
