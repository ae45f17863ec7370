"""Policies and closures from rows, by the acts that write them otherwise."""

from collections.abc import Sequence

from circulation import closures
from models import closure, policy
from moving.outcome import Known, Refuse, Values
from moving.reading import Row
from moving.taking import New, Taker
from validators.policies import POLICY

_DEFAULTS = {name: rules.get("default") for name, rules in POLICY.fields.items() if name != "id"}
_LONGEST_DAYS = 3650
_DAYS = ("loan_days", "renewal_days", "hold_shelf_days", "grace_days")


class Policies(Taker):
    """A policy for a category and type that have one takes its place."""

    kind = "policies"

    def look_up(self, rows: Sequence[Row]) -> None:
        """Read the policies there are."""
        self._present = {one.pair: one for one in policy.everything()}
        self._pairs: set[tuple[str, str]] = set()

    def decide(self, row: Row) -> Values | int:
        """The new policy, or the id of the one that was replaced."""
        values = {**_DEFAULTS, **{name: row.get(name) for name in _DEFAULTS if name in row.values}}
        for name, value in values.items():
            if isinstance(value, int) and value < 0:
                raise Refuse(name, "too-small", "This is not negative.")
            if name in _DAYS and (value or 0) > _LONGEST_DAYS:
                raise Refuse(name, "too-large", f"At most {_LONGEST_DAYS:,} days are allowed.")
        pair = (values["member_category"], values["loan_type"])
        if pair in self._pairs:
            raise Refuse("loan_type", "policy-taken", "The file has this category and type twice.")
        self._pairs.add(pair)
        present = self._present.get(pair)
        if present is None:
            return values
        after = policy.replace(policy.locked(present.id), values, self.about.actor)
        if after.revision == present.revision:
            raise Known(present.id, "unchanged")
        return present.id

    def store(self, new: Sequence[New]) -> list[int]:
        """Add the policies."""
        return [policy.create(one.values, self.about.actor).id for one in new]


class Closures(Taker):
    """Days on which the library is closed; due dates that fall on them move (rule 14)."""

    kind = "closures"

    def look_up(self, rows: Sequence[Row]) -> None:
        """Read the closures there are."""
        every = closure.everything()
        self._present = {(one.starts_on, one.ends_on, one.reason): one.id for one in every}

    def decide(self, row: Row) -> Values:
        """The new closure."""
        starts_on = row.get("starts_on")
        ends_on = row.get("ends_on") or starts_on
        reason = row.get("reason") or "Closed"
        if not starts_on:
            raise Refuse("starts_on", "required", "A closure needs its first day.")
        if ends_on < starts_on:
            raise Refuse("ends_on", "too-small", "The closure ends before it begins.")
        if (starts_on, ends_on, reason) in self._present:
            raise Known(self._present[starts_on, ends_on, reason])
        return {"starts_on": starts_on, "ends_on": ends_on, "reason": reason}

    def store(self, new: Sequence[New]) -> list[int]:
        """Add the closures."""
        return [closures.close(one.values, self.about.actor, self.now).id for one in new]
