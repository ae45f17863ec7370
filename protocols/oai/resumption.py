"""Resumption tokens: signed, and all that is needed to go on (section 3.5).

Nothing is kept on the server, so a token is good after a restart and on every machine.
"""

from dataclasses import astuple, dataclass, replace
from typing import Any

from api.auth.tokens import Signer
from models.harvest import Header
from protocols.oai.errors import OaiError


@dataclass(frozen=True, slots=True)
class Position:
    """Where a list is: what was asked, the last place given, and how far that is.

    `set_spec` is the set as it was asked; `size` is the number of records when the list began.
    """

    verb: str
    prefix: str = ""
    set_spec: str | None = None
    changed_from: str | None = None
    changed_until: str | None = None
    changed_at: str = ""
    book_id: int = 0
    size: int = 0
    given: int = 0

    @property
    def after(self) -> tuple[str, int] | None:
        """The place to go on after, None at the beginning."""
        return (self.changed_at, self.book_id) if self.changed_at else None

    def moved(self, last: Header, size: int, given: int) -> "Position":
        """The position after a page of records."""
        return replace(
            self, changed_at=last.changed_at, book_id=last.book_id, size=size, given=given
        )

    def counted(self, given: int) -> "Position":
        """The position after a page of what has no place but its number."""
        return replace(self, given=given)


def token_of(position: Position, signer: Signer) -> str:
    """The position as a token."""
    return signer.sign(astuple(position))


def read(token: str, verb: str, signer: Signer) -> Position:
    """The position of a token. Raises OaiError `badResumptionToken`."""
    value: Any = signer.read(token)
    if not isinstance(value, list) or value[0] != verb:
        raise OaiError("badResumptionToken", "This token was not given for this verb here.")
    return Position(*value)
