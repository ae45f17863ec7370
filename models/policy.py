"""Policies: which member may borrow which type of copy, for how long, at what price."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from peewee import BooleanField, IntegerField, TextField

from models import audit, rulebook
from models.audit import Actor
from models.database import Table, for_update
from models.errors import Conflict, Missing, Taken
from models.integrity import unique
from models.listing import Listing, Sort
from models.rows import Json, RowReader, Tag

ANY = "*"


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
    overdue_block = BooleanField()
    revision = IntegerField()

    class Meta:
        indexes = ((("member_category", "loan_type"), True),)


class PolicyRow(NamedTuple):
    """A policy: days, maxima, money in minor units.

    A maximum of None is no limit and of 0 forbids; `loan_days` 0 forbids lending;
    `renewal_days` None means `loan_days`; `fees_block_at` None never blocks.
    """

    id: int
    member_category: str
    loan_type: str
    loan_days: int
    max_loans: int | None
    max_renewals: int | None
    renewal_days: int | None
    max_holds: int | None
    hold_shelf_days: int
    fine_per_day: int | None
    grace_days: int | None
    fine_cap: int | None
    replacement_fee: int | None
    fees_block_at: int | None
    overdue_block: bool
    revision: int

    @property
    def tag(self) -> Tag:
        """What names the present state of the policy."""
        return ("policy", self.id, self.revision)

    @property
    def pair(self) -> tuple[str, str]:
        """The member category and the loan type it is for, `*` for any."""
        return self.member_category, self.loan_type

    @property
    def lends(self) -> bool:
        """Whether copies under this policy may be lent at all."""
        return self.loan_days > 0

    @property
    def days_of_a_renewal(self) -> int:
        """How many days a renewal gives from the renewal day (rule 16)."""
        return self.loan_days if self.renewal_days is None else self.renewal_days

    def to_json(self) -> Json:
        """The policy as clients see it; the revision is the entity tag's."""
        shown = self._asdict()
        del shown["revision"]
        return shown


ROWS = RowReader(Policy, PolicyRow)
LISTING = Listing(Policy, ROWS, sorts={"id": Sort(Policy.id)})


def find(policy_id: int) -> PolicyRow:
    """The policy. Raises Missing."""
    return _existing(ROWS.first(ROWS.select().where(Policy.id == policy_id)))


def locked(policy_id: int) -> PolicyRow:
    """The policy, locked until the transaction ends. Raises Missing."""
    return _existing(ROWS.first(for_update(ROWS.select().where(Policy.id == policy_id))))


def everything() -> list[PolicyRow]:
    """Every policy."""
    return ROWS.all(ROWS.select().order_by(Policy.id))


def create(values: Mapping[str, Any], actor: Actor) -> PolicyRow:
    """Add a policy. Raises Taken `policy-taken`."""
    with unique(_taken):
        policy_id: int = Policy.insert({**values, "revision": 1}).execute()
    rulebook.changed()
    audit.record(actor, "policy.create", "policy", policy_id)
    return find(policy_id)


def replace(policy: PolicyRow, values: Mapping[str, Any], actor: Actor) -> PolicyRow:
    """Write a policy that is `locked` anew; loans made under it stay as they are (rule 7).

    Raises Taken `policy-taken`, and Conflict `policy-required` when the policy for everyone and
    everything would become another.
    """
    after = policy._replace(**values)
    if after == policy:
        return policy
    if after.pair != policy.pair:
        _require_not_for_everyone(policy)
    after = after._replace(revision=policy.revision + 1)
    with unique(_taken):
        Policy.update(after._asdict()).where(Policy.id == policy.id).execute()
    rulebook.changed()
    changes = audit.differences(policy.to_json(), after.to_json())
    audit.record(actor, "policy.update", "policy", policy.id, changes=changes)
    return after


def delete(policy: PolicyRow, actor: Actor) -> None:
    """Remove a policy that is `locked`; loans made under it stay as they are (rule 7).

    Raises Conflict `policy-required` for the one for everyone and everything.
    """
    _require_not_for_everyone(policy)
    Policy.delete().where(Policy.id == policy.id).execute()
    rulebook.changed()
    audit.record(actor, "policy.delete", "policy", policy.id)


def _require_not_for_everyone(policy: PolicyRow) -> None:
    if policy.pair == (ANY, ANY):
        detail = "The policy for every category and every type cannot be removed or made another."
        raise Conflict(detail, code="policy-required")


def _taken() -> Taken:
    return Taken("Another policy is for this category and type.", code="policy-taken")


def _existing(row: PolicyRow | None) -> PolicyRow:
    if row is None:
        raise Missing("There is no such policy.")
    return row
