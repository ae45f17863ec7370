"""Returns: a copy comes back over the desk, whatever it was."""

from api.operation import Answer, Call, operation
from api.resource import Resource
from circulation import checkin
from models import timestamps
from models.timestamps import moment
from resources.shared import copy_seen_by
from validators import loans
from validators.engine.bodies import compile_body


class Returns(Resource):
    """`/returns`"""

    @operation(
        "takeBack",
        "Take a copy back",
        body=compile_body(loans.RETURN, "create"),
        answer=loans.RETURNED,
        problems=("copy-not-found", "copy-on-loan", "field-not-allowed", "forbidden"),
    )
    def post(self, call: Call) -> Answer:
        """What the return has done: the loan it closed, fees, the hold it serves, the copy."""
        text = call.body["returned_at"]
        done = checkin.take_back(
            call.body.get("barcode"),
            call.actor,
            timestamps.now(),
            moment(text) if text else None,
            copy_id=call.body.get("copy_id"),
            only_for=call.only_for,
            in_house=call.body["in_house"],
        )
        fees = [each.to_json(call.settings.currency) for each in done.fees]
        copy = copy_seen_by(call, done.copy)
        loan = done.loan.to_json() if done.loan else None
        hold = done.hold.to_json() if done.hold and call.only_for is None else None
        return Answer({"loan": loan, "fees": fees, "hold": hold, "copy": copy})
