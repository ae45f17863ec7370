"""Titles and copies: found, made, mended, withdrawn."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Response, request

from models import book_fields
from models.vocabulary import CopyStatus, MaterialType, Role
from pages.desk import record_forms as forms
from pages.desk.blueprint import DESK
from pages.desk.listing import address_of, filters
from pages.desk.outcomes import Outcome
from pages.desk.record_forms import Field, Kind, Tried
from pages.desk.rendering import render
from pages.desk.state import today
from pages.frame.errors import REFUSALS, merged_into
from pages.frame.held import holds_of
from pages.frame.views import page, see
from pages.frame.visit import Visit

_KINDS = {
    book_fields.Kind.YEAR: Kind.NUMBER,
    book_fields.Kind.PAGES: Kind.NUMBER,
    book_fields.Kind.MATERIAL: Kind.CHOICE,
    book_fields.Kind.TEXTS: Kind.LINES,
    book_fields.Kind.ISBNS: Kind.LINES,
    book_fields.Kind.PEOPLE: Kind.PEOPLE,
}
_LONG = 5_000


def _field(name: str, known: book_fields.Field) -> Field:
    is_material = known.kind is book_fields.Kind.MATERIAL
    kind = _KINDS.get(known.kind, Kind.LONG if known.longest > _LONG else Kind.TEXT)
    return Field(
        name,
        kind,
        is_required=name == "title" or is_material,
        choices=tuple(MaterialType) if is_material else (),
        words="material",
        default=known.default,
    )


BOOK = tuple(_field(name, known) for name, known in book_fields.FIELDS.items())
COPY = (
    Field("barcode", is_required=True),
    Field("location"),
    Field("shelfmark"),
    Field("loan_type", default="standard"),
    Field("price", Kind.MONEY),
    Field("acquired_on", Kind.DATE),
    Field("note", Kind.LONG),
)
_PER_PAGE = 50
"""Copies and holds of a title."""
_SETTABLE = (CopyStatus.AVAILABLE, CopyStatus.IN_REPAIR, CopyStatus.LOST, CopyStatus.WITHDRAWN)


@page(DESK, "/desk/books", least=Role.LIBRARIAN)
def books(visit: Visit) -> Response:
    """Titles by any word, ISBN or barcode, the newest first where nothing is asked."""
    asked = filters(request.args, ("q",))
    query = {**asked, "embed": "availability", "page": request.args.get("page", "1")}
    if not asked:
        query["sort"] = "-created_at"
    return render(
        visit,
        "desk/books.html",
        found=visit.do("listBooks", query=query),
        asked=asked,
        address=address_of("/desk/books", asked),
    )


@page(DESK, "/desk/books/new", least=Role.LIBRARIAN)
def new_book_form(visit: Visit) -> Response:
    """The form of a new title."""
    return shown(visit, None, None)


@page(DESK, "/desk/books/new", least=Role.LIBRARIAN, methods=("POST",))
def new_book(visit: Visit) -> Response:
    """Make a title, and go on to its copies."""
    done = forms.tried(visit, BOOK, lambda body: visit.do("createBook", body=body))
    if done.faults:
        return shown(visit, None, done)
    return see(visit, f"/desk/books/{done.answer['id']}")


@page(DESK, "/desk/books/<id:book_id>", least=Role.LIBRARIAN)
def book_form(visit: Visit, book_id: int) -> Response:
    """A title with its copies and holds; one that was merged into another leads to that."""
    try:
        return shown(visit, book_id, None)
    except REFUSALS as error:
        into = merged_into(error)
        if into is None:
            raise
        return see(visit, f"/desk/books/{into}")


@page(DESK, "/desk/books/<id:book_id>", least=Role.LIBRARIAN, methods=("POST",))
def change_book(visit: Visit, book_id: int) -> Response:
    """Mend a title."""
    done = forms.changed(
        visit,
        partial(visit.find, "getBook", book_id=book_id),
        lambda _: BOOK,
        partial(visit.do, "updateBook", book_id=book_id),
    )
    return shown(visit, book_id, done) if done.faults else seen(visit, book_id, "saved")


@page(DESK, "/desk/books/<id:book_id>/deletion", least=Role.LIBRARIAN, methods=("POST",))
def delete_book(visit: Visit, book_id: int) -> Response:
    """Take a title out of the catalogue."""
    done = forms.tried(visit, (), lambda body: visit.do("deleteBook", book_id=book_id))
    return shown(visit, book_id, done) if done.faults else see(visit, "/desk/books")


@page(DESK, "/desk/books/<id:book_id>/copies", least=Role.LIBRARIAN, methods=("POST",))
def new_copy(visit: Visit, book_id: int) -> Response:
    """Add a copy."""
    done = forms.tried(visit, COPY, lambda body: visit.do("createCopy", book_id=book_id, body=body))
    return (
        shown(visit, book_id, None, copied=done) if done.faults else seen(visit, book_id, "saved")
    )


@page(DESK, "/desk/copies/<id:copy_id>", least=Role.LIBRARIAN)
def copy_form(visit: Visit, copy_id: int) -> Response:
    """A copy, to be mended."""
    return _copy(visit, visit.do("getCopy", copy_id=copy_id), None)


@page(DESK, "/desk/copies/<id:copy_id>", least=Role.LIBRARIAN, methods=("POST",))
def change_copy(visit: Visit, copy_id: int) -> Response:
    """Mend a copy."""
    done = forms.changed(
        visit,
        partial(visit.find, "getCopy", copy_id=copy_id),
        _fields_of,
        partial(visit.do, "updateCopy", copy_id=copy_id),
    )
    copy = done.record
    return _copy(visit, copy, done) if done.faults else seen(visit, copy["book_id"], "saved")


@page(DESK, "/desk/copies/<id:copy_id>/deletion", least=Role.LIBRARIAN, methods=("POST",))
def withdraw_copy(visit: Visit, copy_id: int) -> Response:
    """Withdraw a copy from the stock."""
    copy = visit.do("getCopy", copy_id=copy_id)
    done = forms.tried(visit, (), lambda body: visit.do("deleteCopy", copy_id=copy_id))
    return _copy(visit, copy, done) if done.faults else seen(visit, copy["book_id"], "saved")


def _fields_of(copy: dict[str, Any]) -> tuple[Field, ...]:
    """A copy's fields; its status where it does not come about by lending and returning."""
    if copy["status"] not in _SETTABLE:
        return COPY
    status = Field("status", Kind.CHOICE, True, tuple(_SETTABLE), "copy_status")
    return (*COPY, status)


def seen(visit: Visit, book_id: int, done: str) -> Response:
    """Go on to a title after something was done."""
    return see(visit, f"/desk/books/{book_id}?done={done}")


def _copy(visit: Visit, copy: dict[str, Any], tried: Tried | None) -> Response:
    return render(
        visit,
        "desk/copy_form.html",
        status=tried.status if tried else 200,
        record=copy,
        inputs=forms.inputs(visit, _fields_of(copy), copy, tried),
        tried=tried,
    )


def shown(
    visit: Visit,
    book_id: int | None,
    tried: Tried | None,
    *,
    copied: Tried | None = None,
    refusal: Outcome | None = None,
) -> Response:
    """A title with its copies and holds, after what was tried with it; None for a new one."""
    book: dict[str, Any] = {}
    copies: dict[str, Any] = {}
    holds: dict[str, Any] = {}
    if book_id is not None:
        book = visit.do("getBook", book_id=book_id)
        copies = visit.do("listCopiesOfBook", query=_page_of("copies"), book_id=book_id)
        holds = holds_of(visit, {"book_id": book_id, "embed": "user", **_page_of("holds")})
    failed = tried or copied or refusal
    return render(
        visit,
        "desk/book_form.html",
        status=failed.status if failed else 200,
        book=book,
        copies=copies,
        copies_address=_address_of(book_id, "copies"),
        holds=holds,
        holds_address=_address_of(book_id, "holds"),
        inputs=forms.inputs(visit, BOOK, book, tried),
        tried=tried,
        new_copy=forms.inputs(visit, COPY, {"acquired_on": today()}, copied),
        copied=copied,
        refusal=refusal.values if refusal else None,
        done=request.args.get("done", ""),
    )


def _page_of(name: str) -> dict[str, Any]:
    """Which page of the copies or holds of a title is looked at; a serial may have thousands."""
    return {"limit": _PER_PAGE, "page": request.args.get(name, "1")}


def _address_of(book_id: int | None, name: str) -> Callable[[int], str]:
    return lambda number: f"/desk/books/{book_id}?{name}={number}"
