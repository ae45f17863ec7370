"""Loans: lending, renewing, and copies that do not come back."""

from datetime import date

from api.http.embedding import embedded, embedder
from api.http.pagination import Records, Rows, filters, listed
from api.operation import Answer, Call, operation
from api.resource import Resource
from circulation import (
    checkout,
    dry_runs,
    due_date_changes,
    explanations,
    lost_items,
    presentation,
    renewals,
    rulebook,
)
from circulation.presentation import LoanState
from models import loan_list, timestamps
from models.loan import LoanRow
from resources.shared import day, days_as_moments, override_of
from validators import loans as schemas
from validators.engine.bodies import compile_body
from validators.engine.queries import compile_query


def _answered(state: LoanState, status: int = 200) -> Answer:
    return Answer(state.to_json(), status, tag=state.row.tag, at=f"/loans/{state.row.id}")


def _request(call: Call) -> checkout.Request:
    """What is to be lent to whom."""
    body = call.body
    return checkout.Request(
        barcode=body.get("barcode"),
        copy_id=body.get("copy_id"),
        user_id=body.get("user_id"),
        card_number=body.get("card_number"),
        due_on=day(body.get("due_on")),
        override=override_of(call),
        only_for=call.only_for,
    )


class Loans(Resource):
    """`/loans`"""

    @operation(
        "listLoans",
        "List loans",
        query=compile_query(schemas.LOANS_QUERY),
        answer=schemas.LOAN,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The loans; to a member, their own."""
        moment = timestamps.now()
        asked = filters(call)
        for name in ("due", "borrowed", "returned"):
            days_as_moments(asked, f"{name}_from", f"{name}_to")
        if "status" in asked:
            asked |= loan_list.in_status(asked.pop("status"), moment)

        def present(rows: Rows) -> Records:
            return [state.to_json() for state in presentation.loans(rows, moment)]

        return listed(call, loan_list.LISTING, asked, present=present, finish=embedder(call))

    @operation(
        "lend",
        "Lend a copy to a member",
        body=compile_body(schemas.LENDING, "create"),
        answer=schemas.LOAN,
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
        return _answered(checkout.lend(_request(call), call.actor, timestamps.now()), 201)


class LoanDecisions(Resource):
    """`/loans/decisions`"""

    @operation(
        "decideLoan",
        "Ask whether a loan would be allowed",
        body=compile_body(schemas.LENDING, "create"),
        answer=schemas.DECISION,
        problems=(
            "copy-not-found",
            "user-not-found",
            "calendar-closed",
            "field-not-allowed",
            "forbidden",
        ),
        reads_only=True,
    )
    def post(self, call: Call) -> Answer:
        """What lending would answer; nothing changes."""
        return Answer(checkout.decide(_request(call), timestamps.now()).to_json())


class Loan(Resource):
    """`/loans/{loan_id}`"""

    @operation(
        "getLoan",
        "Read a loan",
        query=compile_query(schemas.LOAN_QUERY),
        answer=schemas.LOAN,
        problems=("not-found",),
    )
    def get(self, call: Call, found: LoanRow) -> Answer:
        """The loan."""
        shown = presentation.loan(found, rulebook.latest(), timestamps.now()).to_json()
        return Answer(embedded(shown, embedder(call)), tag=found.tag)

    @operation(
        "changeDueDate",
        "Let a loan be due on another day",
        body=compile_body(schemas.DUE_DATE, "patch"),
        answer=schemas.LOAN,
        problems=("not-found", "loan-closed", "loan-refused", "calendar-closed"),
    )
    def patch(self, call: Call, present: LoanRow) -> Answer:
        """The loan, due earlier or later; neither a renewal nor a matter of the policy."""
        due_on, reason = date.fromisoformat(call.body["due_on"]), call.body["reason"]
        now = timestamps.now()
        return _answered(due_date_changes.change(present.id, due_on, reason, call.actor, now))


class DueDates(Resource):
    """`/loans/due-dates`"""

    @operation(
        "changeDueDates",
        "Let all loans that are due in some days be due on another",
        body=compile_body(schemas.DUE_DATES, "create"),
        answer=schemas.DUE_DATES_MOVED,
        problems=("calendar-closed",),
    )
    def post(self, call: Call) -> Answer:
        """How many moved; closed days move on, and no date passes its membership."""
        body = call.body
        first, last, to = (date.fromisoformat(body[n]) for n in ("due_from", "due_to", "to"))
        which = due_date_changes.Range(first, last, body["category"], body["loan_type"])
        moved = due_date_changes.change_all(
            which, to, body["reason"], call.actor, timestamps.now(), dry_run=body["dry_run"]
        )
        return Answer(moved._asdict())


class ReversedDueDates(Resource):
    """`/loans/due-dates/{batch_id}/reversal`"""

    @operation(
        "reverseDueDates",
        "Move due dates back that were changed together",
        body=compile_body(schemas.REVERSAL, "create"),
        body_optional=True,
        answer=schemas.DUE_DATES_MOVED,
        problems=("not-found",),
    )
    def post(self, call: Call, batch_id: int) -> Answer:
        """How many moved back: those that nobody has changed since."""
        moved = due_date_changes.reverse(batch_id, call.actor, call.body.get("reason"))
        return Answer(moved._asdict())


class LoanExplanation(Resource):
    """`/loans/{loan_id}/explanation`"""

    @operation(
        "explainLoan",
        "Read how a loan's dates and fine came about",
        answer=schemas.EXPLANATION,
        problems=("not-found",),
    )
    def get(self, call: Call, found: LoanRow) -> Answer:
        """Policy, steps to the due date, renewals, and the reckoning of the fine."""
        return Answer(explanations.explain(found.id, timestamps.now()))


class LoanRenewals(Resource):
    """`/loans/{loan_id}/renewals`"""

    @operation(
        "renewLoan",
        "Renew a loan",
        body=compile_body(schemas.RENEWAL, "create"),
        body_optional=True,
        answer=schemas.LOAN,
        status=201,
        problems=("not-found", "renewal-refused", "calendar-closed", "field-not-allowed"),
    )
    def post(self, call: Call, present: LoanRow) -> Answer:
        """The loan with its new due date, or every reason against it at once."""
        renewed = renewals.renew(present.id, call.actor, timestamps.now(), override_of(call))
        return _answered(renewed, 201)


class RenewalDecisions(Resource):
    """`/loans/{loan_id}/renewals/decisions`"""

    @operation(
        "decideRenewal",
        "Ask whether a renewal would be allowed",
        body=compile_body(schemas.RENEWAL, "create"),
        body_optional=True,
        answer=schemas.DRY_RUN,
        problems=("not-found", "calendar-closed", "field-not-allowed"),
        reads_only=True,
    )
    def post(self, call: Call, present: LoanRow) -> Answer:
        """What renewing would answer; nothing changes."""
        return Answer(dry_runs.renewal(present.id, timestamps.now(), override_of(call)))


class LostLoan(Resource):
    """`/loans/{loan_id}/lost`"""

    @operation(
        "declareLost",
        "Mark the copy of a loan lost",
        body=compile_body(schemas.NOTHING, "create"),
        body_optional=True,
        answer=schemas.LOAN,
        problems=("not-found", "loan-closed"),
    )
    def post(self, call: Call, present: LoanRow) -> Answer:
        """The loan, lost; the copy's price is charged."""
        return _answered(lost_items.declare_lost(present.id, call.actor, timestamps.now()))


class ClaimedReturn(Resource):
    """`/loans/{loan_id}/claims-returned`"""

    @operation(
        "claimReturned",
        "Note that the member says the copy is back",
        body=compile_body(schemas.NOTHING, "create"),
        body_optional=True,
        answer=schemas.LOAN,
        problems=("not-found", "loan-closed"),
    )
    def post(self, call: Call, present: LoanRow) -> Answer:
        """The loan, whose fine stops."""
        return _answered(lost_items.claim_returned(present.id, call.actor, timestamps.now()))

    @operation(
        "withdrawClaim",
        "Take a claim back that the copy had been returned",
        status=204,
        problems=("not-found", "not-claimed"),
    )
    def delete(self, call: Call, present: LoanRow) -> Answer:
        """The fine runs as if nothing had been claimed."""
        lost_items.withdraw_claim(present.id, call.actor)
        return Answer(status=204)
