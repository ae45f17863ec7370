"""The library's time zone, and its weeks: each plan holds from a day on, until the next begins."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from peewee import IntegerField, TextField

from models import audit, rulebook
from models.audit import Actor
from models.database import Table, for_update
from models.fields import JsonField
from models.rows import Json, RowReader, Tag

FIRST = "0001-01-01"
"""The day from which the first plan is in force: all before the next one."""


class Calendar(Table):
    """The one row; whoever writes it or a plan calls `rulebook.changed` in the same transaction."""

    timezone = TextField()
    revision = IntegerField()


class CalendarPlan(Table):
    """The open weekdays (1 is Monday) from a day on."""

    valid_from = TextField(unique=True)
    open_weekdays = JsonField()


class PlanRow(NamedTuple):
    """A plan as it is stored."""

    valid_from: str
    open_weekdays: list[int]

    def to_json(self) -> Json:
        """The plan as clients see it; the first one has no day from which it holds."""
        valid_from = None if self.valid_from == FIRST else self.valid_from
        return {"valid_from": valid_from, "open_weekdays": self.open_weekdays}


class CalendarRow(NamedTuple):
    """The time zone (an IANA name) and the plans, the first one first."""

    timezone: str
    plans: Sequence[PlanRow]
    revision: int

    @property
    def tag(self) -> Tag:
        """What names the present state of the calendar."""
        return ("calendar", 1, self.revision)

    def plan_on(self, day: str) -> PlanRow:
        """The plan that holds on a day."""
        return next(plan for plan in reversed(self.plans) if plan.valid_from <= day)

    def to_json(self, today: str) -> Json:
        """The calendar as clients see it: the week of today, and all plans as `history`."""
        week = self.plan_on(today).to_json()
        history = [plan.to_json() for plan in self.plans]
        return {"timezone": self.timezone, **week, "history": history}


PLANS = RowReader(CalendarPlan, PlanRow)


def find() -> CalendarRow:
    """The calendar."""
    return _read(Calendar.select(Calendar.timezone, Calendar.revision))


def locked() -> CalendarRow:
    """The calendar, locked until the transaction ends."""
    return _read(for_update(Calendar.select(Calendar.timezone, Calendar.revision)))


def update(
    calendar: CalendarRow, timezone: str, plan: PlanRow, today: str, actor: Actor
) -> CalendarRow:
    """Write the time zone and a plan of the calendar that is `locked`.

    A plan from the same day on is replaced. A week to come is a plan even where it is like the one
    before it, which may yet become another. That open days are left was checked before.
    """
    stands = calendar.plan_on(plan.valid_from)
    before = stands.open_weekdays
    is_to_come = plan.valid_from > today and stands.valid_from != plan.valid_from
    changes: dict[str, Any] = {}
    if timezone != calendar.timezone:
        changes["timezone"] = [calendar.timezone, timezone]
    if is_to_come or before != plan.open_weekdays:
        changes["open_weekdays"] = [before, plan.open_weekdays]
        changes["valid_from"] = [None, plan.valid_from]
        CalendarPlan.delete().where(CalendarPlan.valid_from == plan.valid_from).execute()
        CalendarPlan.insert(plan._asdict()).execute()
    if not changes:
        return calendar
    _changed(calendar, timezone)
    audit.record(actor, "calendar.update", "calendar", 1, changes=changes)
    return find()


def take_over(
    calendar: CalendarRow, timezone: str, plans: Sequence[PlanRow], actor: Actor
) -> CalendarRow:
    """Let the calendar that is `locked` be another one: its time zone, and all its plans."""
    CalendarPlan.delete().execute()
    CalendarPlan.insert_many([plan._asdict() for plan in plans]).execute()
    _changed(calendar, timezone)
    before, after = ([plan.to_json() for plan in some] for some in (calendar.plans, plans))
    changes = {"timezone": [calendar.timezone, timezone], "history": [before, after]}
    audit.record(actor, "calendar.update", "calendar", 1, changes=changes)
    return find()


def withdraw(calendar: CalendarRow, valid_from: str, actor: Actor) -> CalendarRow:
    """Remove a plan of the calendar that is `locked`; the one before it goes on."""
    CalendarPlan.delete().where(CalendarPlan.valid_from == valid_from).execute()
    _changed(calendar, calendar.timezone)
    changes = {"valid_from": [valid_from, None]}
    audit.record(actor, "calendar.update", "calendar", 1, changes=changes)
    return find()


def _changed(calendar: CalendarRow, timezone: str) -> None:
    Calendar.update(timezone=timezone, revision=calendar.revision + 1).execute()
    rulebook.changed()


def _read(query: Any) -> CalendarRow:
    [(timezone, revision)] = query.tuples()
    return CalendarRow(
        timezone, PLANS.all(PLANS.select().order_by(CalendarPlan.valid_from)), revision
    )
