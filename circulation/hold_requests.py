"""What a hold is asked for: a title or one copy of it, and whose it is."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from circulation import loading
from circulation.entities import Member
from circulation.loading import Situation
from circulation.overrides import Override
from models import book
from models.copy import barcode_key
from models.locks import take


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """Whose hold on what: on any copy of `book_id`, or on one copy alone, by id or barcode."""

    user_id: int
    book_id: int | None = None
    copy_id: int | None = None
    barcode: str | None = None
    not_needed_after: date | None = None
    override: Override | None = None

    @property
    def key(self) -> loading.Key:
        """What it is on, as `models.locks` and `loading` take it."""
        if self.book_id is not None:
            return {"book_id": self.book_id}
        if self.barcode is not None:
            return {"barcode": barcode_key(self.barcode)}
        return {"copy_id": self.copy_id}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request is decided on; `copy_id` is the only copy that will do, None for any."""

    situation: Situation
    member: Member
    book_id: int
    copy_id: int | None


def look_up(request: HoldRequest, now: datetime, *, locks: bool = False) -> Asked:
    """Load what a request is decided on, locked if asked for.

    Raises Missing, for a copy `copy-not-found`, for the member `user-not-found`.
    """
    copy_id: int | None
    if request.book_id is None:
        member = {"user_id": request.user_id}
        ask = partial(loading.lending, request.key, member, now)
        situation = loading.of_locked_copy(ask, **request.key, **member) if locks else ask()
        if situation is None or situation.copy is None:
            raise loading.no_copy(request.barcode)
        book_id, copy_id = situation.copy.book_id, situation.copy.id
    else:
        if locks:
            take(book_id=request.book_id, user_id=request.user_id)
        situation = loading.of_title(request.book_id, now, request.user_id)
        if situation is None or not situation.in_catalogue:
            raise book.missing(request.book_id)
        book_id, copy_id = request.book_id, None
    if situation.member is None:
        raise loading.no_member(None)
    return Asked(situation, situation.member, book_id, copy_id)
