"""The outbox: notices are queued in the transaction of what they tell, and sent afterwards."""

from collections.abc import Sequence

from models import notice
from models.notice import Item
from models.vocabulary import NoticeKind
from notices import recipients
from notices.library import Library
from notices.recipients import Recipient

_library = Library()


def use(library: Library) -> None:
    """Say once, at the start, which library the notices are of."""
    global _library
    _library = library


def library() -> Library:
    """The library that the notices are of."""
    return _library


def queue(
    kind: NoticeKind,
    about: Sequence[tuple[int, Item]],
    request_id: str,
    now: str,
    *,
    joins: bool = False,
) -> int:
    """Queue a notice for each of these members who wants it; give how many it made.

    `about` pairs members' ids with what they are told of; what is told to a member is one notice,
    and with `joins` one together with what the same request has queued of this kind before. Call
    it in the transaction of what happened.
    """
    people = recipients.of({user_id for user_id, _ in about})
    told = [(people[user_id], item) for user_id, item in about if user_id in people]
    return queue_for(kind, told, request_id, now, joins=joins)


def queue_for(
    kind: NoticeKind,
    about: Sequence[tuple[Recipient, Item]],
    request_id: str,
    now: str,
    *,
    joins: bool = False,
) -> int:
    """Queue what `queue` does for members who have been read already."""
    if len(about) == 1 and not joins:
        return _queue_one(kind, *about[0], request_id, now)
    people = {person.id: person for person, _ in about}
    channels = {
        person.id: person.channel(kind, _library.kinds[kind])
        for person in people.values()
        if person.wants(kind, _library.kinds)
    }
    wanted = [(person.id, item) for person, item in about if channels.get(person.id)]
    if not wanted:
        return 0
    open_ones = {
        user_id: notice.untouched(user_id, kind, request_id) if joins else None
        for user_id, _ in wanted
    }
    new = [user_id for user_id, notice_id in open_ones.items() if notice_id is None]
    ids = notice.insert_all(
        [
            {
                "kind": kind,
                "user_id": user_id,
                "channel": channels[user_id],
                "language": people[user_id].language_in(_library),
            }
            for user_id in new
        ],
        request_id,
        now,
    )
    of_member = {**open_ones, **dict(zip(new, ids, strict=True))}
    if not notice.add_items([(of_member[user_id] or 0, kind, item) for user_id, item in wanted]):
        notice.delete_empty(ids)
    return len(ids)


def _queue_one(kind: NoticeKind, person: Recipient, item: Item, request_id: str, now: str) -> int:
    """Queue what most acts have to tell: one thing to one member."""
    kinds = _library.kinds
    channel = person.wants(kind, kinds) and person.channel(kind, kinds[kind])
    if not channel:
        return 0
    language = person.language_in(_library)
    notice_id = notice.insert(kind, person.id, channel, language, request_id, now)
    if not notice.add_item(notice_id, kind, item):
        notice.delete_empty([notice_id])
    return 1
