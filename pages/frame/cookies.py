"""The cookies of the pages: a sign-in, a visit without one, and the language chosen.

The cookie of a sign-in names a row of `models.session`, so it ends with it; it opens no operation
of the API, which looks at `Authorization` alone.

The mark of the row has a cookie of its own beside the one that the release before reads, since both
releases may serve at once. It is not signed: it must be that of the row. The next release can put
both into one cookie.
"""

from secrets import token_urlsafe
from typing import Any

from flask import Request, Response, current_app

from api.auth.tokens import Signer
from api.context import NOBODY, Caller
from api.settings import Settings
from models import session
from models.session import SignIn
from models.vocabulary import Language, Role

SIGN_IN = "octavo_session"
MARK = "octavo_session_mark"
VISIT = "octavo_visit"
LANGUAGE = "octavo_language"
_NONCE_BYTES = 18
_YEAR = 365 * 24 * 3600
"""Seconds."""


def caller(request: Request) -> Caller:
    """Who is signed in by the cookie; nobody where there is none or the sign-in has ended."""
    value = _signer("page-session").read(request.cookies.get(SIGN_IN, ""))
    if not isinstance(value, int):
        return NOBODY
    mark = request.cookies.get(MARK, "")
    found = session.caller(SignIn(value, mark if mark.isascii() and mark.isalnum() else ""))
    return NOBODY if found is None else Caller(found[0], Role(found[1]), session_id=value)


def nonce(request: Request) -> str | None:
    """What names the visit, or None before the first form."""
    given = request.cookies.get(VISIT, "")
    value = _signer("page-visit").read(given) if given else None
    return value if isinstance(value, str) else None


def new_nonce() -> str:
    """What shall name a visit."""
    return token_urlsafe(_NONCE_BYTES)


def sign_in(response: Response, request: Request, begun: SignIn) -> None:
    """Let the browser keep a sign-in until it is closed."""
    _set(response, request, SIGN_IN, _signer("page-session").sign(begun.id))
    _set(response, request, MARK, begun.mark)


def visit(response: Response, request: Request, value: str) -> None:
    """Let the browser keep the name of its visit."""
    _set(response, request, VISIT, _signer("page-visit").sign(value))


def language(request: Request) -> Language | None:
    """The language that was chosen in this browser, if one was."""
    chosen = request.cookies.get(LANGUAGE, "")
    return Language(chosen) if chosen in set(Language) else None


def keep_language(response: Response, request: Request, chosen: Language) -> None:
    """Let the browser keep the language for a year."""
    response.set_cookie(LANGUAGE, chosen, max_age=_YEAR, **_flags(request))


def forget(response: Response, request: Request) -> None:
    """Let the browser forget its sign-in."""
    response.delete_cookie(SIGN_IN, **_flags(request))
    response.delete_cookie(MARK, **_flags(request))


def form_token(bound_to: str) -> str:
    """What a form carries, which other sites cannot know."""
    return _signer("page-form").sign(bound_to)


def is_form_token(given: str, bound_to: str) -> bool:
    """Whether a form carries what it was given."""
    return bool(_signer("page-form").read(given) == bound_to)


def _set(response: Response, request: Request, name: str, value: str) -> None:
    response.set_cookie(name, value, **_flags(request))


def _flags(request: Request) -> dict[str, Any]:
    return {"httponly": True, "samesite": "Lax", "secure": _is_tls(request), "path": "/"}


def _is_tls(request: Request) -> bool:
    """Whether the browser speaks TLS, to us or to the outermost of our own proxies."""
    proxies = _settings().trusted_proxies
    if proxies:
        hops = request.headers.get("X-Forwarded-Proto", "").split(",")
        told = hops[-min(proxies, len(hops))].strip().lower()
        if told:
            return told == "https"
    return request.scheme == "https"


def _signer(purpose: str) -> Signer:
    return Signer(_settings().secret_keys, purpose)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
