"""`/language`: the language of the pages, chosen by whoever looks at them."""

from flask import Response, request

from api.problems import Problem
from models.vocabulary import Language, Role
from pages.frame import cookies
from pages.frame.views import page, see
from pages.frame.visit import Visit
from pages.reader.blueprint import READER
from pages.reader.sign_in import local


@page(READER, "/language")
def choose_language(visit: Visit) -> Response:
    """Keep a language in this browser: it says nothing of the visitor, so no token is needed."""
    return _chosen(visit, request.args.get("to", ""), request.args.get("back", ""))


@page(READER, "/language", least=Role.MEMBER, methods=("POST",))
def change_language(visit: Visit) -> Response:
    """Make a language that of the account, too: it is the language of notices then."""
    language = _language(visit.form.get("to", ""))
    visit.do("updateProfile", body={"language": language})
    return _chosen(visit, language, visit.form.get("back", ""))


def _chosen(visit: Visit, code: str, goes_on: str) -> Response:
    response = see(visit, local(goes_on) or "/")
    cookies.keep_language(response, request, _language(code))
    return response


def _language(code: str) -> Language:
    if code not in set(Language):
        raise Problem("not-found", "The pages have no such language.")
    return Language(code)
