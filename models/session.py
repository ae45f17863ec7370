"""Sign-ins: each lives until it expires, is ended, or its refresh token is used twice."""

from datetime import timedelta
from typing import Any, NamedTuple

from peewee import ForeignKeyField, IntegerField, TextField

from models import mark as marks
from models.database import Compiled, Table, slot
from models.timestamps import timestamp
from models.user import User


class SignIn(NamedTuple):
    """What tokens and cookies carry of a sign-in.

    The mark is random: after a restore another row may have the same id, but not the same mark. It
    is empty in what the release before has signed.
    """

    id: int
    mark: str


class Session(Table):
    """One sign-in. `turn` counts its refresh tokens; only the newest one is good.

    `mark` is null in rows of the release before, which made none.
    """

    user = ForeignKeyField(User, on_delete="CASCADE")
    turn = IntegerField()
    created_at = TextField()
    expires_at = TextField()
    ended_at = TextField(null=True)
    mark = TextField(null=True)


def _is(id_: object, mark: object) -> Any:
    """Whether a row is the sign-in of an id and a mark."""
    return (Session.id == id_) & marks.fits(Session.mark, mark)


_LIVE_CALLER = Compiled(
    lambda: (
        User.select(User.id, User.role)
        .join(Session, on=(Session.user_id == User.id))
        .where(
            _is(slot("id"), slot("mark"))
            & Session.ended_at.is_null()
            & (Session.expires_at > slot("now"))
            & (User.is_active == 1)
        )
    )
)
_ADVANCE = Compiled(
    lambda: Session.update(
        {Session.turn: Session.turn + 1, Session.expires_at: slot("expires")}
    ).where(
        _is(slot("id"), slot("mark"))
        & (Session.turn == slot("turn"))
        & Session.ended_at.is_null()
        & (Session.expires_at > slot("now"))
    )
)


def begin(user_id: int, days: int) -> SignIn:
    """Open a sign-in that lasts `days` unless refreshed."""
    mark = marks.new()
    created: int = Session.insert(
        user_id=user_id,
        turn=1,
        created_at=timestamp(),
        expires_at=timestamp(ahead=timedelta(days=days)),
        mark=mark,
    ).execute()
    return SignIn(created, mark)


def caller(one: SignIn) -> tuple[int, str] | None:
    """The id and role of the active user whose live sign-in this is, or None."""
    row = _LIVE_CALLER.row(id=one.id, mark=one.mark, now=timestamp())
    return None if row is None else (row[0], row[1])


def advance(one: SignIn, turn: int, days: int) -> bool:
    """Use up refresh token number `turn`; False when it is not the newest, or all is over."""
    cursor = _ADVANCE.execute(
        id=one.id,
        mark=one.mark,
        turn=turn,
        now=timestamp(),
        expires=timestamp(ahead=timedelta(days=days)),
    )
    return bool(cursor.rowcount == 1)


def end(session_id: int) -> None:
    """End one sign-in; its tokens stop working at once."""
    _end(Session.id == session_id)


def end_misused(one: SignIn) -> None:
    """End the sign-in of a refresh token that is not good, if it is the one that was signed."""
    _end(_is(one.id, one.mark))


def end_all(user_id: int, *, but: int | None = None) -> None:
    """End every sign-in of a user, except the one named."""
    _end((Session.user_id == user_id) & (Session.id != (but or 0)))


def delete_expired() -> int:
    """Forget sign-ins that are over, and give their number."""
    removed: int = Session.delete().where(Session.expires_at < timestamp()).execute()
    return removed


def _end(which: object) -> None:
    Session.update(ended_at=timestamp()).where(which & Session.ended_at.is_null()).execute()
