"""One message at work: the request, the machine that sent it, and who stands before it."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from api.auth.passwords import Verifier
from circulation import rulebook
from circulation.entities import Rules
from circulation.money import DECIMALS, in_words
from models.audit import Actor
from models.timestamps import moment
from models.user import UserRow
from protocols.sip2 import patrons
from protocols.sip2.codec import Request
from protocols.sip2.patrons import Proof, Proofs
from protocols.sip2.phrases import language_of, phrase

Values = dict[str, Any]
"""An answer: fixed fields by name, identified ones by their letters."""

_DAY, _ZONE = 8, 12
"""Where the day and the zone of a date end."""
_LONGEST_SLUG, _DIGEST = 32, 8
_PLAIN_NAME = re.compile(f"[A-Za-z0-9_-]{{1,{_LONGEST_SLUG}}}")
_AMOUNT = re.compile(r"([0-9]{1,12})(?:[.,]([0-9]{1,3}))?\Z")


@dataclass(frozen=True, slots=True)
class Library:
    """What every machine is told alike, and how passwords are checked."""

    name: str
    language: str
    currency: str
    verifier: Verifier


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine that has signed in: the key it uses, whose that is, its name and its place."""

    key_id: int
    owner_id: int
    name: str
    location: str
    encoding: str

    @property
    def mark(self) -> str:
        """How request ids of this machine begin, and of no other, by which the audit log names it.

        A name that is long or has signs which a request id cannot have is told by its digest, too.
        """
        slug = self.name
        if not _PLAIN_NAME.fullmatch(slug):
            digest = hashlib.sha256(slug.encode()).hexdigest()[:_DIGEST]
            slug = f"{re.sub('[^A-Za-z0-9_-]', '_', slug)[: _LONGEST_SLUG - _DIGEST - 1]}-{digest}"
        return f"sip2-{self.key_id}-{slug}."


@dataclass
class Visit:
    """A request with all that its answer is made from."""

    request: Request
    machine: Machine
    library: Library
    proofs: Proofs
    request_id: str
    now: datetime
    _rules: Rules = field(init=False)

    def __post_init__(self) -> None:
        self._rules = rulebook.latest()

    @property
    def actor(self) -> Actor:
        """The machine, as the audit log names it."""
        return Actor(self.machine.owner_id, self.request_id)

    @property
    def rules(self) -> Rules:
        """The rules in force when the message came."""
        return self._rules

    @property
    def zone(self) -> ZoneInfo:
        """The library's time zone."""
        return self._rules.calendar.zone

    @cached_property
    def patron(self) -> UserRow | None:
        """The member of the card in the request, or None."""
        return patrons.with_card(self.request["AA"], self.now)

    @cached_property
    def proof(self) -> Proof:
        """What the PIN or password in the request proves."""
        return self.proofs.of(self.patron, self.request["AA"], self.request["AD"])

    @cached_property
    def language(self) -> str:
        """The language to answer in."""
        own = self.patron.language if self.patron else None
        return language_of(own, self.request.fixed.get("language", ""), self.library.language)

    def phrase(self, name: str, **params: Any) -> str:
        """A text in the language of the answer."""
        return phrase(name, self.language, **params)

    def money(self, amount: int) -> str:
        """Minor units as SIP2 writes them: `1234.56`, with the decimals of the currency."""
        return in_words(amount, self.library.currency).partition(" ")[0]

    def amount(self, text: str) -> int | None:
        """Minor units of an amount as machines write it, None for what is none."""
        found = _AMOUNT.match(text.strip())
        decimals = DECIMALS[self.library.currency]
        if found is None or len(found[2] or "") > decimals:
            return None
        fraction = (found[2] or "").ljust(decimals, "0")
        return int(found[1] + fraction)

    def local_day(self, text: str) -> date:
        """The library's day of a date as machines write it, `YYYYMMDDZZZZHHMMSS`.

        The zone is blank for the library's own and `   Z` for UTC; the time may be missing. Raises
        ValueError, and OverflowError at the ends of time.
        """
        day = datetime.strptime(text[:_DAY], "%Y%m%d").replace(tzinfo=UTC)
        zone, time = text[_DAY:_ZONE].strip().upper(), text[_ZONE:].strip()
        if zone != "Z" or not time:
            return day.date()
        at = datetime.strptime(time, "%H%M%S").time()  # noqa: DTZ007  joined with its zone
        return datetime.combine(day, at, UTC).astimezone(self.zone).date()

    def sip_time(self, at: datetime | str) -> str:
        """A moment as SIP2 writes it, in the library's time: `YYYYMMDD    HHMMSS`."""
        local = (moment(at) if isinstance(at, str) else at).astimezone(self.zone)
        return f"{local.year:04d}{local:%m%d}    {local:%H%M%S}"
