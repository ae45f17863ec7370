"""`/sru`: where clients search, by GET, by POST of a form, or by SOAP."""

from flask import Flask, Response, current_app, request

from api.problems import Problem
from api.settings import Settings
from models import replica
from protocols.public import address, in_xml, require_reader
from protocols.sru import parameters, retrieval, scanning
from protocols.sru.diagnostics import Diagnostic
from protocols.sru.explaining import Server, explain
from protocols.sru.parameters import Request

_SOAP_TYPES = ("text/xml", "application/xml", "application/soap+xml")


def register(app: Flask) -> None:
    """Add the view to the application."""
    app.add_url_rule("/sru", "sru", in_xml(sru), methods=["GET", "POST"])


def sru() -> Response:
    """The response; what is refused is a diagnostic with status 200."""
    settings: Settings = current_app.config["SETTINGS"]
    require_reader(settings)
    asked, wrong = _asked()
    server = _server(settings)
    answer = replica.read(lambda: _answer(asked, wrong, server))
    return Response(answer, content_type="text/xml; charset=utf-8")


def _asked() -> tuple[Request, Diagnostic | None]:
    if request.method == "POST" and request.mimetype in _SOAP_TYPES:
        try:
            return parameters.of_envelope(request.get_data())
        except ValueError:
            raise Problem("malformed-body", "This is not a request of SRU over SOAP 1.1.") from None
    given = request.form if request.method == "POST" else request.args
    return parameters.of_pairs(
        [(name, value) for name, values in given.lists() for value in values]
    )


def _answer(asked: Request, wrong: Diagnostic | None, server: Server) -> str:
    try:
        if wrong is not None:
            raise wrong
        asked.require_known()
        if asked.operation == "searchRetrieve":
            return retrieval.search_retrieve(asked)
        if asked.operation == "scan":
            return scanning.scan(asked)
        return explain(asked, server)
    except Diagnostic as refused:
        if asked.operation == "searchRetrieve":
            return retrieval.refusal(asked, refused)
        if asked.operation == "scan":
            return scanning.refusal(asked, refused)
        return explain(asked, server, refused)


def _server(settings: Settings) -> Server:
    return Server(settings.library_name, f"{address(settings)}/sru")
