"""Copies: the things with a barcode."""

from typing import Any

from api.operation import Answer, Call, operation
from api.paging import filters, listed
from api.pipeline import Resource
from circulation import stock
from circulation.act import Check
from models import book, clock, copy
from resources.shared import copy_seen_by
from validators import copies
from validators.bodies import compile_body
from validators.queries import compile_query


def _answered(call: Call, record: dict[str, Any], status: int = 200) -> Answer:
    return Answer(
        copy_seen_by(call, record), status, tag=copy.tag(record), at=f"/copies/{record['id']}"
    )


def _listed(call: Call, **asked: Any) -> Answer:
    """Copies in stock, unless a status is asked for."""
    asked.update(filters(call))
    if "status" not in asked:
        asked["in_stock"] = True
    return listed(call, copy.LISTING, asked)


class CopiesOfBook(Resource):
    """`/books/{book_id}/copies`"""

    @operation(
        "listCopiesOfBook",
        "List the copies of a book",
        query=compile_query(copies.COPIES_QUERY),
        answer=copies.COPY,
        paged=True,
        problems=("not-found",),
    )
    def get(self, call: Call, book_id: int) -> Answer:
        """Its copies."""
        book.find(book_id)
        return _listed(call, book_id=book_id)

    @operation(
        "createCopy",
        "Add a copy to a book",
        body=compile_body(copies.COPY, "create"),
        answer=copies.COPY,
        status=201,
        problems=("not-found", "barcode-taken"),
    )
    def post(self, call: Call, book_id: int) -> Answer:
        """The new copy."""
        book.locked(book_id)
        return _answered(call, copy.create(book_id, call.body, call.actor), 201)


class Copies(Resource):
    """`/copies`"""

    @operation(
        "listCopies",
        "Find copies, by barcode for instance",
        query=compile_query(copies.COPIES_QUERY),
        answer=copies.COPY,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The copies found."""
        return _listed(call)


class Copy(Resource):
    """`/copies/{copy_id}`"""

    @operation("getCopy", "Read a copy", answer=copies.COPY, problems=("not-found",))
    def get(self, call: Call, copy_id: int) -> Answer:
        """The copy, withdrawn or not."""
        return _answered(call, copy.find(copy_id))

    @operation(
        "updateCopy",
        "Change a copy",
        body=compile_body(copies.COPY, "patch"),
        answer=copies.COPY,
        problems=("not-found", "barcode-taken", "copy-on-loan", "copy-held", "conflict"),
    )
    def patch(self, call: Call, copy_id: int) -> Answer:
        """The copy, changed."""
        changed = stock.change_copy(copy_id, call.body, call.actor, clock.now(), _unchanged(call))
        return _answered(call, changed)

    @operation(
        "deleteCopy",
        "Withdraw a copy",
        status=204,
        problems=("not-found", "copy-on-loan", "copy-held"),
    )
    def delete(self, call: Call, copy_id: int) -> Answer:
        """It leaves the lists; its history stays."""
        stock.delete_copy(copy_id, call.actor, clock.now(), _unchanged(call))
        return Answer(status=204)


def _unchanged(call: Call) -> Check:
    """The precondition on the copy as it is stored."""
    return lambda stored: call.precondition(copy.tag(stored))
