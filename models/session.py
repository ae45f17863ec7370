"""Sign-ins: each lives until it expires, is ended, or its refresh token is used twice."""

from datetime import timedelta

from peewee import ForeignKeyField, IntegerField, TextField

from models.database import Compiled, Table, slot
from models.timestamps import timestamp
from models.user import User


class Session(Table):
    """One sign-in. `turn` counts its refresh tokens; only the newest one is good."""

    user = ForeignKeyField(User, on_delete="CASCADE")
    turn = IntegerField()
    created_at = TextField()
    expires_at = TextField()
    ended_at = TextField(null=True)


_LIVE_CALLER = Compiled(
    lambda: (
        User.select(User.id, User.role)
        .join(Session, on=(Session.user_id == User.id))
        .where(
            (Session.id == slot("id"))
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
        (Session.id == slot("id"))
        & (Session.turn == slot("turn"))
        & Session.ended_at.is_null()
        & (Session.expires_at > slot("now"))
    )
)


def begin(user_id: int, days: int) -> int:
    """Open a sign-in that lasts `days` unless refreshed, and give its id."""
    created: int = Session.insert(
        user_id=user_id,
        turn=1,
        created_at=timestamp(),
        expires_at=timestamp(ahead=timedelta(days=days)),
    ).execute()
    return created


def caller(session_id: int) -> tuple[int, str] | None:
    """The id and role of the active user whose live sign-in this is, or None."""
    row = _LIVE_CALLER.row(id=session_id, now=timestamp())
    return None if row is None else (row[0], row[1])


def advance(session_id: int, turn: int, days: int) -> bool:
    """Use up refresh token number `turn`; False when it is not the newest, or all is over."""
    cursor = _ADVANCE.execute(
        id=session_id, turn=turn, now=timestamp(), expires=timestamp(ahead=timedelta(days=days))
    )
    return bool(cursor.rowcount == 1)


def end(session_id: int) -> None:
    """End one sign-in; its tokens stop working at once."""
    _end(Session.id == session_id)


def end_all(user_id: int, *, but: int | None = None) -> None:
    """End every sign-in of a user, except the one named."""
    _end((Session.user_id == user_id) & (Session.id != (but or 0)))


def delete_expired() -> int:
    """Forget sign-ins that are over, and give their number."""
    removed: int = Session.delete().where(Session.expires_at < timestamp()).execute()
    return removed


def _end(which: object) -> None:
    Session.update(ended_at=timestamp()).where(which & Session.ended_at.is_null()).execute()
