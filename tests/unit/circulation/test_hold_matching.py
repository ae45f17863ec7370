"""Whether free copies cover the holds that wait, whoever may borrow which (rules 5, 17)."""

from itertools import permutations, product
from random import Random

import pytest

from circulation.entities import Copy, Hold
from circulation.hold_matching import covered, free_copies
from circulation.policies import Policies
from models.vocabulary import CopyStatus
from tests.unit.circulation.given import OTHER, STANDARD, copy, hold, lent, set_aside, title

# Who may borrow what: `a` any two types, `b` any other two, `c` one of them.
LENT = {"a": {"x", "y"}, "b": {"y", "z"}, "c": {"z"}}
TYPES = ("x", "y", "z")
POLICIES = Policies(
    [
        STANDARD,
        *(
            STANDARD._replace(member_category=who, loan_type=what, loan_days=int(what in LENT[who]))
            for who, what in product(LENT, TYPES)
        ),
    ]
)


def copies(types: str) -> list[Copy]:
    return [copy(number, loan_type=one) for number, one in enumerate(types, 1)]


def holds(categories: str) -> list[Hold]:
    return [hold(number, number, category=one) for number, one in enumerate(categories, 1)]


@pytest.mark.parametrize(
    ("types", "categories", "most"),
    [
        ("", "", 0),
        ("x", "", 0),
        ("", "a", 0),
        ("x", "a", 1),
        ("x", "c", 0),
        ("xx", "aaa", 2),
        ("zy", "bc", 2),
        ("yz", "bc", 2),
        ("yx", "ab", 2),
        ("xyz", "abc", 3),
        ("yzx", "bca", 3),
        ("yyz", "ccb", 2),
    ],
)
def test_copies_serve_as_many_holds_as_they_can(types: str, categories: str, most: int) -> None:
    assert covered(copies(types), holds(categories), POLICIES) == most


def test_no_way_to_hand_the_copies_out_serves_more() -> None:
    random = Random(5)  # noqa: S311 - chance, not secrets
    for _ in range(200):
        types = "".join(random.choices(TYPES, k=random.randint(0, 4)))
        waiting = "".join(random.choices("abc", k=random.randint(0, 4)))
        most = covered(copies(types), holds(waiting), POLICIES)
        assert most == best_by_trying(types, waiting), (types, waiting)


def best_by_trying(types: str, waiting: str) -> int:
    """The most of all ways to pair them, a place of none standing for a copy not given."""
    places = [*types, *[None] * len(waiting)]
    return max(
        sum(what in LENT[who] for who, what in zip(waiting, way, strict=False))
        for way in permutations(places, len(waiting))
    )


def test_only_copies_on_the_shelf_are_free() -> None:
    shelf = title(copy(1), lent(2, 9, OTHER), set_aside(3), copy(4, CopyStatus.IN_REPAIR))
    assert free_copies(shelf) == [copy(1)]
