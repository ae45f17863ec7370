"""Copies: the things with a barcode."""

from typing import Any

from api.http.pagination import filters, listed
from api.operation import Answer, Call, operation
from api.records import Row
from api.resource import Resource
from catalogue import copy_items
from circulation import inventory, presentation
from models import copy, timestamps
from models.copy import CopyRow
from resources.shared import copy_seen_by
from validators import copies as schemas
from validators.engine.bodies import compile_body
from validators.engine.queries import compile_query


def _answered(call: Call, row: CopyRow, status: int = 200) -> Answer:
    return Answer(copy_seen_by(call, row), status, tag=row.tag, at=f"/copies/{row.id}")


def _listed(call: Call, **asked: Any) -> Answer:
    """Copies in stock, unless a status is asked for."""
    asked.update(filters(call))
    if "status" not in asked:
        asked["in_stock"] = True
    return listed(call, copy.LISTING, asked, present=presentation.copies)


class CopiesOfBook(Resource):
    """`/books/{book_id}/copies`"""

    @operation(
        "listCopiesOfBook",
        "List the copies of a book",
        query=compile_query(schemas.COPIES_QUERY),
        answer=schemas.COPY,
        paged=True,
        problems=("not-found", "merged"),
    )
    def get(self, call: Call, book: Row) -> Answer:
        """Its copies."""
        return _listed(call, book_id=book.id)

    @operation(
        "createCopy",
        "Add a copy to a book",
        body=compile_body(schemas.COPY, "create"),
        answer=schemas.COPY,
        status=201,
        problems=("not-found", "merged", "barcode-taken"),
    )
    def post(self, call: Call, book: Row) -> Answer:
        """The new copy."""
        return _answered(call, copy.create(book.id, call.body, call.actor), 201)


class Copies(Resource):
    """`/copies`"""

    @operation(
        "listCopies",
        "Find copies, by barcode for instance",
        query=compile_query(schemas.COPIES_QUERY),
        answer=schemas.COPY,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The copies found."""
        return _listed(call)


class Copy(Resource):
    """`/copies/{copy_id}`"""

    @operation("getCopy", "Read a copy", answer=schemas.COPY, problems=("not-found",))
    def get(self, call: Call, found: CopyRow) -> Answer:
        """The copy, withdrawn or not."""
        return _answered(call, found)

    @operation(
        "updateCopy",
        "Change a copy",
        body=compile_body(schemas.COPY_CHANGES, "patch"),
        answer=schemas.COPY,
        problems=("not-found", "barcode-taken", "copy-on-loan", "copy-held", "conflict"),
    )
    def patch(self, call: Call, present: CopyRow) -> Answer:
        """The copy, changed."""
        changed = copy_items.change_copy(present.id, call.body, call.actor, timestamps.now())
        return _answered(call, changed)

    @operation(
        "deleteCopy",
        "Withdraw a copy",
        status=204,
        problems=("not-found", "copy-on-loan", "copy-held"),
    )
    def delete(self, call: Call, present: CopyRow) -> Answer:
        """It leaves the lists; its history stays."""
        inventory.delete_copy(present.id, call.actor, timestamps.now())
        return Answer(status=204)
