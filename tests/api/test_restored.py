"""What a lost history has handed out: after a backup was put back it opens nothing of others.

Numbers of sign-ins and of password resets are given out again then, on each database.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api import settings
from api.app import Octavo, create_app
from api.auth import resets
from api.auth.tokens import Signer
from models import backup, password_reset
from models.database import database, is_sqlite
from models.password_reset import PasswordReset
from models.session import Session
from tests.support import needs, people, servers
from tests.support.asking import Asker
from tests.support.browsing import Browsing
from tests.support.people import Person, bearer

NEW_PASSWORD = "a password of another"


@pytest.fixture
def app(db: Any) -> Iterator[Octavo]:
    """The application on each database."""
    kind = "sqlite:///" if is_sqlite() else needs.POSTGRES.rpartition("/")[0] + "/"
    db.close()
    yield create_app(settings.read({**servers.QUICK, "DATABASE_URL": kind + db.database}))
    database.close()


@pytest.fixture
def before(app: Octavo, member: Person, admin: Person, tmp_path: Path) -> Path:
    """A backup in which nobody has signed in."""
    backup.make(tmp_path / "backup")
    return tmp_path / "backup"


def signed_in(ask: Asker, person: Person) -> Any:
    """The answer to a sign-in."""
    return ask.post("/auth/login", {"email": person.email, "password": people.PASSWORD}).json


def numbers() -> list[int]:
    """Those of all sign-ins."""
    return [one.id for one in Session.select(Session.id)]


def test_an_access_token_is_not_good_for_a_later_sign_in_of_the_same_number(
    ask: Asker, member: Person, admin: Person, before: Path
) -> None:
    pair, given_out = signed_in(ask, member), numbers()
    backup.put_back(before)
    signed_in(ask, admin)
    assert numbers() == given_out
    assert ask.get("/auth/profile", headers=bearer(pair["access_token"])).status_code == 401


def test_a_refresh_token_neither_continues_nor_ends_a_later_sign_in_of_the_same_number(
    ask: Asker, member: Person, admin: Person, before: Path
) -> None:
    pair, given_out = signed_in(ask, member), numbers()
    backup.put_back(before)
    later = signed_in(ask, admin)
    assert numbers() == given_out
    answer = ask.post("/auth/refresh", {"refresh_token": pair["refresh_token"]})
    assert (answer.status_code, answer.json["code"]) == (401, "bad-token")
    assert ask.get("/auth/profile", headers=bearer(later["access_token"])).status_code == 200
    assert ask.post("/auth/refresh", {"refresh_token": later["refresh_token"]}).status_code == 200


def test_the_cookies_of_pages_are_not_good_for_a_later_sign_in_of_the_same_number(
    app: Octavo, ask: Asker, member: Person, admin: Person, before: Path
) -> None:
    browsing = Browsing(app).sign_in(member)
    given_out = numbers()
    backup.put_back(before)
    signed_in(ask, admin)
    assert numbers() == given_out
    assert browsing.go("/account").answer.request.path == "/sign-in"


def test_the_cookie_of_pages_without_its_mark_opens_no_sign_in_of_this_version(
    app: Octavo, member: Person
) -> None:
    kept = Browsing(app).sign_in(member).cookie("octavo_session").value
    other = app.test_client()
    other.set_cookie("octavo_session", kept)
    for mark in (None, "", "0" * 16, "\0", "é"):
        if mark is not None:
            other.set_cookie("octavo_session_mark", mark)
        assert other.get("/account").status_code == 401


def test_a_mailed_token_does_not_set_the_password_of_a_later_request_of_the_same_number(
    app: Octavo, ask: Asker, member: Person, other_member: Person, before: Path
) -> None:
    reset_id = asked(member)
    mailed = resets.token_of(app.config["SETTINGS"], reset_id)
    backup.put_back(before)
    assert asked(other_member) == reset_id
    answer = ask.put("/auth/password-resets", {"token": mailed, "new_password": NEW_PASSWORD})
    assert (answer.status_code, answer.json["code"]) == (401, "bad-token")


def test_what_the_release_before_signed_opens_no_row_of_this_version(
    app: Octavo, ask: Asker, member: Person
) -> None:
    signed_in(ask, member)
    ends_never, [number] = 1 << 40, numbers()
    access = signed(app, "access", [number, ends_never, 1])
    assert ask.get("/auth/profile", headers=bearer(access)).status_code == 401
    refresh = signed(app, "refresh", [number, 1])
    assert ask.post("/auth/refresh", {"refresh_token": refresh}).status_code == 401
    reset = {"token": signed(app, "password-reset", [asked(member)]), "new_password": NEW_PASSWORD}
    assert ask.put("/auth/password-resets", reset).status_code == 401


def test_what_the_release_before_signed_opens_its_own_rows(
    app: Octavo, ask: Asker, member: Person
) -> None:
    signed_in(ask, member)
    ends_never, [number], reset_id = 1 << 40, numbers(), asked(member)
    Session.update(mark=None).execute()
    PasswordReset.update(mark=None).execute()
    access = signed(app, "access", [number, ends_never, 1])
    assert ask.get("/auth/profile", headers=bearer(access)).status_code == 200
    browser = app.test_client()
    browser.set_cookie("octavo_session", signed(app, "page-session", number))
    assert browser.get("/account").status_code == 200
    refresh = signed(app, "refresh", [number, 1])
    assert ask.post("/auth/refresh", {"refresh_token": refresh}).status_code == 200
    reset = {"token": signed(app, "password-reset", [reset_id]), "new_password": NEW_PASSWORD}
    assert ask.put("/auth/password-resets", reset).status_code == 204


def asked(person: Person) -> int:
    """The number of a new request for a password by mail."""
    found = password_reset.ask(person.email)
    assert found is not None
    return found[0]


def signed(app: Octavo, purpose: str, value: Any) -> str:
    """A value as the release before signs it."""
    return Signer(app.config["SETTINGS"].secret_keys, purpose).sign(value)
