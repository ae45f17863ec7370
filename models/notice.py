"""Notices: what members are told, queued by what happened and sent afterwards."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from peewee import SQL, ForeignKeyField, IntegerField, TextField, Value, fn

from models.database import Compiled, Table, for_share, for_update, is_postgresql, rows, slot
from models.errors import Missing
from models.fields import EnumField
from models.hold import Hold
from models.json_lists import among
from models.listing import Filter, Listing, Sort, at_least, at_most, equals, status_name
from models.loan import Loan, is_running
from models.rows import Json, RowReader
from models.timestamps import timestamp
from models.user import User
from models.vocabulary import Channel, Language, NoticeKind, NoticeStatus


class Notice(Table):
    """One mail or letter to one member.

    `subject` and `body` are written when it is sent; `request_id` is of the act, or of the nightly
    run, that queued it. `queued_at` is when it was queued last, which a retry renews.
    `next_try_at` is when it is to be sent next; whoever sends it moves it on first.
    """

    kind = EnumField(NoticeKind)
    user = ForeignKeyField(User, null=True, on_delete="SET NULL")
    channel = EnumField(Channel)
    status = EnumField(NoticeStatus)
    language = EnumField(Language)
    subject = TextField(null=True)
    body = TextField(null=True)
    attempts = IntegerField()
    error = TextField(null=True)
    request_id = TextField()
    created_at = TextField()
    queued_at = TextField()
    next_try_at = TextField()
    sent_at = TextField(null=True)


class NoticeItem(Table):
    """One record that a notice is about; never told twice of the same `stage`.

    Of reminders the stage is the end of the due day or of the shelf day, and moves with it when the
    library changes its time zone (`rezone`).
    """

    notice = ForeignKeyField(Notice, on_delete="CASCADE")
    kind = EnumField(NoticeKind)
    record_type = TextField()
    record_id = IntegerField()
    stage = TextField()

    class Meta:
        indexes = ((("kind", "record_type", "record_id", "stage"), True),)


class NoticeRow(NamedTuple):
    """A notice as it is stored."""

    id: int
    kind: NoticeKind
    user_id: int | None
    channel: Channel
    status: NoticeStatus
    language: Language
    subject: str | None
    body: str | None
    attempts: int
    error: str | None
    created_at: str
    queued_at: str
    next_try_at: str
    sent_at: str | None

    def to_json(self, about: Sequence["Item"] = ()) -> Json:
        """The notice as clients see it; `about` are its items."""
        return {
            "id": self.id,
            "user_id": self.user_id,
            "kind": self.kind,
            "channel": self.channel,
            "status": self.status,
            "subject": self.subject,
            "body": self.body,
            "language": self.language,
            "attempts": self.attempts,
            "error": self.error,
            "created_at": self.created_at,
            "sent_at": self.sent_at,
            "loan_ids": [item.record_id for item in about if item.record_type == "loan"],
            "hold_ids": [item.record_id for item in about if item.record_type == "hold"],
        }


class Item(NamedTuple):
    """A record that a notice is about, and what of it is told once."""

    record_type: str
    record_id: int
    stage: str = ""


ROWS = RowReader(Notice, NoticeRow)


def _is(status: NoticeStatus) -> Any:
    """The condition that a notice is in a status, in literals, for the partial indexes."""
    is_in = Notice.status == SQL(f"'{status}'")
    return is_in if status is NoticeStatus.QUEUED else (Notice.status != SQL("'queued'")) & is_in


def _status_filter(status: NoticeStatus) -> Filter:
    is_in = _is(status)
    if status is NoticeStatus.QUEUED:
        # All of them, and named so that SQLite takes their index, not the one that is in order.
        is_in &= Notice.channel.in_([SQL(f"'{one}'") for one in Channel])
    return Filter(lambda slots: is_in, lambda asked: [])


LISTING = Listing(
    Notice,
    ROWS,
    # Notices are numbered as they are made, so that one index serves both.
    sorts={"id": Sort(Notice.id), "created_at": Sort(Notice.id)},
    default_sort=("-id",),
    filters={
        **{name: equals(getattr(Notice, name)) for name in ("user_id", "kind", "channel")},
        **{status_name([status]): _status_filter(status) for status in NoticeStatus},
        "created_from": at_least(Notice.created_at),
        "created_to": at_most(Notice.created_at),
        "reader": equals(Notice.user_id),
    },
)

_ITEM = ("notice_id", "kind", "record_type", "record_id", "stage")
_INSERT_ITEM = Compiled(
    lambda: (
        NoticeItem.insert({name: slot(name) for name in _ITEM}).on_conflict_ignore().as_rowcount()
    )
)
_INSERT = Compiled(
    lambda: Notice.insert(
        {
            **{name: slot(name) for name in ("kind", "user_id", "channel", "language")},
            "request_id": slot("request_id"),
            "status": NoticeStatus.QUEUED,
            "attempts": 0,
            "created_at": slot("now"),
            "queued_at": slot("now"),
            "next_try_at": slot("now"),
        }
    )
)
_UNTOUCHED = Compiled(
    lambda: _skipping_locked(
        Notice.select(Notice.id).where(
            (Notice.user_id == slot("user_id"))
            & (Notice.kind == slot("kind"))
            & (Notice.request_id == slot("request_id"))
            & _is(NoticeStatus.QUEUED)
            & (Notice.next_try_at == Notice.queued_at)
        )
    )
)


def find(notice_id: int) -> NoticeRow:
    """The notice. Raises Missing."""
    return _existing(ROWS.first(ROWS.select().where(Notice.id == notice_id)))


def locked(notice_id: int) -> NoticeRow:
    """The notice, locked until the transaction ends. Raises Missing."""
    return _existing(ROWS.first(for_update(ROWS.select().where(Notice.id == notice_id))))


def items(notice_ids: Iterable[int]) -> dict[int, list[Item]]:
    """What each of several notices is about, in the order it was added."""
    found: dict[int, list[Item]] = {notice_id: [] for notice_id in notice_ids}
    query = NoticeItem.select(
        NoticeItem.notice_id, NoticeItem.record_type, NoticeItem.record_id, NoticeItem.stage
    ).where(among(NoticeItem.notice_id, found))
    for notice_id, *item in rows(query.order_by(NoticeItem.id)):
        found[notice_id].append(Item(*item))
    return found


def insert_all(many: Sequence[Mapping[str, Any]], request_id: str, now: str) -> list[int]:
    """Queue notices, each given by `kind`, `user_id`, `channel` and `language`; give their ids."""
    return _INSERT.insert_many([{**one, "request_id": request_id, "now": now} for one in many])


def insert(
    kind: NoticeKind,
    user_id: int | None,
    channel: Channel,
    language: Language,
    request_id: str,
    now: str,
) -> int:
    """Queue one notice; give its id."""
    return _INSERT.insert(
        kind=kind.value,
        user_id=user_id,
        channel=channel.value,
        language=language.value,
        request_id=request_id,
        now=now,
    )


def untouched(user_id: int, kind: NoticeKind, request_id: str) -> int | None:
    """The queued notice of a kind that the same request queued for a member, locked, or None.

    One that is being sent at this moment is not it.
    """
    found: int | None = _UNTOUCHED.scalar(user_id=user_id, kind=kind, request_id=request_id)
    return found


def add_items(about: Sequence[tuple[int, NoticeKind, Item]]) -> bool:
    """Say what notices are about; False when something was told before of the same stage."""
    many = [{"notice_id": of, "kind": kind, **item._asdict()} for of, kind, item in about]
    return _INSERT_ITEM.execute_many(many) == len(many)


def add_item(notice_id: int, kind: NoticeKind, item: Item) -> bool:
    """Say what a notice is about; False when it was told before of the same stage."""
    record_type, record_id, stage = item
    cursor = _INSERT_ITEM.execute(
        notice_id=notice_id,
        kind=kind.value,
        record_type=record_type,
        record_id=record_id,
        stage=stage,
    )
    return bool(cursor.rowcount)


_OF_DUE_DATES = (
    NoticeKind.DUE_SOON,
    NoticeKind.OVERDUE_1,
    NoticeKind.OVERDUE_2,
    NoticeKind.OVERDUE_3,
    NoticeKind.DUE_DATE_CHANGED,
)
_MOST_IDS = 500


def ends_told(now: str) -> dict[str, list[int]]:
    """The ends of days that were told of, each with the ids of its items.

    Of running loans all of them, those before a renewal too, for a due date can come back; of holds
    those to come, also where the hold has ended, for undoing a loan gives the hold back.
    """
    of_holds = (NoticeItem.kind == NoticeKind.HOLD_EXPIRING) & (NoticeItem.record_type == "hold")
    told = NoticeItem.select(NoticeItem.id, NoticeItem.stage)
    running = told.join(Loan, on=(Loan.id == NoticeItem.record_id)).where(
        _tells_of_due_dates() & is_running()
    )
    found: dict[str, list[int]] = {}
    for query in (running, told.where(of_holds & (NoticeItem.stage >= now))):
        for item_id, stage in rows(query):
            if " " not in stage:  # else it told of a due date that is past
                found.setdefault(stage, []).append(item_id)
    return found


def told_due(loan_id: int, due_at: str) -> list[int]:
    """The ids of the items that told of a loan's due date."""
    same = (NoticeItem.record_id == loan_id) & (NoticeItem.stage == due_at)
    query = NoticeItem.select(NoticeItem.id).where(_tells_of_due_dates() & same)
    return [row[0] for row in rows(query)]


def _tells_of_due_dates() -> Any:
    return NoticeItem.kind.in_(_OF_DUE_DATES) & (NoticeItem.record_type == "loan")


def rezone(item_ids: Sequence[int], to: str) -> None:
    """Let items be about the end of a day where another time zone has it: it was told already.

    An item stays as it is where the same was told of that moment, too.
    """
    other = NoticeItem.alias()
    same = (
        (other.kind == NoticeItem.kind)
        & (other.record_type == NoticeItem.record_type)
        & (other.record_id == NoticeItem.record_id)
    )
    is_told = fn.EXISTS(other.select(other.id).where(same & (other.stage == to)))
    for start in range(0, len(item_ids), _MOST_IDS):
        some = NoticeItem.id.in_(item_ids[start : start + _MOST_IDS])
        NoticeItem.update(stage=to).where(some & ~is_told).execute()


def restage(kind: NoticeKind, item: Item, to: str) -> None:
    """Let what was told of a record at a stage be of another one, so that it can be told anew."""
    _RESTAGE.execute(kind=kind.value, **item._asdict(), to=to)


_RESTAGE = Compiled(
    lambda: (
        NoticeItem.update({NoticeItem.stage: slot("to")})
        .where(_of_kind() & (NoticeItem.record_id == slot("record_id")))
        .where(NoticeItem.stage == slot("stage"))
    )
)


def tell_anew(
    kinds: Collection[NoticeKind], record_type: str, record_ids: Collection[int], name: str
) -> None:
    """Let what was cancelled of records be of a past stage: it holds again, and is to be told.

    `name` tells the act by which it does from every other one.
    """
    past = Value(_PAST).concat(NoticeItem.stage).concat(f" {name}")
    of_records = among(NoticeItem.record_id, record_ids)
    cancelled = _was_cancelled(kinds, record_type)
    NoticeItem.update(stage=past).where(cancelled & of_records).execute()


def keep_records(items: Iterable[Item]) -> None:
    """Let nobody change the members, loans and holds of these items until the transaction ends."""
    of_type: dict[str, set[int]] = {}
    for record_type, record_id, _ in items:
        of_type.setdefault(record_type, set()).add(record_id)
    for record_type, model in (("user", User), ("loan", Loan), ("hold", Hold)):
        if record_type in of_type:
            kept = model.select(model.id).where(among(model.id, of_type[record_type]))
            rows(for_share(kept.order_by(model.id)))


def tell_items_anew(kind: NoticeKind, items: Iterable[Item], name: str) -> None:
    """Let these items be of a past stage, as `tell_anew` does for what an act has changed."""
    for item in items:
        restage(kind, item, f"{_PAST}{item.stage} {name}")


def any_cancelled(kinds: Collection[NoticeKind], record_type: str, record_id: Any) -> Any:
    """The condition that there is something of a record for `tell_anew`."""
    of_record = NoticeItem.record_id == record_id
    cancelled = _was_cancelled(kinds, record_type)
    return fn.EXISTS(NoticeItem.select(SQL("1")).where(cancelled & of_record))


def _was_cancelled(kinds: Collection[NoticeKind], record_type: str) -> Any:
    cancelled = Notice.select(SQL("1")).where(
        (Notice.id == NoticeItem.notice_id) & _is(NoticeStatus.CANCELLED)
    )
    of_kinds = NoticeItem.kind.in_(list(kinds)) & (NoticeItem.record_type == record_type)
    is_present = fn.SUBSTR(NoticeItem.stage, 1, len(_PAST)) != _PAST
    return of_kinds & is_present & fn.EXISTS(cancelled)


_PAST = "past "


def _of_kind() -> Any:
    return (NoticeItem.kind == slot("kind")) & (NoticeItem.record_type == slot("record_type"))


class Told(NamedTuple):
    """That a notice was queued of a record at a stage, by which request.

    `is_unsent` when it was not sent: what is being sent at this moment, or was put off, may have
    been.
    """

    stage: str
    request_id: str
    is_unsent: bool


def told(kind: NoticeKind, record_type: str, record_id: int) -> list[Told]:
    """The notices of a kind that were queued of a record; nothing for most."""
    found = _TOLD.rows(kind=kind.value, record_type=record_type, record_id=record_id)
    return [Told(stage, request_id, bool(unsent)) for stage, request_id, unsent in found]


def _told() -> Any:
    waits = _is(NoticeStatus.QUEUED) & (Notice.next_try_at == Notice.queued_at)
    unsent = waits | Notice.status.in_((NoticeStatus.CANCELLED, NoticeStatus.FAILED))
    query = NoticeItem.select(NoticeItem.stage, Notice.request_id, unsent).join(Notice)
    return query.where(_of_kind() & (NoticeItem.record_id == slot("record_id")))


_TOLD = Compiled(_told)


def delete_empty(notice_ids: Sequence[int]) -> None:
    """Delete those of these notices that are about nothing."""
    told = NoticeItem.select(NoticeItem.notice_id).where(among(NoticeItem.notice_id, notice_ids))
    Notice.delete().where(among(Notice.id, notice_ids) & Notice.id.not_in(told)).execute()


def is_any_due(now: str) -> bool:
    """Whether a mail is due; asked before `claim`, which writes."""
    return bool(Notice.select().where(_is_due(now)).exists())


def claim(now: str, until: str, limit: int) -> list[NoticeRow]:
    """Take the mails that are due, the longest waiting first; until then nobody else gets them.

    Call it in a transaction of its own.
    """
    query = ROWS.select().where(_is_due(now))
    query = query.order_by(Notice.next_try_at, Notice.id).limit(limit)
    taken = [row._replace(next_try_at=until) for row in ROWS.all(_skipping_locked(query))]
    ids = [row.id for row in taken]
    Notice.update(next_try_at=until).where(Notice.id.in_(ids)).execute()
    return taken


def change(notice: NoticeRow, **fields: Any) -> bool:
    """Write fields of a notice that is as it was read; False when it has changed since."""
    same = (Notice.next_try_at == notice.next_try_at) & (Notice.status == notice.status)
    query = Notice.update(**fields).where((Notice.id == notice.id) & same)
    return bool(query.execute())


_SENT = Compiled(
    lambda: Notice.update(
        {
            **{name: slot(name) for name in ("subject", "body", "sent_at")},
            "status": NoticeStatus.SENT,
            "attempts": Notice.attempts + SQL("1"),
            "error": None,
        }
    ).where((Notice.id == slot("id")) & (Notice.next_try_at == slot("until")))
)


def sent(notice: NoticeRow, subject: str, body: str | None, at: str) -> None:
    """Note that the mail server has taken a notice, with its words."""
    _SENT.execute(id=notice.id, until=notice.next_try_at, subject=subject, body=body, sent_at=at)


def part(notice: NoticeRow, items: Sequence[Item], why: str, now: str) -> None:
    """Let what a notice did not tell of be of a cancelled one, from which it may be told anew."""
    if not items:
        return
    request_id = Notice.select(Notice.request_id).where(Notice.id == notice.id).scalar()
    told = (notice.kind, notice.user_id, notice.channel, notice.language)
    cancelled = insert(*told, request_id, now)
    Notice.update(status=NoticeStatus.CANCELLED, error=why).where(Notice.id == cancelled).execute()
    for record_type, record_id, stage in items:
        of_record = (NoticeItem.record_type == record_type) & (NoticeItem.record_id == record_id)
        moved = (NoticeItem.notice_id == notice.id) & of_record & (NoticeItem.stage == stage)
        NoticeItem.update(notice_id=cancelled).where(moved).execute()


def letters(limit: int, after: NoticeRow | None = None) -> list[NoticeRow]:
    """Letters that wait to be printed, the longest waiting first: those after one, or the first.

    Nobody moves the `next_try_at` of a letter, so that the index of what is queued has them in this
    order.
    """
    waiting = _is(NoticeStatus.QUEUED) & (Notice.channel == Channel.PRINT)
    if after is not None:
        at = after.next_try_at
        waiting &= (Notice.next_try_at >= at) & ((Notice.next_try_at > at) | (Notice.id > after.id))
    query = ROWS.select().where(waiting).order_by(Notice.next_try_at, Notice.id)
    return ROWS.all(query.limit(limit))


def locked_all(notice_ids: Sequence[int]) -> list[NoticeRow]:
    """Several notices in the order of their ids, locked until the transaction ends."""
    query = ROWS.select().where(among(Notice.id, notice_ids)).order_by(Notice.id)
    return ROWS.all(for_update(query))


def empty_nameless() -> None:
    """Take what was written to members who are no longer there out of their notices.

    What a mail server said of one that failed names their address, too.
    """
    emptied = {"subject": None, "body": None, "error": None}
    nameless = Notice.user_id.is_null()
    failed = _is(NoticeStatus.FAILED) & Notice.error.is_null(False)
    for written in (Notice.body.is_null(False), failed):
        Notice.update(emptied).where(nameless & written).execute()
    cancelled = {**emptied, "status": NoticeStatus.CANCELLED}
    Notice.update(cancelled).where(nameless & _is(NoticeStatus.QUEUED)).execute()


def delete_before(moment: str, limit: int) -> int:
    """Delete some of the notices that were made and queued before a moment; give how many."""
    is_old = Notice.queued_at < moment
    ids = _made_before(moment, is_old, limit)
    Notice.delete().where(Notice.id.in_(ids) & is_old).execute()
    return len(ids)


def forget_before(moment: str, limit: int) -> int:
    """Empty some of the notices of before a moment of their member and words; give how many.

    They still tell what was told. Those that are queued stay as they are.
    """
    is_named = Notice.user_id.is_null(False) | Notice.subject.is_null(False)
    is_over = is_named & (Notice.status != NoticeStatus.QUEUED)
    ids = _made_before(moment, is_over, limit)
    emptied = Notice.update(user=None, subject=None, body=None, error=None)
    emptied.where(Notice.id.in_(ids) & is_over).execute()
    return len(ids)


def _made_before(moment: str, condition: Any, limit: int) -> list[int]:
    """Some of the notices of before a moment; they are numbered as they are made."""
    later = Notice.select(Notice.id).where(Notice.created_at >= moment).order_by(Notice.id)
    first: int | None = later.limit(1).scalar()
    if first is not None:
        condition &= Notice.id < first
    query = Notice.select(Notice.id).where(condition).order_by(Notice.id).limit(limit)
    return [row[0] for row in rows(query)]


def waiting() -> int:
    """How many mails are queued."""
    queued = _is(NoticeStatus.QUEUED) & (Notice.channel == Channel.EMAIL)
    return int(Notice.select().where(queued).count())


def count(status: NoticeStatus) -> int:
    """How many notices are in a status."""
    return int(Notice.select().where(_is(status)).count())


def in_status(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Filters of `LISTING`, in which the `status` that was asked for has a filter of its own."""
    filters = dict(asked)
    status = filters.pop("status", None)
    return filters if status is None else {**filters, status_name([status]): None}


def _is_due(now: str) -> Any:
    queued = _is(NoticeStatus.QUEUED) & (Notice.channel == Channel.EMAIL)
    return queued & (Notice.next_try_at <= now)


def _skipping_locked(query: Any) -> Any:
    return query.for_update(skip_locked=True) if is_postgresql() else query


def _existing(row: NoticeRow | None) -> NoticeRow:
    if row is None:
        raise Missing("There is no such notice.")
    return row


def requeue(notice: NoticeRow) -> NoticeRow:
    """Queue a notice again, as if it were new; give it as it is stored then."""
    now = timestamp()
    fresh = notice._replace(status=NoticeStatus.QUEUED, error=None, queued_at=now, next_try_at=now)
    change(notice, status=fresh.status, error=None, queued_at=now, next_try_at=now)
    return fresh
