"""Responses of SRU as XML: 1.1 and 1.2 have one namespace and their names, 2.0 others."""

from collections.abc import Iterable

from protocols.sru.diagnostics import URI, Told
from protocols.sru.parameters import SOAP, Request
from protocols.xml import DECLARATION, element

_SRW = "http://www.loc.gov/zing/srw/"
_OASIS = "http://docs.oasis-open.org/ns/search-ws/"
_RESPONSES = {
    "searchRetrieve": "sruResponse",
    "explain": "sruResponse",
    "scan": "scan",
}


def response(request: Request, *parts: str) -> str:
    """The response to a request, in an envelope where it came in one."""
    name = f"{request.operation}Response"
    inner = "".join(parts)
    if request.is_2:
        space = f"{_OASIS}{_RESPONSES[request.operation]}"
        root = f'<{name} xmlns="{space}">{inner}</{name}>'
    else:
        version = element("version", request.version)
        root = f'<{name} xmlns="{_SRW}">{version}{inner}</{name}>'
    if request.is_soap:
        root = f'<SOAP:Envelope xmlns:SOAP="{SOAP}"><SOAP:Body>{root}</SOAP:Body></SOAP:Envelope>'
    return f"{DECLARATION}{root}\n"


def diagnostics(request: Request, told: Iterable[Told]) -> str:
    """The element that says what was refused; nothing when nothing was."""
    inner = "".join(diagnostic(request, each) for each in told)
    return f"<diagnostics>{inner}</diagnostics>" if inner else ""


def diagnostic(request: Request, told: Told) -> str:
    """One diagnostic."""
    space = f"{_OASIS}diagnostic" if request.is_2 else f"{_SRW}diagnostic/"
    details = element("details", told.details) if told.details else ""
    return (
        f'<diagnostic xmlns="{space}">'
        + element("uri", f"{URI}{told.number}")
        + details
        + element("message", told.message)
        + "</diagnostic>"
    )


def record(
    request: Request,
    schema: str,
    data: str,
    *,
    packing: str,
    position: int | None = None,
    identifier: str | None = None,
) -> str:
    """A record; `data` is its XML, which string packing escapes."""
    shown = (
        element("recordData", data) if packing == "string" else f"<recordData>{data}</recordData>"
    )
    escaping = "recordXMLEscaping" if request.is_2 else "recordPacking"
    known = identifier is not None and request.version != "1.1"
    return (
        "<record>"
        + element("recordSchema", schema)
        + element(escaping, packing)
        + shown
        + (element("recordIdentifier", identifier or "") if known else "")
        + ("" if position is None else element("recordPosition", str(position)))
        + "</record>"
    )
