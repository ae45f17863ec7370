"""Fees: the lines of members' accounts, their payments and waivers."""

from typing import Any

from api.operation import Answer, Call, operation
from api.paging import Records, Rows, filters, listed
from api.pipeline import Resource
from circulation import accounts
from models import clock, fee, user
from models.errors import Missing
from validators import fees
from validators.bodies import compile_body
from validators.queries import compile_query


def _answered(call: Call, line: dict[str, Any], status: int = 200) -> Answer:
    return Answer(fee.shown(line, call.settings.currency), status, at=f"/fees/{line['id']}")


class Fees(Resource):
    """`/fees`"""

    @operation(
        "listFees",
        "List fees",
        query=compile_query(fees.FEES_QUERY),
        answer=fees.FEE,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The fees; to a member, their own."""
        asked = filters(call)
        if "status" in asked:
            asked |= fee.in_status(asked.pop("status"))
        if not call.caller.is_staff:
            asked["reader"] = call.user_id
        currency = call.settings.currency

        def present(rows: Rows) -> Records:
            return [fee.shown(fee.VIEW.read(row), currency) for row in rows]

        return listed(call, fee.LISTING, asked, present=present)

    @operation(
        "createFee",
        "Charge a member",
        body=compile_body(fees.NEW_FEE, "create"),
        answer=fees.FEE,
        status=201,
        problems=("user-not-found",),
    )
    def post(self, call: Call) -> Answer:
        """The new fee, of kind `manual`."""
        line = accounts.charge(**call.body, actor=call.actor, now=clock.now())
        return _answered(call, line, 201)


class Fee(Resource):
    """`/fees/{fee_id}`"""

    @operation("getFee", "Read a fee", answer=fees.FEE, problems=("not-found",))
    def get(self, call: Call, fee_id: int) -> Answer:
        """The fee; to a member, their own."""
        if not call.caller.is_staff and not fee.is_owed_by(fee_id, call.caller.id):
            raise Missing("There is no such fee.")
        return _answered(call, fee.find(fee_id))


class Payments(Resource):
    """`/fees/{fee_id}/payments`"""

    @operation(
        "payFee",
        "Take a payment, or pay a refund out",
        body=compile_body(fees.PAYMENT, "create"),
        answer=fees.FEE,
        status=201,
        problems=("not-found", "overpaid"),
    )
    def post(self, call: Call, fee_id: int) -> Answer:
        """The fee with what is left of it."""
        currency = call.settings.currency
        paid = accounts.pay(
            fee_id, **call.body, currency=currency, actor=call.actor, now=clock.now()
        )
        return _answered(call, paid, 201)


class Waivers(Resource):
    """`/fees/{fee_id}/waivers`"""

    @operation(
        "waiveFee",
        "Waive a fee, or a part of it",
        body=compile_body(fees.WAIVER, "create"),
        answer=fees.FEE,
        status=201,
        problems=("not-found", "overpaid"),
    )
    def post(self, call: Call, fee_id: int) -> Answer:
        """The fee with what is left of it."""
        currency = call.settings.currency
        waived = accounts.waive(
            fee_id, **call.body, currency=currency, actor=call.actor, now=clock.now()
        )
        return _answered(call, waived, 201)


class Account(Resource):
    """`/users/{user_id}/account`"""

    @operation(
        "getAccount", "Read a member's account", answer=fees.ACCOUNT, problems=("not-found",)
    )
    def get(self, call: Call, user_id: int) -> Answer:
        """What the member owes in all, and for what; to a member, their own."""
        if not call.caller.is_staff and user_id != call.caller.id:
            raise Missing("There is no such user.")
        user.find(user_id)
        currency = call.settings.currency
        lines = fee.unsettled(user_id)
        account = {
            "user_id": user_id,
            "balance": sum(line["balance"] for line in lines),
            "currency": currency,
            "fees": [fee.shown(line, currency) for line in lines],
        }
        return Answer(account)
