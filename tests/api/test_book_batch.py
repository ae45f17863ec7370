"""Many changes of the catalogue in one request."""

from typing import Any

import pytest

from circulation import checkout
from models import audit
from models.database import rows
from models.search import book_list
from models.timestamps import now
from tests.support.asking import Asker
from tests.support.people import Person

Record = dict[str, Any]


@pytest.fixture
def batch(ask: Asker, librarian: Person) -> Any:
    def send(*operations: Record, **how: Any) -> Any:
        body = {"operations": list(operations), **how.pop("body", {})}
        return ask.post("/books/batch", body, by=librarian, **how)

    return send


def create(title: str, **more: Any) -> Record:
    return {"op": "create", "book": {"title": title, **more}}


def results(answer: Any) -> list[tuple[int, str | None]]:
    """Status and problem code of each."""
    assert answer.status_code == 200, answer.json
    return [
        (each["status"], each.get("problem", {}).get("code")) for each in answer.json["results"]
    ]


def titles() -> list[str]:
    return [row.title for row in book_list.LISTING.page({}, ["id"], limit=2000, offset=0)]


def test_each_operation_is_answered_in_its_place(batch: Any, book: Record) -> None:
    answer = batch(
        create("Persuasion"),
        {"op": "update", "id": book["id"], "book": {"pages": 474}},
        {"op": "delete", "id": book["id"]},
    )
    assert results(answer) == [(201, None), (200, None), (204, None)]
    assert [each["id"] for each in answer.json["results"]] == [book["id"] + 1, *[book["id"]] * 2]
    assert titles() == ["Persuasion"]


def test_one_that_is_wrong_keeps_none_of_the_others_out(batch: Any, book: Record) -> None:
    answer = batch(
        create("Persuasion"),
        create(""),
        create("Emma again", isbn=book["isbn"]),
        {"op": "update", "id": 99, "book": {"pages": 1}},
        create("Sanditon"),
    )
    assert results(answer) == [
        (201, None),
        (400, "invalid"),
        (409, "isbn-taken"),
        (404, "not-found"),
        (201, None),
    ]
    assert titles() == ["Emma", "Persuasion", "Sanditon"]


def test_a_problem_is_the_one_the_operation_would_have_had_alone(batch: Any, book: Record) -> None:
    answer = batch(create("Emma again", isbn=book["isbn"]), create("", pages="many"))
    taken, invalid = (each["problem"] for each in answer.json["results"])
    assert taken["existing_id"] == book["id"]
    assert taken["request_id"] == answer.headers["X-Request-ID"]
    pointers = {fault["pointer"] for fault in invalid["errors"]}
    assert pointers == {"#/operations/1/book/title", "#/operations/1/book/pages"}


def test_all_are_undone_when_one_of_an_atomic_batch_fails(batch: Any, book: Record) -> None:
    answer = batch(
        create("Persuasion"),
        {"op": "delete", "id": book["id"]},
        {"op": "delete", "id": 99},
        body={"atomic": True},
    )
    assert results(answer) == [(424, "not-done"), (424, "not-done"), (404, "not-found")]
    assert titles() == ["Emma"]


def test_an_atomic_batch_without_a_fault_is_done_whole(batch: Any) -> None:
    answer = batch(create("Persuasion"), create("Sanditon"), body={"atomic": True})
    assert results(answer) == [(201, None), (201, None)]
    assert titles() == ["Persuasion", "Sanditon"]


def test_a_revision_that_has_passed_is_stale(batch: Any, book: Record) -> None:
    change = {"op": "update", "id": book["id"], "revision": 1, "book": {"pages": 474}}
    removal = {"op": "delete", "id": book["id"], "revision": 1}
    assert results(batch(change, change, removal)) == [(200, None), (412, "stale"), (412, "stale")]


def test_what_is_embedded_may_be_sent_back_as_it_was_read_and_not_otherwise(
    ask: Asker, librarian: Person, batch: Any, copy: Record
) -> None:
    path = f"/books/{copy['book_id']}?embed=availability,copies"
    read = ask.get(path, by=librarian).json
    update = {"op": "update", "id": read["id"]}
    assert results(batch({**update, "book": {**read, "pages": 474}})) == [(200, None)]
    others: list[Record] = [
        {"availability": {**read["availability"], "copies": 7}},
        {"copies": []},
    ]
    for other in others:
        [result] = batch({**update, "book": {**read, **other}}).json["results"]
        told = [(fault["pointer"], fault["code"]) for fault in result["problem"]["errors"]]
        assert told == [(f"#/operations/0/book/{next(iter(other))}", "read-only")]
    assert ask.get(path, by=librarian).json["pages"] == 474


@pytest.mark.settings(REQUIRE_IF_MATCH="true")
def test_where_if_match_is_demanded_so_is_the_revision(batch: Any, book: Record) -> None:
    change = {"op": "update", "id": book["id"], "book": {"pages": 474}}
    answer = batch(change, {**change, "revision": 1}, create("Persuasion"))
    assert results(answer) == [(428, "precondition-required"), (200, None), (201, None)]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"op": "create"}, "#/operations/0/book"),
        ({"op": "create", "id": 1, "book": {"title": "Emma"}}, "#/operations/0/id"),
        ({"op": "update", "book": {}}, "#/operations/0/id"),
        ({"op": "update", "id": 1}, "#/operations/0/book"),
        ({"op": "delete"}, "#/operations/0/id"),
        ({"op": "delete", "id": 1, "book": {}}, "#/operations/0/book"),
    ],
)
def test_an_operation_takes_just_what_it_needs(batch: Any, wrong: Record, pointer: str) -> None:
    (result,) = batch(wrong).json["results"]
    assert [fault["pointer"] for fault in result["problem"]["errors"]] == [pointer]


def test_a_book_with_a_copy_on_loan_stays(
    batch: Any, book: Record, copy: Record, member: Person, librarian: Person
) -> None:
    request = checkout.Request(barcode=copy["barcode"], user_id=member.id)
    checkout.lend(request, librarian.actor, now())
    assert results(batch({"op": "delete", "id": book["id"]})) == [(409, "copies-on-loan")]


def test_a_thousand_operations_are_taken_and_no_more(batch: Any) -> None:
    assert batch(*[create("Emma")] * 1001).status_code == 400
    assert batch().status_code == 400
    assert set(results(batch(*[create("Emma")] * 1000))) == {(201, None)}
    assert len(titles()) == 1000


def test_every_change_is_in_the_audit_log_under_the_request(batch: Any, book: Record) -> None:
    answer = batch(create("Persuasion"), {"op": "delete", "id": book["id"]}, create(""))
    logged = audit.Audit.select(audit.Audit.action).where(
        audit.Audit.request_id == answer.headers["X-Request-ID"]
    )
    assert rows(logged) == [("book.create",), ("book.delete",)]


def test_a_batch_sent_twice_under_one_key_is_done_once(batch: Any) -> None:
    key = {"Idempotency-Key": "one"}
    first, again = (batch(create("Persuasion"), headers=key) for _ in range(2))
    assert again.get_data() == first.get_data()
    assert titles() == ["Persuasion"]
