"""Registration, profiles, members and staff."""

from typing import Any

import pytest

from tests.support import people
from tests.support.asking import Asker
from tests.support.days import ahead
from tests.support.people import Person

ADA = {
    "email": "ada@example.org",
    "password": "a new long password",
    "first_name": "Ada",
    "last_name": "Lovelace",
}
FIELDS = {
    "id",
    "email",
    "contact_email",
    "first_name",
    "last_name",
    "role",
    "category",
    "card_number",
    "phone",
    "address",
    "birth_date",
    "language",
    "is_active",
    "blocked",
    "block_reason",
    "blocked_until",
    "expires_on",
    "has_password",
    "has_pin",
    "notices",
    "created_at",
    "updated_at",
    "revision",
}


def test_whoever_registers_is_a_member(ask: Asker) -> None:
    answer = ask.post("/auth/register", ADA)
    assert answer.status_code == 201
    assert set(answer.json) == FIELDS
    shown = {name: answer.json[name] for name in ("role", "category", "is_active", "blocked")}
    assert shown == {"role": "member", "category": "standard", "is_active": True, "blocked": False}
    assert answer.headers["Location"] == f"/api/v1/users/{answer.json['id']}"


@pytest.mark.parametrize("name", ["role", "card_number", "is_active", "category", "id", "nickname"])
def test_who_registers_chooses_name_email_and_password_alone(ask: Asker, name: str) -> None:
    answer = ask.post("/auth/register", ADA | {name: "admin"})
    assert [fault["pointer"] for fault in answer.json["errors"]] == [f"#/{name}"]


@pytest.mark.parametrize("email", ["ada@example.org", "ADA@Example.ORG"])
def test_an_email_is_taken_in_any_case(ask: Asker, email: str) -> None:
    ask.post("/auth/register", ADA)
    answer = ask.post("/auth/register", ADA | {"email": email})
    assert (answer.status_code, answer.json["code"]) == (409, "email-taken")


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "@example.org", "a b@example.org", 7, "a@b@c.de"]
)
def test_what_is_no_email_is_a_fault(ask: Asker, email: Any) -> None:
    answer = ask.post("/auth/register", ADA | {"email": email})
    assert [fault["pointer"] for fault in answer.json["errors"]] == ["#/email"]


def test_an_email_has_254_characters_at_most(ask: Asker) -> None:
    for length, status in ((254, 201), (255, 400)):
        email = "a@" + ("b" * 60 + ".") * 4
        email = email[: length - 4].ljust(length - 4, "c") + ".org"
        assert ask.post("/auth/register", ADA | {"email": email}).status_code == status


def test_no_answer_shows_a_password(ask: Asker, admin: Person) -> None:
    made = ask.post("/auth/register", ADA)
    assert ADA["password"] not in made.text
    for path in (made.headers["Location"].removeprefix("/api/v1"), "/users", "/audit"):
        assert ADA["password"] not in ask.get(path, by=admin).text


def test_the_profile_is_the_caller_as_a_user(ask: Asker, member: Person) -> None:
    profile = ask.get("/auth/profile", by=member)
    assert profile.json == ask.get(f"/users/{member.id}", by=member).json
    assert set(profile.json) == FIELDS


def test_members_change_their_names(ask: Asker, member: Person) -> None:
    answer = ask.patch("/auth/profile", {"first_name": "Ada"}, by=member)
    assert (answer.status_code, answer.json["first_name"]) == (200, "Ada")
    assert ask.get("/auth/profile", by=member).headers["ETag"] == answer.headers["ETag"]


def test_a_new_email_needs_the_password(ask: Asker, member: Person) -> None:
    body = {"email": "new@example.org"}
    missing = ask.patch("/auth/profile", body, by=member)
    assert missing.status_code == 400
    assert missing.json["errors"][0]["pointer"] == "#/current_password"
    wrong = ask.patch("/auth/profile", body | {"current_password": "nonsense"}, by=member)
    assert (wrong.status_code, wrong.json["code"]) == (403, "wrong-password")
    right = ask.patch("/auth/profile", body | {"current_password": people.PASSWORD}, by=member)
    assert (right.status_code, right.json["email"]) == (200, "new@example.org")


def test_the_present_email_needs_no_password(ask: Asker, member: Person) -> None:
    assert ask.patch("/auth/profile", {"email": member.email}, by=member).status_code == 200


def test_a_new_email_may_not_be_anothers(ask: Asker, member: Person, other_member: Person) -> None:
    body = {"email": other_member.email.upper(), "current_password": people.PASSWORD}
    answer = ask.patch("/auth/profile", body, by=member)
    assert (answer.status_code, answer.json["code"]) == (409, "email-taken")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("role", "admin"),
        ("category", "child"),
        ("card_number", "7"),
        ("is_active", False),
        ("blocked", True),
        ("block_reason", "x"),
        ("expires_on", ahead(20 * 365).isoformat()),
    ],
)
def test_members_change_nothing_else_of_their_profile(
    ask: Asker, member: Person, name: str, value: Any
) -> None:
    answer = ask.patch("/auth/profile", {name: value}, by=member)
    assert (answer.status_code, answer.json["code"]) == (403, "field-not-allowed")
    assert answer.json["fields"] == [name]


def test_a_profile_can_be_sent_back_as_it_was_read(ask: Asker, member: Person) -> None:
    profile = ask.get("/auth/profile", by=member).json
    answer = ask.patch("/auth/profile", profile | {"last_name": "King"}, by=member)
    assert (answer.status_code, answer.json["last_name"]) == (200, "King")


def test_staff_adds_members_with_card_and_category(ask: Asker, librarian: Person) -> None:
    extra = {"category": "child", "card_number": " C-7 ", "expires_on": ahead(20 * 365).isoformat()}
    answer = ask.post("/users", ADA | extra, by=librarian)
    assert answer.status_code == 201
    assert (answer.json["category"], answer.json["card_number"]) == ("child", "C-7")


@pytest.mark.parametrize("card", ["C-7", "c-7", "  C-7  "])
def test_a_card_number_belongs_to_one_member(ask: Asker, librarian: Person, card: str) -> None:
    ask.post("/users", ADA | {"card_number": "C-7"}, by=librarian)
    body = ADA | {"email": "bob@example.org", "card_number": card}
    answer = ask.post("/users", body, by=librarian)
    assert (answer.status_code, answer.json["code"]) == (409, "card-number-taken")


def test_a_key_makes_no_administrators_unless_it_may_do_all(ask: Asker, admin: Person) -> None:
    new = {**ADA, "role": "admin"}
    narrow = people.key(admin, ["members:write"])
    refused = ask.post("/users", new, headers=narrow)
    assert (refused.status_code, refused.json["code"]) == (403, "field-not-allowed")
    wide = people.key(admin, ["members:write", "admin"])
    assert ask.post("/users", new, headers=wide).status_code == 201


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/users/{}/password", {"new_password": "another long password"}),
        ("PUT", "/users/{}/pin", {"pin": "4817"}),
        ("PATCH", "/users/{}", {"email": "mine@example.org"}),
        ("PATCH", "/users/{}", {"is_active": False}),
        ("DELETE", "/users/{}", None),
    ],
)
@pytest.mark.parametrize("whose", ["admin", "librarian"])
def test_a_key_changes_accounts_of_staff_only_if_it_may_do_all(
    ask: Asker, admin: Person, librarian: Person, whose: str, method: str, path: str, body: Any
) -> None:
    people.add("admin", "another@example.org")
    path = path.format({"admin": admin, "librarian": librarian}[whose].id)
    refused = ask(method, path, body, headers=people.key(admin, ["members:write"]))
    assert (refused.status_code, refused.json["code"]) == (403, "insufficient-scope")
    assert refused.json["scope"] == "admin"
    wide = people.key(admin, ["members:write", "admin"])
    assert ask(method, path, body, headers=wide).status_code in (200, 204)


def test_a_key_changes_accounts_of_staff_in_a_batch_only_if_it_may_do_all(
    ask: Asker, admin: Person, librarian: Person, member: Person
) -> None:
    operations = [
        {"op": "update", "id": admin.id, "user": {"email": "mine@example.org"}},
        {"op": "delete", "id": librarian.id},
        {"op": "update", "id": member.id, "user": {"email": "member2@example.org"}},
    ]
    body = {"operations": operations}
    refused = ask.post("/users/batch", body, headers=people.key(admin, ["members:write"])).json
    assert [one["status"] for one in refused["results"]] == [403, 403, 200]
    assert refused["results"][0]["problem"]["code"] == "insufficient-scope"
    wide = people.key(admin, ["members:write", "admin"])
    done = ask.post("/users/batch", body, headers=wide).json
    assert [one["status"] for one in done["results"]] == [200, 204, 200]


def test_a_member_without_card_is_like_any_other(ask: Asker, librarian: Person) -> None:
    for email in ("a@example.org", "b@example.org"):
        body = ADA | {"email": email, "card_number": None}
        assert ask.post("/users", body, by=librarian).status_code == 201


def test_a_librarian_may_say_what_role_there_is_already(
    ask: Asker, librarian: Person, member: Person
) -> None:
    path = f"/users/{member.id}"
    same = ask.patch(path, {"role": "member", "is_active": True}, by=librarian)
    assert same.status_code == 200
    other = ask.patch(path, {"role": "librarian"}, by=librarian)
    assert (other.status_code, other.json["fields"]) == (403, ["role"])


def test_users_are_found_by_email_names_and_card(ask: Asker, librarian: Person) -> None:
    ask.post("/users", ADA | {"card_number": "C-7"}, by=librarian)
    for words in ("ADA@", "lovel", "ada lovelace", "c-7", "Lovelace%20ada"):
        found = ask.get(f"/users?q={words}", by=librarian).json["data"]
        assert [each["email"] for each in found] == ["ada@example.org"]


@pytest.mark.parametrize("words", ["%25", "_", "%5C", "'", "%F0%9F%93%9A"])
def test_what_users_are_searched_by_is_taken_literally(
    ask: Asker, librarian: Person, words: str
) -> None:
    assert ask.get(f"/users?q={words}", by=librarian).json["data"] == []


def test_users_are_filtered(ask: Asker, admin: Person, member: Person, librarian: Person) -> None:
    ask.patch(f"/users/{member.id}", {"blocked": True, "category": "child"}, by=admin)
    for query, ids in (
        ("role=librarian", [librarian.id]),
        ("category=child", [member.id]),
        ("blocked=true", [member.id]),
        ("is_active=false", []),
        ("role=member&blocked=false", []),
    ):
        found = ask.get(f"/users?{query}", by=admin).json["data"]
        assert [each["id"] for each in found] == ids


@pytest.mark.parametrize(
    ("method", "body"),
    [("DELETE", None), ("PATCH", {"role": "librarian"}), ("PATCH", {"is_active": False})],
)
def test_the_last_active_admin_stays(ask: Asker, admin: Person, method: str, body: Any) -> None:
    answer = ask(method, f"/users/{admin.id}", body, by=admin)
    assert (answer.status_code, answer.json["code"]) == (409, "last-admin")


@pytest.mark.parametrize(
    ("method", "body"),
    [("DELETE", None), ("PATCH", {"role": "member"}), ("PATCH", {"is_active": False})],
)
def test_one_of_two_admins_may_go_and_the_other_not(
    ask: Asker, admin: Person, method: str, body: Any
) -> None:
    second = people.add("admin", "second@example.org")
    assert ask(method, f"/users/{second.id}", body, by=admin).status_code in (200, 204)
    assert ask.patch(f"/users/{admin.id}", {"role": "member"}, by=admin).status_code == 409


def test_an_inactive_admin_is_no_second_one(ask: Asker, admin: Person) -> None:
    second = people.add("admin", "second@example.org")
    ask.patch(f"/users/{second.id}", {"is_active": False}, by=admin)
    assert ask.delete(f"/users/{admin.id}", by=admin).status_code == 409


def test_of_a_deleted_user_the_posts_stay_without_a_name(
    ask: Asker, admin: Person, member: Person
) -> None:
    body = {"title": "News", "content": "x", "published": True}
    post = ask.post("/posts", body, by=member).json
    assert ask.delete(f"/users/{member.id}", by=admin).status_code == 204
    assert ask.get(f"/users/{member.id}", by=admin).status_code == 404
    read = ask.get(f"/posts/{post['id']}")
    assert (read.status_code, read.json["author_id"]) == (200, None)


def test_the_email_of_a_deleted_user_is_free_again(
    ask: Asker, admin: Person, member: Person
) -> None:
    ask.delete(f"/users/{member.id}", by=admin)
    body = ADA | {"email": member.email}
    assert ask.post("/auth/register", body).status_code == 201


def test_nothing_personal_of_a_deleted_user_is_left_in_the_audit_log(
    ask: Asker, admin: Person
) -> None:
    made = ask.post("/users", ADA | {"card_number": "C-7"}, by=admin).json
    ask.patch(f"/users/{made['id']}", {"first_name": "Augusta"}, by=admin)
    ask.delete(f"/users/{made['id']}", by=admin)
    log = ask.get("/audit?limit=100", by=admin).text
    for personal in ("ada@", "Lovelace", "Augusta", "C-7", "Ada"):
        assert personal not in log


def test_an_id_is_never_used_again(ask: Asker, admin: Person, member: Person) -> None:
    ask.delete(f"/users/{member.id}", by=admin)
    assert ask.post("/auth/register", ADA).json["id"] > member.id
