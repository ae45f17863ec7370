"""Holds: places in the queue for a title."""

from typing import Any

from api.fields import require_allowed
from api.operation import Answer, Call, operation
from api.paging import Records, Rows, filters, listed
from api.pipeline import Resource
from api.problems import Problem
from circulation import holding, rulebook, showing
from models import clock, hold
from models.errors import Missing
from resources.shared import day, override_of
from validators import holds
from validators.bodies import compile_body
from validators.queries import compile_query


def _tag(stored: dict[str, Any]) -> tuple[str, int, int]:
    return ("hold", stored["id"], stored["revision"])


def _answered(record: dict[str, Any], status: int = 200) -> Answer:
    return Answer(record, status, tag=_tag(hold.find(record["id"])), at=f"/holds/{record['id']}")


def visible(call: Call, hold_id: int) -> dict[str, Any]:
    """The stored hold, if the caller may know of it. Raises Missing."""
    stored = hold.find(hold_id)
    if not call.caller.is_staff and stored["user_id"] != call.caller.id:
        raise Missing("There is no such hold.")
    return stored


class Holds(Resource):
    """`/holds`"""

    @operation(
        "listHolds",
        "List holds",
        query=compile_query(holds.HOLDS_QUERY),
        answer=holds.HOLD,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The holds; to a member, their own."""
        moment = clock.now()
        asked = filters(call)
        if "status" in asked:
            today = rulebook.today(moment)
            asked |= hold.in_status(asked.pop("status"), moment, today)
        if not call.caller.is_staff:
            asked["reader"] = call.user_id

        def present(rows: Rows) -> Records:
            return showing.holds(rows, moment)

        return listed(call, hold.LISTING, asked, present=present)

    @operation(
        "placeHold",
        "Place a hold on a title",
        body=compile_body(holds.NEW_HOLD, "create"),
        answer=holds.HOLD,
        status=201,
        problems=("not-found", "user-not-found", "hold-refused", "field-not-allowed", "forbidden"),
    )
    def post(self, call: Call) -> Answer:
        """The new hold, or every reason against it at once."""
        user_id = call.body.get("user_id", call.user_id)
        if user_id != call.user_id and not call.caller.is_staff:
            raise Problem("forbidden", "Members place holds for nobody but themselves.")
        require_allowed(call, {})
        placed = holding.place_hold(
            call.body["book_id"],
            user_id,
            call.actor,
            clock.now(),
            day(call.body["not_needed_after"]),
            override_of(call),
        )
        return _answered(placed, 201)


class Hold(Resource):
    """`/holds/{hold_id}`"""

    @operation("getHold", "Read a hold", answer=holds.HOLD, problems=("not-found",))
    def get(self, call: Call, hold_id: int) -> Answer:
        """The hold."""
        stored = visible(call, hold_id)
        return _answered(showing.hold(stored, rulebook.latest(), clock.now()))

    @operation(
        "changeHold",
        "Suspend a hold, or say until when it is wanted",
        body=compile_body(holds.HOLD, "patch"),
        answer=holds.HOLD,
        problems=("not-found", "hold-closed", "hold-ready"),
    )
    def patch(self, call: Call, hold_id: int) -> Answer:
        """The hold, changed."""
        visible(call, hold_id)
        values = {name: day(value) for name, value in call.body.items()}
        changed = holding.change_hold(
            hold_id, values, call.actor, clock.now(), lambda stored: call.precondition(_tag(stored))
        )
        return _answered(changed)

    @operation("cancelHold", "Cancel a hold", status=204, problems=("not-found", "hold-closed"))
    def delete(self, call: Call, hold_id: int) -> Answer:
        """A copy set aside goes to the next in the queue."""
        visible(call, hold_id)
        holding.cancel_hold(
            hold_id, call.actor, clock.now(), lambda stored: call.precondition(_tag(stored))
        )
        return Answer(status=204)
