"""Errors as pages tell them: a heading, what to do, the reasons, in the visit's language."""

from typing import Any
from urllib.parse import quote

import orjson
from flask import Request, request

from api.http.reply import Reply
from api.problems import Problem, as_problem
from circulation import reason_texts
from models.errors import DomainError
from pages.frame.addresses import nearest_page
from pages.frame.visit import Visit
from validators.engine.errors import Invalid

REFUSALS = (Problem, DomainError, Invalid)
"""What an operation raises for what its caller has asked; `api.problems.as_problem` reads it."""
WHOLE_PAGE = {"HX-Retarget": "body", "HX-Reselect": "unset", "HX-Reswap": "innerHTML"}
"""Has htmx show a page with its header, which says who is signed in."""
FORM_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="octavo"'}
"""For a 401 (RFC 9110, 15.5.2). Basic would have the browser ask in a window of its own."""
KEPT_HEADERS = frozenset({"Allow", "Retry-After"})
_DAYS = frozenset({"expires_on", "due_at"})
_TOLD = frozenset({400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 415, 422, 429, 500, 503})


def merged_into(error: Exception) -> int | None:
    """The book into which the one that was asked for was merged; None of any other refusal."""
    into: int | None = as_problem(error).extra.get("into")
    return into


def is_for_browser(asked: Request) -> bool:
    """Whether the client names HTML itself, or is htmx, which does not: others get the document."""
    if is_htmx(asked):
        return True
    return any(kind == "text/html" and weight > 0 for kind, weight in asked.accept_mimetypes)


def is_htmx(asked: Request) -> bool:
    """Whether the page is asked for by htmx, which shows a part of it."""
    return asked.headers.get("HX-Request") == "true"


def sign_in_address(visit: Visit) -> str:
    """Where to sign in, and to come back from."""
    return f"/sign-in?next={quote(visit.here, safe='')}"


def told(reply: Reply, visit: Visit) -> dict[str, Any]:
    """What a page tells of a problem document.

    `title` and `advice` in the language of the visit, `detail` in English where that is it,
    `reasons` as sentences, `code` and `request_id` for those who ask the library; `sign_in` is the
    address for those who must sign in first, to whom the API speaks of headers, `back` that of the
    page whose form was refused, or whose form has the address that was loaded.
    """
    document = orjson.loads(reply.body)
    status = reply.code if reply.code in _TOLD else 500
    must_sign_in = status == 401
    return {
        "title": visit.say(f"problem.{status}.title"),
        "advice": visit.say(f"problem.{status}.advice"),
        "detail": document["detail"] if visit.language == "eng" and not must_sign_in else "",
        "sign_in": sign_in_address(visit) if must_sign_in else "",
        "back": "" if must_sign_in else _back(visit, status),
        "reasons": reasons(document.get("reasons", ()), visit),
        "code": document["code"],
        "request_id": document["request_id"],
        "status": reply.code,
    }


def _back(visit: Visit, status: int) -> str:
    if visit.is_form:
        return visit.here
    return nearest_page(request.path) if status == 405 else ""


def reasons(found: Any, visit: Visit) -> list[str]:
    """The reasons of a refusal as sentences for the member."""
    return [reason(one, visit) for one in found]


def reason(one: dict[str, Any], visit: Visit) -> str:
    """One reason in the language of the visit, else as the API says it."""
    if not reason_texts.is_known(one["code"]):
        return str(one["detail"])
    return reason_texts.reason_text(one["code"], in_words(one["params"], visit), visit.language)


def in_words(params: dict[str, Any], visit: Visit) -> dict[str, Any]:
    """The params of a reason, with amounts of money and days as people write them."""
    worded = dict(params)
    if "balance" in params:  # the limit of fees is money, those of loans and holds are not
        worded |= {name: visit.money(params[name]) for name in ("balance", "limit")}
    for name in _DAYS & params.keys():
        worded[name] = visit.day(params[name])
    return worded
