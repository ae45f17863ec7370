"""Imports: files of records brought into the catalogue in the background."""

from collections.abc import Iterator

import orjson

from api import background, uploads
from api.bodies import pieces
from api.negotiation import choose, require_type
from api.operation import Answer, Call, operation
from api.paging import filters, listed
from api.pipeline import Resource
from api.uploads import Upload
from formats import MEDIA_TYPES, holdings
from models import import_job, import_reject
from resources.exports import as_file
from validators import imports
from validators.errors import BadValue, Fault, Invalid
from validators.queries import compile_query

_KINDS = {media_type: kind for kind, media_type in MEDIA_TYPES.items()}
_MARC = ("marc", "marcxml")


def _kind(call: Call) -> str:
    return _KINDS[require_type(call.operation.takes, call.context)]


def _received(call: Call) -> Upload:
    """The file, on disk. Raises Invalid, and Problem 413 as soon as it is too large."""
    _require_fitting(call)
    upload = uploads.begin(background.folder(call.settings))
    call.at_end.append(upload.end)
    upload.receive(pieces(call.context, call.settings.max_import_bytes))
    call.content = _kind(call).encode() + upload.digest
    return upload


def _require_fitting(call: Call) -> None:
    """Refuse parameters that mean nothing for files of this format."""
    kind, query = _kind(call), call.query
    faults = []
    if query["columns"] and kind != "csv":
        faults.append(Fault("not-allowed", "Only CSV has columns.", parameter="columns"))
    if "copies" in query and kind not in _MARC:
        detail = "Only MARC takes this; other formats have columns or members for copies."
        faults.append(Fault("not-allowed", detail, parameter="copies"))
    try:
        holdings(query.get("copies", "999$a"))
    except BadValue as bad:
        faults.append(Fault(bad.code, bad.detail, parameter="copies"))
    if faults:
        raise Invalid(faults)


class Imports(Resource):
    """`/imports`"""

    @operation(
        "listImports",
        "List imports",
        query=compile_query(imports.IMPORTS_QUERY),
        answer=imports.IMPORT,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The imports, the newest first."""
        return listed(call, import_job.LISTING, filters(call))

    @operation(
        "importBooks",
        "Import a file of records",
        query=compile_query(imports.IMPORT_QUERY),
        answer=imports.IMPORT,
        status=202,
        takes=tuple(MEDIA_TYPES.values()),
        prepare=_received,
    )
    def post(self, call: Call) -> Answer:
        """The import, which goes on in the background; read it again to see how far it has come.

        A record whose ISBN is in the catalogue is skipped, or with `on_match=update` changes the
        fields that it speaks of, for which it needs no title, and adds the copies that are missing.
        A record that cannot be taken keeps none of the others out.
        """
        query, upload = call.query, call.prepared
        record = import_job.create(
            {
                "format": _kind(call),
                "match": query["match"],
                "on_match": query["on_match"],
                "dry_run": int(query["dry_run"]),
                "columns": orjson.dumps(query["columns"]).decode(),
                "copies": query.get("copies"),
                "file": upload.path.name,
            },
            call.actor,
        )
        upload.kept = True
        call.at_end.append(lambda: background.wake(call.settings))
        return Answer(record, 202, at=f"/imports/{record['id']}")


class Import(Resource):
    """`/imports/{import_id}`"""

    @operation("getImport", "Read an import", answer=imports.IMPORT, problems=("not-found",))
    def get(self, call: Call, import_id: int) -> Answer:
        """How far it has come."""
        return Answer(import_job.find(import_id))


class ImportErrors(Resource):
    """`/imports/{import_id}/errors`"""

    @operation(
        "listImportErrors",
        "List the faults of an import",
        query=compile_query(imports.IMPORT_ERRORS_QUERY),
        answer=imports.IMPORT_ERROR,
        paged=True,
        problems=("not-found",),
    )
    def get(self, call: Call, import_id: int) -> Answer:
        """What was wrong with which record, in their order.

        Among them is what keeps no record out: values that could not be read and were left empty
        (`unreadable`, `isbn-unreadable`), in MARC also what is damaged; of up to 100,000 records.
        """
        import_job.find(import_id)
        return listed(call, import_reject.LISTING, {"import_id": import_id, **filters(call)})


class ImportRejects(Resource):
    """`/imports/{import_id}/rejects`"""

    @operation(
        "getImportRejects",
        "Get the rejected records of an import",
        offers=tuple(MEDIA_TYPES.values()),
        problems=("not-found",),
        tagged=False,
    )
    def get(self, call: Call, import_id: int) -> Answer:
        """The records as they came, in a file of the same format, to mend and send again.

        They are kept for 90 days.
        """
        kind, head, foot = import_job.ends(import_id)
        choose((MEDIA_TYPES[kind],), call.context)
        return Answer(
            stream=_file(import_id, kind, head, foot),
            # In whatever encoding the file came.
            content_type=MEDIA_TYPES[kind],
            headers=as_file(kind, f"import-{import_id}-rejects"),
        )


def _file(import_id: int, kind: str, head: bytes, foot: bytes) -> Iterator[bytes]:
    """The rejected records as a file. A line that was cut off gets an end before another one."""
    in_lines = kind in ("csv", "ndjson")
    last = head
    yield head
    for raw in import_reject.raw_records(import_id):
        if in_lines and last and not last.endswith((b"\n", b"\r")):
            yield b"\n"
        yield raw
        last = raw
    yield foot
