"""Holds: places in the queue for a title, for any copy of it or for one."""

from api.http.embedding import embedded, embedder
from api.http.pagination import Records, Rows, filters, listed
from api.operation import Answer, Call, operation
from api.resource import Resource
from circulation import dry_runs, holds, presentation, rulebook
from circulation.hold_changes import change_hold
from circulation.hold_requests import HoldRequest
from circulation.presentation import HoldState
from models import hold, timestamps
from models.hold import HoldRow
from resources.shared import day, member_named, override_of
from validators import holds as schemas
from validators.engine.bodies import compile_body
from validators.engine.errors import Fault, Invalid
from validators.engine.queries import compile_query
from validators.loans import DRY_RUN

_NOT_FOUND = ("not-found", "copy-not-found", "user-not-found")


def _answered(state: HoldState, status: int = 200) -> Answer:
    return Answer(state.to_json(), status, tag=state.row.tag, at=f"/holds/{state.row.id}")


def _member(call: Call) -> int:
    """Whose hold it is: the member named, else a member who calls. Raises Invalid, Missing."""
    named = member_named(call.body).get("user_id")
    if named is None and call.caller.is_staff:
        detail = "Give user_id or card_number: staff place holds for members."
        raise Invalid([Fault("required", detail, "#/user_id")])
    user_id: int = call.user_id if named is None else named
    return user_id


def _request(call: Call) -> HoldRequest:
    """The hold that the body asks for. Raises Invalid, Missing."""
    return HoldRequest(
        user_id=_member(call),
        book_id=call.body.get("book_id"),
        copy_id=call.body.get("copy_id"),
        barcode=call.body.get("barcode"),
        not_needed_after=day(call.body["not_needed_after"]),
        override=override_of(call),
    )


class Holds(Resource):
    """`/holds`"""

    @operation(
        "listHolds",
        "List holds",
        query=compile_query(schemas.HOLDS_QUERY),
        answer=schemas.HOLD,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The holds; to a member, their own."""
        moment = timestamps.now()
        asked = filters(call)
        if "status" in asked:
            today = rulebook.today(moment)
            asked |= hold.in_status(asked.pop("status"), moment, today)

        def present(rows: Rows) -> Records:
            return [state.to_json() for state in presentation.holds(rows, moment)]

        return listed(call, hold.LISTING, asked, present=present, finish=embedder(call))

    @operation(
        "placeHold",
        "Place a hold on a title, or on one copy",
        body=compile_body(schemas.NEW_HOLD, "create"),
        answer=schemas.HOLD,
        status=201,
        problems=(*_NOT_FOUND, "merged", "hold-refused", "field-not-allowed", "forbidden"),
    )
    def post(self, call: Call) -> Answer:
        """The new hold, or every reason against it at once."""
        return _answered(holds.place_hold(_request(call), call.actor, timestamps.now()), 201)


class HoldDecisions(Resource):
    """`/holds/decisions`"""

    @operation(
        "decideHold",
        "Ask whether a hold would be allowed",
        body=compile_body(schemas.NEW_HOLD, "create"),
        answer=DRY_RUN,
        problems=(*_NOT_FOUND, "merged", "field-not-allowed", "forbidden"),
        reads_only=True,
    )
    def post(self, call: Call) -> Answer:
        """What placing the hold would answer; nothing changes."""
        return Answer(dry_runs.hold(_request(call), timestamps.now()))


class Hold(Resource):
    """`/holds/{hold_id}`"""

    @operation(
        "getHold",
        "Read a hold",
        query=compile_query(schemas.HOLD_QUERY),
        answer=schemas.HOLD,
        problems=("not-found",),
    )
    def get(self, call: Call, found: HoldRow) -> Answer:
        """The hold."""
        shown = presentation.hold(found, rulebook.latest(), timestamps.now()).to_json()
        return Answer(embedded(shown, embedder(call)), tag=found.tag)

    @operation(
        "changeHold",
        "Suspend or limit a hold, move it in the queue, change its pick-up time",
        body=compile_body(schemas.HOLD_CHANGES, "patch"),
        answer=schemas.HOLD,
        problems=(
            *("not-found", "hold-closed", "hold-ready", "hold-not-ready"),
            *("field-not-allowed", "calendar-closed"),
        ),
    )
    def patch(self, call: Call, present: HoldRow) -> Answer:
        """The hold, changed."""
        values = {
            name: value if name == "position" else day(value) for name, value in call.body.items()
        }
        return _answered(change_hold(present.id, values, call.actor, timestamps.now()))

    @operation("cancelHold", "Cancel a hold", status=204, problems=("not-found", "hold-closed"))
    def delete(self, call: Call, present: HoldRow) -> Answer:
        """A copy set aside goes to the next in the queue."""
        holds.cancel_hold(present.id, call.actor, timestamps.now())
        return Answer(status=204)
