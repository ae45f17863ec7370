"""The calendar: the library's week, its time zone and its closures."""

from datetime import date

from api.http.pagination import listed
from api.operation import Answer, Call, operation
from api.records import CALENDAR
from api.resource import Resource
from circulation import closures, rulebook
from models import closure, timestamps
from models.calendar import CalendarRow
from models.closure import ClosureRow
from validators import calendar as schemas
from validators.engine.bodies import compile_body
from validators.engine.queries import compile_query


def _answered(row: CalendarRow) -> Answer:
    today = rulebook.today(timestamps.now()).isoformat()
    return Answer(row.to_json(today), tag=row.tag)


class Calendar(Resource):
    """`/calendar`"""

    @operation("getCalendar", "Read the library's week", record=CALENDAR, answer=schemas.CALENDAR)
    def get(self, call: Call, found: CalendarRow) -> Answer:
        """The time zone, the weekdays it is open today, and all weeks as `history`."""
        return _answered(found)

    @operation(
        "replaceCalendar",
        "Change the library's week",
        record=CALENDAR,
        body=compile_body(schemas.CALENDAR, "replace"),
        answer=schemas.CALENDAR,
        problems=("calendar-closed",),
    )
    def put(self, call: Call, present: CalendarRow) -> Answer:
        """The calendar; what falls on a day now closed moves to the next open day."""
        return _answered(closures.set_week(call.body, call.actor, timestamps.now()))


class CalendarPlan(Resource):
    """`/calendar/plans/{valid_from}`"""

    @operation(
        "deleteCalendarPlan",
        "Withdraw a week that has not begun",
        record=CALENDAR,
        status=204,
        problems=("not-found", "plan-begun", "calendar-closed"),
    )
    def delete(self, call: Call, present: CalendarRow, valid_from: date) -> Answer:
        """The week before it goes on."""
        closures.withdraw_plan(valid_from, call.actor, timestamps.now())
        return Answer(status=204)


class Closures(Resource):
    """`/closures`"""

    @operation(
        "listClosures",
        "List the closures",
        query=compile_query(schemas.CLOSURES_QUERY),
        answer=schemas.CLOSURE,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """Past ones and those to come."""
        return listed(call, closure.LISTING, {})

    @operation(
        "createClosure",
        "Close the library on some days",
        body=compile_body(schemas.CLOSURE, "create"),
        answer=schemas.CLOSURE,
        status=201,
        problems=("calendar-closed",),
    )
    def post(self, call: Call) -> Answer:
        """The closure; what falls on it moves to the next open day."""
        created = closures.close(call.body, call.actor, timestamps.now())
        at = f"/closures/{created.id}"
        return Answer(created.to_json(), 201, tag=created.tag, at=at)


class Closure(Resource):
    """`/closures/{closure_id}`"""

    @operation("deleteClosure", "Remove a closure", status=204, problems=("not-found",))
    def delete(self, call: Call, present: ClosureRow) -> Answer:
        """It is gone; what it moved stays where it is."""
        closures.reopen(present.id, call.actor)
        return Answer(status=204)
