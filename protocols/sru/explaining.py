"""explain: what this server knows, as a ZeeRex record."""

from typing import NamedTuple
from urllib.parse import urlsplit

from protocols.sru.cql import SORTED
from protocols.sru.diagnostics import Diagnostic
from protocols.sru.indexes import INDEXES, SETS
from protocols.sru.parameters import Request
from protocols.sru.responses import diagnostics, record, response
from protocols.sru.retrieval import MOST_RECORDS, RECORDS, SCHEMAS, packing_of
from protocols.sru.scanning import SCANNED
from protocols.xml import element

_ZEEREX = "http://explain.z3950.org/dtd/2.0/"
_TITLES = {
    "serverchoice": "serverChoice",
    "allrecords": "allRecords",
}
_RELATIONS = ("=", "==", "exact", "all", "any", "adj", "<", "<=", ">", ">=", "<>", "within")


class Server(NamedTuple):
    """The library as a database: its name, and where it is asked."""

    name: str
    url: str


def explain(request: Request, server: Server, wrong: Diagnostic | None = None) -> str:
    """The response, with what was refused if anything was."""
    try:
        packing = packing_of(request)
    except Diagnostic as other:
        packing, wrong = "xml", wrong or other
    told = record(request, _ZEEREX, _description(server, request.version), packing=packing)
    return response(request, told, diagnostics(request, [wrong.told] if wrong else []))


def _description(server: Server, version: str) -> str:
    return (
        f'<explain xmlns="{_ZEEREX}">'
        + _server_info(server, version)
        + "<databaseInfo>"
        + element("title", server.name, lang="en", primary="true")
        + "</databaseInfo>"
        + _index_info()
        + _schema_info()
        + _config_info()
        + "</explain>"
    )


def _server_info(server: Server, version: str) -> str:
    parts = urlsplit(server.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return (
        f'<serverInfo protocol="SRU" version="{version}" transport="{parts.scheme}"'
        ' method="GET POST SOAP">'
        + element("host", parts.hostname or "")
        + element("port", str(port))
        + element("database", parts.path.lstrip("/"))
        + "</serverInfo>"
    )


def _index_info() -> str:
    sets = "".join(f'<set identifier="{uri}" name="{name}"/>' for name, uri in SETS.items())
    indexes = "".join(
        f'<index search="true" scan="{str(name in SCANNED).lower()}"'
        f' sort="{str(name in SORTED).lower()}">'
        + element("title", f"{name[0]}.{_TITLES.get(name[1], name[1])}")
        + f'<map><name set="{name[0]}">{_TITLES.get(name[1], name[1])}</name></map></index>'
        for name in INDEXES
    )
    return f"<indexInfo>{sets}{indexes}</indexInfo>"


def _schema_info() -> str:
    schemas = "".join(
        f'<schema identifier="{schema.identifier}" name="{name}" retrieve="true" sort="false">'
        + element("title", name)
        + "</schema>"
        for name, schema in SCHEMAS.items()
    )
    return f"<schemaInfo>{schemas}</schemaInfo>"


def _config_info() -> str:
    supported = "".join(element("supports", each, type="relation") for each in _RELATIONS)
    return (
        "<configInfo>"
        + element("default", str(RECORDS), type="numberOfRecords")
        + element("default", "marcxml", type="retrieveSchema")
        + element("default", "cql", type="contextSet")
        + element("default", "serverChoice", type="index")
        + element("default", "=", type="relation")
        + element("setting", str(MOST_RECORDS), type="maximumRecords")
        + supported
        + element("supports", "*", type="maskingCharacter")
        + "</configInfo>"
    )
