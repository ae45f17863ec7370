"""Moving in over HTTP: members, copies and circulation from files of other systems."""

from typing import Any

import bcrypt
import orjson
import pytest

from api.app import Octavo
from models.user import User
from tests.support.asking import Asker
from tests.support.people import Person

CSV, NDJSON = "text/csv", "application/x-ndjson"
COUNTS = ("processed", "created", "updated", "skipped", "failed")


@pytest.fixture
def move(ask: Asker, admin: Person) -> Any:
    """Sends a file of a kind and gives the import as it is in the end."""

    def send(kind: str, data: str | bytes, query: str = "", **how: Any) -> Any:
        raw = data.encode() if isinstance(data, str) else data
        media_type = how.pop("media_type", NDJSON if raw[:1] == b"{" else CSV)
        answer = ask.post(
            f"/imports?kind={kind}&{query}".rstrip("&"),
            raw=raw,
            by=how.pop("by", admin),
            headers={"Content-Type": media_type},
        )
        assert answer.status_code == 202, answer.json
        return ask.get(f"/imports/{answer.json['id']}", by=admin).json

    return send


@pytest.fixture
def read(ask: Asker, admin: Person) -> Any:
    def get(path: str) -> Any:
        return ask.get(path, by=admin).json

    return get


@pytest.fixture
def told(read: Any) -> Any:
    """What was said of the rows of an import: row, field, code."""

    def faults(found: Any) -> list[tuple[int, str | None, str]]:
        listed = read(f"/imports/{found['id']}/errors?limit=100")["data"]
        return [(one["record"], one["field"], one["code"]) for one in listed]

    return faults


def counts(found: dict[str, Any]) -> tuple[int, ...]:
    return tuple(found[name] for name in COUNTS)


@pytest.fixture
def shelf(move: Any) -> None:
    """Two titles with three copies, and two members."""
    move("books", "title,isbn\nEmma,9780141439587\nPersuasion,9780141439686\n")
    move(
        "copies",
        "isbn,barcode,shelfmark\n9780141439587,B1,AUS\n9780141439587,B2,AUS\n9780141439686,B3,P\n",
    )
    move(
        "members",
        "borrowernumber,cardnumber,surname,firstname\n7,C1,Lovelace,Ada\n8,C2,Hopper,Grace\n",
    )


def test_members_come_with_the_columns_of_koha(move: Any, read: Any) -> None:
    found = move(
        "members",
        "borrowernumber,cardnumber,surname,firstname,address,zipcode,city,email,phone,dateofbirth,"
        "categorycode,dateexpiry,dateenrolled,borrowernotes,sort1\n"
        "7,000123,Lovelace,Ada,12 Main St,12345,Town,ada@example.org,555,1990-01-31,J,2030-12-31,"
        "2020-05-01,likes maths,x\n",
    )
    assert counts(found) == (1, 1, 0, 0, 0)
    assert (found["kind"], found["encoding"], found["unused"]) == ("members", "utf-8", ["sort1"])
    [ada] = read("/users?card_number=000123")["data"]
    assert (ada["first_name"], ada["last_name"], ada["category"]) == ("Ada", "Lovelace", "J")
    assert ada["address"] == "12 Main St\n12345 Town"
    assert (ada["birth_date"], ada["expires_on"]) == ("1990-01-31", "2030-12-31")
    assert (ada["created_at"], ada["note"]) == ("2020-05-01T00:00:00Z", "likes maths")
    assert ada["role"] == "member"


def test_a_row_brought_in_once_changes_nothing_the_second_time(
    move: Any, shelf: None, ask: Asker, admin: Person
) -> None:
    loans = (
        "issue_id,cardnumber,barcode,issuedate,date_due\n"
        "1,C1,B1,2026-01-05 10:00:00,2026-02-02\n2,C2,B3,2026-01-06 10:00:00,2026-02-03\n"
    )
    assert counts(move("loans", loans)) == (2, 2, 0, 0, 0)
    assert ask.post("/returns", {"barcode": "B1"}, by=admin).status_code == 200
    again = move("loans", loans)
    assert counts(again) == (2, 0, 0, 2, 0)


def test_loans_keep_their_moments_and_copies_are_on_loan(move: Any, shelf: None, read: Any) -> None:
    found = move(
        "loans",
        "source_key,member_source_key,barcode,borrowed_at,due_at,returned_at,renewals\n"
        "1,7,B1,2026-01-05T10:00:00Z,2026-02-02,,2\n"
        "2,8,B2,2025-01-05T10:00:00Z,2025-02-02,2025-01-20T09:00:00Z,0\n",
    )
    assert counts(found) == (2, 2, 0, 0, 0)
    first, second = read("/loans?sort=id")["data"]
    assert (first["borrowed_at"], first["due_at"]) == (
        "2026-01-05T10:00:00Z",
        "2026-02-02T23:59:59Z",
    )
    assert (first["status"], first["renewals"]) == ("overdue", 2)
    assert (second["status"], second["returned_at"]) == ("returned", "2025-01-20T09:00:00Z")
    assert read("/copies?barcode=B1")["data"][0]["status"] == "on_loan"
    assert read("/copies?barcode=B2")["data"][0]["status"] == "available"


def test_loans_that_cannot_be_are_told_and_the_others_come(
    move: Any, shelf: None, told: Any
) -> None:
    found = move(
        "loans",
        "source_key,card_number,barcode,borrowed_at,due_at\n"
        "1,C1,B1,2026-01-05,2026-02-02\n"
        "2,C2,B1,2026-01-05,2026-02-02\n"
        "3,C2,nowhere,2026-01-05,2026-02-02\n"
        "4,nobody,B2,2026-01-05,2026-02-02\n"
        "5,C2,B2,2026-01-05,2026-01-02\n"
        "6,C2,B3,2026-01-05,2026-02-02\n",
    )
    assert counts(found) == (6, 2, 0, 0, 4)
    assert told(found) == [
        (2, "barcode", "copy-on-loan"),
        (3, "barcode", "copy-not-found"),
        (4, "card_number", "user-not-found"),
        (5, "due_at", "too-small"),
    ]


def test_holds_stand_in_the_order_of_their_priorities(move: Any, shelf: None, read: Any) -> None:
    found = move(
        "holds",
        "reserve_id,borrowernumber,isbn,reservedate,priority,found,barcode\n"
        "1,7,9780141439587,2026-01-05,2,,\n"
        "2,8,9780141439587,2026-01-06,1,,\n"
        "3,8,9780141439686,2026-01-07,0,W,B3\n",
    )
    assert counts(found) == (3, 3, 0, 0, 0)
    rows = read("/holds?sort=id")["data"]
    assert [(one["status"], one["position"]) for one in rows] == [
        ("waiting", 2),
        ("waiting", 1),
        ("ready", None),
    ]
    assert read("/copies?barcode=B3")["data"][0]["status"] == "on_hold_shelf"


def test_fees_come_with_what_is_left_of_them(move: Any, shelf: None, read: Any) -> None:
    found = move(
        "fees",
        "accountlines_id,cardnumber,date,amount,amountoutstanding,description,debit_type_code\n"
        '1,C1,2026-01-05,"2,50",1.00,Late,OVERDUE\n2,C1,2026-01-06,€ 3.00,3.00,Card,M\n'
        "3,C1,2026-01-07,4.005,1.00,x,M\n",
    )
    assert counts(found) == (3, 2, 0, 0, 1)
    fees = read("/fees?sort=id")["data"]
    assert [(one["amount"], one["balance"], one["kind"]) for one in fees] == [
        (250, 100, "overdue"),
        (300, 300, "manual"),
    ]
    assert any("amount" in one for one in found["read_as"])
    assert read("/payments")["data"] == []


def test_payments_tell_what_was_settled_before(move: Any, shelf: None, read: Any) -> None:
    move("fees", '{"source_key":"f","card_number":"C1","amount":500,"balance":100}')
    found = move(
        "payments",
        '{"source_key":"p","fee_source_key":"f","amount":300,"method":"cash",'
        '"paid_at":"2026-01-05T10:00:00Z"}\n'
        '{"source_key":"q","fee_source_key":"f","amount":900,"method":"cash"}',
    )
    assert counts(found) == (2, 1, 0, 0, 1)
    assert read("/fees")["data"][0]["balance"] == 100
    [paid] = read("/payments")["data"]
    assert (paid["amount"], paid["paid_at"]) == (300, "2026-01-05T10:00:00Z")


def test_a_card_that_is_there_with_another_name_is_a_fault(
    move: Any, shelf: None, told: Any
) -> None:
    found = move(
        "members",
        "card_number,first_name,last_name\nC1,Charles,Babbage\nC9,New,Person\nC9,Other,Human\n"
        "C1,Ada,Lovelace\n",
    )
    assert counts(found) == (4, 1, 0, 1, 2)
    assert told(found) == [
        (1, "card_number", "card-number-taken"),
        (3, "card_number", "card-number-taken"),
        (4, None, "exists"),
    ]


def test_no_import_makes_or_changes_staff(move: Any, read: Any, admin: Person, told: Any) -> None:
    name = read("/auth/profile")["last_name"]
    found = move(
        "members",
        "card_number,email,last_name,role\nX1,boss@example.org,Boss,admin\n"
        f",{admin.email},{name},member\n",
        "on_match=update",
    )
    assert counts(found) == (2, 0, 0, 0, 2)
    assert {code for _, _, code in told(found)} == {"staff"}
    assert [one["role"] for one in read("/users?role=admin")["data"]] == ["admin"]


def test_dates_that_may_be_of_either_order_stop_the_file(
    move: Any, shelf: None, told: Any, read: Any
) -> None:
    loans = "cardnumber,barcode,issuedate,date_due\nC1,B1,05/01/2026,06/02/2026\n"
    found = move("loans", loans)
    assert (found["status"], told(found)[0][1:]) == ("failed", ("borrowed_at", "dates"))
    assert counts(move("loans", loans, "dates=mdy")) == (1, 1, 0, 0, 0)
    assert read("/loans")["data"][0]["borrowed_at"] == "2026-05-01T00:00:00Z"


def test_orders_posts_policies_and_closures_come_too(move: Any, shelf: None, read: Any) -> None:
    assert counts(
        move(
            "orders",
            '{"source_key":"1","title":"Wanted","quantity":2,"status":"ordered","card_number":"C1"}',
        )
    ) == (1, 1, 0, 0, 0)
    assert read("/orders")["data"][0]["status"] == "ordered"
    assert counts(
        move(
            "posts",
            '{"title":"News","content":"Open","published_at":"2025-03-01T08:00:00Z"}',
        )
    ) == (1, 1, 0, 0, 0)
    assert read("/posts")["data"][0]["published_at"] == "2025-03-01T08:00:00Z"
    policies = "member_category,loan_type,loan_days,hold_shelf_days\n*,*,21,5\nchild,*,14,5\n"
    assert counts(move("policies", policies)) == (2, 1, 1, 0, 0)
    assert counts(move("policies", policies)) == (2, 0, 0, 2, 0)
    assert [one["loan_days"] for one in read("/policies?sort=id")["data"]] == [21, 14]
    closures = "starts_on,ends_on,reason\n2030-12-24,2030-12-26,Christmas\n"
    assert counts(move("closures", closures)) == (1, 1, 0, 0, 0)
    assert counts(move("closures", closures)) == (1, 0, 0, 1, 0)


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("posts", '{"source_key":"1","title":"News","content":"Open"}'),
        ("policies", '{"source_key":"1","member_category":"child","loan_days":14}'),
        ("closures", '{"source_key":"1","starts_on":"2030-12-24"}'),
    ],
)
def test_what_was_deleted_here_may_come_again(
    move: Any, ask: Asker, admin: Person, read: Any, kind: str, row: str
) -> None:
    move(kind, row)
    newest = max(one["id"] for one in read(f"/{kind}")["data"])
    assert ask.delete(f"/{kind}/{newest}", by=admin).status_code == 204
    assert counts(move(kind, row)) == (1, 1, 0, 0, 0)


def test_a_dry_run_tells_the_same_and_keeps_nothing(move: Any, shelf: None, read: Any) -> None:
    loans = (
        "cardnumber,barcode,issuedate,date_due\n"
        "C1,B1,2026-01-05,2026-02-02\nC2,B1,2026-01-05,2026-02-02\nC1,B1,2026-01-05,2026-02-02\n"
    )
    dry = move("loans", loans, "dry_run=true")
    assert read("/loans")["data"] == []
    assert counts(dry) == counts(move("loans", loans)) == (3, 1, 0, 1, 1)


def test_a_password_of_koha_works_and_becomes_one_of_ours(
    move: Any, ask: Asker, app: Octavo
) -> None:
    move("members", "cardnumber,surname,email\nC1,Lovelace,ada@example.org\n")
    theirs = bcrypt.hashpw(b"the old password", bcrypt.gensalt(4)).decode()
    User.update(password_hash=f"bcrypt:{theirs}").where(User.card_number == "C1").execute()
    wrong = {"email": "ada@example.org", "password": "another password"}
    right = {"email": "ada@example.org", "password": "the old password"}
    assert ask.post("/auth/login", wrong).status_code == 401
    assert ask.post("/auth/login", right).status_code == 200
    stored = User.get(User.card_number == "C1").password_hash
    assert stored.startswith("$2b$")
    assert ask.post("/auth/login", right).status_code == 200
    assert ask.post("/auth/login", wrong).status_code == 401


def export(ask: Asker, admin: Person, kind: str, written: str) -> bytes:
    answer = ask.get(f"/exports/{kind}?format={written}", by=admin)
    assert answer.status_code == 200
    return bytes(answer.get_data())


KINDS = (
    *("policies", "closures", "members", "copies", "loans", "holds", "fees", "payments"),
    *("orders", "posts"),
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("written", ["csv", "ndjson"])
def test_what_was_exported_is_known_again(
    move: Any, shelf: None, ask: Asker, admin: Person, kind: str, written: str
) -> None:
    move("loans", "cardnumber,barcode,issuedate,date_due\nC1,B1,2026-01-05,2026-02-02\n")
    move("fees", '{"source_key":"f","card_number":"C1","amount":500,"balance":100,"note":"=1"}')
    move("payments", '{"source_key":"p","fee_source_key":"f","amount":300}')
    move("holds", "cardnumber,isbn,reservedate\nC2,9780141439587,2026-01-05\n")
    move("orders", '{"source_key":"1","title":"Wanted"}')
    move("posts", '{"title":"News","content":"Open"}')
    move("closures", "starts_on,ends_on,reason\n2030-12-24,2030-12-26,Christmas\n")
    data = export(ask, admin, kind, written)
    number = len(data.splitlines()) - (written == "csv")
    assert number
    assert counts(move(kind, data)) == (number, 0, 0, number, 0)
    if written == "ndjson":
        assert orjson.loads(data.splitlines()[0])["source_key"]
