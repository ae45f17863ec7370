"""Reports over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from circulation.checkout import Request, lend
from models import book, copy, timestamps
from tests.support.asking import Asker
from tests.support.people import Person

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the day on which the run began, also after midnight."""
    monkeypatch.setattr(timestamps, "now", lambda: NOW)


@pytest.fixture
def loans(member: Person, librarian: Person) -> list[Any]:
    """Three loans made 40 days ago, for 28 days."""
    made = []
    for number in range(3):
        book_id = book.create({"title": f"Volume {number}"}, librarian.actor).id
        copy.create(book_id, {"barcode": f"B{number}"}, librarian.actor)
        request = Request(barcode=f"B{number}", user_id=member.id)
        made.append(lend(request, librarian.actor, NOW - timedelta(days=40)).row)
    return made


def day(ago: int) -> str:
    """A day so many days ago."""
    return (NOW - timedelta(days=ago)).date().isoformat()


def test_the_last_30_days_are_counted_unless_others_are_asked_for(
    ask: Asker, loans: list[Any], librarian: Person
) -> None:
    data = ask.get("/reports/circulation", by=librarian).json["data"]
    assert [row["period"] for row in data] == [day(29 - number) for number in range(30)]
    assert sum(row["loans"] for row in data) == 0


def test_days_that_are_asked_for_are_counted(
    ask: Asker, loans: list[Any], librarian: Person
) -> None:
    data = ask.get(f"/reports/circulation?from={day(41)}&to={day(40)}", by=librarian).json["data"]
    assert data == [
        {"period": day(41), "loans": 0, "renewals": 0, "returns": 0, "in_house": 0},
        {"period": day(40), "loans": 3, "renewals": 0, "returns": 0, "in_house": 0},
    ]


def test_weeks_and_months_are_named_as_in_iso_8601(ask: Asker, librarian: Person) -> None:
    def periods(interval: str) -> list[str]:
        query = f"from=2026-11-09&to=2026-12-06&interval={interval}"
        data = ask.get(f"/reports/circulation?{query}", by=librarian).json["data"]
        return [row["period"] for row in data]

    assert periods("week") == ["2026-W46", "2026-W47", "2026-W48", "2026-W49"]
    assert periods("month") == ["2026-11", "2026-12"]


@pytest.mark.parametrize("path", ["/reports/circulation", "/reports/popular"])
@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("from=2026-11-02&to=2026-11-01", "to"),
        ("from=9999-01-01", "from"),
        ("from=0001-01-01&to=9999-12-31", "from"),
        ("from=2026-02-30", "from"),
        ("to=tomorrow", "to"),
        ("colour=red", "colour"),
    ],
)
def test_days_that_make_no_sense_are_a_fault(
    ask: Asker, librarian: Person, path: str, query: str, parameter: str
) -> None:
    answer = ask.get(f"{path}?{query}", by=librarian)
    assert (answer.status_code, answer.json["code"]) == (400, "invalid")
    assert [error["parameter"] for error in answer.json["errors"]] == [parameter]


def test_an_unknown_interval_is_a_fault(ask: Asker, librarian: Person) -> None:
    answer = ask.get("/reports/circulation?interval=year", by=librarian)
    assert answer.status_code == 400


@pytest.mark.parametrize("to", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_time_can_be_asked_for(ask: Asker, librarian: Person, to: str) -> None:
    answer = ask.get(f"/reports/circulation?to={to}", by=librarian)
    assert answer.status_code == 200
    assert answer.json["data"][-1]["period"] == to


def test_the_most_lent_books_are_named(ask: Asker, loans: list[Any], librarian: Person) -> None:
    assert ask.get("/reports/popular", by=librarian).json == {"data": []}
    answer = ask.get(f"/reports/popular?from={day(50)}&limit=2", by=librarian)
    assert answer.json == {
        "data": [
            {"book_id": loan.book_id, "title": f"Volume {number}", "loans": 1}
            for number, loan in enumerate(loans[:2])
        ]
    }


def test_overdue_loans_are_paged(ask: Asker, loans: list[Any], librarian: Person) -> None:
    page = ask.get("/reports/overdue?limit=2", by=librarian).json
    assert page["pagination"] == {"page": 1, "limit": 2, "total": 3, "pages": 2}
    assert page["data"][0] == {
        "loan_id": loans[0].id,
        "user_id": loans[0].user_id,
        "book_id": loans[0].book_id,
        "barcode": "B0",
        "due_at": loans[0].due_at,
        "days_overdue": 12,
        "fine_accrued": 0,
    }


def test_overdue_loans_are_paged_by_cursor(ask: Asker, loans: list[Any], librarian: Person) -> None:
    seen: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page = ask.get(f"/reports/overdue?limit=2&cursor={cursor}", by=librarian).json
        seen += [row["barcode"] for row in page["data"]]
        cursor = page["pagination"]["next_cursor"]
    assert seen == ["B0", "B1", "B2"]


def test_the_inventory(ask: Asker, loans: list[Any], librarian: Person) -> None:
    assert ask.get("/reports/inventory", by=librarian).json == {
        "books": 3,
        "copies": 3,
        "by_status": {
            "available": 0,
            "on_loan": 3,
            "on_hold_shelf": 0,
            "in_repair": 0,
            "lost": 0,
        },
        "by_loan_type": {"standard": 3},
    }


def test_the_inventory_leaves_out_what_is_withdrawn(ask: Asker, librarian: Person) -> None:
    book_id = book.create({"title": "Emma"}, librarian.actor).id
    for number, loan_type in enumerate(("standard", "standard", "short", "gone")):
        fields = {"barcode": f"W{number}", "loan_type": loan_type}
        made = copy.create(book_id, fields, librarian.actor)
        if number in (0, 3):
            ask.delete(f"/copies/{made.id}", by=librarian)
    counted = ask.get("/reports/inventory", by=librarian).json
    assert counted["by_loan_type"] == {"short": 1, "standard": 1}
    assert (counted["copies"], counted["by_status"]["available"]) == (2, 2)
