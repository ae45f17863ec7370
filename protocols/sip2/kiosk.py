"""A borrower at a self-check machine, in the terminal: every message is shown as it is sent.

What it shows goes to `say`, a line at a time; what is scanned or typed comes from `read_line`.
"""

from collections.abc import Callable

from protocols.sip2.codec import Trailer, trailer
from protocols.sip2.messages import ANSWERS, REQUESTS, WIDTHS
from protocols.sip2.session import Session

HELP = (
    "Scan an item to borrow it; r ITEM gives it back, n renews all, a shows the account, q leaves."
)
_DATE = " " * 18
_MOST_SEQUENCE = 10


class Kiosk:
    """A machine that has a session with the library."""

    def __init__(self, session: Session, say: Callable[[str], None]) -> None:
        self._session = session
        self._say = say
        self._sequence = -1

    def sign_in(self, key: str, name: str) -> bool:
        """Sign in with a key; the key is not shown."""
        answer = self._exchange(f"9300CN{name}|CO{key}|", shown=f"9300CN{name}|CO…|")
        return answer["ok"] == ["1"]

    def serve(self, card: str, pin: str, read_line: Callable[[str], str]) -> None:
        """Serve one member until they leave."""
        if not self._greet(card, pin):
            return
        self._say(HELP)
        while (line := read_line("item: ").strip()) != "q":
            self._do(card, line)
        self._exchange(f"35{_DATE}AO|AA{card}|AC|AD|")

    def _greet(self, card: str, pin: str) -> bool:
        asked = f"63001{_DATE}  Y       AO|AA{card}|AD"
        told = self._exchange(f"{asked}{pin}|", shown=f"{asked}…|")
        if told["BL"] != ["Y"] or (pin and told["CQ"] != ["Y"]):
            return False
        self._say(f"Hello {told['AE'][0]}: {int(told['charged_count'][0])} items on loan.")
        return True

    def _do(self, card: str, line: str) -> None:
        word, _, item = line.partition(" ")
        if word == "a":
            self._exchange(f"63001{_DATE}  Y       AO|AA{card}|AD|")
        elif word == "n":
            told = self._exchange(f"65{_DATE}AO|AA{card}|")
            self._say(f"{int(told['renewed'][0])} renewed, {int(told['unrenewed'][0])} not.")
        elif word == "r" and item:
            told = self._exchange(f"09N{_DATE}{_DATE}AP|AO|AB{item.strip()}|AC|")
            self._say("Given back." if told["ok"] == ["1"] else "Not taken.")
        elif line:
            told = self._exchange(f"11NN{_DATE}{_DATE}AO|AA{card}|AB{line}|AC|")
            due = told["AH"][0][:8]
            self._say(f"{told['AJ'][0]}: due {due}." if told["ok"] == ["1"] else "Not lent.")

    def _exchange(self, text: str, shown: str | None = None) -> dict[str, list[str]]:
        self._sequence = (self._sequence + 1) % _MOST_SEQUENCE
        numbered = f"{text}AY{self._sequence}AZ".encode()
        self._say(f"  > {shown or text}")
        answer = self._session.answer(numbered + b"%04X" % (-sum(numbered) & 0xFFFF)).answer
        self._say(f"  < {answer.decode().rstrip()}")
        if trailer(answer.rstrip()) != Trailer(str(self._sequence), has_checksum=True):
            raise ValueError("the answer belongs to another message")
        told = _fields(REQUESTS[text[:2]].answer, answer.decode())
        for message in told.get("AF", ()):
            self._say(message)
        return told


def _fields(code: str, answer: str) -> dict[str, list[str]]:
    """The values of an answer, fixed ones and identified ones alike."""
    rest = answer[2:]
    told: dict[str, list[str]] = {}
    for name in ANSWERS[code].fixed:
        width = WIDTHS[name][0]
        told[name], rest = [rest[:width]], rest[width:]
    for part in rest.split("|")[:-1]:
        told.setdefault(part[:2], []).append(part[2:])
    return told
