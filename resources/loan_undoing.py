"""Loans and returns made by mistake, taken back."""

from api.operation import Answer, Call, operation
from api.resource import Resource
from circulation import undo
from circulation.presentation import LoanState
from models import timestamps
from models.loan import LoanRow
from validators import loans as schemas
from validators.engine.bodies import compile_body


def _answered(state: LoanState) -> Answer:
    return Answer(state.to_json(), tag=state.row.tag, at=f"/loans/{state.row.id}")


class CancelledLoan(Resource):
    """`/loans/{loan_id}/cancellation`"""

    @operation(
        "cancelLoan",
        "Take back a loan that was made by mistake",
        body=compile_body(schemas.UNDOING, "create"),
        answer=schemas.LOAN,
        problems=("not-found", "loan-closed", "too-late", "holds-moved", "forgotten"),
    )
    def post(self, call: Call, present: LoanRow) -> Answer:
        """The loan, cancelled on the day it was made; its copy and its holds are as before."""
        reason, now = call.body["reason"], timestamps.now()
        return _answered(undo.cancel_loan(present.id, reason, call.actor, now))


class ReopenedLoan(Resource):
    """`/loans/{loan_id}/reopening`"""

    @operation(
        "reopenLoan",
        "Take back a return that was made by mistake",
        body=compile_body(schemas.UNDOING, "create"),
        answer=schemas.LOAN,
        problems=(
            "not-found",
            "loan-open",
            "loan-lost",
            "copy-on-loan",
            "refunded",
            "forgotten",
            "conflict",
        ),
    )
    def post(self, call: Call, present: LoanRow) -> Answer:
        """The loan as it was before; what the return charged is voided or refunded."""
        reason, now = call.body["reason"], timestamps.now()
        return _answered(undo.reopen_loan(present.id, reason, call.actor, now))
