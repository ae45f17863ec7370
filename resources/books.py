"""Books: the title records of the catalogue."""

from typing import Any

from api.operation import JSON, Answer, Call, operation
from api.paging import Records, filters, listed
from api.pipeline import Resource
from circulation import showing, stock
from formats import MEDIA_TYPES, write
from models import book, book_search, clock, copy, marc_record
from models.book_facets import facets
from models.suggestions import suggest
from resources.shared import copy_seen_by
from validators import books
from validators.bodies import compile_body
from validators.errors import Fault, Invalid
from validators.queries import compile_query

MARC = {MEDIA_TYPES[kind]: kind for kind in ("marc", "marcxml")}


def answered(record: dict[str, Any], status: int = 200) -> Answer:
    """A book as an answer."""
    return Answer(record, status, tag=book.tag(record), at=f"/books/{record['id']}")


class Books(Resource):
    """`/books`"""

    @operation(
        "listBooks",
        "Search the catalogue",
        query=compile_query(books.BOOKS_QUERY),
        answer=books.BOOKS,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The books found."""
        asked = filters(call)

        def embed(found: Records) -> None:
            _embed(call, found)

        def members(found: Records) -> dict[str, Any]:
            return _facets(call, asked) | _suggestions(call, asked, found)

        return listed(call, book_search.LISTING, asked, finish=embed, extra=members)

    @operation(
        "createBook",
        "Add a book",
        body=compile_body(books.BOOK, "create"),
        answer=books.BOOK,
        status=201,
        problems=("isbn-taken",),
    )
    def post(self, call: Call) -> Answer:
        """The new book."""
        return answered(book.create(call.body, call.actor), 201)


class Book(Resource):
    """`/books/{book_id}`"""

    @operation(
        "getBook",
        "Read a book",
        query=compile_query(books.BOOK_QUERY),
        answer=books.BOOK,
        problems=("not-found",),
        offers=(JSON, *MARC),
    )
    def get(self, call: Call, book_id: int) -> Answer:
        """The book; as MARC, the record it came from with what was changed since."""
        if call.accepted in MARC:
            return _marc(call, book_id)
        record = book.find(book_id)
        tag = book.tag(record)
        _embed(call, [record])
        return Answer(record, tag=tag)

    @operation(
        "replaceBook",
        "Replace a book",
        body=compile_body(books.BOOK, "replace"),
        answer=books.BOOK,
        problems=("not-found", "isbn-taken"),
    )
    def put(self, call: Call, book_id: int) -> Answer:
        """The book as given; fields left out are emptied."""
        return self._changed(call, book_id)

    @operation(
        "updateBook",
        "Correct a book",
        body=compile_body(books.BOOK, "patch"),
        answer=books.BOOK,
        problems=("not-found", "isbn-taken"),
    )
    def patch(self, call: Call, book_id: int) -> Answer:
        """The book with the fields given changed."""
        return self._changed(call, book_id)

    @operation(
        "deleteBook",
        "Remove a book from the catalogue",
        status=204,
        problems=("not-found", "copies-on-loan", "holds-open"),
    )
    def delete(self, call: Call, book_id: int) -> Answer:
        """Its copies are withdrawn; past loans stay."""
        stock.delete_book(
            book_id, call.actor, clock.now(), lambda stored: call.precondition(book.tag(stored))
        )
        return Answer(status=204)

    def _changed(self, call: Call, book_id: int) -> Answer:
        present = book.locked(book_id)
        call.precondition(book.tag(present))
        return answered(book.update(present, call.body, call.actor))


def _marc(call: Call, book_id: int) -> Answer:
    """The book as a file of one record. Raises Invalid when something is to be embedded."""
    if call.query["embed"]:
        raise Invalid([Fault("not-allowed", "Only JSON embeds.", parameter="embed")])
    record = book.read(book_id)
    original = marc_record.of_books([book_id]).get(book_id)
    data = b"".join(write(MARC[call.accepted], [(record, original)]))
    return Answer(data, tag=book.tag(record), content_type=call.accepted)


def _facets(call: Call, asked: dict[str, Any]) -> dict[str, Any]:
    names = call.query["facets"]
    return {"facets": facets(asked, names)} if names else {}


def _suggestions(call: Call, asked: dict[str, Any], found: Records) -> dict[str, Any]:
    """What may have been meant, when a search finds nothing at all."""
    if found or "q" not in asked or call.query["page"] > 1 or call.query["cursor"]:
        return {}
    return {"suggestions": suggest(asked["q"])}


def _embed(call: Call, records: Records) -> None:
    """Add what `embed` names to the books, with one query each for all of them."""
    wanted = call.query["embed"]
    ids = [record["id"] for record in records]
    if "availability" in wanted:
        availability = showing.availability(ids, clock.now())
        for record in records:
            record["availability"] = availability[record["id"]]
    if "copies" in wanted:
        copies = copy.of_books(ids)
        for record in records:
            record["copies"] = [copy_seen_by(call, each) for each in copies[record["id"]]]
