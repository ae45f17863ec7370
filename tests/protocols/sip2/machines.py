"""A machine in this process: what it says is answered as over a connection."""

from typing import Any

from api.auth.passwords import Verifier, hashed
from api.auth.tokens import api_key as shown
from api.auth.tokens import new_api_key_secret, secret_hash
from models import api_key, sign_in, user
from models.audit import Actor
from protocols.sip2.codec import stripped
from protocols.sip2.session import Session
from protocols.sip2.visit import Library
from tests.protocols.sip2.frames import BLANK_DATE, DATE, Told, frame, read

ROUNDS = 4
DESK = Actor(None, "test")
VERIFIER = Verifier(ROUNDS)


def library(**changed: Any) -> Library:
    """What machines are told alike."""
    usual = {"name": "Town Library", "language": "eng", "currency": "EUR", "verifier": VERIFIER}
    return Library(**{**usual, **changed})


def key_of(role: str = "librarian", scopes: tuple[str, ...] = ("self-check",), **how: Any) -> str:
    """A new key of a new account, as its owner sees it."""
    email = f"{role}-{new_api_key_secret()[:6]}@example.org"
    owner = user.create({"email": email, "first_name": "Kay", "role": role}, None, DESK)
    secret = new_api_key_secret()
    made = api_key.create("machine", scopes, None, secret_hash(secret), Actor(owner.id, "t"), **how)
    return shown(made.id, secret)


def set_secrets(user_id: int, pin: str, password: str | None = None) -> None:
    """Give a member a PIN and a password."""
    sign_in.set_pin(user_id, hashed(pin, ROUNDS), DESK)
    sign_in.set_password(user_id, hashed(password or "another password", ROUNDS), DESK)


class Machine:
    """One connection. `say` sends a message; the others are the usual messages in few words."""

    def __init__(
        self, key: str | None = None, name: str = "kiosk-1", encoding: str = "utf-8", **told: Any
    ) -> None:
        self.session = Session(library(**told), "127.0.0.1")
        self._encoding = "utf-8"
        self._sequence = -1
        if key is not None:
            assert self.sign_in(key, name)["ok"] == "1"
        self._encoding = encoding

    def raw(self, sent: bytes) -> bytes:
        """The bytes that a frame is answered with."""
        return self.session.answer(stripped(sent)).answer

    def say(self, text: str) -> Told:
        """The answer to a message, sent with its number and checksum."""
        self._sequence = (self._sequence + 1) % 10
        answer = self.raw(frame(text, self._sequence, self._encoding))
        assert b"AY%dAZ" % self._sequence in answer[-10:]
        return read(answer, self._encoding)

    def sign_in(self, key: str, name: str = "kiosk-1") -> Told:
        """93."""
        return self.say(f"9300CN{name}|CO{key}|CPhall|")

    def status(self, card: str, secret: str = "", language: str = "000") -> Told:
        """23."""
        return self.say(f"23{language}{DATE}AOx|AA{card}|AC|AD{secret}|")

    def information(
        self, card: str, summary: str = " " * 10, secret: str = "", more: str = ""
    ) -> Told:
        """63."""
        return self.say(f"63000{DATE}{summary}AOx|AA{card}|AD{secret}|{more}")

    def checkout(self, card: str, barcode: str, secret: str = "", renewal: str = "N") -> Told:
        """11."""
        more = f"AD{secret}|" if secret else ""
        return self.say(f"11{renewal}N{DATE}{BLANK_DATE}AOx|AA{card}|AB{barcode}|AC|{more}")

    def checkin(self, barcode: str) -> Told:
        """09."""
        return self.say(f"09N{DATE}{DATE}APhall|AOx|AB{barcode}|AC|")

    def renew(self, card: str, barcode: str) -> Told:
        """29."""
        return self.say(f"29NN{DATE}{BLANK_DATE}AOx|AA{card}|AB{barcode}|")

    def renew_all(self, card: str) -> Told:
        """65."""
        return self.say(f"65{DATE}AOx|AA{card}|")

    def item(self, barcode: str) -> Told:
        """17."""
        return self.say(f"17{DATE}AOx|AB{barcode}|")

    def hold(self, mode: str, card: str, barcode: str, more: str = "") -> Told:
        """15."""
        return self.say(f"15{mode}{DATE}AOx|AA{card}|AB{barcode}|{more}")

    def pay(self, card: str, amount: str, more: str = "", currency: str = "EUR") -> Told:
        """37."""
        return self.say(f"37{DATE}0100{currency}BV{amount}|AOx|AA{card}|{more}")
