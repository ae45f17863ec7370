"""What depends on a record is decided on the record as it is when the call acts, not before.

Each test lets something happen between the checks of a request and its transaction.
"""

from typing import Any

import pytest

from circulation import checkin, checkout
from models import copy as copies
from models import loan, user
from models import post as posts
from models.audit import Actor
from models.timestamps import now
from tests.support.asking import Asker
from tests.support.between import Between
from tests.support.people import Person

SELF_SERVICE = pytest.mark.settings(SELF_SERVICE="true")
SYSTEM = Actor(None, "test")


def test_a_member_who_becomes_staff_meanwhile_is_not_changed_by_a_librarian(
    ask: Asker, member: Person, librarian: Person, between: Between
) -> None:
    between(lambda: user.update(user.locked(member.id), {"role": "librarian"}, SYSTEM))
    answer = ask.patch(f"/users/{member.id}", {"first_name": "Eve"}, by=librarian)
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert user.find(member.id).first_name != "Eve"


def test_a_post_that_goes_meanwhile_is_missing(
    ask: Asker, librarian: Person, post: dict[str, Any], between: Between
) -> None:
    path = f"/posts/{post['id']}"
    between(lambda: _delete(post["id"]))
    assert ask.delete(path, by=librarian).status_code == 404


def test_a_loan_that_is_forgotten_meanwhile_is_not_renewed_by_who_had_it(
    ask: Asker, member: Person, copy: dict[str, Any], between: Between
) -> None:
    lent = _lend(copy["barcode"], member)
    between(lambda: loan.forget([lent]))
    answer = ask.post(f"/loans/{lent}/renewals", {}, by=member)
    assert (answer.status_code, answer.json["code"]) == (404, "not-found")


@SELF_SERVICE
def test_a_copy_that_another_borrows_meanwhile_is_not_taken_back_by_who_had_it(
    ask: Asker, member: Person, other_member: Person, copy: dict[str, Any], between: Between
) -> None:
    _lend(copy["barcode"], member)

    def pass_on() -> None:
        checkin.take_back(copy["barcode"], SYSTEM, now())
        _lend(copy["barcode"], other_member)

    between(pass_on)
    answer = ask.post("/returns", {"barcode": copy["barcode"]}, by=member)
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert copies.find(copy["id"]).status == "on_loan"


@SELF_SERVICE
def test_a_card_that_passes_to_another_member_meanwhile_lends_to_nobody(
    ask: Asker, member: Person, other_member: Person, copy: dict[str, Any], between: Between
) -> None:
    user.update(user.locked(member.id), {"card_number": "C1"}, SYSTEM)

    def pass_on() -> None:
        user.update(user.locked(member.id), {"card_number": None}, SYSTEM)
        user.update(user.locked(other_member.id), {"card_number": "C1"}, SYSTEM)

    between(pass_on)
    body = {"barcode": copy["barcode"], "card_number": "C1"}
    assert ask.post("/loans", body, by=member).status_code == 403
    assert copies.find(copy["id"]).status == "available"


@SELF_SERVICE
@pytest.mark.parametrize("card", ["C1", "unknown"])
def test_a_card_of_another_member_is_refused_as_one_that_never_was(
    ask: Asker, member: Person, other_member: Person, copy: dict[str, Any], card: str
) -> None:
    user.update(user.locked(other_member.id), {"card_number": "C1"}, SYSTEM)
    body = {"barcode": copy["barcode"], "card_number": card}
    answer = ask.post("/loans", body, by=member)
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")


def _lend(barcode: str, person: Person) -> int:
    request = checkout.Request(barcode=barcode, user_id=person.id)
    lent: int = checkout.lend(request, SYSTEM, now()).row.id
    return lent


def _delete(post_id: int) -> None:
    posts.delete(posts.locked(post_id), SYSTEM)
