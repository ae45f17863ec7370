"""Policies: which member may borrow which type of copy, for how long, at what price."""

from typing import Any

from peewee import IntegerField, TextField

from models.database import Compiled, Table, for_update, rows, slot
from models.errors import Missing
from models.listing import Listing, Sort
from models.view import View


class Policy(Table):
    """One policy; whoever writes one calls `rulebook.changed` in the same transaction."""

    member_category = TextField()
    loan_type = TextField()
    loan_days = IntegerField()
    max_loans = IntegerField(null=True)
    max_renewals = IntegerField(null=True)
    renewal_days = IntegerField(null=True)
    max_holds = IntegerField(null=True)
    hold_shelf_days = IntegerField()
    fine_per_day = IntegerField(null=True)
    grace_days = IntegerField(null=True)
    fine_cap = IntegerField(null=True)
    replacement_fee = IntegerField(null=True)
    fees_block_at = IntegerField(null=True)
    overdue_block = IntegerField()
    revision = IntegerField()


# `revision` is the entity tag's; clients are not shown it.
VIEW = View(
    Policy,
    "id member_category loan_type loan_days max_loans max_renewals renewal_days max_holds"
    " hold_shelf_days fine_per_day grace_days fine_cap replacement_fee fees_block_at overdue_block"
    " revision",
    flags={"overdue_block"},
)

LISTING = Listing(Policy, VIEW, sorts={"id": Sort(Policy.id)})

_BY_ID = Compiled(lambda: Policy.select(*VIEW.columns).where(Policy.id == slot("id")))
_LOCKED = Compiled(lambda: for_update(Policy.select(*VIEW.columns).where(Policy.id == slot("id"))))


def find(policy_id: int) -> dict[str, Any]:
    """The policy, with its revision. Raises Missing."""
    return VIEW.read(_existing(_BY_ID.row(id=policy_id)))


def locked(policy_id: int) -> dict[str, Any]:
    """The policy, held against other writers until the transaction ends. Raises Missing."""
    return VIEW.read(_existing(_LOCKED.row(id=policy_id)))


def everything() -> list[dict[str, Any]]:
    """Every policy."""
    return [VIEW.read(row) for row in rows(Policy.select(*VIEW.columns).order_by(Policy.id))]


def _existing(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    if row is None:
        raise Missing("There is no such policy.")
    return row
