"""Fees: the lines of members' accounts, their payments and waivers."""

from api.http.embedding import Naming, Record, Records, embedded, embedder
from api.http.pagination import Rows, filters, listed
from api.operation import Answer, Call, operation
from api.resource import Resource
from circulation import accounts, payments
from models import fee, loan, timestamps
from models.fee import FeeRow
from models.user import UserRow
from resources.shared import days_as_moments, member_named
from validators import fees as schemas
from validators.engine.bodies import compile_body
from validators.engine.queries import compile_query
from validators.payments import VOID

_NOTHING_LENT: Record = {"book_id": None, "copy_id": None}


def _answered(call: Call, line: FeeRow, status: int = 200) -> Answer:
    return Answer(line.to_json(call.settings.currency), status, at=f"/fees/{line.id}")


def _naming(lines: Records) -> Naming:
    """What fees name: their member, and the book and copy of the loan that they came from."""
    lent = loan.lent({line["loan_id"] for line in lines} - {None})
    return [{**line, **lent.get(line["loan_id"], _NOTHING_LENT)} for line in lines]


class Fees(Resource):
    """`/fees`"""

    @operation(
        "listFees",
        "List fees",
        query=compile_query(schemas.FEES_QUERY),
        answer=schemas.FEE,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The fees; to a member, their own."""
        asked = days_as_moments(filters(call), "created_from", "created_to")
        if "status" in asked:
            asked |= fee.in_status(asked.pop("status"))
        currency = call.settings.currency

        def present(rows: Rows) -> Records:
            return [row.to_json(currency) for row in rows]

        return listed(call, fee.LISTING, asked, present=present, finish=embedder(call, _naming))

    @operation(
        "createFee",
        "Charge a member",
        body=compile_body(schemas.NEW_FEE, "create"),
        answer=schemas.FEE,
        status=201,
        problems=("user-not-found",),
    )
    def post(self, call: Call) -> Answer:
        """The new fee."""
        charged = member_named(call.body)
        line = accounts.charge(**charged, actor=call.actor, now=timestamps.now())
        return _answered(call, line, 201)


class Fee(Resource):
    """`/fees/{fee_id}`"""

    @operation(
        "getFee",
        "Read a fee",
        query=compile_query(schemas.FEE_QUERY),
        answer=schemas.FEE,
        problems=("not-found",),
    )
    def get(self, call: Call, line: FeeRow) -> Answer:
        """The fee; to a member, their own."""
        shown = line.to_json(call.settings.currency)
        return Answer(embedded(shown, embedder(call, _naming)))


class PaymentsOnFee(Resource):
    """`/fees/{fee_id}/payments`"""

    @operation(
        "payFee",
        "Take a payment, or pay a refund out",
        body=compile_body(schemas.FEE_PAYMENT, "create"),
        answer=schemas.PAID_FEE,
        status=201,
        problems=("not-found", "overpaid", "void"),
    )
    def post(self, call: Call, line: FeeRow) -> Answer:
        """The fee with what is left of it."""
        currency = call.settings.currency
        paid = payments.pay(
            line.id, **call.body, currency=currency, actor=call.actor, now=timestamps.now()
        )
        answer = _answered(call, paid.line, 201)
        answer.more["payment_id"] = paid.payment_id
        return answer


class Waivers(Resource):
    """`/fees/{fee_id}/waivers`"""

    @operation(
        "waiveFee",
        "Waive a fee, or a part of it",
        body=compile_body(schemas.WAIVER, "create"),
        answer=schemas.FEE,
        status=201,
        problems=("not-found", "overpaid", "void"),
    )
    def post(self, call: Call, line: FeeRow) -> Answer:
        """The fee with what is left of it."""
        currency = call.settings.currency
        waived = accounts.waive(
            line.id, **call.body, currency=currency, actor=call.actor, now=timestamps.now()
        )
        return _answered(call, waived, 201)


class VoidedFee(Resource):
    """`/fees/{fee_id}/void`"""

    @operation(
        "voidFee",
        "Take a charge back that was made by mistake",
        body=compile_body(VOID, "create"),
        answer=schemas.FEE,
        problems=("not-found", "paid", "void"),
    )
    def post(self, call: Call, line: FeeRow) -> Answer:
        """The fee, which counts nowhere any more."""
        voided = accounts.void(line.id, call.body["reason"], call.actor, timestamps.now())
        return _answered(call, voided)


class Account(Resource):
    """`/users/{user_id}/account`"""

    @operation(
        "getAccount", "Read a member's account", answer=schemas.ACCOUNT, problems=("not-found",)
    )
    def get(self, call: Call, member: UserRow) -> Answer:
        """What the member owes in all, and for what; to a member, their own."""
        return Answer(accounts.of_member(member.id, timestamps.now()).to_json())
