"""Payments that machines reported, so that one reported twice is taken once."""

from peewee import ForeignKeyField, IntegerField, TextField

from models.database import Table
from models.errors import Taken
from models.integrity import unique
from models.user import User


class MachinePayment(Table):
    """One transaction of a machine; it goes with its member."""

    machine = TextField()
    user = ForeignKeyField(User, on_delete="CASCADE")
    reference = TextField()
    amount = IntegerField()
    noted_at = TextField()

    class Meta:
        indexes = ((("user", "machine", "reference"), True),)


def note(machine: str, user_id: int, reference: str, amount: int, now: str) -> None:
    """Keep a transaction; call it inside the transaction that pays. Raises Taken if it is known."""
    values = {"machine": machine, "user": user_id, "reference": reference}
    with unique(lambda: Taken("This payment was taken before.")):
        MachinePayment.insert({**values, "amount": amount, "noted_at": now}).execute()
