"""What `/oai` and `/sru` share: who may ask, and errors that are XML as everything else there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request

from api import context as contexts
from api import problems
from api.auth.authentication import of_app
from api.problems import Problem
from api.settings import Settings
from protocols.xml import DECLARATION, element
from validators.engine.domains import ascii_url

_MEDIA_TYPE = "application/problem+xml"
_NAMESPACE = "urn:ietf:rfc:7807"
_MEMBERS = ("type", "title", "status", "detail", "instance", "code", "request_id")
RETRY_SECONDS = "5"

View = Callable[[], Response]


def in_xml(view: View) -> View:
    """Have a view answer every error as XML (RFC 9457, appendix B)."""

    @wraps(view)
    def answered() -> Response:
        try:
            return view()
        except Exception as error:  # noqa: BLE001  every error becomes a problem
            return _problem(error)

    return answered


def require_reader(settings: Settings) -> None:
    """Let the request pass where the catalogue is public or the caller signs in.

    Raises Problem `authentication-required`, and what wrong credentials raise.
    """
    if settings.catalogue_public:
        return
    context = contexts.of(request.environ)
    context.caller = of_app().caller()
    if context.caller.id is None:
        raise Problem("authentication-required", "Sign in to read the catalogue.")


def address(settings: Settings) -> str:
    """Where the library is on the web, its host in ASCII as identifiers and clients have it."""
    return ascii_url(settings.public_url) or f"{request.scheme}://{request.host}"


def busy() -> Problem:
    """What is told when changes under way do not let a list go on: in a moment they will."""
    detail = "Changes are being written; ask again in a moment."
    return Problem("unavailable", detail, headers={"Retry-After": RETRY_SECONDS})


def _problem(error: Exception) -> Response:
    context = contexts.of(request.environ)
    told = problems.as_problem(error)
    reply = problems.answer(error, context)
    members = problems.document(context, told.code, told.detail, **told.extra)
    body = "".join(element(name, str(members[name])) for name in _MEMBERS if name in members)
    response = Response(
        f'{DECLARATION}<problem xmlns="{_NAMESPACE}">{body}</problem>\n',
        status=members["status"],
        headers=_headers(reply),
    )
    response.content_type = f"{_MEDIA_TYPE}; charset=utf-8"
    return response


def _headers(reply: Any) -> list[tuple[str, str]]:
    dropped = ("content-type", "content-length")
    return [(name, value) for name, value in reply.sent if name.lower() not in dropped]
