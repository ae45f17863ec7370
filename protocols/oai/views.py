"""`/oai`: where harvesters ask, by GET or by POST."""

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request

from api.auth.tokens import Signer
from api.settings import Settings
from protocols.oai.errors import Busy
from protocols.oai.provider import answer
from protocols.oai.repository import Repository
from protocols.public import address, busy, in_xml, require_reader


def register(app: Flask) -> None:
    """Add the view to the application."""
    app.add_url_rule("/oai", "oai", in_xml(oai), methods=["GET", "POST"])


def oai() -> Response:
    """The answer to one request; what is wrong with it is an error of OAI-PMH with status 200."""
    settings: Settings = current_app.config["SETTINGS"]
    require_reader(settings)
    given = request.form if request.method == "POST" else request.args
    pairs = [(name, value) for name, values in given.lists() for value in values]
    try:
        return Response(
            answer(_repository(settings), pairs), content_type="text/xml; charset=utf-8"
        )
    except Busy:
        raise busy() from None


def _repository(settings: Settings) -> Repository:
    base = address(settings)
    return Repository(
        settings.library_name,
        f"{base}/oai",
        urlsplit(base).hostname or "localhost",
        settings.library_email or settings.admin_email,
        Signer(settings.secret_keys, "oai"),
    )
