"""Loans: lending, renewing, and copies that do not come back."""

from typing import Any

from api.fields import require_allowed
from api.operation import Answer, Call, operation
from api.paging import Records, Rows, filters, listed
from api.pipeline import Resource
from api.problems import Problem
from circulation import explaining, lending, losing, renewing, rulebook, showing
from models import clock, loan, user
from models.errors import Missing
from models.user import card_key
from resources.shared import day, override_of
from validators import loans
from validators.bodies import compile_body
from validators.queries import compile_query


def _answered(record: dict[str, Any], status: int = 200) -> Answer:
    return Answer(
        record, status, tag=("loan", record["id"], record["revision"]), at=f"/loans/{record['id']}"
    )


def _request(call: Call) -> lending.Request:
    """What is to be lent to whom; members lend to nobody but themselves."""
    body = call.body
    if not call.caller.is_staff:
        require_allowed(call, {"due_on": None})
        _require_self(call)
    return lending.Request(
        barcode=body.get("barcode"),
        copy_id=body.get("copy_id"),
        user_id=body.get("user_id"),
        card_number=body.get("card_number"),
        due_on=day(body.get("due_on")),
        override=override_of(call),
    )


def _require_self(call: Call) -> None:
    given = call.body
    own_card = user.find(call.user_id)["card_number"]
    by_id = given.get("user_id") == call.user_id
    by_card = own_card is not None and card_key(given.get("card_number")) == card_key(own_card)
    if not (by_id or by_card):
        raise Problem("forbidden", "Members lend to nobody but themselves.")


def visible(call: Call, loan_id: int) -> dict[str, Any]:
    """The stored loan, if the caller may know of it. Raises Missing."""
    stored = loan.find(loan_id)
    if not call.caller.is_staff and stored["user_id"] != call.caller.id:
        raise Missing("There is no such loan.")
    return stored


class Loans(Resource):
    """`/loans`"""

    @operation(
        "listLoans",
        "List loans",
        query=compile_query(loans.LOANS_QUERY),
        answer=loans.LOAN,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The loans; to a member, their own."""
        moment = clock.now()
        asked = filters(call)
        if "status" in asked:
            asked |= loan.in_status(asked.pop("status"), moment)
        if not call.caller.is_staff:
            asked["reader"] = call.user_id

        def present(rows: Rows) -> Records:
            return showing.loans(rows, moment)

        return listed(call, loan.LISTING, asked, present=present)

    @operation(
        "lend",
        "Lend a copy to a member",
        body=compile_body(loans.LENDING, "create"),
        answer=loans.LOAN,
        status=201,
        problems=(
            "forbidden",
            "copy-not-found",
            "user-not-found",
            "loan-refused",
            "copy-on-loan",
            "calendar-closed",
            "field-not-allowed",
        ),
    )
    def post(self, call: Call) -> Answer:
        """The new loan, or every reason against it at once."""
        return _answered(lending.lend(_request(call), call.actor, clock.now()), 201)


class LoanDecisions(Resource):
    """`/loans/decisions`"""

    @operation(
        "decideLoan",
        "Ask whether a loan would be allowed",
        body=compile_body(loans.LENDING, "create"),
        answer=loans.DECISION,
        problems=(
            "copy-not-found",
            "user-not-found",
            "calendar-closed",
            "field-not-allowed",
            "forbidden",
        ),
        reads_only=True,
        tagged=False,
    )
    def post(self, call: Call) -> Answer:
        """What lending would say; nothing changes."""
        return Answer(lending.decide(_request(call), clock.now()))


class Loan(Resource):
    """`/loans/{loan_id}`"""

    @operation("getLoan", "Read a loan", answer=loans.LOAN, problems=("not-found",))
    def get(self, call: Call, loan_id: int) -> Answer:
        """The loan."""
        stored = visible(call, loan_id)
        return _answered(showing.loan(stored, rulebook.latest(), clock.now()))


class LoanExplanation(Resource):
    """`/loans/{loan_id}/explanation`"""

    @operation(
        "explainLoan",
        "Read how a loan's dates and fine came about",
        answer=loans.EXPLANATION,
        problems=("not-found",),
    )
    def get(self, call: Call, loan_id: int) -> Answer:
        """Policy, steps to the due date, renewals, and the reckoning of the fine."""
        visible(call, loan_id)
        return Answer(explaining.explain(loan_id, clock.now()))


class LoanRenewals(Resource):
    """`/loans/{loan_id}/renewals`"""

    @operation(
        "renewLoan",
        "Renew a loan",
        body=compile_body(loans.RENEWAL, "create"),
        body_optional=True,
        answer=loans.LOAN,
        status=201,
        problems=("not-found", "renewal-refused", "calendar-closed", "field-not-allowed"),
    )
    def post(self, call: Call, loan_id: int) -> Answer:
        """The loan with its new due date, or every reason against it at once."""
        visible(call, loan_id)
        require_allowed(call, {})
        renewed = renewing.renew(loan_id, call.actor, clock.now(), override_of(call))
        return _answered(renewed, 201)


class LostLoan(Resource):
    """`/loans/{loan_id}/lost`"""

    @operation(
        "declareLost",
        "Mark the copy of a loan lost",
        body=compile_body(loans.NOTHING, "create"),
        body_optional=True,
        answer=loans.LOAN,
        problems=("not-found", "loan-closed"),
    )
    def post(self, call: Call, loan_id: int) -> Answer:
        """The loan, lost; the copy's price is charged."""
        return _answered(losing.declare_lost(loan_id, call.actor, clock.now()))


class ClaimedReturn(Resource):
    """`/loans/{loan_id}/claims-returned`"""

    @operation(
        "claimReturned",
        "Note that the member says the copy is back",
        body=compile_body(loans.NOTHING, "create"),
        body_optional=True,
        answer=loans.LOAN,
        problems=("not-found", "loan-closed"),
    )
    def post(self, call: Call, loan_id: int) -> Answer:
        """The loan, whose fine stops."""
        return _answered(losing.claim_returned(loan_id, call.actor, clock.now()))
