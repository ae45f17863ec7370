"""Books: many changes in one request."""

from api.http.batch import BatchReader, results
from api.operation import Answer, Call, operation
from api.resource import Resource
from catalogue.book_batch import change_books
from models import timestamps
from validators import batches, books
from validators.engine.bodies import compile_body

_read = BatchReader("book", compile_body(books.BOOK, "create"), compile_body(books.BOOK, "patch"))


class BookBatch(Resource):
    """`/books/batch`"""

    @operation(
        "changeBooks",
        "Create, update and delete many books",
        body=compile_body(books.BATCH, "create"),
        answer=batches.BATCH_ANSWER,
        prepare=_read,
    )
    def post(self, call: Call) -> Answer:
        """What became of each operation: the status it would have had alone, and id or problem.

        With `atomic` all are done or none; those that had nothing wrong are 424 `not-done` then.
        """
        now, atomic = timestamps.now(), call.body["atomic"]
        return results(call, change_books(call.prepared, call.actor, now, atomic=atomic))
