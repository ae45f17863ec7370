"""Returns: a copy comes back over the desk, whatever it was."""

from api.fields import require_allowed
from api.operation import Answer, Call, operation
from api.pipeline import Resource
from api.problems import Problem
from circulation import returning
from models import clock, fee, loan
from models.clock import moment
from resources.shared import copy_seen_by
from validators import loans
from validators.bodies import compile_body


class Returns(Resource):
    """`/returns`"""

    @operation(
        "takeBack",
        "Take a copy back",
        body=compile_body(loans.RETURN, "create"),
        answer=loans.RETURNED,
        problems=("copy-not-found", "field-not-allowed", "forbidden"),
        tagged=False,
    )
    def post(self, call: Call) -> Answer:
        """What the return has done: the loan it closed, fees, the hold it serves, the copy."""
        if not call.caller.is_staff:
            require_allowed(call, {"returned_at": None})
            _require_own(call)
        text = call.body["returned_at"]
        done = returning.take_back(
            call.body["barcode"], call.actor, clock.now(), moment(text) if text else None
        )
        fees = [fee.shown(each, call.settings.currency) for each in done.fees]
        copy = copy_seen_by(call, done.copy)
        hold = done.hold if call.caller.is_staff else None
        return Answer({"loan": done.loan, "fees": fees, "hold": hold, "copy": copy})


def _require_own(call: Call) -> None:
    if loan.borrower_of(call.body["barcode"]) != call.caller.id:
        raise Problem("forbidden", "Members take back only what they borrowed themselves.")
