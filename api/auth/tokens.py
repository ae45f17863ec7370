"""Signed tokens and API keys: made and read, each for one purpose."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Sequence
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from models.session import SignIn

KEY_PREFIX = "octavo_"
_MOST_SIGNED = 4096
LONGEST = 2048
LONGEST_CURSOR = 16_384
"""A cursor holds what the list is sorted by, such as a title of a thousand characters."""


class Signer:
    """Signs values for one purpose. The last key signs; every key verifies, so keys can rotate."""

    def __init__(self, keys: Sequence[str], purpose: str, longest: int = LONGEST) -> None:
        self._longest = longest
        self._serializer: Any = URLSafeSerializer(
            list(keys),
            salt=f"octavo.{purpose}",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def sign(self, value: Any) -> str:
        """The value as a token."""
        token: str = self._serializer.dumps(value)
        return token

    def read(self, token: str) -> Any:
        """The value of a token, or None when it was not signed here for this purpose."""
        if len(token) > self._longest:
            return None
        try:
            value = self._serializer.loads(token)
        except BadData:
            return None
        return value if _is_as_signed(token) else None


def _is_as_signed(token: str) -> bool:
    """Whether the signature is spelt as we spell it: base64 has several spellings for one."""
    signature = token.rpartition(".")[2].encode()
    return base64_encode(base64_decode(signature)) == signature


class Tokens:
    """Access and refresh tokens. Both carry the sign-in's id, so that ending it ends them.

    They carry its mark as well, behind what the release before reads: its nodes take our tokens.
    Its own have none.
    """

    def __init__(self, keys: Sequence[str], access_minutes: int) -> None:
        self.access_seconds = access_minutes * 60
        self._access = Signer(keys, "access")
        self._refresh = Signer(keys, "refresh")
        self._digest_key = secrets.token_bytes(32)
        self._signed: dict[bytes, tuple[SignIn, int]] = {}

    def access(self, one: SignIn, turn: int) -> str:
        """An access token for a sign-in; the turn makes each refreshed one a new one."""
        ends = int(time.time()) + self.access_seconds
        return self._access.sign([one.id, ends, turn, one.mark])

    def refresh(self, one: SignIn, turn: int) -> str:
        """The refresh token number `turn` of a sign-in."""
        return self._refresh.sign([one.id, turn, one.mark])

    def read_access(self, token: str) -> SignIn | None:
        """The sign-in, or None when the token is not good or past its time.

        What was signed once is so for ever, so a good signature is not calculated again: that is a
        twentieth of a loan. Tokens are remembered by a digest, since whoever has one may use it.
        """
        digest = hashlib.blake2b(token.encode(), key=self._digest_key, digest_size=16).digest()
        known = self._signed.get(digest)
        if known is None:
            value = self._access.read(token)
            if value is None:
                return None
            if len(self._signed) >= _MOST_SIGNED:
                self._signed.clear()
            known = self._signed[digest] = SignIn(value[0], _mark(value, 3)), value[1]
        one, ends = known
        return one if ends > time.time() else None

    def read_refresh(self, token: str) -> tuple[SignIn, int] | None:
        """The sign-in and the turn, or None when the token is not ours."""
        value = self._refresh.read(token)
        return None if value is None else (SignIn(value[0], _mark(value, 2)), value[1])


def _mark(value: list[Any], place: int) -> str:
    """The mark at its place, or the empty one for what the release before has signed."""
    mark: str = value[place] if len(value) > place else ""
    return mark


def new_api_key_secret() -> str:
    """A secret of 256 bits."""
    return secrets.token_urlsafe(32)


def api_key(key_id: int, secret: str) -> str:
    """The key as its owner sees it, once."""
    return f"{KEY_PREFIX}{key_id}_{secret}"


def split_api_key(text: str) -> tuple[int, str] | None:
    """The id and secret of what looks like an API key, else None."""
    number, _, secret = text.removeprefix(KEY_PREFIX).partition("_")
    if not (number.isascii() and number.isdigit() and len(number) <= 18 and secret):
        return None
    return int(number), secret


def secret_hash(secret: str) -> str:
    """How an API key's secret is kept; it is random enough to need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def same_secret(secret: str, stored: str) -> bool:
    """Whether a secret is the one kept, compared in constant time."""
    return hmac.compare_digest(secret_hash(secret), stored)
