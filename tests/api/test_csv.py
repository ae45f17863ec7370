"""Lists and reports as CSV: all rows, one header line, no formulas."""

import csv
import io
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient

from api.http import pagination
from api.paths import PREFIX
from tests.support.asking import Asker
from tests.support.people import Person

CSV = {"Accept": "text/csv"}
LISTS = (
    *("/books", "/copies", "/users", "/loans", "/holds", "/fees", "/payments", "/orders", "/posts"),
    *("/policies", "/closures", "/imports", "/notices", "/audit", "/reports/overdue"),
    *("/webhooks", "/stocktakes", "/auth/keys", "/reports/dormant", "/reports/pull-list"),
    *("/reports/shelf-clearing", "/reports/duplicates"),
)
ROWS = {
    "/reports/circulation?by=category": "period,category,loans,renewals,returns,in_house",
    "/reports/circulation": "period,loans,renewals,returns,in_house",
    "/reports/popular": "book_id,title,loans",
    "/reports/takings": "period,method,paid,voided,refunded",
}
REPORTS = (*ROWS, "/reports/inventory", "/reports/members", "/templates")
NO_LISTS = {"/events"}
"""A feed, which never ends."""


def table(answer: Any) -> list[list[str]]:
    """The cells of an answer."""
    return list(csv.reader(io.StringIO(answer.get_data().decode(), newline="")))


@pytest.mark.parametrize("path", [*LISTS, *REPORTS])
def test_every_list_and_report_comes_as_a_file(ask: Asker, admin: Person, path: str) -> None:
    answer = ask.get(path, by=admin, headers=CSV)
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8")
    name = path.rsplit("/", 1)[-1].partition("?")[0]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'


def test_no_list_or_report_is_forgotten_here(client: FlaskClient) -> None:
    document = orjson.loads(client.get("/openapi.json").data)
    having_rows = set()
    for path, operations in document["paths"].items():
        answered = operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        schema = answered.get("application/json", {}).get("schema", {})
        if "{" not in path and "data" in _resolved(document, schema).get("properties", {}):
            having_rows.add(path.removeprefix(PREFIX))
    assert having_rows >= {"/loans", "/reports/takings", "/templates"}
    assert having_rows - {*LISTS, *REPORTS, *NO_LISTS} == {"/problems"}


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


@pytest.mark.parametrize("path", LISTS)
def test_an_empty_list_has_its_header_line(ask: Asker, admin: Person, path: str) -> None:
    header = table(ask.get(path, by=admin, headers=CSV))[0]
    assert {"id", "loan_id", "hold_id"} & {*header}


@pytest.mark.parametrize("path", ROWS)
def test_a_report_has_its_header_line_also_where_nothing_happened(
    ask: Asker, admin: Person, path: str
) -> None:
    years_ago = f"{path}{'&' if '?' in path else '?'}from=2001-01-01&to=2001-01-02"
    answer = ask.get(years_ago, by=admin, headers=CSV)
    header, *rows = answer.text.split("\r\n")
    assert header == ROWS[path]
    # Periods without a loan are told by the one report that is not by anything.
    assert len(rows) == (3 if path == "/reports/circulation" else 1)
    assert answer.headers["ETag"]


def test_all_rows_come_in_the_order_asked_for_however_many(
    ask: Asker, librarian: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pagination, "CSV_BATCH", 2)
    for number in range(7):
        ask.post("/books", {"title": f"Novel {number}"}, by=librarian)
    answer = ask.get("/books?sort=-title&fields=title", headers=CSV)
    assert answer.get_data() == b"title\r\n" + b"".join(
        f"Novel {number}\r\n".encode() for number in reversed(range(7))
    )


def test_filters_narrow_the_file(ask: Asker, librarian: Person) -> None:
    for title in ("Emma", "Persuasion"):
        ask.post("/books", {"title": title}, by=librarian)
    assert len(table(ask.get("/books?q=emma", headers=CSV))) == 2


@pytest.mark.parametrize("parameter", ["page=1", "limit=20", "cursor="])
def test_paging_a_file_is_a_fault(ask: Asker, parameter: str) -> None:
    answer = ask.get(f"/books?{parameter}", headers=CSV)
    assert answer.status_code == 400
    assert answer.json["errors"][0]["parameter"] == parameter.partition("=")[0]


@pytest.mark.parametrize("title", ["=1+1", "+49 30", "-1", "@home"])
def test_no_text_becomes_a_formula(ask: Asker, librarian: Person, title: str) -> None:
    ask.post("/books", {"title": title}, by=librarian)
    assert table(ask.get("/books?fields=title", headers=CSV))[1] == [f"'{title}"]


def test_commas_quotes_and_line_breaks_stay_in_their_cell(ask: Asker, librarian: Person) -> None:
    text = 'One, "two"\nthree'
    ask.post("/posts", {"title": "x", "content": text, "published": True}, by=librarian)
    assert table(ask.get("/posts?fields=content", headers=CSV))[1] == [text]


def test_staff_fields_are_not_in_the_file_of_others(ask: Asker, librarian: Person) -> None:
    assert "note" not in table(ask.get("/copies", headers=CSV))[0]
    assert "note" in table(ask.get("/copies", by=librarian, headers=CSV))[0]


def test_a_report_that_is_one_object_is_one_row_of_dotted_columns(
    ask: Asker, librarian: Person
) -> None:
    header, row = table(ask.get("/reports/inventory", by=librarian, headers=CSV))
    assert dict(zip(header, row, strict=True))["by_status.available"] == "0"


def test_embedded_records_have_dotted_columns(ask: Asker, librarian: Person) -> None:
    ask.post("/books", {"title": "Emma"}, by=librarian)
    header = table(ask.get("/books?embed=availability&fields=title", headers=CSV))[0]
    assert header[0] == "title"
    assert "availability.available" in header
