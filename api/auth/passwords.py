"""Passwords: hashed with bcrypt, compared in the same time whether the account exists or not."""

import base64
import hashlib
import hmac
import secrets
import time
import unicodedata
from collections import OrderedDict

import bcrypt

_PURPOSE = b"octavo password"
FOREIGN = "bcrypt:"
# Of longer passwords bcrypt reads no more.
_MOST_BYTES = 72
REMEMBERED_SECONDS = 60
REMEMBERED_MOST = 1024


def hashed(password: str, rounds: int) -> str:
    """The hash to store. bcrypt reads 72 bytes at most, so it is given a digest of the password."""
    return bcrypt.hashpw(_digest(password), bcrypt.gensalt(rounds)).decode()


def is_foreign(stored: str) -> bool:
    """Whether another system made the hash, of the password itself: it came with a member."""
    return stored.startswith(FOREIGN)


def matches(password: str, stored: str) -> bool:
    """Whether the password is the one that was hashed."""
    if is_foreign(stored):
        bare = password.encode("utf-8", "surrogatepass")[:_MOST_BYTES]
        try:
            return b"\0" not in bare and bcrypt.checkpw(bare, stored[len(FOREIGN) :].encode())
        except ValueError:  # what came is no hash
            return False
    return bcrypt.checkpw(_digest(password), stored.encode())


def _digest(password: str) -> bytes:
    normal = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    return base64.b64encode(hmac.digest(_PURPOSE, normal, hashlib.sha256))


class Verifier:
    """Checks passwords; remembers for a minute which ones were right, so that Basic stays usable.

    What it remembers is keyed by a digest that includes the stored hash, so a changed password is
    refused at once, and the address, so that nobody learns from what others sent.
    """

    def __init__(self, rounds: int) -> None:
        # No password has this hash, and looking takes as long as with any other.
        self._nobody = bcrypt.gensalt(rounds).decode() + "." * 31
        self._key = secrets.token_bytes(32)
        self._remembered: OrderedDict[bytes, float] = OrderedDict()

    def remembers(self, password: str, stored: str | None, address: str) -> bool:
        """Whether this password was right for this hash within the last minute, from there."""
        if stored is None:
            return False
        until = self._remembered.get(self._entry(password, stored, address))
        return until is not None and until > time.monotonic()

    def check(self, password: str, stored: str | None, address: str) -> bool:
        """Whether the password is right; without a stored hash it takes as long and is wrong."""
        if stored is None:
            matches(password, self._nobody)
            return False
        if is_foreign(stored):
            matches(password, self._nobody)  # takes as long as with a hash of ours
        if not matches(password, stored):
            return False
        self._remember(self._entry(password, stored, address))
        return True

    def _entry(self, password: str, stored: str, address: str) -> bytes:
        text = f"{stored}\n{address}\n{password}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, text, hashlib.sha256)

    def _remember(self, entry: bytes) -> None:
        self._remembered[entry] = time.monotonic() + REMEMBERED_SECONDS
        self._remembered.move_to_end(entry)
        while len(self._remembered) > REMEMBERED_MOST:
            self._remembered.popitem(last=False)
