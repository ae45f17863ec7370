"""`/books/{id}`: a book with its copies, and the hold that a reader may place."""

from typing import Any

import orjson
from flask import Response, request
from markupsafe import Markup

from api.http.representations import JSON_LD
from api.problems import Problem, as_problem
from pages.frame.errors import REFUSALS, merged_into, reasons
from pages.frame.held import place
from pages.frame.texts import language_name
from pages.frame.views import page, render, see, sent
from pages.frame.visit import Visit
from pages.reader import wording
from pages.reader.blueprint import READER
from pages.reader.search import Search
from resources.service import HTML

_EMBEDDED = {"embed": "availability"}
_PER_PAGE = 50
"""Copies of a page: a serial may have thousands."""


@page(READER, "/books/<id:book_id>")
def book(visit: Visit, book_id: int) -> Response:
    """The book; one that was merged into another leads to that. In JSON-LD where that is wanted."""
    if request.accept_mimetypes.best_match((HTML, JSON_LD), HTML) == JSON_LD:
        found = visit.do("getBook", book_id=book_id, accept=JSON_LD)
        return sent(visit, Response(orjson.dumps(found), content_type=JSON_LD))
    try:
        found = visit.do("getBook", book_id=book_id, query=_EMBEDDED)
    except REFUSALS as error:
        into = merged_into(error)
        if into is None:
            raise
        return see(visit, f"/books/{into}")
    return _shown(visit, found, is_placed=request.args.get("done") == "placed")


@page(READER, "/books/<id:book_id>/holds", methods=("POST",))
def place_hold(visit: Visit, book_id: int) -> Response:
    """Place a hold for whoever is signed in; every reason against it is told at once."""
    if visit.caller.id is None:
        return see(visit, f"/sign-in?next=/books/{book_id}")
    body: dict[str, Any] = {"book_id": book_id, "user_id": visit.caller.id}
    until = visit.form.get("not_needed_after", "").strip()
    if until:
        body["not_needed_after"] = until
    try:
        place(visit, body)
    except REFUSALS as error:
        problem = as_problem(error)
        if problem.code not in ("hold-refused", "invalid"):
            raise
        found = visit.do("getBook", book_id=book_id, query=_EMBEDDED)
        return _shown(visit, found, refused=problem)
    return see(visit, f"/books/{book_id}?done=placed")


def _shown(
    visit: Visit, found: dict[str, Any], *, is_placed: bool = False, refused: Problem | None = None
) -> Response:
    asked: dict[str, Any] | None = None
    if visit.caller.id is not None:
        body = {"book_id": found["id"], "user_id": visit.caller.id}
        asked = visit.do("decideHold", body=body)
    status = 200 if refused is None else 409 if refused.code == "hold-refused" else 400
    paging = {"limit": _PER_PAGE, "page": request.args.get("copies", "1")}
    return render(
        visit,
        "reader/book.html",
        status=status,
        search=Search({}),
        book=found,
        copies=visit.do("listCopiesOfBook", book_id=found["id"], query=paging),
        copies_address=lambda number: f"/books/{found['id']}?copies={number}#copies",
        language=language_name(found["language"] or "", visit.language),
        material=wording.value(visit, "material_type", found["material_type"]),
        asked=asked,
        against=reasons(asked["reasons"], visit) if asked else [],
        is_placed=is_placed,
        wrong_day=refused is not None and refused.code == "invalid",
        refused=[] if refused is None else reasons(refused.extra.get("reasons", ()), visit),
        described=_described(visit, found["id"]),
    )


def _described(visit: Visit, book_id: int) -> Markup:
    """The book in JSON-LD, to stand in a `script` element: no text can end that."""
    data = orjson.dumps(visit.do("getBook", book_id=book_id, accept=JSON_LD)).decode()
    for char in "<>&":
        data = data.replace(char, f"\\u{ord(char):04x}")
    return Markup(data)  # noqa: S704  nothing in it can be read as HTML
