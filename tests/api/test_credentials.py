"""Who calls: the Authorization header in all its forms, sign-ins, tokens, keys, passwords."""

import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from api import settings
from api.app import Octavo, create_app
from api.auth.tokens import Tokens
from models import session, unchanged, user
from models.api_key import ApiKey
from models.database import database, is_sqlite
from tests.support import people, servers
from tests.support.asking import Asker
from tests.support.people import Person, bearer


@pytest.fixture(autouse=True, params=["asked each time", "remembered"])
def looking(request: pytest.FixtureRequest, app: Octavo) -> Iterator[None]:
    """Whether callers are known again while nothing was committed, as in workers on SQLite."""
    if request.param == "remembered":
        if not is_sqlite():
            pytest.skip("PostgreSQL is asked each time")
        unchanged.begin()
    yield
    unchanged.end()


def test_a_sign_in_that_another_process_has_ended_is_over_at_once(
    ask: Asker, member: Person
) -> None:
    token = sign_in(ask, member)["access_token"]
    assert is_in(ask, token)
    if is_sqlite():
        with closing(sqlite3.connect(database.obj.database)) as other:
            other.execute("UPDATE session SET ended_at = created_at")
            assert is_in(ask, token)
            other.commit()
    else:
        database.execute_sql("UPDATE session SET ended_at = created_at")
    assert not is_in(ask, token)


def sign_in(ask: Asker, person: Person, password: str = people.PASSWORD) -> Any:
    """The answer to a sign-in that succeeds."""
    answer = ask.post("/auth/login", {"email": person.email, "password": password})
    assert answer.status_code == 200, answer.text
    return answer.json


def is_in(ask: Asker, token: str) -> bool:
    """Whether an access token is good now."""
    status: int = ask.get("/auth/profile", headers=bearer(token)).status_code
    assert status in (200, 401)
    return status == 200


def refreshed(ask: Asker, token: str) -> Any:
    """The answer to a refresh token."""
    return ask.post("/auth/refresh", {"refresh_token": token})


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_bearer_scheme_in_any_case(ask: Asker, member: Person, scheme: str) -> None:
    token = sign_in(ask, member)["access_token"]
    answer = ask.get("/auth/profile", headers={"Authorization": f"{scheme} {token}"})
    assert answer.json["email"] == member.email


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_the_basic_scheme_in_any_case(ask: Asker, member: Person, scheme: str) -> None:
    encoded = member.headers["Authorization"].split()[1]
    answer = ask.get("/auth/profile", headers={"Authorization": f"{scheme} {encoded}"})
    assert answer.json["email"] == member.email


GARBAGE = {
    "no token": "Bearer",
    "an empty token": "Bearer ",
    "an unknown token": "Bearer abc.def.ghi",
    "a token of another scheme": "Token abc",
    "no scheme": "abc",
    "a long token": "Bearer " + "x" * 5000,
    "a token not of ASCII": "Bearer é",
    "a key that never was": "Bearer octavo_1_secret",
    "a key without a number": "Bearer octavo__",
    "a key of a huge number": "Bearer octavo_" + "9" * 30 + "_x",
    "a key of number 0": "Bearer octavo_0_x",
    "no pair": "Basic",
    "what is no base64": "Basic %%%",
    "what is no UTF-8": "Basic " + b64encode(b"\xff:\xfe").decode(),
    "no colon": "Basic " + b64encode(b"member@example.org").decode(),
    "nothing on both sides": "Basic " + b64encode(b":").decode(),
    "a NUL": "Basic " + b64encode(b"a\0b@example.org:x").decode(),
    "no email": "Basic " + b64encode(b":password").decode(),
    "Digest": 'Digest username="x"',
    "a lone comma": ",",
}


@pytest.mark.parametrize("header", GARBAGE.values(), ids=GARBAGE.keys())
def test_bad_credentials_are_401_also_where_none_are_needed(
    ask: Asker, member: Person, header: str
) -> None:
    for path in ("/books", "/books/1", "/auth/profile"):
        answer = ask.get(path, headers={"Authorization": header})
        assert answer.status_code == 401, answer.text
        assert "Bearer" in answer.headers["WWW-Authenticate"]
        assert "Basic" in answer.headers["WWW-Authenticate"]


def test_a_sign_in_answers_a_pair_of_tokens_and_the_user(ask: Asker, member: Person) -> None:
    answer = sign_in(ask, member)
    assert set(answer) == {"access_token", "token_type", "expires_in", "refresh_token", "user"}
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    assert answer["user"]["id"] == member.id


def test_tokens_are_not_to_be_stored_by_caches(ask: Asker, member: Person) -> None:
    body = {"email": member.email, "password": people.PASSWORD}
    assert "no-store" in ask.post("/auth/login", body).headers["Cache-Control"]


def test_a_sign_in_by_basic_needs_no_body(ask: Asker, member: Person) -> None:
    answer = ask.post("/auth/login", raw=b"", by=member)
    assert is_in(ask, answer.json["access_token"])


def test_a_sign_in_needs_email_and_password_from_somewhere(ask: Asker) -> None:
    assert ask.post("/auth/login", raw=b"").status_code == 400
    assert ask.post("/auth/login", {}).status_code == 400


def test_a_wrong_email_and_a_wrong_password_are_told_alike(ask: Asker, member: Person) -> None:
    body = {"email": member.email, "password": "wrong password"}
    answers = [
        ask.post("/auth/login", body | {"email": email}).json
        for email in (member.email, "nobody@example.org", "no address", "a\u200bb@example.org")
    ]
    own = ("request_id",)
    told = [{k: v for k, v in answer.items() if k not in own} for answer in answers]
    assert told[0]["code"] == "bad-credentials"
    assert all(each == told[0] for each in told)


def test_a_sign_in_knows_the_email_in_any_case(ask: Asker, member: Person) -> None:
    body = {"email": member.email.upper(), "password": people.PASSWORD}
    assert ask.post("/auth/login", body).status_code == 200


def test_an_inactive_user_cannot_sign_in(ask: Asker, admin: Person, member: Person) -> None:
    ask.patch(f"/users/{member.id}", {"is_active": False}, by=admin)
    body = {"email": member.email, "password": people.PASSWORD}
    answer = ask.post("/auth/login", body)
    assert (answer.status_code, answer.json["code"]) == (401, "bad-credentials")


def test_all_that_an_inactive_user_holds_stops_working_at_once(
    ask: Asker, admin: Person, member: Person
) -> None:
    pair = sign_in(ask, member)
    held = (bearer(pair["access_token"]), people.key(member, ["members:read"]), member.headers)
    assert {ask.get("/auth/profile", headers=each).status_code for each in held} == {200}
    ask.patch(f"/users/{member.id}", {"is_active": False}, by=admin)
    assert {ask.get("/books", headers=each).status_code for each in held} == {401}
    assert refreshed(ask, pair["refresh_token"]).status_code == 401


def test_a_role_that_was_taken_away_is_gone_at_once(
    ask: Asker, admin: Person, librarian: Person
) -> None:
    token = sign_in(ask, librarian)["access_token"]
    ask.patch(f"/users/{librarian.id}", {"role": "member"}, by=admin)
    assert ask.get("/users", headers=bearer(token)).status_code == 403


def test_signing_out_ends_both_tokens_at_once(ask: Asker, member: Person) -> None:
    pair, other = sign_in(ask, member), sign_in(ask, member)
    answer = ask.post("/auth/logout", raw=b"", headers=bearer(pair["access_token"]))
    assert (answer.status_code, answer.data) == (204, b"")
    assert not is_in(ask, pair["access_token"])
    assert refreshed(ask, pair["refresh_token"]).status_code == 401
    assert is_in(ask, other["access_token"])


def test_signing_out_everywhere_ends_every_sign_in(
    ask: Asker, member: Person, other_member: Person
) -> None:
    pairs = [sign_in(ask, member) for _ in range(2)]
    stranger = sign_in(ask, other_member)
    ask.post("/auth/logout", {"everywhere": True}, headers=bearer(pairs[0]["access_token"]))
    assert [is_in(ask, pair["access_token"]) for pair in pairs] == [False, False]
    assert is_in(ask, stranger["access_token"])


def test_a_refresh_token_gets_a_new_pair(ask: Asker, member: Person) -> None:
    first = sign_in(ask, member)
    second = refreshed(ask, first["refresh_token"]).json
    assert second["refresh_token"] != first["refresh_token"]
    assert is_in(ask, second["access_token"])
    assert refreshed(ask, second["refresh_token"]).status_code == 200


def test_a_refresh_token_used_twice_ends_the_sign_in(ask: Asker, member: Person) -> None:
    first, other = sign_in(ask, member), sign_in(ask, member)
    second = refreshed(ask, first["refresh_token"]).json
    again = refreshed(ask, first["refresh_token"])
    assert (again.status_code, again.json["code"]) == (401, "bad-token")
    assert not is_in(ask, second["access_token"])
    assert refreshed(ask, second["refresh_token"]).status_code == 401
    assert is_in(ask, other["access_token"])


@pytest.mark.parametrize("token", ["", "x", "é", "x" * 4000, "octavo_1_x"])
def test_an_unknown_refresh_token_is_refused(ask: Asker, token: str) -> None:
    answer = refreshed(ask, token)
    assert answer.status_code in ((400,) if not token else (401,))


def test_access_and_refresh_tokens_do_not_stand_in_for_each_other(
    ask: Asker, member: Person
) -> None:
    pair = sign_in(ask, member)
    assert refreshed(ask, pair["access_token"]).status_code == 401
    assert not is_in(ask, pair["refresh_token"])


def test_a_refresh_token_past_its_time_is_refused(app: Octavo, ask: Asker, member: Person) -> None:
    keys = app.config["SETTINGS"].secret_keys
    token = Tokens(keys, 60).refresh(session.begin(member.id, -1), 1)
    answer = refreshed(ask, token)
    assert (answer.status_code, answer.json["code"]) == (401, "bad-token")


@pytest.mark.settings(ACCESS_TOKEN_MINUTES="5")
def test_access_tokens_last_as_long_as_set(ask: Asker, member: Person) -> None:
    assert sign_in(ask, member)["expires_in"] == 300


def test_a_tampered_token_is_refused(ask: Asker, member: Person) -> None:
    token = sign_in(ask, member)["access_token"]
    for place in (*range(0, len(token), 5), len(token) - 1):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert not is_in(ask, changed)


def test_after_rotation_old_keys_verify_and_the_new_one_signs(app: Octavo, member: Person) -> None:
    old, new = servers.QUICK["SECRET_KEY"], "another key and of enough length for anybody"
    url = app.config["SETTINGS"].database_url
    environ = {**servers.QUICK, "DATABASE_URL": url}

    def instance(keys: str) -> Asker:
        return Asker(create_app(settings.read(environ | {"SECRET_KEY": keys})).test_client())

    before, during, after = instance(old), instance(f"{old},{new}"), instance(new)
    from_before = sign_in(before, member)["access_token"]
    from_during = sign_in(during, member)["access_token"]
    assert is_in(during, from_before)
    assert is_in(after, from_during)
    assert not is_in(after, from_before)
    assert not is_in(before, from_during)


def test_an_api_key_is_shown_once_and_works(ask: Asker, member: Person) -> None:
    made = ask.post("/auth/keys", {"name": "Desk", "scopes": ["members:read"]}, by=member)
    key = made.json["key"]
    assert ask.get("/auth/profile", headers=bearer(key)).json["id"] == member.id
    assert key not in ask.get("/auth/keys", by=member).text
    assert key.split("_", 2)[2] not in ApiKey.select().get().secret_hash


def test_a_key_works_no_longer_once_revoked(ask: Asker, member: Person) -> None:
    made = ask.post("/auth/keys", {"name": "Desk", "scopes": []}, by=member).json
    assert ask.get("/books", headers=bearer(made["key"])).status_code == 200
    assert ask.delete(f"/auth/keys/{made['id']}", by=member).status_code == 204
    assert ask.get("/books", headers=bearer(made["key"])).status_code == 401
    assert ask.delete(f"/auth/keys/{made['id']}", by=member).status_code == 404


def test_a_key_past_its_time_is_refused(ask: Asker, member: Person) -> None:
    old = people.key(member, [], expires_at="2020-01-01T00:00:00Z")
    assert ask.get("/books", headers=old).status_code == 401


def test_a_key_that_has_ended_before_it_began_is_not_made(ask: Asker, member: Person) -> None:
    body = {"name": "Desk", "scopes": [], "expires_at": "2020-01-01T00:00:00Z"}
    assert ask.post("/auth/keys", body, by=member).status_code == 400


@pytest.mark.parametrize("scopes", [["everything"], "admin", [1], None, ["admin", "admin"]])
def test_a_key_has_scopes_there_are(ask: Asker, member: Person, scopes: Any) -> None:
    answer = ask.post("/auth/keys", {"name": "Desk", "scopes": scopes}, by=member)
    assert answer.status_code == 400


def test_a_scope_gives_its_owner_no_new_rights(ask: Asker, member: Person) -> None:
    key = people.key(member, ["catalogue:write", "members:read", "admin"])
    assert ask.post("/books", {"title": "Emma"}, headers=key).status_code == 403
    assert ask.get("/users", headers=key).status_code == 403
    assert ask.get("/audit", headers=key).status_code == 403


def test_a_key_cannot_make_one_that_reaches_further(ask: Asker, admin: Person) -> None:
    key = people.key(admin, ["admin"])
    body = {"name": "More", "scopes": ["catalogue:write"]}
    assert ask.post("/auth/keys", body, headers=key).status_code == 403


def test_a_key_is_changed_by_nothing_but_its_secret(ask: Asker, member: Person) -> None:
    header = people.key(member, ["members:read"])["Authorization"]
    for changed in (header[:-1], header + "x", header.replace("_", "__", 1), header.upper()):
        assert ask.get("/books", headers={"Authorization": changed}).status_code == 401


PASSWORDS = [
    "x" * 8,
    "7" * 7 + "é",
    "p" * 73,
    "p" * 128,
    "📚" * 128,
    "pass word with spaces ",
    "E\u0301" * 10,
]


@pytest.mark.parametrize("password", PASSWORDS)
def test_a_password_of_any_characters_works(ask: Asker, password: str) -> None:
    ada = {"email": "ada@example.org", "first_name": "Ada", "last_name": "Lovelace"}
    answer = ask.post("/auth/register", {**ada, "password": password})
    if password == "x" * 8:
        assert answer.json["errors"][0]["code"] == "common-password"
        return
    assert answer.status_code == 201, answer.text
    body = {"email": "ada@example.org", "password": password}
    assert ask.post("/auth/login", body).status_code == 200
    assert ask.get("/auth/profile", headers=people.basic(**body)).status_code == 200
    assert ask.post("/auth/login", body | {"password": password[:-1] + "!"}).status_code == 401


@pytest.mark.parametrize("password", ["short", "x" * 129, "", 12345678, None, "a" * 7])
def test_a_password_has_8_to_128_characters(ask: Asker, password: Any) -> None:
    ada = {"email": "ada@example.org", "first_name": "Ada", "last_name": "Lovelace"}
    assert ask.post("/auth/register", {**ada, "password": password}).status_code == 400


@pytest.mark.parametrize(
    "password", ["password", "12345678", "PASSWORD1", "iloveyou", "qwertyuiop"]
)
def test_a_password_everybody_tries_first_is_refused(ask: Asker, password: str) -> None:
    ada = {"email": "ada@example.org", "first_name": "Ada", "last_name": "Lovelace"}
    answer = ask.post("/auth/register", {**ada, "password": password})
    assert [fault["code"] for fault in answer.json["errors"]] == ["common-password"]


def test_a_new_password_ends_all_other_sign_ins(ask: Asker, member: Person) -> None:
    here, elsewhere = sign_in(ask, member), sign_in(ask, member)
    body = {"current_password": people.PASSWORD, "new_password": "another long password"}
    headers = bearer(here["access_token"])
    assert ask.put("/auth/password", body, headers=headers).status_code == 204
    assert is_in(ask, here["access_token"])
    assert not is_in(ask, elsewhere["access_token"])
    assert refreshed(ask, elsewhere["refresh_token"]).status_code == 401
    assert ask.get("/books", by=member).status_code == 401
    sign_in(ask, member, "another long password")


def test_a_new_password_needs_the_one_in_use(ask: Asker, member: Person) -> None:
    body = {"current_password": "not the password", "new_password": "another long password"}
    answer = ask.put("/auth/password", body, by=member)
    assert (answer.status_code, answer.json["code"]) == (403, "wrong-password")
    sign_in(ask, member)


def test_a_new_password_is_not_a_common_one(ask: Asker, member: Person) -> None:
    body = {"current_password": people.PASSWORD, "new_password": "password"}
    assert ask.put("/auth/password", body, by=member).status_code == 400


def test_a_deleted_users_tokens_and_keys_are_gone(
    ask: Asker, admin: Person, member: Person
) -> None:
    held = (bearer(sign_in(ask, member)["access_token"]), people.key(member, []), member.headers)
    assert ask.delete(f"/users/{member.id}", by=admin).status_code == 204
    assert {ask.get("/books", headers=each).status_code for each in held} == {401}


def test_a_session_ends_with_its_user_only(ask: Asker, admin: Person, member: Person) -> None:
    mine = sign_in(ask, member)
    user.delete(user.locked(admin.id)._replace(role="member"), people.NOBODY)
    assert is_in(ask, mine["access_token"])
