"""Idempotency keys: the first answer again, and nothing done twice.

The answer is kept in the transaction of the change, encrypted, since it may hold tokens and keys
that are shown once.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import orjson

from api.context import Context
from api.http.reply import Reply
from api.problems import Problem
from models import idempotency
from models.errors import Missing

HEADER = "HTTP_IDEMPOTENCY_KEY"
OF_FORM = "octavo.form_key"
"""In the environment: the key of a call from inside, which every method that writes takes."""
ONLY_AGAIN = "octavo.only_again"
"""In the environment: such a call is to give the answer kept for its key, or do nothing."""
_KEY = re.compile(r'"?([\x21\x23-\x7e]{1,64})"?\Z')


def overtaken() -> Missing:
    """What is raised where a change may only be answered again, and no answer to it is kept."""
    return Missing("This cannot be done any more: something has been done since.")


class Vault:
    """Encrypts kept answers with keys made from the instance's secret keys."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._keys = [key.encode() for key in secret_keys]

    @cached_property
    def _fernet(self) -> Any:
        """What encrypts, loaded for the first key that is sent: its library takes 7 MiB."""
        from cryptography.fernet import Fernet, MultiFernet

        return MultiFernet([Fernet(_derived(key)) for key in reversed(self._keys)])

    def seal(self, content: bytes) -> bytes:
        """Encrypt."""
        sealed: bytes = self._fernet.encrypt(content)
        return sealed

    def open(self, sealed: bytes) -> bytes | None:
        """Decrypt, or None when the key it was sealed with has been retired."""
        from cryptography.fernet import InvalidToken

        try:
            opened: bytes = self._fernet.decrypt(sealed)
        except InvalidToken:
            return None
        return opened

    def fingerprint(self, content: bytes) -> str:
        """A digest of a body, keyed because a body may hold a password."""
        return _digest(self._keys[-1], content)

    def is_of(self, fingerprint: str, content: bytes) -> bool:
        """Whether a fingerprint, made with whichever of the keys, is that of this body."""
        return any(hmac.compare_digest(fingerprint, _digest(key, content)) for key in self._keys)


class Claim:
    """One request's idempotency key, in the transaction that works on it.

    `is_of_form` says that a form of a page was sent, which waits for its first sending and may be
    meant anew after some minutes.
    """

    def __init__(self, key: str, context: Context, content: bytes, vault: Vault) -> None:
        caller = context.caller.id
        who = f"user {caller}" if caller is not None else f"address {context.address}"
        named = f"{who}\n{context.method}\n{context.path}\n{key}"
        self._id = hashlib.sha256(named.encode()).hexdigest()
        self._vault = vault
        self._content = content + b"\n" + context.query_string.encode("latin-1")
        self.is_of_form = OF_FORM in context.environ
        self._only_again = ONLY_AGAIN in context.environ

    def replay(self) -> Reply | None:
        """The answer kept for the key, or None when this request is the first.

        Raises Problem `idempotency-in-progress` or `idempotency-key-reused`, and Missing for the
        first one of those that are to be answered again only.
        """
        kept = self._kept()
        opened = None if kept is None else self._vault.open(kept[1])
        if kept is None or opened is None:
            if self._only_again:
                raise overtaken()
            return None
        if not self._vault.is_of(kept[0], self._content):
            detail = "This key was used for a request with another body."
            raise Problem("idempotency-key-reused", detail)
        return _unpacked(opened)

    def _kept(self) -> tuple[str, bytes] | None:
        """What is kept for the key, which this transaction works on from now on."""
        if self.is_of_form:
            idempotency.wait_for(self._id)
            return idempotency.find(self._id, idempotency.KEPT_OF_FORM)
        if not idempotency.claim(self._id):
            detail = "The first request with this key is still running."
            raise Problem("idempotency-in-progress", detail)
        return idempotency.find(self._id)

    def keep(self, reply: Reply) -> None:
        """Keep the answer."""
        sealed = self._vault.seal(_packed(reply))
        idempotency.keep(self._id, self._vault.fingerprint(self._content), sealed)


def key_of_request(context: Context) -> str | None:
    """The idempotency key of a POST, without its quotes, or None. Raises Problem when malformed."""
    given = context.header(HEADER)
    if given is None or context.method != "POST":
        return None
    found = _KEY.match(given.strip())
    if found is None or given.strip().startswith('"') != given.strip().endswith('"'):
        raise Problem("bad-idempotency-key", "Send 1 to 64 visible characters as Idempotency-Key.")
    return found.group(1)


def _digest(key: bytes, content: bytes) -> str:
    return hmac.digest(key, content, hashlib.sha256).hex()


def _packed(reply: Reply) -> bytes:
    if not isinstance(reply.body, bytes):
        raise TypeError("an answer that is streamed cannot be kept")
    return orjson.dumps([reply.code, reply.sent]) + b"\n" + reply.body


def _unpacked(content: bytes) -> Reply:
    head, _, body = content.partition(b"\n")
    status, headers = orjson.loads(head)
    replayed = [(name, value) for name, value in headers]
    return Reply(status, body, [*replayed, ("Idempotency-Replayed", "true")])


def _derived(key: bytes) -> bytes:
    digest = hmac.digest(b"octavo idempotency", key, hashlib.sha256)
    return base64.urlsafe_b64encode(digest)
