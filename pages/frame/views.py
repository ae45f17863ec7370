"""How a view is declared, and how its page is sent.

A view takes the visit and gives a response:

    desk = blueprint("desk", __name__)

    @page(desk, "/desk", least=Role.LIBRARIAN)
    def start(visit: Visit) -> Response:
        return render(visit, "desk/start.html")
"""

from collections.abc import Callable
from functools import partial
from secrets import token_urlsafe
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, redirect, render_template, request
from markupsafe import Markup

from api import context as contexts
from api.auth.permission import Permission
from api.problems import handled
from models.vocabulary import Language, Role
from pages.frame import cookies, errors, texts
from pages.frame.texts import tag
from pages.frame.visit import KEY, TOKEN, Visit, begin, stranger

View = Callable[..., Response]
_LANGUAGES = [(one, texts.own_name(one), tag(one)) for one in Language]
_NUMBER_BYTES = 12
_HTML = "text/html; charset=utf-8"
# Covers may lie anywhere; Pico draws its icons from data: addresses. Everything else is ours.
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';"
    " img-src 'self' data: https:; media-src 'self' data:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


def blueprint(name: str, import_name: str) -> Blueprint:
    """A blueprint whose templates lie beside it, and whose errors are pages."""
    made = Blueprint(name, import_name, template_folder="templates")
    made.register_error_handler(Exception, failed)
    return made


def page(
    blueprint: Blueprint,
    path: str,
    *,
    least: Role | None = None,
    methods: tuple[str, ...] = ("GET",),
) -> Callable[[View], View]:
    """Declare a view; `least` is the role that it needs, None for everybody.

    A POST reaches the view only with the token of a form of ours.
    """
    permission = Permission(least)

    def mark(view: View) -> View:
        def run(**parameters: Any) -> Response:
            visit = g.visit = begin(request)
            current_app.extensions["octavo.limits"].charge(visit.context)  # 429
            permission.require_access(visit.caller)  # 401, 403
            if request.method == "POST":
                visit.require_own_form()  # 400, 403, 413, 415
            return view(visit, **parameters)

        blueprint.add_url_rule(path, view.__name__, run, methods=methods)
        return view

    return mark


def failed(error: Exception) -> Any:
    """The page that tells of an error, to a browser; to programs the problem document."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    reply = handled(app, error, contexts.of(request.environ))
    if not errors.is_for_browser(request):
        return reply
    visit = g.get("visit") or stranger(request)
    if (
        reply.code == 401
        and visit.person is None
        and not (visit.is_form or errors.is_htmx(request))
    ):
        return sent(visit, redirect(errors.sign_in_address(visit), 303))
    told = errors.told(reply, visit)
    response = render(visit, "frame/problem.html", status=reply.code, problem=told)
    for name, value in reply.sent:
        if name in errors.KEPT_HEADERS:
            response.headers[name] = value
    if reply.code == 401:
        response.headers.extend({**errors.FORM_CHALLENGE, **errors.WHOLE_PAGE})
    return response


def render(visit: Visit, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page in the language of the visit; nobody but this browser may keep it."""
    text = render_template(
        template,
        visit=visit,
        t=visit.say,
        n=visit.count,
        lang=tag(visit.language),
        form_token=partial(_form_token, visit),
        languages_of_pages=_LANGUAGES,
        **values,
    )
    return sent(visit, Response(text, status, content_type=_HTML))


def _form_token(visit: Visit) -> Markup:
    """The hidden fields that every form with `method="post"` needs.

    That is the token, and a new number, from which the idempotency keys of its acts are made.
    """
    field = Markup('<input type="hidden" name="{}" value="{}">')
    token, number = visit.form_token(), token_urlsafe(_NUMBER_BYTES)
    return field.format(TOKEN, token) + field.format(KEY, number)


def see(visit: Visit, address: str) -> Response:
    """Go on to another page after a form: loading that again does nothing twice."""
    return sent(visit, redirect(address, 303))


def sent(visit: Visit, response: Any) -> Response:
    """With the headers that every page has."""
    signed_in = visit.person is not None
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "no-store" if signed_in else "private, no-cache"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Vary"] = "Accept, Accept-Language, Cookie, HX-Request"
    if visit.nonce is not None:
        cookies.visit(response, request, visit.nonce)
    made: Response = response
    return made
