"""Who is told: members with where to reach them, their language, and what they have switched off.

Everything that is read of a member for a notice is read here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import orjson
from peewee import fn

from models.database import rows
from models.json_lists import among
from models.user import User
from models.vocabulary import Channel, Language, NoticeKind
from notices.kinds import Kind, Kinds
from notices.library import Library


def wants(switches: Mapping[str, bool], name: NoticeKind, kinds: Kinds) -> bool:
    """Whether notices of a kind are sent: as the member has chosen, else the library."""
    kind = kinds[name]
    return not kind.switch or switches.get(name, kind.is_on)


_LANGUAGES: Mapping[str | None, Language] = {one.value: one for one in Language}


class Recipient(NamedTuple):
    """A member as a notice addresses them; `switches` are theirs alone.

    `email` is where they want to be written to, or what they sign in with.
    """

    id: int
    first_name: str
    last_name: str
    card_number: str | None
    email: str | None
    address: str | None
    language: str | None
    switches: Mapping[str, bool]
    sign_in_email: str | None

    @property
    def name(self) -> str:
        """The name to write on an envelope."""
        return f"{self.first_name} {self.last_name}".strip()

    def wants(self, name: NoticeKind, kinds: Kinds) -> bool:
        """Whether notices of a kind are sent."""
        return wants(self.switches, name, kinds)

    def chosen(self, kinds: Kinds) -> Kinds:
        """The kinds, on and off as they are for this member."""
        if not self.switches:
            return kinds
        return {name: replace(kind, is_on=self.wants(name, kinds)) for name, kind in kinds.items()}

    def address_for(self, name: NoticeKind) -> str | None:
        """Where a mail of the kind goes.

        What opens an account goes to the address that it is signed in with: another one is changed
        without a password.
        """
        return self.sign_in_email if name is NoticeKind.PASSWORD_RESET else self.email

    def channel(self, name: NoticeKind, kind: Kind) -> Channel | None:
        """How a notice of the kind reaches the member, if at all."""
        if self.address_for(name):
            return Channel.EMAIL
        return Channel.PRINT if kind.letter else None

    def language_in(self, library: Library) -> Language:
        """The member's language if there are texts in it, else the library's."""
        return _LANGUAGES.get(self.language, library.language)


def columns() -> list[Any]:
    """What `read` makes a recipient of, to be selected of `User`."""
    named = (User.id, User.first_name, User.last_name, User.card_number)
    reached = fn.COALESCE(User.contact_email, User.email)
    return [*named, reached, User.address, User.language, User.notices, User.email]


def read(stored: Sequence[Any]) -> Recipient:
    """A member from a row of `columns`."""
    member_id, first_name, last_name, card, email, address, language, switches, signs_in = stored
    names = (first_name or "", last_name or "", card)
    return Recipient(member_id, *names, email, address, language, switched(switches), signs_in)


def switched(switches: str) -> Mapping[str, bool]:
    """What a member has switched on and off, from `User.notices`."""
    own: Mapping[str, bool] = {} if switches == "{}" else orjson.loads(switches)
    return own


def of(user_ids: Collection[int]) -> dict[int, Recipient]:
    """Members by their ids."""
    if not user_ids:
        return {}
    query = User.select(*columns()).where(among(User.id, user_ids))
    return {row[0]: read(row) for row in rows(query)}
