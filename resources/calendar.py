"""The calendar: the library's week, its time zone and its closures."""

from typing import Any

from api.operation import Answer, Call, operation
from api.paging import listed
from api.pipeline import Resource
from circulation import opening
from models import calendar as week
from models import clock, closure
from validators import calendar
from validators.bodies import compile_body
from validators.queries import compile_query


def _answered(record: dict[str, Any]) -> Answer:
    return Answer(week.shown(record), tag=week.tag(record))


class Calendar(Resource):
    """`/calendar`"""

    @operation("getCalendar", "Read the library's week", answer=calendar.CALENDAR)
    def get(self, call: Call) -> Answer:
        """The time zone and the weekdays it is open."""
        return _answered(week.find())

    @operation(
        "replaceCalendar",
        "Change the library's week",
        body=compile_body(calendar.CALENDAR, "replace"),
        answer=calendar.CALENDAR,
        problems=("calendar-closed",),
    )
    def put(self, call: Call) -> Answer:
        """The week as given; dates that were set stay."""
        changed = opening.set_week(
            call.body, call.actor, clock.now(), lambda present: call.precondition(week.tag(present))
        )
        return _answered(changed)


class Closures(Resource):
    """`/closures`"""

    @operation(
        "listClosures",
        "List the closures",
        query=compile_query(calendar.CLOSURES_QUERY),
        answer=calendar.CLOSURE,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """Past ones and those to come."""
        return listed(call, closure.LISTING, {})

    @operation(
        "createClosure",
        "Close the library on some days",
        body=compile_body(calendar.CLOSURE, "create"),
        answer=calendar.CLOSURE,
        status=201,
        problems=("calendar-closed",),
    )
    def post(self, call: Call) -> Answer:
        """The closure; what falls on it moves to the next open day."""
        created = opening.close(call.body, call.actor, clock.now())
        at = f"/closures/{created['id']}"
        return Answer(closure.shown(created), 201, tag=closure.tag(created), at=at)


class Closure(Resource):
    """`/closures/{closure_id}`"""

    @operation("deleteClosure", "Remove a closure", status=204, problems=("not-found",))
    def delete(self, call: Call, closure_id: int) -> Answer:
        """It is gone; what it moved stays where it is."""
        opening.reopen(
            closure_id, call.actor, lambda present: call.precondition(closure.tag(present))
        )
        return Answer(status=204)
