"""Who calls: the Authorization header, read once, through Flask-HTTPAuth."""

import secrets
import time
from collections.abc import Callable
from hashlib import blake2b

from flask import current_app, g, request
from flask_httpauth import HTTPAuth
from werkzeug.datastructures import Authorization

from api import context as contexts
from api.auth import passwords, pins, tokens
from api.auth.passwords import Verifier
from api.auth.tokens import Tokens
from api.context import NOBODY, Caller, Context
from api.middleware.rate_limits import Limits
from api.problems import Problem
from api.settings import Settings
from models import api_key, session, unchanged, user
from models import sign_in as stored_accounts
from models.sign_in import Account, Proof
from models.unchanged import Look
from models.vocabulary import Role
from validators.engine.errors import Fault, Invalid

REALM = "octavo"
_MOST_KNOWN = 1024


class Authentication(HTTPAuth):
    """Flask-HTTPAuth for one header in either scheme: a token, an API key, or email and password.

    `caller()` finds out who calls; from then on Flask-HTTPAuth's `current_user()` gives it.
    """

    def __init__(self, settings: Settings, limits: Limits) -> None:
        super().__init__("Bearer", REALM)
        self.tokens = Tokens(settings.secret_keys, settings.access_token_minutes)
        self._verifier = Verifier(settings.password_rounds)
        self._rounds = settings.password_rounds
        self._limits = limits
        self._asked: Callable[[], Caller] = self.login_required(optional=True)(
            lambda: self.current_user() or NOBODY
        )
        self._key = secrets.token_bytes(32)
        self._known: dict[bytes, tuple[bytes, int, Caller]] = {}

    def caller(self) -> Caller:
        """Who calls. Raises Problem 401, 429.

        The same header from the same address is the same caller as long as nothing was committed
        and the second has not ended, which is what sign-ins and tokens are measured in: whatever
        ends one is a commit or the clock. That saves a signature, a statement and Flask-HTTPAuth's
        way. Where it cannot be told whether anything was committed nothing is remembered.
        """
        header = request.environ.get("HTTP_AUTHORIZATION")
        mark = unchanged.mark() if header and Look.is_on else None
        if mark is None or request.method == "OPTIONS":
            return self._asked()
        address = contexts.of(request.environ).address
        sent = f"{address}\n{header}".encode("utf-8", "surrogatepass")
        digest, second = blake2b(sent, key=self._key, digest_size=16).digest(), int(time.time())
        known = self._known.get(digest)
        if known is not None and known[0] == mark and known[1] == second:
            g.flask_httpauth_user = known[2]
            return known[2]
        found = self._asked()
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        # The mark and the second are those of before: what ended it in between is seen next time.
        self._known[digest] = (mark, second, found)
        return found

    def get_auth(self) -> Authorization | None:
        """The header: the scheme in small letters, and what follows it as `token`."""
        header = request.environ.get("HTTP_AUTHORIZATION", "").strip()
        if not header:
            return None
        scheme, _, rest = header.partition(" ")
        return Authorization(scheme.lower(), token=rest.strip())

    def authenticate(
        self, auth: Authorization | None, stored_password: str | None
    ) -> Caller | None:
        """The caller that the header names, None when there is none.

        Raises Problem 401, also where no credentials are needed: a client that sends bad ones
        wants to know. Raises Problem 429 for too many wrong passwords.
        """
        if auth is None:
            return None
        if auth.type == "bearer":
            caller = self.verify_token(auth.token or "")
            if caller is None:
                detail = "This token or key is not valid, or no longer valid."
                raise Problem("bad-token", detail)
            return caller
        if auth.type == "basic":
            return self._basic(auth.token or "")
        raise Problem(
            "authentication-required",
            "Authorization is Bearer with a token or API key, or Basic with email and password.",
        )

    def sign_in(self, email: str, password: str, context: Context) -> Caller:
        """The caller with this email and password. Raises Problem 401, 429.

        Each attempt counts for the address and for the account, wrong ones for the pair too.
        """
        self._limits.charge_sign_in(context, email)
        account = stored_accounts.by_email(email)
        stored = None if account is None else account.password_hash
        right = self._guess(email, password, stored, context)
        return self._proved(account if right else None, email, password)

    def _proved(self, account: Account | None, email: str, password: str) -> Caller:
        """The caller whose password was right. Raises Problem 401 for none and for an inactive one.

        The hash of another system, which came with the member, becomes one of ours.
        """
        if account is None or not account.is_active:
            raise _bad_credentials()
        stored = account.password_hash
        if stored is not None and passwords.is_foreign(stored):
            stored = self._rehash(account.id, stored, email, password)
        return Caller(account.id, Role(account.role), proof=Proof(account.id, stored))

    def _rehash(self, user_id: int, stored: str, email: str, password: str) -> str:
        ours = passwords.hashed(password, self._rounds)
        if stored_accounts.rehash(user_id, stored, ours):
            return ours
        # Another call with the same password has made it ours, or the password was changed.
        account = stored_accounts.by_email(email)
        now = None if account is None else account.password_hash
        return now if now is not None and passwords.matches(password, now) else stored

    def require_proof(self, caller: Caller) -> int:
        """The id of a caller who has just signed in, by a secret that is still the one in use.

        To be asked in the transaction that begins the sign-in: the secret may have been changed,
        and all sign-ins ended, since it was verified. Raises Problem 401; it is no wrong guess.
        """
        if caller.proof is None:
            raise LookupError("sign_in gives a caller with a proof or raises")
        if not stored_accounts.still_holds(caller.proof):
            raise _bad_credentials() if caller.proof.card is None else _bad_card()
        return caller.proof.user_id

    def sign_in_again(self, caller: Caller, context: Context) -> Caller:
        """The caller of a Basic request that asks for tokens, which counts as any sign-in does."""
        if caller.id is None or caller.session_id or caller.scopes is not None:
            detail = "Send email and password, in the body or by Basic."
            raise Invalid([Fault("required", detail, pointer="#/email")])
        self._limits.charge_sign_in(context, user.find(caller.id).email or "")
        return caller

    def verify_password(self, user_id: int, password: str, context: Context) -> Proof | None:
        """What the password of the account proves, None if it is wrong; wrong ones count.

        Raises Problem 429.
        """
        stored = stored_accounts.of(user_id).password_hash
        email = user.find(user_id).email or f"user {user_id}"
        return Proof(user_id, stored) if self._guess(email, password, stored, context) else None

    def sign_in_by_card(self, card_number: str, pin: str) -> Caller:
        """The member with this card and PIN. Raises Problem 401, and 429 after 5 wrong PINs."""
        context = contexts.of(request.environ)
        self._limits.charge_sign_in(context, f"card {card_number}")
        try:
            account = pins.member_of(self._verifier, card_number, pin)
        except pins.TooManyPins as refused:
            raise _too_many_pins(refused) from None
        if account is None or not account.is_active:
            raise _bad_card()
        proof = Proof(account.id, pin_hash=account.pin_hash, card=user.card_key(card_number))
        return Caller(account.id, Role(account.role), proof=proof)

    def verify_pin(self, user_id: int, pin: str) -> Proof | None:
        """What the PIN of the account proves, None if it is wrong; wrong ones count.

        Raises Problem 429.
        """
        try:
            return pins.proof_of(self._verifier, user.find(user_id), pin)
        except pins.TooManyPins as refused:
            raise _too_many_pins(refused) from None

    def verify_basic(self, email: str, password: str, context: Context) -> Caller:
        """The caller of a Basic request; only wrong passwords count. Raises Problem 401 or 429.

        A password that was right a minute ago from the same address costs nothing.
        """
        account = stored_accounts.by_email(email)
        stored = None if account is None else account.password_hash
        right = self._verifier.remembers(password, stored, context.address) or self._guess(
            email, password, stored, context
        )
        return self._proved(account if right else None, email, password)

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
        one = self.tokens.read_access(token)
        found = None if one is None else session.caller(one)
        if one is None or found is None:
            return None
        return Caller(found[0], Role(found[1]), session_id=one.id)

    def _basic(self, encoded: str) -> Caller:
        given = Authorization.from_header(f"Basic {encoded}")
        if given is None:
            raise _bad_credentials()
        context = contexts.of(request.environ)
        return self.verify_basic(given.username or "", given.password or "", context)


def of_app() -> Authentication:
    """The authentication of the application at hand."""
    authentication: Authentication = current_app.extensions["octavo.authentication"]
    return authentication


def _key_caller(token: str) -> Caller | None:
    split = tokens.split_api_key(token)
    found = None if split is None else api_key.caller(split[0])
    if split is None or found is None:
        return None
    user_id, role, scopes, stored = found
    return Caller(user_id, Role(role), scopes) if tokens.same_secret(split[1], stored) else None


def _too_many_pins(refused: pins.TooManyPins) -> Problem:
    detail = (
        "Too many wrong PINs for this card: 5 in 15 minutes are allowed. Try again after"
        f" {refused.until:%Y-%m-%dT%H:%M:%SZ}, in {refused.seconds} seconds, or let the library set"
        " a new PIN."
    )
    return Problem("rate-limited", detail, headers={"Retry-After": str(refused.seconds)})


def _bad_credentials() -> Problem:
    return Problem("bad-credentials", "The email or the password is wrong.")


def _bad_card() -> Problem:
    return Problem("bad-credentials", "The card number or the PIN is wrong.")
