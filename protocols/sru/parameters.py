"""The parameters of a request, by GET, POST or SOAP, and what each may be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from protocols import xml
from protocols.sru.diagnostics import Diagnostic

VERSIONS = ("1.1", "1.2", "2.0")
_COMMON = frozenset({"version", "operation", "stylesheet", "extraRequestData"})
_KNOWN = {
    "explain": _COMMON | {"recordPacking", "recordXMLEscaping", "httpAccept", "responseType"},
    "searchRetrieve": _COMMON
    | {
        *("query", "queryType", "startRecord", "maximumRecords", "recordPacking"),
        *("recordXMLEscaping", "recordSchema", "recordXPath", "resultSetTTL", "sortKeys"),
        *("renderedBy", "httpAccept", "responseType"),
    },
    "scan": _COMMON
    | {"scanClause", "responsePosition", "maximumTerms", "httpAccept", "responseType"},
}
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


@dataclass(frozen=True, slots=True)
class Request:
    """A request: its operation, the version that it is answered in, and its parameters."""

    operation: str
    version: str
    given: Mapping[str, str] = field(default_factory=dict)
    is_soap: bool = False

    @property
    def is_2(self) -> bool:
        """Whether it is of version 2.0."""
        return self.version == "2.0"

    def number(self, name: str, default: int, least: int) -> int:
        """A number among the parameters. Raises Diagnostic 6."""
        text = self.given.get(name, "").strip()
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and len(text) <= 9) or int(text) < least:
            raise Diagnostic(6, name)
        return int(text)

    def require_known(self) -> None:
        """Raises Diagnostic for what the operation does not take, or lacks."""
        for name in self.given:
            if name not in _KNOWN[self.operation] and not name.startswith("x-"):
                raise Diagnostic(8, name)
        if self.given.get("stylesheet"):
            raise Diagnostic(110, self.given["stylesheet"])
        if self.given.get("recordXPath"):
            raise Diagnostic(72, self.given["recordXPath"])


def of_pairs(pairs: Sequence[tuple[str, str]]) -> tuple[Request, Diagnostic | None]:
    """The request of a query string or a form, and what is wrong with it from the start."""
    given = dict(pairs)
    operation = given.get("operation") or _implied(given)
    version = given.get("version") or ("2.0" if "operation" not in given else "1.2")
    if version not in VERSIONS:
        return Request("explain", "1.2", given), Diagnostic(5, "2.0")
    if operation not in _KNOWN:
        return Request("explain", version, given), Diagnostic(4, operation)
    request = Request(operation, version, given)
    if len(given) != len(pairs):
        return request, Diagnostic(6, "A parameter is given more than once.")
    if "operation" in given and "version" not in given and operation != "explain":
        return request, Diagnostic(7, "version")
    if version != "2.0" and "operation" not in given and len(given) > 1:
        return request, Diagnostic(7, "operation")
    return request, None


def of_envelope(body: bytes) -> tuple[Request, Diagnostic | None]:
    """The request in a SOAP envelope. Raises ValueError for what is none."""
    root = xml.read(body)
    content = root.find(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or content is None or len(content) != 1:
        raise ValueError("no envelope of SOAP 1.1 with one request")
    name = _local_name(content[0])
    pairs = [(_local_name(each), "".join(each.itertext()).strip()) for each in content[0]]
    operation = name.removesuffix("Request")
    request, wrong = of_pairs([*pairs, ("operation", operation)])
    return Request(request.operation, request.version, request.given, is_soap=True), wrong


def _implied(given: Mapping[str, str]) -> str:
    if "query" in given:
        return "searchRetrieve"
    return "scan" if "scanClause" in given else "explain"


def _local_name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
