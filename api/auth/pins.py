"""PINs: hashed as passwords are, their failures counted per card, whoever asks (rule 43)."""

from collections.abc import Sequence
from datetime import datetime

from api.auth.passwords import Verifier
from models import failed_pin, sign_in
from models.timestamps import now
from models.user import UserRow, card_key
from models.vocabulary import Role

LONGEST_PIN = 12


class TooManyPins(Exception):
    """A card has had too many wrong PINs; `until` says when it may be tried again."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until

    @property
    def seconds(self) -> int:
        """How long that is from now on, in seconds."""
        return max(1, int((self.until - now()).total_seconds()) + 1)


def member_of(verifier: Verifier, card_number: str, pin: str) -> sign_in.Account | None:
    """The member who signs in with this card and PIN; None if either is wrong.

    Staff sign in by password. Raises TooManyPins.
    """
    account = sign_in.by_card(card_number)
    stored = account.pin_hash if account and account.role == Role.MEMBER else None
    return account if _verify(verifier, _card(card_number), [stored], pin) else None


def proof_of(verifier: Verifier, user: UserRow, pin: str) -> sign_in.Proof | None:
    """What the PIN of an account proves, None if it is wrong. Raises TooManyPins."""
    stored = sign_in.of(user.id).pin_hash
    is_right = _verify(verifier, _key(user), [stored], pin)
    return sign_in.Proof(user.id, pin_hash=stored) if is_right else None


def is_pin_or_password(
    verifier: Verifier, card_number: str, account: sign_in.Account | None, secret: str
) -> bool:
    """Whether this is the PIN or the password of the account with a card, None if there is none.

    Raises TooManyPins.
    """
    looks_like_pin = secret.isdecimal() and len(secret) <= LONGEST_PIN
    pin_hash = account.pin_hash if account and looks_like_pin else None
    password_hash = account.password_hash if account else None
    stored = (
        [pin_hash, password_hash] if pin_hash and password_hash else [pin_hash or password_hash]
    )
    return _verify(verifier, _card(card_number), stored, secret)


def forget_failures(user: UserRow) -> None:
    """Let an account be tried again: staff have set its PIN."""
    failed_pin.forget(_key(user))


def _verify(verifier: Verifier, key: str, stored: Sequence[str | None], secret: str) -> bool:
    """Compare, which takes as long where nothing is stored; 5 may be wrong in 15 minutes."""
    until = failed_pin.begin(key)
    if until is not None:
        raise TooManyPins(until)
    if not any(verifier.check(secret, each, "pin") for each in stored):
        return False
    failed_pin.succeeded(key)
    return True


def _key(user: UserRow) -> str:
    return f"user {user.id}" if user.card_number is None else _card(user.card_number)


def _card(card_number: str) -> str:
    return f"card {card_key(card_number)}"
