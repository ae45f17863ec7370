"""Exports: the catalogue, or what a search finds of it, as a file."""

from itertools import chain

from api.negotiation import choose
from api.operation import Answer, Call, operation
from api.paging import filters
from api.pipeline import Resource
from catalogue.exporting import sources
from formats import MEDIA_TYPES, write
from validators import books
from validators.queries import compile_query

ENDINGS = {"marc": "mrc", "marcxml": "xml", "csv": "csv", "ndjson": "ndjson"}
_CHARSETS = {"csv": "; charset=utf-8"}


def as_file(kind: str, name: str) -> dict[str, str]:
    """The headers of an answer that is to be saved under a name."""
    return {"Content-Disposition": f'attachment; filename="{name}.{ENDINGS[kind]}"'}


class Exports(Resource):
    """`/exports/books`"""

    @operation(
        "exportBooks",
        "Export books to a file",
        query=compile_query(books.EXPORT_QUERY),
        offers=tuple(MEDIA_TYPES.values()),
        tagged=False,
    )
    def get(self, call: Call) -> Answer:
        """The books that the filters leave, in the order of their ids, streamed.

        A book that came from a MARC record goes out as that record, with what was changed since.
        """
        asked = filters(call)
        kind = asked.pop("format")
        choose((MEDIA_TYPES[kind],), call.context)
        found = write(kind, sources(asked, with_records=kind in ("marc", "marcxml")))
        # What fails before the first byte is still answered with a problem.
        stream = chain([next(found, b"")], found)
        content_type = MEDIA_TYPES[kind] + _CHARSETS.get(kind, "")
        return Answer(stream=stream, content_type=content_type, headers=as_file(kind, "books"))
