"""Payments: read, taken back, and made for a whole account."""

from api.http.pagination import Records, Rows, filters, listed
from api.operation import Answer, Call, operation
from api.resource import Resource
from circulation import accounts, payments
from models import payment, timestamps
from models.payment import PaymentRow
from models.user import UserRow
from resources.shared import days_as_moments
from validators import payments as schemas
from validators.engine.bodies import compile_body
from validators.engine.queries import compile_query


def _answered(call: Call, found: PaymentRow) -> Answer:
    return Answer(found.to_json(call.settings.currency), at=f"/payments/{found.id}")


class Payments(Resource):
    """`/payments`"""

    @operation(
        "listPayments",
        "List payments",
        query=compile_query(schemas.PAYMENTS_QUERY),
        answer=schemas.PAYMENT,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The payments; to a member, their own."""
        currency = call.settings.currency
        asked = days_as_moments(filters(call), "from", "to")

        def present(rows: Rows) -> Records:
            return [row.to_json(currency) for row in rows]

        return listed(call, payment.LISTING, asked, present=present)


class Payment(Resource):
    """`/payments/{payment_id}`"""

    @operation("getPayment", "Read a payment", answer=schemas.PAYMENT, problems=("not-found",))
    def get(self, call: Call, found: PaymentRow) -> Answer:
        """The payment; to a member, their own."""
        return _answered(call, found)


class VoidedPayment(Resource):
    """`/payments/{payment_id}/void`"""

    @operation(
        "voidPayment",
        "Take a payment back",
        body=compile_body(schemas.PAYMENT_VOID, "create"),
        answer=schemas.PAYMENT,
        problems=("not-found", "void", "refunded", "forgotten"),
    )
    def post(self, call: Call, found: PaymentRow) -> Answer:
        """The payment; its fee owes again what was taken back."""
        take_back = payments.void_receipt if call.body["whole_receipt"] else payments.void
        reason, now = call.body["reason"], timestamps.now()
        return _answered(call, take_back(found.id, reason, call.actor, now))


class AccountPayments(Resource):
    """`/users/{user_id}/payments`"""

    @operation(
        "payAccount",
        "Take one payment for many fees",
        body=compile_body(schemas.ACCOUNT_PAYMENT, "create"),
        answer=schemas.ACCOUNT_PAID,
        status=201,
        problems=("not-found", "overpaid"),
    )
    def post(self, call: Call, member: UserRow) -> Answer:
        """The payments, the oldest fee first, and the account after them."""
        now, currency = timestamps.now(), call.settings.currency
        made = payments.pay_account(
            member.id, **call.body, currency=currency, actor=call.actor, now=now
        )
        account = accounts.of_member(member.id, now).to_json()
        shown = [each.to_json(currency) for each in made]
        at = f"/payments/{made[0].receipt_id}"
        return Answer({"payments": shown, "account": account}, 201, at=at)
