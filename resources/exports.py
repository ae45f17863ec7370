"""Exports: the catalogue, or what a search finds of it, as a file."""

from itertools import chain

from api.http.accept import choose
from api.http.pagination import filters
from api.operation import Answer, Call, operation
from api.resource import Resource
from catalogue.export import sources
from circulation import supply
from circulation.money import DECIMALS
from formats import WRITTEN_TYPES, write
from models import timestamps
from validators import books as schemas
from validators.engine.errors import Fault, Invalid
from validators.engine.queries import compile_query

ENDINGS = {"marc": "mrc", "marcxml": "xml", "csv": "csv", "ndjson": "ndjson", "unimarc": "mrc"}
_WITH_RECORDS = ("marc", "marcxml", "unimarc", "ndjson")
_CHARSETS = {"csv": "; charset=utf-8"}


def as_file(kind: str, name: str) -> dict[str, str]:
    """The headers of an answer that is to be saved under a name."""
    return {"Content-Disposition": f'attachment; filename="{name}.{ENDINGS[kind]}"'}


class Exports(Resource):
    """`/exports/books`"""

    @operation(
        "exportBooks",
        "Export books to a file",
        query=compile_query(schemas.EXPORT_QUERY),
        offers=tuple(dict.fromkeys(WRITTEN_TYPES.values())),
        streamed=True,
    )
    def get(self, call: Call) -> Answer:
        """The books that the filters leave, in the order of their ids, streamed.

        A book that came from a MARC record goes out as that record, with what was changed since;
        UNIMARC with `format=unimarc`. With `copies=true` the copies in stock come too: as `copies`
        in NDJSON, one row each in CSV, and fields 952 in MARC (995 in UNIMARC). NDJSON has the kept
        record too, as `marc` (MARC in JSON), and `source_key`, by which an import knows the book
        again; CSV cannot carry these. With `deleted=true` titles that are gone follow there.
        """
        asked = supply.on_shelf(filters(call), timestamps.now())
        kind, copies, deleted = (asked.pop(name) for name in ("format", "copies", "deleted"))
        if deleted and kind != "ndjson":
            told = Fault("not-allowed", "Only NDJSON has deleted titles.", parameter="deleted")
            raise Invalid([told])
        choose((WRITTEN_TYPES[kind],), call.context)
        books = sources(
            asked,
            with_records=kind in _WITH_RECORDS,
            with_copies=copies,
            with_origin=kind == "ndjson",
            with_deleted=deleted,
        )
        found = write(kind, books, copies=copies, decimals=DECIMALS[call.settings.currency])
        # What fails before the first byte is still answered with a problem.
        stream = chain([next(found, b"")], found)
        content_type = WRITTEN_TYPES[kind] + _CHARSETS.get(kind, "")
        return Answer(stream=stream, content_type=content_type, headers=as_file(kind, "books"))
