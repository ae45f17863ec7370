"""Exports of all that is not a book: one operation for each kind of record."""

from itertools import chain

from api.http.accept import choose
from api.operation import Answer, Call, operation
from api.resource import Resource
from moving.export import WRITTEN, parts
from resources.exports import as_file
from validators.engine.queries import compile_query
from validators.imports import EXPORT_QUERY

_CHARSETS = {"csv": "; charset=utf-8"}


def _export(kind: str) -> type[Resource]:
    """The resource `/exports/{kind}`."""

    class Export(Resource):
        """Everything of one kind, as a file."""

        @operation(
            f"export{kind.capitalize()}",
            f"Export all {kind} to a file",
            query=compile_query(EXPORT_QUERY),
            offers=tuple(WRITTEN.values()),
            streamed=True,
        )
        def get(self, call: Call) -> Answer:
            """All records, in the order of their ids, streamed; `POST /imports` takes them back.

            Other records are named by card number, barcode, ISBN and `source_key`. Passwords and
            PINs never leave. In CSV, lists and objects are written as JSON.
            """
            written = call.query["format"]
            choose((WRITTEN[written],), call.context)
            found = (part.data for part in parts(kind, written))
            # What fails before the first byte is still answered with a problem.
            stream = chain([next(found, b"")], found)
            content_type = WRITTEN[written] + _CHARSETS.get(written, "")
            return Answer(stream=stream, content_type=content_type, headers=as_file(written, kind))

    Export.__name__ = Export.__qualname__ = f"{kind.capitalize()}Export"
    return Export


CopiesExport = _export("copies")
MembersExport = _export("members")
LoansExport = _export("loans")
HoldsExport = _export("holds")
FeesExport = _export("fees")
PaymentsExport = _export("payments")
OrdersExport = _export("orders")
PostsExport = _export("posts")
PoliciesExport = _export("policies")
ClosuresExport = _export("closures")
