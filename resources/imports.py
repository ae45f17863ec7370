"""Imports: files of records brought into the catalogue in the background."""

from collections.abc import Iterator, Mapping
from typing import Any

from werkzeug.http import parse_options_header

from api import jobs
from api.http import uploads
from api.http.accept import choose, require_type
from api.http.body import pieces
from api.http.pagination import filters, listed
from api.http.uploads import Upload
from api.operation import FILE, Answer, Call, operation
from api.resource import Resource
from formats import MEDIA_TYPES, holdings
from formats.encoding_names import codec_name
from models import import_job, import_reject
from models.import_job import ImportRow
from moving.export import WRITTEN
from moving.fields import OF_KIND
from moving.taking import MATCH
from resources.exports import as_file
from validators import imports as schemas
from validators.engine.errors import BadValue, Fault, Invalid
from validators.engine.queries import compile_query

_KINDS = {media_type: kind for kind, media_type in MEDIA_TYPES.items()}
_MARC = ("marc", "marcxml")
_MATCH = {"books": ("isbn", "control_number"), "members": MATCH}
_QUERY = schemas.import_query(name for fields in OF_KIND.values() for name in fields)
KEY = "their source_key alone"


def _kind(call: Call) -> str:
    """What the file is: its media type says so, or else `format`. Raises Invalid."""
    sent = require_type(call.operation.takes, call.context)
    told = call.query.get("format")
    kind = told if sent == FILE else _KINDS[sent]
    if kind is None:
        detail = f"Say what the file is: format={'|'.join(MEDIA_TYPES)}."
        raise Invalid([Fault("required", detail, parameter="format")])
    if told not in (None, kind):
        detail = f"The Content-Type {sent} says otherwise; leave this out."
        raise Invalid([Fault("not-allowed", detail, parameter="format")])
    return str(kind)


def _received(call: Call) -> Upload:
    """The file, on disk. Raises Invalid, and Problem 413 as soon as it is too large."""
    _require_fitting(call)
    upload = uploads.begin(jobs.folder(call.settings))
    call.at_end.append(upload.end)
    upload.receive(pieces(call.context, call.settings.max_import_bytes))
    call.content = _kind(call).encode() + upload.digest
    return upload


def _require_fitting(call: Call) -> None:
    """Refuse parameters that mean nothing for files of this format and kind."""
    query = call.query
    found = _kind(call)
    faults = [*_faults_of_kind(query, found), *_faults_of_columns(query, found)]
    if codec_name(query.get("encoding", "utf-8")) is None:
        faults.append(("encoding", "There is no encoding of this name."))
    told = [Fault("not-allowed", detail, parameter=name) for name, detail in faults]
    try:
        holdings(query.get("copies", "999$a"))
    except BadValue as bad:
        told.append(Fault(bad.code, bad.detail, parameter="copies"))
    if told:
        raise Invalid(told)


def _faults_of_kind(query: Mapping[str, Any], found: str) -> Iterator[tuple[str, str]]:
    """The parameters that mean nothing for records of this kind."""
    is_books, match = query["kind"] == "books", query.get("match", [])
    if not is_books and found not in WRITTEN:
        yield "kind", f"Only books come as {found}; send CSV or NDJSON."
    known = {"books": schemas.MATCHES, "members": schemas.MATCHES_OF_MEMBERS}
    fitting = known.get(query["kind"], ())
    if any(name not in fitting for name in match):
        yield "match", f"{query['kind'].capitalize()} are matched by {', '.join(fitting) or KEY}."
    if "none" in match and len(match) > 1:
        yield "match", "Either none, or what to match by."
    if not is_books and query["make_barcodes"]:
        yield "make_barcodes", "Only the copies of books get barcodes."
    if "copies" in query and found not in _MARC:
        yield "copies", "Only MARC takes this; other formats have columns or members for copies."
    if is_books and "money" in query:
        yield "money", "Prices with decimals are told from those without by themselves."


def _faults_of_columns(query: Mapping[str, Any], found: str) -> Iterator[tuple[str, str]]:
    """What is wrong with the columns that were named."""
    if not query["columns"]:
        return
    if found != "csv":
        yield "columns", "Only CSV has columns."
    known = OF_KIND.get(query["kind"], schemas.COLUMN_FIELDS)
    unknown = [name for name in query["columns"] if name not in known]
    if unknown:
        yield "columns", f"There is no field {unknown[0]!a}."


def _reading(call: Call) -> dict[str, Any]:
    """How the file is to be read: as it was asked for, and as the content type says."""
    _, parameters = parse_options_header(call.context.header("CONTENT_TYPE"))
    asked = {
        "encoding": call.query.get("encoding"),
        "dates": call.query.get("dates"),
        "charset": parameters.get("charset"),
        "make_barcodes": call.query["make_barcodes"] or None,
        "money": call.query.get("money"),
    }
    return {name: value for name, value in asked.items() if value is not None}


class Imports(Resource):
    """`/imports`"""

    @operation(
        "listImports",
        "List imports",
        query=compile_query(schemas.IMPORTS_QUERY),
        answer=schemas.IMPORT,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The imports, the newest first."""
        return listed(call, import_job.LISTING, filters(call))

    @operation(
        "importBooks",
        "Import a file of records",
        query=compile_query(_QUERY),
        answer=schemas.IMPORT,
        status=202,
        takes=(*MEDIA_TYPES.values(), FILE),
        prepare=_received,
    )
    def post(self, call: Call) -> Answer:
        """The import, which goes on in the background; read it again to see how far it has come.

        `kind` says what the records are; all but books come as CSV or NDJSON. Records that are
        moved in keep their moments and ask no policy. A row that was brought in once changes
        nothing the second time.

        A record whose book is in the catalogue (`match`) is skipped, or with `on_match=update`
        changes the fields that it speaks of, for which it needs no title; copies that are missing
        are added. Values that are too long or faulty are left out and noted. A record that cannot
        be taken keeps none of the others out.
        """
        query, upload = call.query, call.prepared
        row = import_job.create(
            {
                "format": _kind(call),
                "kind": query["kind"],
                "match": ",".join(query.get("match", _MATCH.get(query["kind"], ()))),
                "on_match": query["on_match"],
                "dry_run": query["dry_run"],
                "columns": query["columns"],
                "copies": query.get("copies"),
                "reading": _reading(call),
                "file": upload.path.name,
            },
            call.actor,
        )
        upload.kept = True
        call.at_end.append(lambda: jobs.wake(call.settings))
        return Answer(row.to_json(), 202, at=f"/imports/{row.id}")


class Import(Resource):
    """`/imports/{import_id}`"""

    @operation("getImport", "Read an import", answer=schemas.IMPORT, problems=("not-found",))
    def get(self, call: Call, found: ImportRow) -> Answer:
        """How far it has come."""
        return Answer(found.to_json())


class ImportErrors(Resource):
    """`/imports/{import_id}/errors`"""

    @operation(
        "listImportErrors",
        "List the faults of an import",
        query=compile_query(schemas.IMPORT_ERRORS_QUERY),
        answer=schemas.IMPORT_ERROR,
        paged=True,
        problems=("not-found",),
    )
    def get(self, call: Call, job: ImportRow) -> Answer:
        """What was wrong with which record, in their order.

        Among them is what keeps no record out: values that could not be read and were left empty
        (`unreadable`, `isbn-unreadable`), in MARC also what is damaged; of up to 100,000 records.
        """
        return listed(call, import_reject.LISTING, {"import_id": job.id, **filters(call)})


class ImportRejects(Resource):
    """`/imports/{import_id}/rejects`"""

    @operation(
        "getImportRejects",
        "Get the rejected records of an import",
        offers=tuple(MEDIA_TYPES.values()),
        problems=("not-found",),
        streamed=True,
    )
    def get(self, call: Call, job: ImportRow) -> Answer:
        """The records as they came, in a file of the same format, to mend and send again.

        They are kept for 90 days.
        """
        import_id = job.id
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
