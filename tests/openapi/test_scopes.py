"""The scopes that the document states of each operation are those that open it."""

from typing import Any

import pytest

from api.app import Octavo
from api.permissions import PERMISSIONS
from models.vocabulary import Scope
from tests.openapi.conformance import Document
from tests.openapi.test_answers import _required
from tests.support import people
from tests.support.people import Person

NO_RECORD = "999999"


def stated(operation: dict[str, Any]) -> set[str]:
    """The scopes of which the document says that a key needs one; all where it names none."""
    one = operation.get("x-required-scope")
    if one is None:
        return set(Scope)
    return {one, *operation.get("x-sufficient-scopes", ())}


def described(operation: dict[str, Any]) -> str:
    """What the document says in words of who may call an operation."""
    return str(operation["description"]).rpartition("\n\n")[2]


def operations(document: Document) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Path, method and description of what permissions are stated of, by name."""
    found = {one["operationId"]: (path, method, one) for path, method, one in document.operations()}
    return {name: one for name, one in found.items() if name in PERMISSIONS}


@pytest.mark.settings(RATE_LIMIT_CALLER="off")
def test_a_key_opens_what_the_document_says_of_its_scope(
    app: Octavo, document: Document, admin: Person
) -> None:
    keys = {scope: people.key(admin, [scope]) for scope in Scope}
    client = app.test_client()

    def opens(path: str, method: str, operation: dict[str, Any], scope: str) -> bool:
        # What is acceptable to nobody is refused after the permission, and does nothing.
        answer = client.open(
            filled(path),
            method=method.upper(),
            query_string=_required(operation),
            headers={**keys[Scope(scope)], "Accept": "text/nothing"},
        )
        assert answer.status_code in (401, 403, 406)
        return (answer.json or {}).get("code") != "insufficient-scope"

    for name, (path, method, operation) in operations(document).items():
        opened = {scope for scope in Scope if opens(path, method, operation, scope)}
        assert opened == stated(operation), name


def filled(path: str) -> str:
    """A path of records that are not there."""
    words = {"{kind}": "due-soon", "{language}": "eng", "{valid_from}": "2026-01-01"}
    return "/".join(
        words.get(part, NO_RECORD) if part.startswith("{") else part for part in path.split("/")
    )


def test_words_name_every_scope_that_opens_an_operation(document: Document) -> None:
    for name, (_, _, operation) in operations(document).items():
        if "x-required-scope" in operation:
            assert all(f"`{scope}`" in described(operation) for scope in stated(operation)), name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("createBook", "An API key needs the scope `catalogue:write`."),
        ("exportLoans", "An API key needs the scope `circulation:write` or `circulation:read`."),
        ("lend", "An API key needs the scope `circulation:write` or `self-check`."),
        ("listUsers", "the scope `members:read` or `self-check` with the parameter `card_number`."),
        ("importBooks", "For the kind `members`: the role `librarian`, the scope `members:write`."),
        ("importBooks", "For the kind `policies` or `closures`: the role `admin`, the scope `ci"),
    ],
)
def test_permissions_are_told_in_words(document: Document, name: str, words: str) -> None:
    assert words in described(operations(document)[name][2])
