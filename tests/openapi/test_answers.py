"""What the API answers is what the document says; the callers check each answer against it."""

import re
from typing import Any

import pytest

from tests.openapi.conformance import Document
from tests.openapi.conftest import Caller
from tests.support.people import PASSWORD, Person

BASE = "/api/v1"
# Their examples are nobody's password and token.
SIGN_IN = ("login", "refresh", "changePassword", "updateProfile")
# Made by the bodies of the document's own examples, in this order, because some need others.
MADE_BY = (
    "/users",
    "/books",
    "/books/1/copies",
    "/posts",
    "/auth/keys",
    "/closures",
    "/policies",
    "/orders",
    "/fees",
    "/holds",
    "/loans",
    "/webhooks",
    "/stocktakes",
)


NOT_IN_LIBRARY = {"takeBackReceipt", "deleteCalendarPlan"}
"""Operations whose records no example of the document makes."""


@pytest.fixture
def library(as_admin: Caller, document: Document) -> Caller:
    """A library in which the examples of the document are true."""
    for path in MADE_BY:
        made = as_admin("POST", BASE + path, json=_example(document, path))
        assert made.status_code == 201, made.json
    again = as_admin("POST", f"{BASE}/books", json={"title": "The book that becomes the first"})
    assert again.json["id"] == 2
    paid = as_admin("POST", f"{BASE}/fees/1/payments", json={"amount": 1, "method": "cash"})
    assert paid.status_code == 201, paid.json
    taken = as_admin("POST", f"{BASE}/imports", data=b"title\n,\n", content_type="text/csv")
    assert taken.status_code == 202, taken.json
    return as_admin


def _example(document: Document, path: str) -> Any:
    template = path.replace("/1", "/{book_id}")
    body = document.whole["paths"][BASE + template]["post"]["requestBody"]
    return body["content"]["application/json"]["example"]


def _filled(path: str) -> str:
    """A path of records that are there."""
    words = {"{code}": "stale", "{kind}": "due-soon", "{language}": "eng"}
    for name, word in words.items():
        path = path.replace(name, word)
    return re.sub(r"\{\w+\}", "1", path)


def _required(operation: dict[str, Any]) -> dict[str, Any]:
    """The query parameters without which the operation does nothing, each with its first choice."""
    named = (one for one in operation.get("parameters", ()) if one.get("required"))
    return {one["name"]: one["schema"]["enum"][0] for one in named if one["in"] == "query"}


def test_every_operation_that_reads_answers_as_documented(
    library: Caller, document: Document
) -> None:
    for path, method, operation in document.operations():
        if method == "get":
            filled = _filled(path)
            query = _required(operation)
            assert library("GET", filled, query_string=query).status_code == 200, filled


def _reads(document: Document) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Of every operation that reads, a path, what the query must have, and the operation."""
    return [
        (_filled(path), _required(operation), operation)
        for path, method, operation in document.operations()
        if method == "get"
    ]


def test_every_record_that_can_be_embedded_is_answered_as_documented(
    library: Caller, document: Document
) -> None:
    for path, query, operation in _reads(document):
        for one in operation.get("parameters", ()):
            if one.get("name") == "embed":
                names = one["schema"]["items"]["enum"]
                asked = query | {"embed": ",".join(names)}
                answer = library("GET", path, query_string=asked)
                assert answer.status_code == 200, path
                first = answer.json["data"][:1] if "data" in answer.json else [answer.json]
                assert all(set(names) <= set(record) for record in first), path


def test_whatever_has_an_etag_is_304_as_documented_when_the_client_has_it(
    library: Caller, document: Document
) -> None:
    for path, query, operation in _reads(document):
        tag = library("GET", path, query_string=query).headers.get("ETag")
        known = library("GET", path, query_string=query, headers={"If-None-Match": tag or "*"})
        assert known.status_code == (200 if tag is None else 304), path
        assert ("304" in operation["responses"]) == (tag is not None), path


def test_every_list_as_csv_is_answered_as_documented(library: Caller, document: Document) -> None:
    for path, query, operation in _reads(document):
        if "text/csv" in operation["responses"]["200"].get("content", ()):
            asked = {"headers": {"Accept": "text/csv"}, "query_string": query}
            assert library("GET", path, **asked).status_code in (200, 406), path


def test_lists_answer_as_documented_however_they_are_asked(library: Caller) -> None:
    for query in (
        "?fields=id,title&sort=-title",
        "?embed=availability,copies",
        "?cursor=&limit=1",
        "?facets=language,subject",
    ):
        assert library("GET", f"{BASE}/books{query}").status_code == 200


def test_refusals_answer_as_documented(library: Caller, as_nobody: Caller) -> None:
    book = library("GET", f"{BASE}/books/1")
    isbn = {"title": "Again", "isbn": book.json["isbn"]}
    merge = {"content_type": "application/merge-patch+json"}
    stale = {"If-Match": '"book-1.99-9b7c6d2f1a0e4c8b5d3f2a1c"'}
    found = [
        library("GET", f"{BASE}/books", query_string="limit=0&x=1"),
        library("GET", f"{BASE}/books?cursor=x"),
        as_nobody("POST", f"{BASE}/books", json={}),
        as_nobody("GET", f"{BASE}/books", headers={"Authorization": "Bearer x"}),
        library("GET", f"{BASE}/books/99"),
        library("GET", f"{BASE}/books", headers={"Accept": "text/html"}),
        library("POST", f"{BASE}/books", json=isbn),
        library("PATCH", f"{BASE}/books/1", data='{"title": "New"}', headers=stale, **merge),
        library("POST", f"{BASE}/books", data="title", content_type="text/plain"),
        library("POST", f"{BASE}/books", data="{", content_type="application/json"),
    ]
    statuses = [response.status_code for response in found]
    assert statuses == [400, 400, 401, 401, 404, 406, 409, 412, 415, 400]


def test_a_replayed_answer_is_as_documented(library: Caller) -> None:
    headers = {"Idempotency-Key": "one"}
    first = library("POST", f"{BASE}/books", json={"title": "Once"}, headers=headers)
    again = library("POST", f"{BASE}/books", json={"title": "Once"}, headers=headers)
    other = library("POST", f"{BASE}/books", json={"title": "Twice"}, headers=headers)
    assert (again.get_data(), other.status_code) == (first.get_data(), 422)
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_representation_the_client_has_is_304_as_documented(library: Caller) -> None:
    tag = library("GET", f"{BASE}/books/1").headers["ETag"]
    known = library("GET", f"{BASE}/books/1", headers={"If-None-Match": tag})
    assert known.status_code == 304


def test_signing_in_and_out_answers_as_documented(as_nobody: Caller, admin: Person) -> None:
    credentials = {"email": admin.email, "password": PASSWORD}
    tokens = as_nobody("POST", f"{BASE}/auth/login", json=credentials).json
    fresh = as_nobody(
        "POST", f"{BASE}/auth/refresh", json={"refresh_token": tokens["refresh_token"]}
    )
    bearer = {"Authorization": f"Bearer {fresh.json['access_token']}"}
    assert as_nobody("POST", f"{BASE}/auth/logout", headers=bearer).status_code == 204
    assert as_nobody("POST", f"{BASE}/auth/logout", headers=bearer).status_code == 401


def test_every_operation_that_writes_answers_its_example_as_documented(
    library: Caller, document: Document
) -> None:
    writes = [one for one in document.operations() if one[1] in ("post", "put", "patch")]
    for path, method, operation in writes:
        content = operation.get("requestBody", {}).get("content", {})
        example = content.get("application/json", {}).get("example")
        if example is not None and operation["operationId"] not in SIGN_IN:
            answer = library(method.upper(), _filled(path), json=example)
            assert answer.status_code != 400, (path, method, answer.json)


def test_every_operation_that_removes_answers_as_documented(
    library: Caller, document: Document
) -> None:
    removed = [
        library("DELETE", _filled(path)).status_code
        for path, method, operation in document.operations()
        if method == "delete" and operation["operationId"] not in NOT_IN_LIBRARY
    ]
    assert {204, 409} == set(removed)
