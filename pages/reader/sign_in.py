"""Signing in by mail or by card, in one form, and signing out."""

from flask import Response, request

from api.auth.authentication import of_app
from api.problem_codes import PROBLEMS
from api.problems import Problem, as_problem
from models.vocabulary import Role
from pages.frame import cookies
from pages.frame.errors import FORM_CHALLENGE, REFUSALS
from pages.frame.views import page, render, see
from pages.frame.visit import Visit
from pages.reader.blueprint import READER

_DONE = frozenset({"password", "registered"})
_TOLD = frozenset({"bad-credentials", "rate-limited", "invalid"})


@page(READER, "/sign-in")
def sign_in_form(visit: Visit) -> Response:
    """The form."""
    done = request.args.get("done", "")
    return _form(visit, request.args.get("next", ""), done=done if done in _DONE else "")


@page(READER, "/sign-in", methods=("POST",))
def sign_in(visit: Visit) -> Response:
    """Sign in, and go on to where one wanted to be."""
    given = visit.form
    name, secret = given.get("name", "").strip(), given.get("secret", "")
    try:
        tokens = visit.do("login", body=_credentials(name, secret))
    except REFUSALS as error:
        problem = as_problem(error)
        if problem.code not in _TOLD:
            raise
        return _form(visit, given.get("next", ""), name=name, wrong=problem)
    begun = of_app().tokens.read_access(tokens["access_token"])
    if begun is None:
        raise LookupError("a sign-in gives a good token")
    response = see(visit, _next(given.get("next", ""), tokens["user"]["role"]))
    cookies.sign_in(response, request, begun)
    return response


@page(READER, "/sign-out", methods=("POST",))
def sign_out(visit: Visit) -> Response:
    """End this sign-in, or all of them."""
    if visit.caller.id is not None:
        everywhere = visit.form.get("everywhere") == "yes"
        visit.do("logout", body={"everywhere": everywhere})
    response = see(visit, "/")
    cookies.forget(response, request)
    return response


def _credentials(name: str, secret: str) -> dict[str, str]:
    """What has an @ is an address, everything else a card number."""
    if "@" in name:
        return {"email": name, "password": secret}
    return {"card_number": name, "pin": secret}


def _form(
    visit: Visit, goes_on: str, *, name: str = "", done: str = "", wrong: Problem | None = None
) -> Response:
    fault = None if wrong is None else wrong.code.replace("-", "_")
    response = render(
        visit,
        "reader/sign_in.html",
        status=200 if wrong is None else PROBLEMS[wrong.code].status,
        goes_on=local(goes_on),
        name=name,
        done=done,
        wrong=None if fault is None else visit.say(f"sign_in.{fault}"),
    )
    if wrong is not None:
        response.headers.extend({**FORM_CHALLENGE, **wrong.headers})
    return response


def _next(wanted: str, role: str) -> str:
    """Where to go on: an address of these pages only."""
    return local(wanted) or ("/account" if role == Role.MEMBER else "/desk")


def local(address: str) -> str:
    """The address if it lies on this server, else nothing."""
    is_path = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_path and address.isprintable() and "\\" not in address else ""
