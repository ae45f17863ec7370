"""One connection of a machine: signing in, then a message at a time, each answered."""

import logging
import secrets
import time
from collections.abc import Callable
from typing import NamedTuple

from api.auth import tokens
from circulation import rulebook
from models import api_key
from models.api_key import MachineKey
from models.outages import UNAVAILABLE, reason
from models.timestamps import now as present
from models.vocabulary import Scope
from protocols.sip2 import codec, items, lending, payments, queueing, standing
from protocols.sip2.codec import Request, Trailer
from protocols.sip2.messages import ANSWERS, ECHOED, REQUESTS, SUPPORTED
from protocols.sip2.patrons import Proofs
from protocols.sip2.phrases import language_of, phrase
from protocols.sip2.visit import Library, Machine, Values, Visit

MOST_FAILURES = 3
"""Sign-ins that may fail in one connection."""

_UNKNOWN_DATE = "19700101    000000"
PLAIN = frozenset({"", " ", "0"})
LONGEST_NAME = 64
_log = logging.getLogger("octavo.sip2")
_errors = logging.getLogger("octavo.errors")

_HANDLERS: dict[str, Callable[[Visit], Values]] = {
    "23": standing.patron_status,
    "63": standing.patron_information,
    "35": standing.end_session,
    "11": lending.checkout,
    "09": lending.checkin,
    "29": lending.renewal,
    "65": lending.renew_all,
    "17": items.item_information,
    "15": queueing.hold_message,
    "37": payments.fee_paid,
    "01": standing.not_supported,
    "19": items.item_status_update,
    "25": standing.not_supported,
}


class Outcome(NamedTuple):
    """What became of a frame: the answer to send, and what is said of it in logs and metrics."""

    answer: bytes
    message: str
    result: str


class Session:
    """The state of one connection. `answer` is called for one frame at a time."""

    def __init__(self, library: Library, address: str) -> None:
        self._library = library
        self._address = address
        self._proofs = Proofs(library.verifier)
        self._last: tuple[bytes, bytes] | None = None
        self._failures = 0
        self.machine: Machine | None = None

    @property
    def is_over(self) -> bool:
        """Whether the connection is to be ended: too many sign-ins failed."""
        return self._failures >= MOST_FAILURES

    def answer(self, frame: bytes) -> Outcome:
        """The answer to a stripped frame; every frame has one, whatever happens."""
        started = time.perf_counter()
        request_id = f"{self._mark()}{secrets.token_hex(8)}"
        outcome = self._outcome(frame, request_id)
        fields = {
            "sip2": outcome.message,
            "result": outcome.result,
            "machine": self.machine.name if self.machine else None,
            "key": self.machine.key_id if self.machine else None,
            "client": self._address,
            "duration_ms": round((time.perf_counter() - started) * 1000, 2),
            "request_id": request_id,
        }
        _log.info("message", extra={"fields": fields})
        return outcome

    def _outcome(self, frame: bytes, request_id: str) -> Outcome:
        try:
            end = codec.trailer(frame)
            if end.sequence is not None and self._last and self._last[0] == frame:
                return Outcome(self._last[1], _name(frame), "repeated")
            request = codec.read(frame, self._encoding())
        except codec.WrongChecksum:
            return Outcome(_resend(Trailer(has_checksum=True)), "damaged", "resend")
        except codec.UnknownMessage:
            return Outcome(_resend(end), "unknown", "resend")
        if request.code == "97":
            last = self._last[1] if self._last else _resend(end)
            return Outcome(last, "resend", "repeated")
        values, result = self._values(request, frame, request_id)
        answer = codec.write(REQUESTS[request.code].answer, values, end, self._encoding())
        self._last = (frame, answer)
        return Outcome(answer, REQUESTS[request.code].name, result)

    def _values(self, request: Request, frame: bytes, request_id: str) -> tuple[Values, str]:
        """The values of the answer, and `ok`, `refused`, `unavailable` or `failed`."""
        try:
            if request.code == "93":
                values = self._sign_in(request, frame)
            elif request.code == "99":
                values = self._status(request)
            else:
                values = self._served(request, request_id)
        except UNAVAILABLE as error:
            _errors.error("database", extra={"fields": _fields(error, request_id)})
            return self._refused(request, "unavailable"), "unavailable"
        except Exception as error:  # noqa: BLE001  logged, and the machine is told
            known = {"request_id": request_id, "sip2": REQUESTS[request.code].name}
            _errors.error("a message failed", exc_info=error, extra={"fields": known})
            return self._refused(request, "not-possible"), "failed"
        return values, "refused" if _is_refusal(request.code, values) else "ok"

    def _served(self, request: Request, request_id: str) -> Values:
        if self.machine is None or not self._may_work():
            self.machine = None
            return self._refused(request, "sign-in")
        machine = self.machine
        visit = Visit(request, machine, self._library, self._proofs, request_id, present())
        echoed = self._echoed(request)
        return {**echoed, "date": visit.sip_time(visit.now), **_HANDLERS[request.code](visit)}

    def _sign_in(self, request: Request, frame: bytes) -> Values:
        """94: the machine's name is CN, its key CO; nothing encrypted is understood.

        Name and place are in the encoding of the key, which is known from now on.
        """
        self._proofs.forget()
        self.machine = None
        plain = {request.fixed["user_algorithm"], request.fixed["password_algorithm"]} <= PLAIN
        split = tokens.split_api_key(request["CO"]) if plain else None
        key = api_key.machine(split[0]) if split else None
        if split is None or key is None or not _may(key) or not _opens(split[1], key):
            self._failures += 1
            return {"ok": "0"}
        told = codec.read(frame, key.encoding)
        name = told["CN"][:LONGEST_NAME] or f"key {split[0]}"
        self.machine = Machine(split[0], key.user_id, name, told["CP"], key.encoding)
        self._failures = 0
        return {"ok": "1"}

    def _may_work(self) -> bool:
        """Whether the key is still good: it may have been revoked since the machine signed in."""
        key = api_key.machine(self.machine.key_id) if self.machine else None
        return key is not None and _may(key)

    def _status(self, request: Request) -> Values:
        """98: what the machine may do here; also told before it has signed in."""
        date = self._date()
        return {
            "online": "Y" if date else "N",
            "renewal_ok": "Y",
            "date": date or _UNKNOWN_DATE,
            "AO": request["AO"] or self._library.name,
            "AM": self._library.name,
            "BX": SUPPORTED,
            "AN": (self.machine.location if self.machine else "") or None,
        }

    def _refused(self, request: Request, name: str) -> Values:
        """The answer to a message that was not done: what came with it, and why."""
        language = language_of(None, request.fixed.get("language", ""), self._library.language)
        values = {**self._echoed(request), "date": self._date() or _UNKNOWN_DATE}
        layout = ANSWERS[REQUESTS[request.code].answer]
        if "AF" not in layout.optional:
            return {}
        return values | {"AF": [phrase(name, language)]}

    def _echoed(self, request: Request) -> Values:
        layout = ANSWERS[REQUESTS[request.code].answer]
        names = (*layout.required, *layout.optional)
        echoed = {name: request[name] for name in ECHOED if name in names and request[name]}
        if "AO" in names and "AO" not in echoed:
            echoed["AO"] = self._library.name
        return echoed

    def _date(self) -> str | None:
        """The library's time as SIP2 writes it, None when the database does not answer."""
        try:
            zone = rulebook.latest().calendar.zone
        except UNAVAILABLE:
            return None
        return f"{present().astimezone(zone):%Y%m%d    %H%M%S}"

    def _encoding(self) -> str:
        return self.machine.encoding if self.machine else "utf-8"

    def _mark(self) -> str:
        return self.machine.mark if self.machine else "sip2-"


def _may(key: MachineKey) -> bool:
    """Whether a key is one of a machine: with the scope, and of a member of staff."""
    return key.role.is_staff and Scope.SELF_CHECK in key.scopes


def _opens(secret: str, key: MachineKey) -> bool:
    return tokens.same_secret(secret, key.secret_hash)


def _resend(end: Trailer) -> bytes:
    """96: the message is to be sent again."""
    return codec.write("96", {}, Trailer(has_checksum=end.has_checksum), "ascii")


def _name(frame: bytes) -> str:
    layout = REQUESTS.get(frame[:2].decode("ascii", "replace"))
    return layout.name if layout else "unknown"


def _is_refusal(code: str, values: Values) -> bool:
    """Whether an answer says no, in the field of it that can."""
    first = ANSWERS[REQUESTS[code].answer].fixed[0]
    if first in ("ok", "payment_accepted", "end_session"):
        return values.get(first, "N") in ("0", "N")
    return values.get("BL") == "N" or (first == "circulation_status" and not values.get("AJ"))


def _fields(error: Exception, request_id: str) -> Values:
    return {"reason": reason(error) or type(error).__name__, "request_id": request_id}
