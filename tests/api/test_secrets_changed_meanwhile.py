"""A secret that is changed after it was verified opens nothing: no sign-in, no change of a secret.

Each test lets the change happen between the verification and the transaction, on both databases.
"""

from collections.abc import Callable, Iterator
from typing import Any

import bcrypt
import psycopg
import pytest

from api import settings
from api.app import Octavo, create_app
from api.auth.passwords import hashed, matches
from models import session, sign_in, user
from models.database import database, is_sqlite, transaction
from models.session import Session
from models.user import User
from tests.support import needs, people, servers
from tests.support.asking import Asker
from tests.support.between import Between
from tests.support.browsing import Browsing
from tests.support.people import PASSWORD, Person

NEW, LATER = "another long password", "a third long password"
PIN, OTHER_PIN, LATER_PIN = "4817", "7148", "5823"
CARD = "C-1"


@pytest.fixture
def application(db: Any) -> Iterator[Octavo]:
    """The application on each database."""
    kind = "sqlite:///" if is_sqlite() else needs.POSTGRES.rpartition("/")[0] + "/"
    db.close()
    yield create_app(settings.read({**servers.QUICK, "DATABASE_URL": kind + db.database}))
    database.obj.close()


@pytest.fixture
def ask(application: Octavo) -> Asker:
    """The API on each database."""
    return Asker(application.test_client())


@pytest.fixture
def member(application: Octavo) -> Person:
    """A member with a card and a PIN."""
    person = people.add("member", "member@example.org")
    with transaction():
        user.update(user.locked(person.id), {"card_number": CARD}, people.NOBODY)
        sign_in.set_pin(person.id, hashed(PIN, 4), people.NOBODY)
    return person


def by_password(ask: Asker, member: Person) -> Any:
    return ask.post("/auth/login", {"email": member.email, "password": PASSWORD})


def by_basic(ask: Asker, member: Person) -> Any:
    return ask.post("/auth/login", raw=b"", by=member)


def by_card(ask: Asker, member: Person) -> Any:
    return ask.post("/auth/login", {"card_number": CARD, "pin": PIN})


def new_password(member: Person) -> None:
    sign_in.set_password(member.id, hashed(NEW, 4), people.NOBODY)
    session.end_all(member.id)


def new_pin(member: Person) -> None:
    sign_in.set_pin(member.id, hashed(OTHER_PIN, 4), people.NOBODY)


def no_pin(member: Person) -> None:
    User.update(pin_hash=None).where(User.id == member.id).execute()


def new_card(member: Person) -> None:
    user.update(user.locked(member.id), {"card_number": "C-2"}, people.NOBODY)


def inactive(member: Person) -> None:
    user.update(user.locked(member.id), {"is_active": False}, people.NOBODY)


def staff(member: Person) -> None:
    user.update(user.locked(member.id), {"role": "librarian"}, people.NOBODY)


def gone(member: Person) -> None:
    user.delete(user.locked(member.id), people.NOBODY)


CHANGES = [
    (by_password, new_password),
    (by_password, inactive),
    (by_password, gone),
    (by_basic, new_password),
    (by_basic, inactive),
    (by_card, new_pin),
    (by_card, no_pin),
    (by_card, new_card),
    (by_card, staff),
    (by_card, inactive),
    (by_card, gone),
]


@pytest.mark.parametrize(("way", "change"), CHANGES, ids=lambda one: one.__name__)
def test_what_was_verified_before_a_change_begins_no_sign_in_after_it(
    ask: Asker,
    member: Person,
    between: Between,
    way: Callable[[Asker, Person], Any],
    change: Callable[[Person], None],
) -> None:
    between(lambda: change(member))
    answer = way(ask, member)
    assert (answer.status_code, answer.json["code"]) == (401, "bad-credentials")
    assert not Session.select().exists()


@pytest.mark.parametrize("way", [by_password, by_card], ids=lambda one: one.__name__)
def test_a_refusal_for_a_change_says_what_any_other_says(
    ask: Asker, member: Person, between: Between, way: Callable[[Asker, Person], Any]
) -> None:
    between(lambda: inactive(member))
    first, second = way(ask, member).json, way(ask, member).json
    assert first["detail"] == second["detail"]


@pytest.mark.parametrize("way", [by_password, by_card], ids=lambda one: one.__name__)
def test_a_change_of_something_else_hinders_no_sign_in(
    ask: Asker, member: Person, between: Between, way: Callable[[Asker, Person], Any]
) -> None:
    between(lambda: user.update(user.locked(member.id), {"first_name": "Ada"}, people.NOBODY))
    assert way(ask, member).status_code == 200


def test_a_card_in_other_letters_signs_in(ask: Asker, member: Person) -> None:
    body = {"card_number": f" {CARD.lower()} ", "pin": PIN}
    assert ask.post("/auth/login", body).status_code == 200


def test_a_page_lets_nobody_in_whose_password_was_changed_meanwhile(
    application: Octavo, member: Person, between: Between
) -> None:
    form = Browsing(application).go("/sign-in")
    between(lambda: new_password(member))
    form.fill("/sign-in", name=member.email, secret=PASSWORD)
    assert form.status == 401
    assert form.cookie("octavo_session") is None


def foreign(member: Person) -> str:
    """Give the member a hash that came from another system, and return it."""
    theirs = "bcrypt:" + bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    User.update(password_hash=theirs).where(User.id == member.id).execute()
    return theirs


@pytest.mark.parametrize("way", [by_password, by_basic], ids=lambda one: one.__name__)
def test_a_hash_that_came_with_a_member_signs_in_and_becomes_one_of_ours(
    ask: Asker, member: Person, way: Callable[[Asker, Person], Any]
) -> None:
    theirs = foreign(member)
    assert way(ask, member).status_code == 200
    assert sign_in.of(member.id).password_hash != theirs


def rehashing(monkeypatch: pytest.MonkeyPatch, event: Callable[[], Any]) -> None:
    """Have something happen before the hash of another system is replaced."""
    rehash = sign_in.rehash

    def begun(*given: Any) -> bool:
        event()
        return rehash(*given)

    monkeypatch.setattr("api.auth.authentication.stored_accounts.rehash", begun)


def test_of_two_first_sign_ins_at_once_with_a_hash_that_came_both_succeed(
    ask: Asker, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = foreign(member)
    rehash = sign_in.rehash
    rehashing(monkeypatch, lambda: rehash(member.id, theirs, hashed(PASSWORD, 4)))
    assert by_password(ask, member).status_code == 200


def test_a_password_changed_before_a_hash_that_came_is_replaced_begins_no_sign_in(
    ask: Asker, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign(member)
    rehashing(monkeypatch, lambda: new_password(member))
    answer = by_password(ask, member)
    assert (answer.status_code, answer.json["code"]) == (401, "bad-credentials")
    assert matches(NEW, sign_in.of(member.id).password_hash or "")


def test_a_refresh_after_a_change_of_the_password_is_refused(
    ask: Asker, member: Person, between: Between
) -> None:
    token = by_password(ask, member).json["refresh_token"]
    between(lambda: new_password(member))
    answer = ask.post("/auth/refresh", {"refresh_token": token})
    assert (answer.status_code, answer.json["code"]) == (401, "bad-token")


SECRETS = [
    ("/auth/password", {"current_password": PASSWORD, "new_password": LATER}, new_password),
    ("/auth/pin", {"current_password": PASSWORD, "pin": LATER_PIN}, new_password),
    ("/auth/pin", {"current_pin": PIN, "pin": LATER_PIN}, new_pin),
]


@pytest.mark.parametrize(("path", "body", "change"), SECRETS)
def test_a_secret_changed_meanwhile_is_not_changed_by_the_old_one(
    ask: Asker,
    member: Person,
    between: Between,
    path: str,
    body: dict[str, str],
    change: Callable[[Person], None],
) -> None:
    between(lambda: change(member))
    answer = ask.put(path, body, by=member)
    wrong = "wrong-pin" if "current_pin" in body else "wrong-password"
    assert (answer.status_code, answer.json["code"]) == (403, wrong)
    account = sign_in.of(member.id)
    assert not matches(LATER, account.password_hash or "")
    assert not matches(LATER_PIN, account.pin_hash or "")


def test_an_email_is_not_changed_by_a_password_that_was_changed_meanwhile(
    ask: Asker, member: Person, between: Between
) -> None:
    between(lambda: new_password(member))
    body = {"email": "eve@example.org", "current_password": PASSWORD}
    answer = ask.patch("/auth/profile", body, by=member)
    assert (answer.status_code, answer.json["code"]) == (403, "wrong-password")
    assert user.find(member.id).email == member.email


@pytest.mark.parametrize("way", [by_password, by_card], ids=lambda one: one.__name__)
def test_who_changes_a_secret_waits_for_the_sign_in_that_was_begun_with_it(
    ask: Asker,
    member: Person,
    monkeypatch: pytest.MonkeyPatch,
    way: Callable[[Asker, Person], Any],
) -> None:
    if is_sqlite():
        pytest.skip("there a transaction has the only write lock")
    begin, refused = session.begin, []

    def meanwhile(*given: Any) -> Any:
        url = f"{needs.POSTGRES.rpartition('/')[0]}/{database.obj.database}"
        with psycopg.connect(url) as other:
            other.execute("SET lock_timeout = '1ms'")
            try:
                other.execute(
                    'UPDATE "user" SET password_hash = NULL, pin_hash = NULL WHERE id = %s',
                    (member.id,),
                )
            except psycopg.errors.LockNotAvailable as error:
                refused.append(error)
        return begin(*given)

    monkeypatch.setattr("resources.accounts.session.begin", meanwhile)
    assert way(ask, member).status_code == 200
    assert len(refused) == 1


@pytest.mark.parametrize("way", [by_password, by_card], ids=lambda one: one.__name__)
def test_a_sign_in_refused_for_a_change_is_counted_once_and_is_no_wrong_guess(
    application: Octavo,
    ask: Asker,
    member: Person,
    between: Between,
    monkeypatch: pytest.MonkeyPatch,
    way: Callable[[Asker, Person], Any],
) -> None:
    limits = application.extensions["octavo.limits"]
    counted: list[str] = []
    for name in ("charge_sign_in", "note_guess"):
        monkeypatch.setattr(limits, name, lambda *_, name=name: counted.append(name))
    between(lambda: inactive(member))
    assert way(ask, member).status_code == 401
    assert counted == ["charge_sign_in"]
