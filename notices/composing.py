"""Notices put into words, many at once: who gets them, whether they still hold, what they say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models import notice as stored
from models.notice import Item, NoticeRow
from models.timestamps import moment
from models.vocabulary import NoticeKind
from notices import recipients, telling, template_records, templates
from notices.library import Library
from notices.recipients import Recipient
from notices.template_check import BadTemplate
from notices.templates import Message

TokenOf = Callable[[int], str | None]
"""Gives the token of a password reset by its id; None when it is used, too old, or withdrawn."""
TOO_OLD = "It is too old to be of use."
NO_LONGER = "It no longer holds."
HIDDEN = "…"
RESET_PATH = "/account/password/new?token="


def hidden_token(reset_id: int) -> str:
    """What stands for a token wherever notices are shown."""
    return HIDDEN


@dataclass(frozen=True, slots=True)
class Composed:
    """A notice in words; without a `message` it is not to be sent, and `why` says why.

    The message leaves out those of the items that are `untold`.
    """

    notice: NoticeRow
    items: Sequence[Item]
    recipient: Recipient | None = None
    message: Message | None = None
    token: str | None = None
    why: str | None = None
    untold: Sequence[Item] = ()

    @property
    def shown_text(self) -> str | None:
        """The text as it is kept and shown: without the token."""
        if self.message is None:
            return None
        text = self.message.text
        return text.replace(self.token, HIDDEN) if self.token else text


def compose(
    notices: Sequence[NoticeRow], now: datetime, library: Library, token_of: TokenOf
) -> list[Composed]:
    """Put notices into words as things are at this moment."""
    about = stored.items([row.id for row in notices])
    records = template_records.load([item for items in about.values() for item in items], now)
    people = recipients.of({row.user_id for row in notices if row.user_id is not None})
    composer = _Composer(now, library, token_of, records)
    return [composer.composed(row, about[row.id], people.get(row.user_id or 0)) for row in notices]


@dataclass(frozen=True, slots=True)
class _Composer:
    now: datetime
    library: Library
    token_of: TokenOf
    records: template_records.Records

    def composed(self, row: NoticeRow, items: Sequence[Item], person: Recipient | None) -> Composed:
        if self.now - moment(row.queued_at) > self.library.kinds[row.kind].longest:
            return Composed(row, items, person, why=TOO_OLD)
        if person is None:
            return Composed(row, items, why="The member is no longer there.")
        if not person.wants(row.kind, self.library.kinds):
            return Composed(row, items, person, why="Notices of this kind were switched off.")
        token = self._token(row, items)
        variables = self._variables(row, items, person, token)
        if variables is None:
            return Composed(row, items, person, why=NO_LONGER)
        told = {"library": _named(self.library), "member": _member(person), **variables}
        kinds = person.chosen(self.library.kinds)
        left_out = telling.untold(row.kind, items, self.records, self.now, kinds)
        return Composed(row, items, person, self._message(row, told), token, untold=left_out)

    def _token(self, row: NoticeRow, items: Sequence[Item]) -> str | None:
        is_reset = row.kind is NoticeKind.PASSWORD_RESET and items
        return self.token_of(items[0].record_id) if is_reset else None

    def _variables(
        self, row: NoticeRow, items: Sequence[Item], person: Recipient, token: str | None
    ) -> dict[str, Any] | None:
        if row.kind is NoticeKind.PASSWORD_RESET:
            return None if token is None else {"link": _link(token, self.library)}
        kinds = person.chosen(self.library.kinds)
        return telling.variables(row.kind, items, self.records, self.now, kinds)

    def _message(self, row: NoticeRow, told: dict[str, Any]) -> Message:
        """By the library's own text, or the built-in one where an upgrade has broken that."""
        try:
            return templates.render(templates.current(row.kind, row.language), told, self.library)
        except BadTemplate:
            return templates.render(templates.built_in(row.kind, row.language), told, self.library)


def _named(library: Library) -> dict[str, str]:
    return {name: getattr(library, name) for name in ("name", "email", "address", "url")}


def _member(person: Recipient) -> dict[str, str | None]:
    names = ("name", "first_name", "last_name", "card_number")
    return {name: getattr(person, name) for name in names}


def _link(token: str, library: Library) -> str:
    """Where the token is used; the bare token while the library has no address of its own."""
    return f"{library.url}{RESET_PATH}{token}" if library.url else token
