"""Money over SIP2: 37, fee paid. A payment is taken once for each transaction id (BK) of a day."""

import hashlib

from circulation import payments
from models import fee, machine_payment
from models.database import transaction
from models.errors import DomainError, Missing
from models.user import UserRow
from models.vocabulary import PaymentMethod
from protocols.sip2.refusals import refusal, refused_for
from protocols.sip2.visit import Values, Visit

_METHODS = {"00": PaymentMethod.CASH, "01": PaymentMethod.CARD, "02": PaymentMethod.CARD}

_LONGEST_REFERENCE = 255


def fee_paid(visit: Visit) -> Values:
    """38: pay one fee (CG), or the account, the oldest fees first; all of it or nothing.

    Payments are taken whatever the PIN: the money is in the machine already (rule 8).
    """
    refused = _refused(visit)
    if refused or visit.patron is None:
        return refused
    amount = visit.amount(visit.request["BV"]) or 0
    try:
        with transaction():
            noted = _noted(visit, visit.patron, amount)
            if noted is None:
                _pay(visit, visit.patron, amount)
    except Missing:
        return refused_for(visit, "unknown-fee")
    except DomainError as error:
        if error.code != "overpaid":
            return refusal(visit, error)
        return refused_for(visit, "overpaid", balance=_owed(visit, error))
    if noted not in (None, amount):
        return refused_for(visit, "payment-reused", amount=_told(visit, noted))
    return {"payment_accepted": "Y"}


def _refused(visit: Visit) -> Values:
    """Why a payment cannot be meant, nothing when it can."""
    if visit.patron is None:
        return refused_for(visit, "unknown-card")
    currency = visit.library.currency
    if visit.request.fixed["currency"].strip().upper() not in ("", currency):
        return refused_for(visit, "currency", currency=currency)
    if not visit.amount(visit.request["BV"]):
        return refused_for(visit, "amount")
    return {}


def _noted(visit: Visit, patron: UserRow, amount: int) -> int | None:
    """What this machine has paid for this member by the same transaction before, None if nothing.

    An id that is too long for the index of PostgreSQL is known by its digest.
    """
    reference = visit.request["BK"]
    if not reference:
        return None
    if len(reference) > _LONGEST_REFERENCE:
        reference = hashlib.sha256(reference.encode()).hexdigest()
    return machine_payment.note(visit.machine.mark, patron.id, reference, amount, visit.now)


def _pay(visit: Visit, patron: UserRow, amount: int) -> None:
    method = _METHODS.get(visit.request.fixed["payment_type"], PaymentMethod.OTHER)
    how = (amount, method, visit.library.currency, visit.actor, visit.now)
    identifier = visit.request["CG"]
    if not identifier:
        payments.pay_account(patron.id, *how)
        return
    owed = {str(line.id): line for line in fee.payable(patron.id)}
    if identifier not in owed:
        raise Missing("There is no such fee.")
    payments.pay(owed[identifier].id, *how)


def _owed(visit: Visit, error: DomainError) -> str:
    return _told(visit, max(error.extra["balance"], 0))


def _told(visit: Visit, amount: int) -> str:
    return f"{visit.money(amount)} {visit.library.currency}"
