"""Books: the title records of the catalogue."""

from typing import Any

from flask import current_app, request

from api.http.pagination import Records, filters, listed
from api.http.representations import JSON, JSON_LD, MARC
from api.operation import Answer, Call, operation
from api.paths import PREFIX
from api.resource import Resource
from catalogue.merging import merge_books
from circulation import inventory, supply
from formats.json_ld import as_json_ld
from models import book, copy, marc_record, source_key, timestamps
from models.book import WrittenBook
from models.book_fields import BookRow
from models.search import book_list
from models.search.facets import facets
from models.search.suggestions import suggest
from resources.shared import copies_seen_by
from validators import books as schemas
from validators.engine.bodies import compile_body
from validators.engine.errors import Fault, Invalid
from validators.engine.queries import compile_query


def answered(row: BookRow, status: int = 200) -> Answer:
    """A book as an answer."""
    return Answer(row.to_json(), status, tag=row.tag, at=f"/books/{row.id}")


def _of_catalogue_alone(call: Call) -> bool:
    """Whether nothing is asked for that loans and holds change, as they do what is on the shelf."""
    shelf = call.query["embed"] or call.query.get("available") is not None
    return not shelf and call.accepted != JSON_LD


def _found(call: Call, book_id: int) -> BookRow | WrittenBook:
    """The book as it was asked for. Raises Missing."""
    written = call.accepted == JSON and not call.query["embed"]
    return book.written(book_id) if written else book.find(book_id)


class Books(Resource):
    """`/books`"""

    @operation(
        "listBooks",
        "Search the catalogue",
        query=compile_query(schemas.BOOKS_QUERY),
        answer=schemas.BOOKS,
        paged=True,
        on_replica=_of_catalogue_alone,
    )
    def get(self, call: Call) -> Answer:
        """The books found."""
        asked = filters(call)
        if "available" in asked:
            asked = supply.on_shelf(asked, timestamps.now())

        def embed(found: Records) -> None:
            if call.query["embed"]:
                _embed(call, found)

        def members(found: Records) -> dict[str, Any]:
            return _facets(call, asked) | _suggestions(call, asked, found)

        # Rows of whole books go out as the database writes them.
        whole = call.accepted == JSON and not (call.query.get("fields") or call.query["embed"])
        listing, present = (book_list.AS_JSON, list) if whole else (book_list.LISTING, None)
        return listed(call, listing, asked, present=present, finish=embed, extra=members)

    @operation(
        "createBook",
        "Add a book",
        body=compile_body(schemas.BOOK, "create"),
        answer=schemas.BOOK,
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
        query=compile_query(schemas.BOOK_QUERY),
        answer=schemas.BOOK,
        problems=("not-found", "merged"),
        offers=(JSON, JSON_LD, *MARC),
        find=_found,
        on_replica=_of_catalogue_alone,
    )
    def get(self, call: Call, found: BookRow | WrittenBook) -> Answer:
        """The book; as MARC, the record it came from with what was changed since."""
        if isinstance(found, WrittenBook):
            return Answer(found.json, tag=found.tag)
        if call.accepted in MARC:
            return _marc(call, found)
        if call.accepted == JSON_LD:
            return _json_ld(call, found)
        record = found.to_json()
        _embed(call, [record])
        return Answer(record, tag=found.tag)

    @operation(
        "replaceBook",
        "Replace a book",
        body=compile_body(schemas.BOOK, "replace"),
        answer=schemas.BOOK,
        problems=("not-found", "merged", "isbn-taken"),
    )
    def put(self, call: Call, present: BookRow) -> Answer:
        """The book as given; fields left out are emptied."""
        return answered(book.update(present, call.body, call.actor))

    @operation(
        "updateBook",
        "Correct a book",
        body=compile_body(schemas.BOOK, "patch"),
        answer=schemas.BOOK,
        problems=("not-found", "merged", "isbn-taken"),
    )
    def patch(self, call: Call, present: BookRow) -> Answer:
        """The book with the fields given changed."""
        return answered(book.update(present, call.body, call.actor))

    @operation(
        "deleteBook",
        "Remove a book from the catalogue",
        status=204,
        problems=("not-found", "merged", "copies-on-loan", "holds-open"),
    )
    def delete(self, call: Call, present: BookRow) -> Answer:
        """Its copies are withdrawn; past loans stay."""
        inventory.delete_book(present.id, call.actor, timestamps.now())
        return Answer(status=204)


class Merges(Resource):
    """`/books/{book_id}/merges`"""

    @operation(
        "mergeBooks",
        "Merge books that are the same",
        body=compile_body(schemas.MERGE, "create"),
        answer=schemas.BOOK,
        problems=("not-found", "merged", "merge-refused", "isbn-taken"),
    )
    def post(self, call: Call, present: BookRow) -> Answer:
        """The book with the copies, loans, holds, orders and ISBNs of the others, which are gone.

        They answer 410 `merged` from now on. Holds queue up by the moment they were placed; of
        several of one member one stays.
        """
        now = timestamps.now()
        return answered(merge_books(present.id, call.body["from"], call.actor, now))


def _marc(call: Call, found: BookRow) -> Answer:
    """The book as a file of one record. Raises Invalid when something is to be embedded."""
    if call.query["embed"]:
        raise Invalid([Fault("not-allowed", "Only JSON embeds.", parameter="embed")])
    original = marc_record.of_books([found.id]).get(found.id)
    library = "" if found.control_number else source_key.code()
    shown = {**found.read(), "library": library}
    return Answer([(shown, original)], tag=found.tag)


def _json_ld(call: Call, found: BookRow) -> Answer:
    """The book for search engines, with what can be borrowed of it at the moment."""
    if call.query["embed"]:
        raise Invalid([Fault("not-allowed", "Only JSON embeds.", parameter="embed")])
    settings = current_app.config["SETTINGS"]
    url = f"{settings.public_url or request.host_url.rstrip('/')}{PREFIX}/books/{found.id}"
    stock = supply.availability([found.id], timestamps.now())[found.id]
    described = as_json_ld(
        found.read(),
        url,
        settings.library_name,
        copies=stock.copies,
        available=stock.available,
    )
    return Answer(described, tag=found.tag)


def _facets(call: Call, asked: dict[str, Any]) -> dict[str, Any]:
    names = call.query["facets"]
    if not names:
        return {}
    found = facets(asked, names)
    sample = {} if found.every == 1 else {"facets_sample": {"one_in": found.every}}
    return {"facets": found.values, **sample}


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
        availability = supply.availability(ids, timestamps.now())
        for record in records:
            record["availability"] = availability[record["id"]].to_json()
    if "copies" in wanted:
        shown: dict[int, Records] = {book_id: [] for book_id in ids}
        stored = [row for rows in copy.of_books(ids).values() for row in rows]
        for each in copies_seen_by(call, stored):
            shown[each["book_id"]].append(each)
        for record in records:
            record["copies"] = shown[record["id"]]
