"""The own password, PIN and details; a password forgotten; an account opened."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from markupsafe import Markup

from api.problem_codes import PROBLEMS
from api.problems import Problem, as_problem
from models.errors import Stale
from models.vocabulary import Language, Role
from pages.frame.choices import language_word, offered
from pages.frame.drawn import as_sent, mark
from pages.frame.errors import FORM_CHALLENGE, REFUSALS
from pages.frame.views import page, render, see
from pages.frame.visit import Visit, compared
from pages.reader.blueprint import READER

_TOLD = frozenset(
    {
        *("wrong-password", "wrong-pin", "bad-token", "rate-limited", "email-taken", "invalid"),
        "registration-closed",
    }
)
_DETAILS = ("first_name", "last_name", "contact_email", "phone", "address", "language")


@page(READER, "/account/password", least=Role.MEMBER)
def password_form(visit: Visit) -> Response:
    """The form to change the password."""
    return _form(visit, "password")


@page(READER, "/account/password", least=Role.MEMBER, methods=("POST",))
def change_password(visit: Visit) -> Response:
    """Change it; all other sign-ins end."""
    body = _of(visit, "current_password", "new_password")
    return _tried(
        visit,
        "password",
        lambda: visit.do("changePassword", body=body),
        "/account?done=password-changed",
    )


@page(READER, "/account/pin", least=Role.MEMBER)
def pin_form(visit: Visit) -> Response:
    """The form to set the PIN."""
    return _form(visit, "pin")


@page(READER, "/account/pin", least=Role.MEMBER, methods=("POST",))
def change_pin(visit: Visit) -> Response:
    """Set it."""
    proof = "current_password" if visit.person and visit.person.has_password else "current_pin"
    body = {proof: visit.form.get("current", ""), "pin": visit.form.get("pin", "")}
    done = "/account?done=pin-changed"
    return _tried(visit, "pin", lambda: visit.do("changePin", body=body), done)


@page(READER, "/account/details", least=Role.MEMBER)
def details_form(visit: Visit) -> Response:
    """Name, address and language."""
    own = visit.do("getProfile")
    return _form(visit, "details", was=_marks(own), languages=_languages(visit, own))


@page(READER, "/account/details", least=Role.MEMBER, methods=("POST",))
def change_details(visit: Visit) -> Response:
    """Change what was changed in the form; what the library changed meanwhile stays."""
    return compared(partial(_change_details, visit))


def _change_details(visit: Visit) -> Response:
    """Where the same field was changed, or the form does not say, what stands there is told."""
    own, etag = visit.find("getProfile")
    form = visit.form
    present = {name: _detail(own, name) for name in _DETAILS}
    was = {name: form.get(f"was_{name}", "") for name in _DETAILS}
    given = {name: _as_sent(name, form[name]) for name in _DETAILS if name in form}
    changed = {
        name: text
        for name, text in given.items()
        if text != present[name] and mark(text) != was[name]
    }
    theirs = {name: present[name] for name in changed if mark(present[name]) != was[name]}
    if theirs:
        if theirs.get("language"):
            theirs["language"] = language_word(visit, theirs["language"])
        stale = as_problem(Stale("The account has changed since the form was loaded."))
        values = {"given": present | changed, "theirs": theirs, "was": _marks(own)}
        return _form(visit, "details", stale, languages=_languages(visit, own), **values)
    body = {name: text or None for name, text in changed.items()}
    act = partial(visit.do, "updateProfile", body=body, if_match=etag)
    languages = _languages(visit, own)
    done = "/account?done=details-changed"
    return _tried(visit, "details", act, done, was=was, languages=languages)


@page(READER, "/account/password/forgotten")
def forgotten_form(visit: Visit) -> Response:
    """The form that asks for a mail with a link."""
    return _form(visit, "forgotten", sent=request.args.get("sent") == "yes")


@page(READER, "/account/password/forgotten", methods=("POST",))
def forgotten(visit: Visit) -> Response:
    """Ask for it; the answer does not tell whether there is such an account."""
    return _tried(
        visit,
        "forgotten",
        lambda: visit.do("askPasswordReset", body=_of(visit, "email")),
        "/account/password/forgotten?sent=yes",
    )


@page(READER, "/account/password/new")
def new_password_form(visit: Visit) -> Response:
    """Where the link in the mail leads."""
    return _form(visit, "new_password", token=request.args.get("token", ""))


@page(READER, "/account/password/new", methods=("POST",))
def new_password(visit: Visit) -> Response:
    """Set a new password; all sign-ins end."""
    body = _of(visit, "token", "new_password")
    visit.shown_at = f"/account/password/new?{urlencode({'token': body['token']})}"
    return _tried(
        visit,
        "new_password",
        lambda: visit.do("resetPassword", body=body),
        "/sign-in?done=password",
        token=body["token"],
    )


@page(READER, "/register")
def register_form(visit: Visit) -> Response:
    """The form to open an account."""
    return _form(visit, "register")


@page(READER, "/register", methods=("POST",))
def register(visit: Visit) -> Response:
    """Open an account, and go on to sign in."""
    body = _of(visit, "email", "password", "first_name", "last_name")
    return _tried(
        visit, "register", lambda: visit.do("register", body=body), "/sign-in?done=registered"
    )


def _detail(own: dict[str, Any], name: str) -> str:
    """What stands in a field of the form for the person's own details."""
    return _as_sent(name, own[name] or "")


def _marks(own: dict[str, Any]) -> dict[str, str]:
    return {name: mark(_detail(own, name)) for name in _DETAILS}


def _languages(visit: Visit, own: dict[str, Any]) -> list[tuple[str, Markup]]:
    """The languages that the person may choose, and the one that they have."""
    codes = offered(Language, _detail(own, "language"))
    return [(code, language_word(visit, code)) for code in codes]


def _as_sent(name: str, text: str) -> str:
    return as_sent(text, of_many_lines=name == "address")


def _of(visit: Visit, *names: str) -> dict[str, str]:
    return {name: visit.form.get(name, "") for name in names}


def _tried(visit: Visit, form: str, act: Callable[[], Any], done: str, **values: Any) -> Response:
    """Go on to `done`, or show the form again with what is wrong."""
    try:
        act()
    except REFUSALS as error:
        problem = as_problem(error)
        if problem.code not in _TOLD:
            raise
        return _form(visit, form, problem, given=visit.form, **values)
    return see(visit, done)


def _form(visit: Visit, name: str, wrong: Problem | None = None, **values: Any) -> Response:
    faults = [] if wrong is None else _faults(visit, wrong)
    status = 200 if wrong is None else PROBLEMS[wrong.code].status
    values = {"given": {}, "theirs": {}} | values
    response = render(
        visit,
        f"reader/{name}_form.html",
        status=status,
        faults=faults,
        **values,
    )
    if wrong is not None:
        response.headers.extend(
            {**FORM_CHALLENGE, **wrong.headers} if status == 401 else wrong.headers
        )
    # The address may hold a token.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _faults(visit: Visit, wrong: Problem) -> list[str]:
    """What is wrong, once for each field."""
    if wrong.code != "invalid":
        code = wrong.code.replace("-", "_")
        return [str(visit.say(f"fault.{code}"))]
    fields = {one["pointer"].removeprefix("#/") for one in wrong.extra["errors"]}
    kinds = dict.fromkeys(_FIELDS.get(one, "other") for one in sorted(fields))
    return [str(visit.say(f"fault.field_{kind}")) for kind in kinds]


_FIELDS = {
    "new_password": "password",
    "password": "password",
    "pin": "pin",
    "email": "email",
    "contact_email": "email",
    "first_name": "name",
    "last_name": "name",
}
