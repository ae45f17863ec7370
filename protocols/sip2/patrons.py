"""Who stands before a machine: the member of a card, and whether PIN or password prove it."""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from datetime import datetime
from typing import NamedTuple

from api.auth.passwords import Verifier
from api.auth.pins import TooManyPins, is_pin_or_password
from circulation import members
from models import sign_in
from models.errors import Missing
from models.sign_in import Account
from models.user import UserRow

_MOST_REMEMBERED = 100
_LONGEST_CARD = 64


class Proof(NamedTuple):
    """Whether a PIN or password is that of the card, and whether it proves the member.

    That of an account that is not active proves nothing. `minutes` until one may be tried again,
    None if now.
    """

    is_right: bool
    is_proven: bool = False
    was_given: bool = False
    minutes: int | None = None


def with_card(card: str, now: datetime) -> UserRow | None:
    """The member with a card number, or None."""
    account = _account(card)
    return members.find(account.id, now) if account else None


def with_id(user_id: int | None, now: datetime) -> UserRow | None:
    """The member with an id; None without one, and for one deleted meanwhile."""
    try:
        return None if user_id is None else members.find(user_id, now)
    except Missing:
        return None


def _account(card: str) -> Account | None:
    return sign_in.by_card(card) if card and len(card) <= _LONGEST_CARD else None


class Proofs:
    """PINs and passwords tried in one connection: each is checked once, then remembered.

    Machines send the same PIN with every message, and checking one takes a quarter of a second. A
    wrong one is remembered too, so that it counts as one failure however often it is sent. What is
    remembered holds for the hashes stored at that time: a changed PIN is checked anew.
    """

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, bool] = OrderedDict()

    def of(self, patron: UserRow | None, card: str, secret: str) -> Proof:
        """What a secret sent with a card proves; an empty one proves nothing and is not counted."""
        if not secret or not card:
            return Proof(is_right=False)
        account = _account(card)
        hashes = (account.pin_hash, account.password_hash) if account else (None, None)
        entry = self._entry(card, secret, *hashes)
        if entry not in self._known:
            try:
                right = is_pin_or_password(self._verifier, card, account, secret)
            except TooManyPins as limited:
                return Proof(is_right=False, was_given=True, minutes=-(-limited.seconds // 60))
            self._remember(entry, right=right)
        is_right = self._known[entry]
        is_active = patron is not None and patron.is_active
        return Proof(is_right, is_proven=is_right and is_active, was_given=True)

    def forget(self) -> None:
        """Forget what was proved: the member has gone."""
        self._known.clear()

    def _entry(self, *parts: str | None) -> bytes:
        text = "\n".join(part or "" for part in parts)
        return hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256)

    def _remember(self, entry: bytes, *, right: bool) -> None:
        self._known[entry] = right
        while len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)
