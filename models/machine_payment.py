"""Payments that machines reported, so that one reported twice is taken once."""

from datetime import datetime, timedelta
from functools import reduce
from operator import and_
from typing import Any

from peewee import ForeignKeyField, IntegerField, TextField

from models.database import Table
from models.errors import Taken
from models.integrity import unique
from models.timestamps import stamp
from models.user import User

KEPT = timedelta(hours=24)
"""How long a transaction id means one payment, as an idempotency key does; machines count anew."""


class MachinePayment(Table):
    """One transaction of a machine; it goes with its member."""

    machine = TextField()
    user = ForeignKeyField(User, on_delete="CASCADE")
    reference = TextField()
    amount = IntegerField()
    noted_at = TextField()

    class Meta:
        indexes = ((("user", "machine", "reference"), True),)


def note(machine: str, user_id: int, reference: str, amount: int, now: datetime) -> int | None:
    """Keep a transaction; call it inside the transaction that pays.

    Gives the amount, in minor units, of the same transaction noted before, None of a new one. One
    that is past its time gives way.
    """
    values = {"machine": machine, "user": user_id, "reference": reference}
    same = reduce(and_, (getattr(MachinePayment, name) == one for name, one in values.items()))
    MachinePayment.delete().where(same & _is_past(now)).execute()
    try:
        with unique(lambda: Taken("This payment was noted before.")):
            MachinePayment.insert({**values, "amount": amount, "noted_at": stamp(now)}).execute()
    except Taken:
        before: int = MachinePayment.select(MachinePayment.amount).where(same).scalar()
        return before
    return None


def forget_old(now: datetime) -> None:
    """Forget the transactions that are past their time."""
    MachinePayment.delete().where(_is_past(now)).execute()


def _is_past(now: datetime) -> Any:
    return MachinePayment.noted_at <= stamp(now - KEPT)
