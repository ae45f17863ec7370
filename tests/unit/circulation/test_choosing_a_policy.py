"""Which policy counts for whom (rule 7)."""

import pytest

from circulation.policies import Policies, Policy
from tests.unit.circulation.given import STANDARD

BOTH = STANDARD._replace(id=2, member_category="child", loan_type="film")
CATEGORY = STANDARD._replace(id=3, member_category="child")
TYPE = STANDARD._replace(id=4, loan_type="film")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([STANDARD, TYPE, CATEGORY, BOTH], BOTH),
        ([STANDARD, TYPE, CATEGORY], CATEGORY),
        ([STANDARD, TYPE], TYPE),
        ([STANDARD], STANDARD),
    ],
)
def test_the_most_specific_row_counts(rows: list[Policy], expected: Policy) -> None:
    assert Policies(rows).choose("child", "film") == expected


def test_a_row_for_another_category_or_type_does_not_count() -> None:
    policies = Policies([STANDARD, TYPE, CATEGORY, BOTH])
    assert policies.choose("adult", "book") == STANDARD
    assert policies.choose("adult", "film") == TYPE
    assert policies.choose("child", "book") == CATEGORY


def test_what_concerns_the_member_alone_comes_from_the_row_for_every_type() -> None:
    assert Policies([STANDARD, TYPE, BOTH]).for_member("child") == STANDARD
    assert Policies([STANDARD, TYPE, CATEGORY, BOTH]).for_member("child") == CATEGORY


def test_the_row_for_everybody_must_be_there() -> None:
    with pytest.raises(ValueError, match="every category"):
        Policies([CATEGORY, TYPE, BOTH])


def test_a_renewal_has_the_days_of_a_loan_unless_given() -> None:
    assert STANDARD._replace(renewal_days=None).days_of_a_renewal == 21
    assert STANDARD._replace(renewal_days=7).days_of_a_renewal == 7
    assert STANDARD._replace(renewal_days=0).days_of_a_renewal == 0
