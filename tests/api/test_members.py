"""Members over HTTP: cards, PINs, passwords set and reset, batches, standing."""

from typing import Any

import orjson
import pytest

from api.app import Octavo
from api.auth import resets
from models import password_reset
from models.audit import Audit
from models.user import User
from tests.support import days, people
from tests.support.asking import Asker
from tests.support.people import Person

CHILD = {"first_name": "Ada", "card_number": "C-1"}
PIN, OTHER = "4817", "7148"
NEW = "another long password"


@pytest.fixture
def child(ask: Asker, librarian: Person) -> Any:
    """A member without email, with a card and a PIN."""
    made = ask.post("/users", CHILD, by=librarian).json
    ask.put(f"/users/{made['id']}/pin", {"pin": PIN}, by=librarian)
    return made


def by_card(ask: Asker, pin: str = PIN, card: str = "C-1") -> Any:
    return ask.post("/auth/login", {"card_number": card, "pin": pin})


def test_a_child_is_enrolled_with_a_name_and_a_card(ask: Asker, librarian: Person) -> None:
    answer = ask.post("/users", CHILD, by=librarian)
    assert answer.status_code == 201
    assert (answer.json["email"], answer.json["has_password"], answer.json["has_pin"]) == (
        None,
        False,
        False,
    )


def test_a_member_is_found_by_the_exact_card(ask: Asker, librarian: Person, child: Any) -> None:
    ask.post("/users", CHILD | {"card_number": "C-11"}, by=librarian)
    found = ask.get("/users?card_number=c-1", by=librarian).json["data"]
    assert [one["id"] for one in found] == [child["id"]]


def test_a_member_signs_in_by_card_and_pin(ask: Asker, child: Any) -> None:
    answer = by_card(ask)
    assert (answer.status_code, answer.json["user"]["id"]) == (200, child["id"])
    profile = ask.get("/auth/profile", headers=people.bearer(answer.json["access_token"]))
    assert profile.json["has_pin"]


@pytest.mark.parametrize(("pin", "card"), [(OTHER, "C-1"), (PIN, "C-2")])
def test_a_wrong_pin_and_an_unknown_card_are_told_alike(
    ask: Asker, child: Any, pin: str, card: str
) -> None:
    answer = by_card(ask, pin, card)
    assert (answer.status_code, answer.json["code"]) == (401, "bad-credentials")
    assert answer.json["detail"] == "The card number or the PIN is wrong."


@pytest.mark.settings(RATE_LIMIT_LOGIN="off")
@pytest.mark.parametrize("card", ["C-1", "nobody's"])
def test_after_five_wrong_pins_a_card_must_wait_known_or_not(
    ask: Asker, child: Any, card: str
) -> None:
    statuses = [by_card(ask, OTHER, card).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    refused = by_card(ask, PIN, card)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 901


def test_a_pin_set_by_staff_ends_the_waiting(ask: Asker, child: Any, librarian: Person) -> None:
    for _ in range(6):
        by_card(ask, OTHER)
    ask.put(f"/users/{child['id']}/pin", {"pin": OTHER}, by=librarian)
    assert by_card(ask, OTHER).status_code == 200


def test_checks_by_staff_count_as_well_whatever_key_they_carry(
    ask: Asker, child: Any, librarian: Person
) -> None:
    path = f"/users/{child['id']}/pin-checks"
    for number in range(5):
        repeatable = {"Idempotency-Key": f"check-{number}"}
        answer = ask.post(path, {"pin": OTHER}, by=librarian, headers=repeatable)
        assert (answer.status_code, answer.json["code"]) == (403, "wrong-pin")
    assert ask.post(path, {"pin": PIN}, by=librarian).status_code == 429


def test_staff_do_not_sign_in_by_card(ask: Asker, admin: Person, librarian: Person) -> None:
    ask.patch(f"/users/{librarian.id}", {"card_number": "L-1"}, by=admin)
    ask.put(f"/users/{librarian.id}/pin", {"pin": PIN}, by=admin)
    assert by_card(ask, card="L-1").status_code == 401


@pytest.mark.parametrize("role", ["librarian", "admin"])
@pytest.mark.parametrize("in_batch", [False, True])
def test_what_a_card_opened_ends_when_its_member_becomes_staff(
    ask: Asker, child: Any, admin: Person, role: str, in_batch: bool
) -> None:
    opened = by_card(ask).json
    access = people.bearer(opened["access_token"])
    made = ask.post("/auth/keys", {"name": "k", "scopes": ["members:read"]}, headers=access)
    change = {"role": role, "email": "ada@example.org"}
    operations = [{"op": "update", "id": child["id"], "user": change}]
    if in_batch:
        ask.post("/users/batch", {"operations": operations}, by=admin)
    else:
        ask.patch(f"/users/{child['id']}", change, by=admin)
    assert ask.get(f"/users/{child['id']}", by=admin).json["role"] == role
    refreshed = ask.post("/auth/refresh", {"refresh_token": opened["refresh_token"]})
    assert (refreshed.status_code, refreshed.json["code"]) == (401, "bad-token")
    for headers in (access, people.bearer(made.json["key"])):
        assert ask.get("/auth/profile", headers=headers).status_code == 401


def test_a_sign_in_of_staff_goes_on_with_another_role(
    ask: Asker, app: Octavo, librarian: Person, admin: Person
) -> None:
    signed_in = people.signed_in(app, librarian)
    for role in ("admin", "member"):
        ask.patch(f"/users/{librarian.id}", {"role": role}, by=admin)
        assert ask.get("/auth/profile", headers=signed_in).json["role"] == role


@pytest.mark.parametrize(
    "pin", ["123", "1234567890123", "1111", "1234", "9876", "12a4", "", 4817, None]
)
def test_a_pin_that_is_guessed_first_is_refused(
    ask: Asker, child: Any, librarian: Person, pin: Any
) -> None:
    answer = ask.put(f"/users/{child['id']}/pin", {"pin": pin}, by=librarian)
    assert answer.status_code == 400
    assert answer.json["errors"][0]["pointer"] == "#/pin"


def test_a_member_sets_a_pin_with_the_password_and_then_with_the_pin(
    ask: Asker, member: Person
) -> None:
    first = ask.put("/auth/pin", {"current_password": people.PASSWORD, "pin": PIN}, by=member)
    second = ask.put("/auth/pin", {"current_pin": PIN, "pin": OTHER}, by=member)
    assert (first.status_code, second.status_code) == (204, 204)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"current_password": "wrong wrong"}, "wrong-password"),
        ({"current_pin": "0000"}, "wrong-pin"),
    ],
)
def test_without_the_present_secret_no_pin_is_set(
    ask: Asker, member: Person, given: dict[str, str], code: str
) -> None:
    answer = ask.put("/auth/pin", given | {"pin": PIN}, by=member)
    assert (answer.status_code, answer.json["code"]) == (403, code)


@pytest.mark.parametrize(
    "body",
    [
        {"email": "member@example.org", "pin": PIN},
        {"card_number": "C-1", "password": people.PASSWORD},
        {"card_number": "C-1"},
        {"email": "member@example.org", "card_number": "C-1", "pin": PIN},
    ],
)
def test_a_sign_in_of_mixed_parts_is_a_fault(ask: Asker, body: dict[str, str]) -> None:
    assert ask.post("/auth/login", body).status_code == 400


def test_a_password_set_by_staff_ends_all_sign_ins(
    ask: Asker, app: Octavo, member: Person, librarian: Person
) -> None:
    signed_in = people.signed_in(app, member)
    answer = ask.put(f"/users/{member.id}/password", {"new_password": NEW}, by=librarian)
    assert answer.status_code == 204
    assert ask.get("/auth/profile", headers=signed_in).status_code == 401
    assert ask.get("/auth/profile", headers=people.basic(member.email, NEW)).status_code == 200


def test_asking_for_a_new_password_answers_alike_whether_there_is_an_account(
    ask: Asker, member: Person
) -> None:
    known, unknown = (
        ask.post("/auth/password-resets", {"email": email})
        for email in (member.email, "nobody@example.org")
    )
    assert (known.status_code, known.json) == (unknown.status_code, unknown.json)
    assert known.status_code == 202


def _token(app: Octavo) -> str:
    last = Audit.select().where(Audit.action == "password_reset.create").order_by(-Audit.id).first()
    return resets.token_of(app.config["SETTINGS"], last.record_id) or ""


def test_a_token_sets_a_password_once_and_ends_all_sign_ins(
    ask: Asker, app: Octavo, member: Person
) -> None:
    signed_in = people.signed_in(app, member)
    ask.post("/auth/password-resets", {"email": member.email.upper()})
    body = {"token": _token(app), "new_password": NEW}
    assert ask.put("/auth/password-resets", body).status_code == 204
    assert ask.get("/auth/profile", headers=signed_in).status_code == 401
    again = ask.put("/auth/password-resets", body)
    assert (again.status_code, again.json["code"]) == (401, "bad-token")


@pytest.mark.parametrize("token", ["", "x", "WzFd.AAAA", "a" * 1000])
def test_a_token_that_was_never_given_is_refused(ask: Asker, token: str) -> None:
    answer = ask.put("/auth/password-resets", {"token": token, "new_password": NEW})
    assert answer.status_code == (401 if token else 400)


def test_the_fourth_request_within_an_hour_sends_nothing(ask: Asker, member: Person) -> None:
    answers = [ask.post("/auth/password-resets", {"email": member.email}) for _ in range(4)]
    assert {answer.status_code for answer in answers} == {202}
    assert Audit.select().where(Audit.action == "password_reset.create").count() == 3


def test_a_password_changed_meanwhile_ends_the_token(
    ask: Asker, app: Octavo, member: Person
) -> None:
    ask.post("/auth/password-resets", {"email": member.email})
    token = _token(app)
    change = {"current_password": people.PASSWORD, "new_password": NEW}
    ask.put("/auth/password", change, by=member)
    answer = ask.put("/auth/password-resets", {"token": token, "new_password": NEW + "!"})
    assert answer.status_code == 401


EMAIL = "moved@example.org"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/auth/profile", {"email": EMAIL, "current_password": people.PASSWORD}),
        ("PATCH", "/users/{}", {"email": EMAIL}),
        ("POST", "/users/batch", {"email": EMAIL}),
        ("POST", "/imports?kind=members&on_match=update", {"card_number": "C-1", "email": EMAIL}),
    ],
)
def test_a_token_mailed_to_another_email_than_the_present_one_is_refused(
    ask: Asker, app: Octavo, member: Person, admin: Person, method: str, path: str, body: Any
) -> None:
    ask.patch(f"/users/{member.id}", {"card_number": "C-1"}, by=admin)
    ask.post("/auth/password-resets", {"email": member.email})
    token = _token(app)
    by = member if path == "/auth/profile" else admin
    how: dict[str, Any] = {}
    if path == "/users/batch":
        body = {"operations": [{"op": "update", "id": member.id, "user": body}]}
    if "imports" in path:
        how = {"raw": orjson.dumps(body), "headers": {"Content-Type": "application/x-ndjson"}}
    assert ask(method, path.format(member.id), body, by=by, **how).status_code in (200, 202)
    assert ask.get(f"/users/{member.id}", by=admin).json["email"] == EMAIL
    answer = ask.put("/auth/password-resets", {"token": token, "new_password": NEW})
    assert (answer.status_code, answer.json["code"]) == (401, "bad-token")


def test_a_token_still_works_when_something_else_was_changed(
    ask: Asker, app: Octavo, member: Person, admin: Person
) -> None:
    ask.post("/auth/password-resets", {"email": member.email})
    body = {"email": member.email, "phone": "123"}
    ask.patch(f"/users/{member.id}", body, by=admin)
    answer = ask.put("/auth/password-resets", {"token": _token(app), "new_password": NEW})
    assert answer.status_code == 204


def test_a_token_ends_after_an_hour(ask: Asker, app: Octavo, member: Person) -> None:
    ask.post("/auth/password-resets", {"email": member.email})
    token = _token(app)
    password_reset.PasswordReset.update(created_at="2020-01-01T00:00:00Z").execute()
    answer = ask.put("/auth/password-resets", {"token": token, "new_password": NEW})
    assert answer.status_code == 401


def pointers(answer: Any) -> list[str]:
    assert (answer.status_code, answer.json["code"]) == (400, "invalid")
    return [one["pointer"] for one in answer.json["errors"]]


@pytest.mark.parametrize("blank", ["", " ", "\t", "\u00a0"])
@pytest.mark.parametrize("name", ["first_name", "last_name"])
def test_a_name_that_is_given_is_not_blank(
    ask: Asker, librarian: Person, member: Person, blank: str, name: str
) -> None:
    body = {**CHILD, "last_name": "Lovelace", name: blank}
    assert pointers(ask.post("/users", body, by=librarian)) == [f"#/{name}"]
    for path, who in (("/auth/profile", member), (f"/users/{member.id}", librarian)):
        assert pointers(ask.patch(path, {name: blank}, by=who)) == [f"#/{name}"]


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({}, ["email", "first_name"]),
        ({"language": "xx"}, ["email", "first_name", "language"]),
        ({"email": "no email", "first_name": 1}, ["email", "first_name"]),
        ({"blocked_until": "2020-01-01"}, ["email", "first_name", *["blocked_until"] * 2]),
        ({**CHILD, "blocked": True, "blocked_until": "2020-01-01"}, ["blocked_until"]),
        ({**CHILD, "role": "librarian"}, ["email"]),
    ],
)
def test_every_fault_of_a_new_member_is_listed(
    ask: Asker, admin: Person, body: Any, places: list[str]
) -> None:
    assert pointers(ask.post("/users", body, by=admin)) == [f"#/{name}" for name in places]
    operations = [{"op": "create", "user": body}]
    [result] = ask.post("/users/batch", {"operations": operations}, by=admin).json["results"]
    found = [one["pointer"] for one in result["problem"]["errors"]]
    assert found == [f"#/operations/0/user/{name}" for name in places]


def test_every_fault_of_a_change_is_listed(ask: Asker, admin: Person, member: Person) -> None:
    body = {"email": None, "first_name": None, "last_name": None, "blocked_until": "2020-01-01"}
    places = ["first_name", "email", "blocked_until", "blocked_until"]
    changed = ask.patch(f"/users/{member.id}", body, by=admin)
    assert pointers(changed) == [f"#/{name}" for name in places]
    operations = [{"op": "update", "id": member.id, "user": body}]
    [result] = ask.post("/users/batch", {"operations": operations}, by=admin).json["results"]
    found = [one["pointer"] for one in result["problem"]["errors"]]
    assert found == [f"#/operations/0/user/{name}" for name in places]


def test_many_members_are_enrolled_at_once_each_with_its_outcome(
    ask: Asker, librarian: Person
) -> None:
    wanted = [CHILD, CHILD, {"first_name": "Bob"}, CHILD | {"card_number": "C-2", "role": "admin"}]
    body = {"operations": [{"op": "create", "user": user} for user in wanted]}
    results = ask.post("/users/batch", body, by=librarian).json["results"]
    assert [one["status"] for one in results] == [201, 409, 400, 403]


def test_an_atomic_batch_of_members_is_all_or_nothing(ask: Asker, librarian: Person) -> None:
    body = {
        "atomic": True,
        "operations": [{"op": "create", "user": CHILD}, {"op": "create", "user": CHILD}],
    }
    results = ask.post("/users/batch", body, by=librarian).json["results"]
    assert [one["status"] for one in results] == [424, 409]
    assert ask.get("/users?card_number=C-1", by=librarian).json["data"] == []


def test_fields_of_the_servers_own_have_their_present_values_in_a_batch(
    ask: Asker, librarian: Person, member: Person
) -> None:
    def changed(**user: Any) -> Any:
        body = {"operations": [{"op": "update", "id": member.id, "user": user}]}
        return ask.post("/users/batch", body, by=librarian).json["results"][0]

    assert changed(has_password=True, has_pin=False, revision=99, id=7)["status"] == 200
    problem = changed(has_pin=True)["problem"]
    assert (problem["status"], problem["errors"][0]["code"]) == (400, "read-only")
    assert problem["errors"][0]["pointer"] == "#/operations/0/user/has_pin"


def test_a_librarian_changes_no_staff_in_a_batch(
    ask: Asker, librarian: Person, admin: Person, member: Person
) -> None:
    operations = [
        {"op": "update", "id": admin.id, "user": {"first_name": "X"}},
        {"op": "delete", "id": member.id},
        {"op": "update", "id": member.id, "user": {"phone": "123"}},
        {"op": "update", "id": 999, "user": {"phone": "123"}},
    ]
    results = ask.post("/users/batch", {"operations": operations}, by=librarian).json["results"]
    assert [one["status"] for one in results] == [403, 403, 200, 404]


def test_a_member_changes_how_to_be_reached_and_nothing_else(ask: Asker, member: Person) -> None:
    own = {
        "contact_email": "home@example.org",
        "phone": "030 1",
        "address": "A 1\nB",
        "language": "de",
    }
    answer = ask.patch("/auth/profile", own | {"language": "de"}, by=member)
    assert answer.json.items() >= (own | {"language": "ger"}).items()
    for name, value in {
        "note": "x",
        "birth_date": "2000-01-01",
        "blocked_until": "2030-01-01",
    }.items():
        assert ask.patch("/auth/profile", {name: value}, by=member).status_code == 403


def test_a_note_is_for_staff(ask: Asker, member: Person, librarian: Person) -> None:
    ask.patch(f"/users/{member.id}", {"note": "Lost a card once"}, by=librarian)
    assert ask.get(f"/users/{member.id}", by=librarian).json["note"] == "Lost a card once"
    assert "note" not in ask.get(f"/users/{member.id}", by=member).json
    assert "note" not in ask.get("/auth/profile", by=member).json


def test_a_member_cannot_find_out_whether_there_is_a_note(
    ask: Asker, member: Person, librarian: Person
) -> None:
    guesses: list[str | None] = [None, "Lost a card once", "x"]

    def told() -> list[Any]:
        answers = [ask.patch("/auth/profile", {"note": guess}, by=member) for guess in guesses]
        return [(answer.status_code, answer.json["code"]) for answer in answers]

    without = told()
    ask.patch(f"/users/{member.id}", {"note": "Lost a card once"}, by=librarian)
    assert told() == without == [(403, "field-not-allowed")] * 3


def test_a_key_that_does_not_see_notes_cannot_guess_one(
    ask: Asker, member: Person, librarian: Person
) -> None:
    ask.patch(f"/users/{member.id}", {"note": "Lost a card once"}, by=librarian)
    machine = people.key(librarian, ["self-check", "members:write"])
    change = {"op": "update", "id": member.id, "user": {"note": "Lost a card once"}}
    one = ask.patch(f"/users/{member.id}", change["user"], headers=machine)
    [same] = ask.post("/users/batch", {"operations": [change]}, headers=machine).json["results"]
    assert (one.status_code, same["status"]) == (403, 403)


def test_a_user_is_sent_back_by_staff_with_its_note(
    ask: Asker, member: Person, librarian: Person
) -> None:
    ask.patch(f"/users/{member.id}", {"note": "Lost a card once"}, by=librarian)
    read = ask.get(f"/users/{member.id}", by=librarian).json
    assert ask.patch(f"/users/{member.id}", read, by=librarian).json == read


SWITCHED = {"due-soon": False, "overdue-1": False}


def test_null_for_notices_removes_every_switch(
    ask: Asker, member: Person, librarian: Person
) -> None:
    path = f"/users/{member.id}"
    for by, where in ((librarian, path), (member, "/auth/profile")):
        assert ask.patch(path, {"notices": SWITCHED}, by=librarian).json["notices"] == SWITCHED
        assert ask.patch(where, {"notices": None}, by=by).json["notices"] == {}
    ask.patch(path, {"notices": SWITCHED}, by=librarian)
    change = {"op": "update", "id": member.id, "user": {"notices": None}}
    ask.post("/users/batch", {"operations": [change]}, by=librarian)
    assert ask.get(path, by=librarian).json["notices"] == {}


def test_no_switches_in_notices_change_none(ask: Asker, member: Person) -> None:
    ask.patch("/auth/profile", {"notices": SWITCHED}, by=member)
    assert ask.patch("/auth/profile", {"notices": {}}, by=member).json["notices"] == SWITCHED


@pytest.mark.parametrize(
    ("path", "body"), [("pin", {"pin": "4817"}), ("password", {"new_password": "a new long one"})]
)
def test_a_secret_that_was_set_is_a_change_of_the_account(
    ask: Asker, member: Person, librarian: Person, path: str, body: dict[str, str]
) -> None:
    User.update(updated_at="2020-01-01T00:00:00Z").where(User.id == member.id).execute()
    assert ask.put(f"/users/{member.id}/{path}", body, by=librarian).status_code == 204
    found = ask.get("/users?updated_since=2020-01-02T00:00:00Z", by=librarian).json["data"]
    assert member.id in [one["id"] for one in found]


def test_blocked_members_are_listed_until_their_block_ends(
    ask: Asker, member: Person, librarian: Person
) -> None:
    block = {"blocked": True, "blocked_until": days.ahead(0).isoformat()}
    assert ask.patch(f"/users/{member.id}", block, by=librarian).status_code == 200
    found = ask.get("/users?blocked=true", by=librarian).json["data"]
    assert [one["id"] for one in found] == [member.id]
    free = ask.get("/users?blocked=false", by=librarian).json["data"]
    assert member.id not in [one["id"] for one in free]


def test_a_block_that_is_lifted_leaves_neither_its_reason_nor_its_end(
    ask: Asker, member: Person, librarian: Person
) -> None:
    ends = days.ahead(9).isoformat()
    block = {"blocked": True, "block_reason": "Lost card", "blocked_until": ends}
    ask.patch(f"/users/{member.id}", block, by=librarian)
    lifted = ask.patch(f"/users/{member.id}", {"blocked": False}, by=librarian)
    assert lifted.status_code == 200
    told = ask.get(f"/users/{member.id}", by=librarian).json
    assert [told[name] for name in block] == [False, None, None]
    again = ask.patch(f"/users/{member.id}", {"blocked": True}, by=librarian).json
    assert [again[name] for name in block] == [True, None, None]


def test_a_block_is_lifted_in_what_was_read(ask: Asker, member: Person, librarian: Person) -> None:
    block = {"blocked": True, "block_reason": "Lost", "blocked_until": days.ahead(9).isoformat()}
    ask.patch(f"/users/{member.id}", block, by=librarian)
    lifted = ask.patch(f"/users/{member.id}", {**block, "blocked": False}, by=librarian)
    assert lifted.status_code == 200
    assert [lifted.json[name] for name in block] == [False, None, None]


def test_memberships_that_end_soon_are_listed_in_order(ask: Asker, librarian: Person) -> None:
    for card, last in (("C-1", "2030-02-01"), ("C-2", "2030-01-01"), ("C-3", None)):
        ask.post("/users", CHILD | {"card_number": card, "expires_on": last}, by=librarian)
    found = ask.get("/users?expires_before=2030-02-02&sort=expires_on", by=librarian).json["data"]
    assert [one["card_number"] for one in found] == ["C-2", "C-1"]


def test_standing_names_what_stands_against_a_loan(
    ask: Asker, member: Person, librarian: Person
) -> None:
    ask.patch(f"/users/{member.id}", {"blocked": True}, by=librarian)
    standing = ask.get(f"/users/{member.id}/standing", by=member).json
    assert standing["loan"]["allowed"] is False
    assert [one["code"] for one in standing["loan"]["reasons"]] == ["member-blocked"]
    assert standing["currency"] == "EUR"
