"""Paths that are looked up in a table lead where Werkzeug would have led."""

import re

import pytest
from flask import Request
from werkzeug.exceptions import HTTPException
from werkzeug.test import create_environ

from api.app import Octavo

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
STRANGE = [
    *("/", "", "//", "/api/v1/books/", "/api/v1//books", "/api/v1/books/batch", "/api/v1/nowhere"),
    *("/api/v1/books/0", "/api/v1/books/01", "/api/v1/books/+1", "/api/v1/books/1\n"),
    *("/api/v1/books/1/", "/api/v1/books/1/copies/", "/api/v1/books/" + "9" * 19),
    *("/api/v1/books/\u0661", "/api/v1/books/\u00b2", "/api/v1/b\u00f6oks", "/9", "/api/v1/9"),
]


def _paths(app: Octavo) -> list[str]:
    """A path of each rule, and some of none."""
    values = {"id": "7", "day": "2026-11-29", "kind": "welcome", "language": "en"}

    def value(found: re.Match[str]) -> str:
        return values.get(found[1] or "", "word")

    rules = [rule.rule for rule in app.url_map.iter_rules()]
    return [*(re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", value, rule) for rule in rules), *STRANGE]


def _by_table(app: Octavo, path: str, method: str) -> object:
    with app.request_context(create_environ(path, method=method)) as context:
        asked = context.request
        fault = asked.routing_exception
        return type(fault) if fault else (asked.url_rule, asked.view_args)


def _by_werkzeug(app: Octavo, path: str, method: str) -> object:
    adapter = app.create_url_adapter(Request(create_environ(path, method=method)))
    assert adapter is not None
    try:
        return adapter.match(return_rule=True)
    except HTTPException as fault:
        return type(fault)


@pytest.mark.parametrize("method", METHODS)
def test_every_path_leads_to_the_rule_that_werkzeug_finds(app: Octavo, method: str) -> None:
    for path in _paths(app):
        assert _by_table(app, path, method) == _by_werkzeug(app, path, method), path


def test_a_book_and_a_list_of_books_are_in_the_table(app: Octavo) -> None:
    assert ("/api/v1/books", "GET") in app.shortcuts.fixed
    assert ("/api/v1/books/", "GET") in app.shortcuts.by_id
