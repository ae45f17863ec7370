"""Policies: which member may borrow which type of copy, for how long, at what price."""

from collections.abc import Mapping
from typing import Any

from peewee import IntegerField, TextField

from models import audit, rulebook
from models.audit import Actor
from models.database import Compiled, Table, for_update, rows, slot, unique
from models.errors import Conflict, Missing, Taken
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


_SHOWN = (
    "id member_category loan_type loan_days max_loans max_renewals renewal_days max_holds"
    " hold_shelf_days fine_per_day grace_days fine_cap replacement_fee fees_block_at overdue_block"
)

# `revision` is the entity tag's; clients are not shown it.
VIEW = View(Policy, f"{_SHOWN} revision", flags={"overdue_block"})

LISTING = Listing(
    Policy, View(Policy, _SHOWN, flags={"overdue_block"}), sorts={"id": Sort(Policy.id)}
)

_EVERYONE = {"member_category": "*", "loan_type": "*"}

_BY_ID = Compiled(lambda: Policy.select(*VIEW.columns).where(Policy.id == slot("id")))
_LOCKED = Compiled(lambda: for_update(Policy.select(*VIEW.columns).where(Policy.id == slot("id"))))


def tag(record: Mapping[str, Any]) -> tuple[str, int, int]:
    """What names the present state of the record: noun, id and revision."""
    return ("policy", record["id"], record["revision"])


def shown(record: Mapping[str, Any]) -> dict[str, Any]:
    """A stored policy as clients see it."""
    return {name: value for name, value in record.items() if name != "revision"}


def find(policy_id: int) -> dict[str, Any]:
    """The policy, with its revision. Raises Missing."""
    return VIEW.read(_existing(_BY_ID.row(id=policy_id)))


def locked(policy_id: int) -> dict[str, Any]:
    """The policy, held against other writers until the transaction ends. Raises Missing."""
    return VIEW.read(_existing(_LOCKED.row(id=policy_id)))


def everything() -> list[dict[str, Any]]:
    """Every policy."""
    return [VIEW.read(row) for row in rows(Policy.select(*VIEW.columns).order_by(Policy.id))]


def create(values: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Add a policy. Raises Taken `policy-taken`."""
    with unique(_taken):
        policy_id: int = Policy.insert({**_stored(values), "revision": 1}).execute()
    rulebook.changed()
    audit.record(actor, "policy.create", "policy", policy_id)
    return find(policy_id)


def replace(policy: dict[str, Any], values: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Write a policy that is `locked` anew; loans made under it stay as they are (rule 7).

    Raises Taken `policy-taken`, and Conflict `policy-required` when the policy for everyone and
    everything would become another.
    """
    after = {**policy, **values}
    changes = audit.differences(policy, after)
    if changes.keys() & _EVERYONE.keys():
        _require_not_last_resort(policy)
    if changes:
        with unique(_taken):
            Policy.update({**_stored(values), "revision": Policy.revision + 1}).where(
                Policy.id == policy["id"]
            ).execute()
        rulebook.changed()
        audit.record(actor, "policy.update", "policy", policy["id"], changes=changes)
    return find(policy["id"])


def delete(policy: dict[str, Any], actor: Actor) -> None:
    """Remove a policy that is `locked`; loans made under it stay as they are (rule 7).

    Raises Conflict `policy-required` for the one for everyone and everything.
    """
    _require_not_last_resort(policy)
    Policy.delete().where(Policy.id == policy["id"]).execute()
    rulebook.changed()
    audit.record(actor, "policy.delete", "policy", policy["id"])


def _require_not_last_resort(policy: dict[str, Any]) -> None:
    if all(policy[name] == value for name, value in _EVERYONE.items()):
        detail = "The policy for every category and every type stays: it is the last resort."
        raise Conflict(detail, code="policy-required")


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, "overdue_block": int(values["overdue_block"])}


def _taken() -> Taken:
    return Taken("Another policy is for this category and type.", code="policy-taken")


def _existing(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    if row is None:
        raise Missing("There is no such policy.")
    return row
