"""Flask with the same SQL, and nothing else."""

from typing import Any

import orjson
from flask import Flask, Response, request

from benchmarks.peers import sql

application = Flask(__name__, static_folder=None)


def _json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, content_type="application/json")


@application.get("/api/v1/books/<int:book_id>")
def book(book_id: int) -> Response:
    """One book."""
    found = sql.book(book_id)
    return _json({"message": "not found"}, 404) if found is None else _json(found)


@application.get("/api/v1/books")
def books() -> Response:
    """A page of books."""
    asked = request.args
    page = sql.page(asked.get("page", 1, int), asked.get("limit", 20, int), asked.get("sort", "id"))
    return _json(page)
