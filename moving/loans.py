"""Loans from rows, open and past ones; policies decide nothing, but give the terms of fines."""

from collections.abc import Sequence
from typing import Any

import orjson

from circulation.fines import ChargedFine
from circulation.policies import Policy
from models import bulk, copy
from models.loan import Loan
from models.renewal import Renewal
from models.vocabulary import CopyStatus, LoanStatus
from moving.outcome import Refuse, Values
from moving.people import People, Person
from moving.reading import Row
from moving.taking import About, New, Taker
from moving.things import Copies, Thing

_TERMS = ("fine_per_day", "grace_days", "fine_cap", "replacement_fee")
_DAY = 10


class Loans(Taker):
    """One open loan for a copy; a past one may have forgotten its member."""

    kind, action, noun = "loans", "loan.create", "loan"

    def __init__(self, about: About) -> None:
        super().__init__(about)
        self._people = People()
        self._copies = Copies(locks=True)
        self._usual: dict[tuple[str, str], Values] = {}
        self._placed: list[tuple[int, CopyStatus]] = []

    def look_up(self, rows: Sequence[Row]) -> None:
        """Find the members and the copies, and hold the copies."""
        self._people.look_up(rows)
        self._copies.look_up(rows)
        self._placed = []

    def decide(self, row: Row) -> Values:
        """The new loan."""
        person, thing = self._people.of(row), self._copies.of(row)
        if thing is None:
            raise Refuse("barcode", "required", "A loan needs its copy.")
        times = self._times(row)
        if times["ended_at"] is None:
            if person is None:
                raise Refuse("card_number", "required", "An open loan needs its member.")
            self._lend(thing)
        elif times["lost_at"] and not times["returned_at"] and thing.status == "available":
            self._place(thing, CopyStatus.LOST)
        said = row.values.get
        return {
            "copy_id": thing.id,
            "book_id": thing.book_id,
            "user_id": person.id if person else None,
            **self._terms(row, person, thing),
            **times,
            "due_steps": _json(said("due_steps")),
            "renewals": said("renewals") or 0,
            "fined": said("fined") or 0,
            "fines": _json([_fine(each) for each in said("fines") or []]),
            "revision": 1,
        }

    def store(self, new: Sequence[New]) -> list[int]:
        """Add the loans with their renewals, and say where their copies are."""
        ids = bulk.insert(Loan, [one.values for one in new])
        for copy_id, status in self._placed:
            copy.place(copy_id, status, self.moment, seen=False)
        copy.use(_uses(new))
        renewals = [
            renewal
            for loan_id, one in zip(ids, new, strict=True)
            if "renewed" in one.row.values
            for renewal in _renewals(loan_id, one)
        ]
        bulk.insert(Renewal, renewals)
        return ids

    def _times(self, row: Row) -> Values:
        """The moments of a loan, which follow each other. Raises Refuse."""
        said = row.values.get
        borrowed, returned = said("borrowed_at"), said("returned_at")
        if borrowed is None:
            raise Refuse("borrowed_at", "required", "A loan needs the moment it was made.")
        if returned is not None and returned < borrowed and returned[:_DAY] == borrowed[:_DAY]:
            returned = borrowed
        due = said("due_at") or returned
        self._require_order(borrowed, due, returned)
        lost, claimed = self._mishaps(row, str(due), returned)
        cancelled = said("cancelled_at")
        over = lost or returned or cancelled
        return {
            "borrowed_at": borrowed,
            "due_at": due,
            "claimed_returned_at": claimed,
            "lost_at": lost,
            "returned_at": returned,
            "cancelled_at": cancelled,
            "ended_at": (said("ended_at") or over) if over else None,
        }

    def _require_order(self, borrowed: str, due: str | None, returned: str | None) -> None:
        if borrowed > self.moment:
            raise Refuse("borrowed_at", "future", "The loan begins in the future.")
        if due is None:
            raise Refuse("due_at", "required", "An open loan needs its due date.")
        if due < borrowed:
            raise Refuse("due_at", "too-small", "The loan is due before it was made.")
        if returned is not None and not borrowed <= returned <= self.moment:
            detail = "The copy came back before the loan was made, or in the future."
            raise Refuse("returned_at", "too-small", detail)

    def _mishaps(self, row: Row, due: str, returned: str | None) -> tuple[str | None, str | None]:
        """When the copy was lost, and when it was claimed returned. Raises Refuse."""
        lost, claimed = row.values.get("lost_at"), row.values.get("claimed_returned_at")
        if returned is not None:
            return lost, claimed
        status = (row.get("status") or "").casefold().replace(" ", "_")
        if status == LoanStatus.RETURNED:
            raise Refuse("returned_at", "required", "A returned loan needs the moment of return.")
        if status == LoanStatus.LOST:
            lost = lost or min(due, self.moment)
        if status == LoanStatus.CLAIMED_RETURNED:
            claimed = claimed or self.moment
        return lost, claimed

    def _lend(self, thing: Thing) -> None:
        if thing.status == CopyStatus.ON_LOAN or self.said.get("out", thing.id):
            raise Refuse("barcode", "copy-on-loan", "The copy is on loan already.")
        if thing.status == CopyStatus.ON_HOLD_SHELF:
            raise Refuse("barcode", "copy-held", "The copy is on the hold shelf for a member.")
        if thing.status == CopyStatus.WITHDRAWN:
            raise Refuse("barcode", "copy-withdrawn", "The copy is withdrawn.")
        self.said.put("out", thing.id)
        self._place(thing, CopyStatus.ON_LOAN)

    def _place(self, thing: Thing, status: CopyStatus) -> None:
        self._copies.put(thing._replace(status=status))
        self._placed.append((thing.id, status))

    def _terms(self, row: Row, person: Person | None, thing: Thing) -> Values:
        """The policy's terms of fines, as far as the row has none of its own."""
        pair = (person.category if person else "standard", thing.loan_type)
        if "policy_category" in row.values:
            own = {name: row.get(name) for name in _TERMS}
            return {"policy_id": self._policy(row, pair).id, **own}
        usual = self._usual.get(pair)
        if usual is None:
            policy = self.about.rules.policies.choose(*pair)
            usual = {"policy_id": policy.id, **{name: getattr(policy, name) for name in _TERMS}}
            self._usual[pair] = usual
        return usual

    def _policy(self, row: Row, pair: tuple[str, str]) -> Policy:
        policies = self.about.rules.policies
        named = (row.get("policy_category") or "", row.get("policy_loan_type") or "")
        return policies.named(named) or policies.choose(*pair)


def _uses(new: Sequence[New]) -> dict[int, str]:
    """When each copy was borrowed last, by loans that were not cancelled."""
    uses: dict[int, str] = {}
    for values in (one.values for one in new if one.values["cancelled_at"] is None):
        copy_id, at = values["copy_id"], values["borrowed_at"]
        uses[copy_id] = max(at, uses.get(copy_id, ""))
    return uses


def _json(value: list[Any] | None) -> str:
    return orjson.dumps(value).decode() if value else "[]"


def _fine(said: Any) -> Values:
    """A fine as it is stored until its line comes, which is named by `fee_source_key`.

    Raises Refuse for what is no fine.
    """
    try:
        key = said.get("fee_source_key")
        own = {"fee_source_key": key if isinstance(key, str) else None}
        return ChargedFine.of({**said, "fee_id": None, "taken_back": None, **own}).to_stored()
    except (TypeError, ValueError, KeyError, AttributeError):
        raise Refuse("fines", "type", "This is not of the form that exports give.") from None


def _renewals(loan_id: int, one: New) -> list[Values]:
    """The renewals that the row tells one by one."""
    told = [each for each in one.row.get("renewed") or [] if isinstance(each, dict)]
    names = ("renewed_at", "due_before", "due_after")
    return [
        {
            "loan_id": loan_id,
            **{name: str(each[name]) for name in names},
            "policy_id": one.values["policy_id"],
        }
        for each in told
        if all(isinstance(each.get(name), str) for name in names)
    ]
