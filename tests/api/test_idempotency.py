"""Idempotency keys: the first answer again, and nothing done twice."""

from typing import Any

import pytest

from api import settings
from api.app import Octavo, create_app
from models.idempotency import Idempotency
from tests.support import people, servers
from tests.support.asking import Asker
from tests.support.people import Person

KEY = {"Idempotency-Key": "order-7"}
EMMA = {"title": "Emma", "isbn": "9780141439587"}
OWN = {"X-Request-ID", "Idempotency-Replayed", "RateLimit"}


def headers_of(answer: Any) -> dict[str, str]:
    """The headers, but for those each answer has for itself."""
    return {name: value for name, value in answer.headers.items() if name not in OWN}


def number_of_books(ask: Asker) -> int:
    total: int = ask.get("/books?limit=1").json["pagination"]["total"]
    return total


def test_the_same_request_again_gets_the_first_answer(ask: Asker, librarian: Person) -> None:
    first = ask.post("/books", EMMA, by=librarian, headers=KEY)
    again = ask.post("/books", EMMA, by=librarian, headers=KEY)
    assert (again.status_code, again.data) == (201, first.data)
    assert headers_of(again) == headers_of(first)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert number_of_books(ask) == 1


def test_a_replay_has_its_own_request_id_and_the_first_ones_body(
    ask: Asker, librarian: Person
) -> None:
    ask.post("/books", EMMA, by=librarian)
    answers = [
        ask.post("/books", EMMA, by=librarian, headers=KEY | {"X-Request-ID": name})
        for name in ("first", "second")
    ]
    assert [answer.headers["X-Request-ID"] for answer in answers] == ["first", "second"]
    assert [answer.json["request_id"] for answer in answers] == ["first", "first"]


def test_another_body_under_the_same_key_is_refused(ask: Asker, librarian: Person) -> None:
    ask.post("/books", EMMA, by=librarian, headers=KEY)
    answer = ask.post("/books", {"title": "Persuasion"}, by=librarian, headers=KEY)
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency-key-reused")
    assert number_of_books(ask) == 1


def test_a_key_belongs_to_its_caller(ask: Asker, librarian: Person, admin: Person) -> None:
    mine = ask.post("/books", {"title": "Emma"}, by=librarian, headers=KEY)
    theirs = ask.post("/books", {"title": "Emma"}, by=admin, headers=KEY)
    assert theirs.status_code == 201
    assert theirs.json["id"] != mine.json["id"]


def test_a_key_belongs_to_its_path(ask: Asker, librarian: Person) -> None:
    ask.post("/books", {"title": "Emma"}, by=librarian, headers=KEY)
    other = ask.post("/posts", {"title": "News", "content": "x"}, by=librarian, headers=KEY)
    assert (other.status_code, "content" in other.json) == (201, True)


def test_without_credentials_a_key_belongs_to_the_address(ask: Asker) -> None:
    body = {
        "email": "ada@example.org",
        "password": "a new long password",
        "first_name": "Ada",
        "last_name": "Lovelace",
    }
    first = ask.post("/auth/register", body, headers=KEY)
    again = ask.post("/auth/register", body, headers=KEY)
    elsewhere = ask.post("/auth/register", body, headers=KEY, address="192.0.2.7")
    assert (first.status_code, again.status_code, elsewhere.status_code) == (201, 201, 409)


def test_the_key_may_be_in_quotes(ask: Asker, librarian: Person) -> None:
    ask.post("/books", EMMA, by=librarian, headers={"Idempotency-Key": "a-1"})
    again = ask.post("/books", EMMA, by=librarian, headers={"Idempotency-Key": '"a-1"'})
    assert again.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    "key",
    ["", " ", '""', "x" * 65, "two words", "é", "tab\tbed", '"half', 'half"', 'in"side', "\x7f"],
)
def test_a_malformed_key_is_a_fault(ask: Asker, librarian: Person, key: str) -> None:
    answer = ask.post("/books", EMMA, by=librarian, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json["code"]) == (400, "bad-idempotency-key")
    assert number_of_books(ask) == 0


@pytest.mark.parametrize(
    "key", ["x", "x" * 64, '"' + "x" * 64 + '"', "!#$%&'()*+,-./:;<=>?@[]^_`{|}~"]
)
def test_any_visible_characters_make_a_key(ask: Asker, librarian: Person, key: str) -> None:
    headers = {"Idempotency-Key": key}
    assert ask.post("/books", EMMA, by=librarian, headers=headers).status_code == 201
    assert ask.post("/books", EMMA, by=librarian, headers=headers).status_code == 201


def test_a_conflict_is_kept(ask: Asker, librarian: Person) -> None:
    taken = ask.post("/books", EMMA, by=librarian).json["id"]
    first = ask.post("/books", EMMA, by=librarian, headers=KEY)
    ask.delete(f"/books/{taken}", by=librarian)
    again = ask.post("/books", EMMA, by=librarian, headers=KEY)
    assert (again.status_code, again.data) == (409, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Content-Type"] == "application/problem+json"


def test_after_a_fault_the_key_takes_the_mended_request(ask: Asker, librarian: Person) -> None:
    assert ask.post("/books", {}, by=librarian, headers=KEY).status_code == 400
    assert ask.post("/books", EMMA, by=librarian, headers=KEY).status_code == 201


def test_after_not_found_the_key_takes_the_mended_request(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    body = {"email": "member@example.org", "password": "not the password"}
    people.add("member", body["email"])
    assert ask.post("/auth/login", body, headers=KEY).status_code == 401
    body["password"] = people.PASSWORD
    assert ask.post("/auth/login", body, headers=KEY).status_code == 200


def test_a_sign_in_is_replayed_with_its_tokens(ask: Asker, member: Person) -> None:
    body = {"email": member.email, "password": people.PASSWORD}
    first = ask.post("/auth/login", body, headers=KEY)
    again = ask.post("/auth/login", body, headers=KEY)
    assert again.json == first.json


def test_a_repeat_is_known_through_a_rotation_of_the_secret_keys(
    app: Octavo, librarian: Person
) -> None:
    old, new = servers.QUICK["SECRET_KEY"], "another key and of enough length for anybody"
    url = app.config["SETTINGS"].database_url

    def repeated(keys: str, key: str) -> tuple[int, bool]:
        """The status of the same request to an instance with these keys, and whether it replays."""
        environ = {**servers.QUICK, "DATABASE_URL": url, "SECRET_KEY": keys}
        asker = Asker(create_app(settings.read(environ)).test_client())
        headers = {"Idempotency-Key": key}
        answer = asker.post("/books", {"title": "Emma"}, by=librarian, headers=headers)
        return answer.status_code, "Idempotency-Replayed" in answer.headers

    assert repeated(old, "before") == (201, False)
    assert repeated(f"{old},{new}", "before") == (201, True)
    assert repeated(f"{old},{new}", "during") == (201, False)
    assert repeated(new, "during") == (201, True)


def test_a_post_that_changes_nothing_takes_a_key_too(
    ask: Asker, librarian: Person, member: Person, copy: dict[str, Any]
) -> None:
    asked = {"copy_id": copy["id"], "user_id": member.id}
    first = ask.post("/loans/decisions", asked, by=librarian, headers=KEY)
    assert first.json["allowed"]
    ask.post("/loans", asked, by=librarian)
    again = ask.post("/loans/decisions", asked, by=librarian, headers=KEY)
    assert (again.headers["Idempotency-Replayed"], again.data) == ("true", first.data)
    assert headers_of(again) == headers_of(first)
    other = {"copy_id": copy["id"], "user_id": librarian.id}
    reused = ask.post("/loans/decisions", other, by=librarian, headers=KEY)
    assert (reused.status_code, reused.json["code"]) == (422, "idempotency-key-reused")
    assert not ask.post("/loans/decisions", asked, by=librarian).json["allowed"]


def test_a_replay_without_body_is_one_too(ask: Asker, member: Person) -> None:
    first = ask.post("/auth/logout", raw=b"", by=member, headers=KEY)
    again = ask.post("/auth/logout", raw=b"", by=member, headers=KEY)
    assert (first.status_code, again.status_code, again.data) == (204, 204, b"")
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_refused_caller_is_not_shown_what_another_got(
    ask: Asker, librarian: Person, member: Person
) -> None:
    ask.post("/books", EMMA, by=librarian, headers=KEY)
    assert ask.post("/books", EMMA, by=member, headers=KEY).status_code == 403


def test_a_key_is_forgotten_after_a_day(ask: Asker, librarian: Person) -> None:
    ask.post("/books", {"title": "Emma"}, by=librarian, headers=KEY)
    Idempotency.update(created_at="2020-01-01T00:00:00Z").execute()
    again = ask.post("/books", {"title": "Emma"}, by=librarian, headers=KEY)
    assert "Idempotency-Replayed" not in again.headers
    assert number_of_books(ask) == 2


def test_other_methods_take_no_notice_of_keys(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    path = f"/books/{book['id']}"
    for title in ("Persuasion", "Sanditon"):
        answer = ask.patch(path, {"title": title}, by=librarian, headers=KEY)
        assert answer.json["title"] == title


def test_what_is_kept_cannot_be_read_in_the_database(ask: Asker, member: Person) -> None:
    body = {"email": member.email, "password": people.PASSWORD}
    token = ask.post("/auth/login", body, headers=KEY).json["access_token"]
    kept = bytes(Idempotency.select().get().answer)
    assert token.encode() not in kept
