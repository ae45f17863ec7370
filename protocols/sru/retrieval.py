"""searchRetrieve: the books that a query finds."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from models import marc_record, source_key
from models.book_fields import BookRow
from models.search import clauses
from models.search.clauses import Clause
from protocols import dublin_core, marcxml
from protocols.sru import cql
from protocols.sru.cql import SortKey
from protocols.sru.diagnostics import Diagnostic
from protocols.sru.parameters import Request
from protocols.sru.responses import diagnostics, record, response

MOST_RECORDS = 100
RECORDS = 10
"""How many records are given unless told otherwise."""
DEEPEST = 10_000
"""The last record that a search gives; whoever wants all harvests them."""

_DC = "info:srw/schema/1/dc-schema"
_DC_ROOT = f'<srw_dc:dc xmlns:srw_dc="{_DC}" xmlns:dc="http://purl.org/dc/elements/1.1/">'


class Schema(NamedTuple):
    """A schema of records: its identifier, its names, and how a book is written in it.

    `write` takes the book, the record that is kept of it, and the code of the library.
    """

    identifier: str
    names: frozenset[str]
    write: Callable[[BookRow, bytes | None, str], str]
    needs_original: bool


def _dublin_core(row: BookRow, _original: bytes | None, _library: str) -> str:
    return f"{_DC_ROOT}{dublin_core.as_xml(row.read())}</srw_dc:dc>"


SCHEMAS = {
    "marcxml": Schema(
        "info:srw/schema/1/marcxml-v1.1",
        frozenset({"marcxml", "marc21", "marc", "http://www.loc.gov/MARC21/slim"}),
        marcxml.of_row,
        needs_original=True,
    ),
    "dc": Schema(
        "info:srw/schema/1/dc-v1.1",
        frozenset({"dc", _DC, "http://purl.org/dc/elements/1.1/"}),
        _dublin_core,
        needs_original=False,
    ),
}


def search_retrieve(request: Request) -> str:
    """The response. Raises Diagnostic."""
    schema, packing = _schema(request), packing_of(request)
    if request.given.get("queryType", "cql") not in ("cql", "searchTerms"):
        raise Diagnostic(6, "queryType")
    first = request.number("startRecord", 1, 1)
    most = min(request.number("maximumRecords", RECORDS, 0), MOST_RECORDS)
    parsed = cql.parse(request.given.get("query", ""))
    sort = _sort_keys(request) or parsed.sort
    total = clauses.total(parsed.clause)
    if first > max(total, 1):
        raise Diagnostic(61, str(first))
    if most and total and first > DEEPEST:
        raise Diagnostic(61, f"Records after {DEEPEST} are not given; narrow the query.")
    shown = _shown(request, schema, packing, parsed.clause, sort, first, most) if most else []
    following = first + len(shown)
    has_more = shown and following <= min(total, DEEPEST)
    return response(
        request,
        f"<numberOfRecords>{total}</numberOfRecords>",
        f"<records>{''.join(shown)}</records>" if shown else "",
        f"<nextRecordPosition>{following}</nextRecordPosition>" if has_more else "",
    )


def refusal(request: Request, wrong: Diagnostic) -> str:
    """The response to a search that was refused."""
    none = "<numberOfRecords>0</numberOfRecords>"
    return response(request, none, diagnostics(request, [wrong.told]))


def packing_of(request: Request) -> str:
    """`xml` or `string`. Raises Diagnostic 71."""
    name = "recordXMLEscaping" if request.is_2 else "recordPacking"
    packing = request.given.get(name) or "xml"
    if packing not in ("xml", "string"):
        raise Diagnostic(71, packing)
    if request.is_2 and request.given.get("recordPacking", "packed") not in _PACKINGS_OF_2:
        raise Diagnostic(71, request.given["recordPacking"])
    return packing


# Of a client that means the packing of 1.x, or what 2.0 calls so.
_PACKINGS_OF_2 = ("packed", "unpacked", "xml", "string", "")


def _shown(
    request: Request,
    schema: Schema,
    packing: str,
    clause: Clause,
    sort: Sequence[str],
    first: int,
    most: int,
) -> list[str]:
    found = clauses.page(clause, sort, limit=most, offset=first - 1)
    ids = [book.id for book in found]
    originals = marc_record.of_books(ids) if schema.needs_original else {}
    says_whose = schema.needs_original and not all(book.control_number for book in found)
    library = source_key.code() if says_whose else ""
    return [
        record(
            request,
            schema.identifier,
            schema.write(book, originals.get(book.id), library),
            packing=packing,
            position=position,
            identifier=str(book.id),
        )
        for position, book in enumerate(found, first)
    ]


def _schema(request: Request) -> Schema:
    asked = request.given.get("recordSchema") or "marcxml"
    for schema in SCHEMAS.values():
        if asked == schema.identifier or asked in schema.names:
            return schema
    raise Diagnostic(66, asked)


def _sort_keys(request: Request) -> tuple[str, ...]:
    """The keys of the parameter `sortKeys` of 1.1: path, schema, ascending, …, with blanks."""
    keys = []
    for text in request.given.get("sortKeys", "").split():
        path, _schema, ascending, *_rest = [*text.split(","), "", "", ""]
        if ascending not in ("", "0", "1", "true", "false"):
            raise Diagnostic(82, ascending)
        descends = ascending in ("0", "false")
        keys.append(SortKey(path.strip('"'), ("descending",) if descends else ()))
    return cql.sort_names(keys, {})
