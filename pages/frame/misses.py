"""Addresses among those of the pages that lead nowhere: a browser is told so by a page."""

from typing import Any

from flask import Flask, current_app, g, request
from werkzeug.exceptions import MethodNotAllowed, NotFound

from api import context as contexts
from api.problems import handled
from pages.frame import errors
from pages.frame.views import failed
from pages.frame.visit import begin

_AREAS = "octavo.areas_of_pages"
_METHODS = frozenset({"GET", "HEAD", "POST"})
"""What browsers ask for pages with."""


def register(app: Flask, blueprints: set[str]) -> None:
    """Tell of such addresses; call it after the pages of these blueprints were added."""
    known = [
        one.rule for one in app.url_map.iter_rules() if one.endpoint.split(".")[0] in blueprints
    ]
    app.extensions[_AREAS] = {_area(rule) for rule in known} - {""}
    for error in (NotFound, MethodNotAllowed):
        app.register_error_handler(error, _missed)


def _missed(error: Exception) -> Any:
    """A page for a browser that asks for one of ours; to everybody else the problem document."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    is_ours = request.method in _METHODS and _area(request.path) in app.extensions[_AREAS]
    if not is_ours or not errors.is_for_browser(request):
        return handled(app, error, contexts.of(request.environ))
    try:
        app.extensions["octavo.limits"].charge(contexts.of(request.environ))  # 429
        g.visit = begin(request)
    except Exception as other:  # noqa: BLE001  told as the page of any address would tell it
        return failed(other)
    return failed(error)


def _area(path: str) -> str:
    """The first part of a path: `desk` of `/desk/books`."""
    return path.split("/", 2)[1]
