"""Changing a hold: how long it is wanted, its place in the queue, until when it can be fetched."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from circulation import hold_queue, presentation
from circulation.due_dates import chosen_due
from circulation.entities import Hold, Title
from circulation.holds import let_run_out, locked, open_title
from circulation.loading import Situation
from circulation.presentation import HoldState
from circulation.request_checks import check_hold_dates
from circulation.title_changes import transaction
from models import audit, hold
from models.audit import Actor
from models.errors import Conflict, Unacceptable
from models.hold import HoldRow
from models.timestamps import stamp
from models.vocabulary import HoldStatus

_DAYS = ("suspended_until", "not_needed_after")


def change_hold(hold_id: int, values: Mapping[str, Any], actor: Actor, now: datetime) -> HoldState:
    """Change what is given of a hold, and give it (rules 23, 38).

    `suspended_until` and `not_needed_after` are dates or None; `position` is a place in the queue
    from 1, past the end the end; `expires_on` the last day of a ready hold, a closed one moves on.
    Copies of holds that have run out are passed on after it: a hold that reads as waiting is one.

    Raises Missing, Unacceptable, NoOpenDay, Conflict `hold-closed`, `hold-ready` for suspending or
    moving a ready one, `hold-not-ready` for an `expires_on` of another.
    """
    with transaction():
        situation, stored = locked(hold_id, now)
        changed = _changed(stored, values)
        check_hold_dates(
            changed.get("suspended_until"),
            changed.get("not_needed_after"),
            situation.today,
            values.get("expires_on"),
        )
        title = open_title(situation, stored)
        one = next(one for one in title.holds if one.id == hold_id)
        columns = _columns(one, changed, values.get("expires_on"), situation)
        moved = _moved(title, one, values)
        if columns or moved != title:
            _write(stored, columns, title, moved, actor)
            let_run_out(stored.book_id, actor, now)
        return presentation.hold(hold.find(hold_id), situation.rules, now)


def _changed(stored: HoldRow, values: Mapping[str, Any]) -> dict[str, date | None]:
    """Those of the days that differ from what is stored."""
    return {
        name: values[name]
        for name in _DAYS
        if name in values and getattr(stored, name) != _text(values[name])
    }


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _columns(
    one: Hold, changed: Mapping[str, date | None], expires_on: date | None, situation: Situation
) -> dict[str, str | None]:
    """What changes in the stored row, but for the place in the queue."""
    is_ready = one.status is HoldStatus.READY
    if is_ready and changed.get("suspended_until"):
        raise Conflict("A copy is set aside for this hold already.", code="hold-ready")
    if expires_on is not None and not is_ready:
        detail = "No copy is set aside for this hold, so it has no pick-up time to change."
        raise Conflict(detail, code="hold-not-ready")
    columns = {name: _text(day) for name, day in changed.items()}
    if is_ready and (expires_on is not None or "not_needed_after" in changed):
        columns |= _shelf_columns(one, changed, expires_on, situation)
    return columns


def _shelf_columns(
    one: Hold, changed: Mapping[str, date | None], expires_on: date | None, situation: Situation
) -> dict[str, str | None]:
    """What changes of the shelf time: it ends as it was given, or with the need (rule 38).

    An end that is as it was asks for nothing, where the need stays.
    """
    calendar = situation.rules.calendar
    if "not_needed_after" not in changed and expires_on == _present_end(one, situation):
        return {}
    if expires_on is None:
        day = _kept_until(one, situation)
    else:
        day = chosen_due(calendar, expires_on, situation.today, None).day
    needed = changed.get("not_needed_after", one.not_needed_after)
    until = calendar.end_of_day(min(day, needed or day))
    columns: dict[str, str | None] = {}
    if until != one.expires_at:
        columns["expires_at"] = stamp(until)
    if day != one.kept_until:
        columns["kept_until"] = day.isoformat()
    return columns


def _kept_until(one: Hold, situation: Situation) -> date:
    """The last day of a ready hold's shelf time as staff, the policy or a closure gave it.

    Where the need has cut it (rule 38), it is that day, open now (rule 14), and never one before
    the present end. It is reckoned anew for a hold that the release before made ready, which knows
    of no such day, or leaves an earlier one from another time that the hold was ready.
    """
    calendar = situation.rules.calendar
    present = _present_end(one, situation)
    needed = one.not_needed_after
    if needed is None or one.expires_at != calendar.end_of_day(needed):
        return present
    if one.kept_until is not None and one.kept_until >= present:
        return calendar.next_open(one.kept_until)
    ready_on = calendar.local_date(one.ready_at or situation.now)
    return calendar.next_open(max(present, hold_queue.shelf_day(one, situation.rules, ready_on)))


def _present_end(one: Hold, situation: Situation) -> date:
    return situation.rules.calendar.local_date(one.expires_at or situation.now)


def _moved(title: Title, one: Hold, values: Mapping[str, Any]) -> Title:
    """The title with the hold at the position asked for, if another one is."""
    if "position" not in values:
        return title
    position = values["position"]
    if one.status is HoldStatus.READY:
        if position is None:
            return title
        raise Conflict(
            "A copy is set aside for this hold, so it is no longer waiting.", code="hold-ready"
        )
    if position is None:
        raise Unacceptable("#/position", "required", "A hold that waits has a place from 1 on.")
    return hold_queue.moved_to(title, one.id, position)


def _write(
    stored: HoldRow, columns: dict[str, str | None], before: Title, after: Title, actor: Actor
) -> None:
    # Clients see no `kept_until`, but the end that comes of it.
    changes = {
        name: [getattr(stored, name), value]
        for name, value in columns.items()
        if name != "kept_until"
    }
    if after != before:
        was = {one.id: one.place for one in before.holds}
        places = {one.id: one.place for one in after.holds if one.place != was[one.id]}
        hold.reorder(places)
        changes["position"] = [_position(before, stored.id), _position(after, stored.id)]
    hold.change(stored.id, columns)
    audit.record(actor, "hold.update", "hold", stored.id, changes=changes)


def _position(title: Title, hold_id: int) -> Any:
    waiting = [one.id for one in title.queue() if one.status is HoldStatus.WAITING]
    return 1 + waiting.index(hold_id)
