"""Who calls: the Authorization header, read once, checked through Flask-HTTPAuth."""

from typing import Any

from flask import current_app, request
from flask_httpauth import HTTPBasicAuth, HTTPTokenAuth
from werkzeug.datastructures import Authorization

from api import context as contexts
from api import tokens
from api.context import NOBODY, Caller, Context
from api.limits import Limits
from api.passwords import Verifier
from api.problems import Problem
from api.settings import Settings
from api.tokens import Tokens
from models import api_key, session, user
from validators.errors import Fault, Invalid

REALM = "octavo"
bearer = HTTPTokenAuth("Bearer", realm=REALM)
basic = HTTPBasicAuth(realm=REALM)


class Credentials:
    """Checks credentials for one application."""

    def __init__(self, settings: Settings, limits: Limits) -> None:
        self.tokens = Tokens(settings.secret_keys, settings.access_token_minutes)
        self._verifier = Verifier(settings.password_rounds)
        self._limits = limits

    def caller(self, header: str, context: Context) -> Caller:
        """The caller that an Authorization header names; nobody when it is empty.

        Raises Problem 401, also where no credentials are needed: a client that sends bad ones
        wants to know. Raises Problem 429 for too many wrong passwords.
        """
        if not header.strip():
            return NOBODY
        scheme, _, rest = header.strip().partition(" ")
        if scheme.lower() == "bearer":
            return self._bearer(rest.strip())
        if scheme.lower() == "basic":
            return self._basic(rest.strip())
        raise Problem("authentication-required", "Use the Bearer or the Basic scheme.")

    def sign_in(self, email: str, password: str, context: Context) -> Caller:
        """The caller with this email and password; each attempt counts. Raises Problem 401, 429."""
        self._limits.charge_login(context, email)
        account = user.credentials(email)
        stored = None if account is None else account.password_hash
        right = self._guess(email, password, stored, context)
        return self._active(account if right else None)

    def sign_in_again(self, caller: Caller, context: Context) -> Caller:
        """The caller of a Basic request that asks for tokens, which counts as any sign-in does."""
        if caller.id is None or caller.session_id or caller.scopes is not None:
            detail = "Send email and password, in the body or by Basic."
            raise Invalid([Fault("required", detail, pointer="#/email")])
        self._limits.charge_login(context, user.find(caller.id)["email"])
        return caller

    def verify_password(self, user_id: int, password: str, context: Context) -> bool:
        """Whether this is the password of the account; wrong ones count. Raises Problem 429."""
        email = user.find(user_id)["email"]
        return self._guess(email, password, user.password_hash(user_id), context)

    def verify_basic(self, email: str, password: str, context: Context) -> Caller:
        """The caller of a Basic request; only wrong passwords count. Raises Problem 401 or 429.

        A password that was right a minute ago from the same address costs nothing.
        """
        account = user.credentials(email)
        stored = None if account is None else account.password_hash
        right = self._verifier.remembers(password, stored, context.address) or self._guess(
            email, password, stored, context
        )
        return self._active(account if right else None)

    def _guess(self, email: str, password: str, stored: str | None, context: Context) -> bool:
        """Whether it is right; wrong ones are charged when they are known to be wrong.

        Were all charged first, a program that begins with several right requests at once would be
        refused. So guesses sent at once exceed the limit, by one for each other worker at most.
        """
        self._limits.require_guess(context, email)
        right = self._verifier.check(password, stored, context.address)
        if not right:
            self._limits.note_guess(context, email)
        return right

    def verify_token(self, token: str) -> Caller | None:
        """The caller with this access token or API key, or None."""
        if token.startswith(tokens.KEY_PREFIX):
            return _key_caller(token)
        session_id = self.tokens.read_access(token)
        found = None if session_id is None else session.caller(session_id)
        return None if found is None else Caller(found[0], found[1], session_id=session_id)

    def _bearer(self, token: str) -> Caller:
        caller: Caller | None = bearer.authenticate(Authorization("bearer", token=token), None)
        if caller is None:
            raise Problem("bad-token", "This token or key is not good, or not any more.")
        return caller

    def _basic(self, encoded: str) -> Caller:
        authorization = Authorization.from_header(f"Basic {encoded}")
        if authorization is None:
            raise _bad_credentials()
        caller: Caller = basic.authenticate(authorization, None)
        return caller

    def _active(self, account: user.Account | None) -> Caller:
        if account is None or not account.is_active:
            raise _bad_credentials()
        return Caller(account.id, account.role)


@bearer.verify_token
def _verify_token(token: str) -> Any:
    return of_app().verify_token(token)


@basic.verify_password
def _verify_password(email: str, password: str) -> Any:
    return of_app().verify_basic(email, password, contexts.of(request.environ))


def of_app() -> Credentials:
    """The credentials of the application at hand."""
    credentials: Credentials = current_app.extensions["octavo.credentials"]
    return credentials


def _key_caller(token: str) -> Caller | None:
    split = tokens.split_api_key(token)
    found = None if split is None else api_key.caller(split[0])
    if split is None or found is None:
        return None
    user_id, role, scopes, stored = found
    return Caller(user_id, role, scopes) if tokens.same_secret(split[1], stored) else None


def _bad_credentials() -> Problem:
    return Problem("bad-credentials", "The email or the password is wrong.")
