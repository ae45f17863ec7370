"""A value that is taken is recognised whatever language the database speaks."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from peewee import IntegrityError

from models import book, copy, loan, policy, user
from models.database import transaction
from models.errors import Taken
from models.integrity import Unique, breaks
from models.loan import NewLoan
from tests.support import needs
from tests.unit.circulation.library import DESK, lent, member, on_copy, title


@pytest.fixture
def spanish(postgresql: Any) -> Iterator[Any]:
    """A PostgreSQL library that tells its errors in Spanish."""
    why = needs.lacking("spanish")
    if why is not None:
        needs.skip("spanish", why)
    postgresql.execute_sql(f"SET lc_messages = '{needs.SPANISH}'")
    yield postgresql
    postgresql.execute_sql("RESET lc_messages")


@pytest.fixture(params=["sqlite", "spanish"])
def library(request: pytest.FixtureRequest) -> Any:
    """An empty library, on SQLite, then on a PostgreSQL that speaks Spanish."""
    return request.getfixturevalue(request.param)


def a_barcode_twice() -> None:
    book_id, [barcode] = title()
    copy.create(book_id, {"barcode": barcode}, DESK)


def an_isbn_twice() -> None:
    for _ in range(2):
        book.create({"title": "Emma", "isbn": "9780141439587"}, DESK)


def an_email_twice() -> None:
    for _ in range(2):
        user.create({"email": "a@example.org", "first_name": "A", "last_name": "B"}, "", DESK)


def a_policy_twice() -> None:
    stored = policy.everything()[0].to_json()
    policy.create({name: value for name, value in stored.items() if name != "id"}, DESK)


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("deed", "code"),
    [
        (a_barcode_twice, "barcode-taken"),
        (an_isbn_twice, "isbn-taken"),
        (an_email_twice, "email-taken"),
        (a_policy_twice, "policy-taken"),
    ],
)
def test_a_value_that_is_taken_is_told_of_in_every_language(
    deed: Callable[[], None], code: str
) -> None:
    with pytest.raises(Taken) as taken:
        deed()
    assert taken.value.code == code


def _again(lent_id: int, **changed: Any) -> Any:
    """Insert a loan like one that is there, past all checks."""
    stored = loan.find(lent_id)
    like = NewLoan(**{name: getattr(stored, name) for name in NewLoan._fields})
    return loan.insert(like._replace(**changed), [])


@pytest.mark.usefixtures("library")
def test_only_a_second_open_loan_of_a_copy_is_called_copy_on_loan() -> None:
    """Rule 1."""
    barcode = title()[1][0]
    loan_id = lent(barcode, member()).row.id
    with pytest.raises(Taken) as taken, transaction():
        _again(loan_id)
    assert taken.value.code == "copy-on-loan"
    with pytest.raises(IntegrityError), transaction():
        _again(loan_id, copy_id=on_copy(barcode)["id"] + 1000)
    with pytest.raises(IntegrityError), transaction():
        _again(loan_id, borrowed_at=None)


def test_the_constraint_is_told_by_its_name_or_its_columns(library: Any) -> None:
    member_id = member()
    card = user.User.select(user.User.card_key).where(user.User.id == member_id).scalar()
    with pytest.raises(IntegrityError) as broken, transaction():
        user.User.update(card_key=card).where(user.User.id == member()).execute()
    assert breaks(broken.value)
    assert breaks(broken.value, Unique("user_card_key_key", "user.card_key"))
    assert not breaks(broken.value, Unique("user_email_key_key", "user.email_key"))
