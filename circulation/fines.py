"""The fine for a late return, counted in open days, and what was charged of it (rule 26)."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from circulation.calendar import Calendar
from circulation.policies import FineTerms
from models.fee import FeeRow
from models.rows import Json
from models.vocabulary import FeeKind


@dataclass(frozen=True, slots=True)
class Fine:
    """A fine and how it came about; money in minor units, `days_late` in open days."""

    amount: int
    due_on: date
    until: date
    days_late: int
    grace_days: int
    fine_per_day: int
    fine_cap: int | None
    capped: bool
    because: str

    def to_json(self) -> Json:
        """Return the fine as the explanation shows it."""
        return {
            "amount": self.amount,
            "due_on": self.due_on.isoformat(),
            "until": self.until.isoformat(),
            "days_late": self.days_late,
            "grace_days": self.grace_days,
            "fine_per_day": self.fine_per_day,
            "fine_cap": self.fine_cap,
            "capped": self.capped,
            "because": self.because,
        }


class TakenBack(NamedTuple):
    """What took a part of a charge back: a waiver of what was unpaid, a refund of what was paid.

    The id of the waiver among the entries of the line, and that of the line of the refund.
    """

    waiver_id: int | None
    refund_id: int | None


@dataclass(frozen=True, slots=True)
class ChargedFine:
    """A fine as it was charged, by a renewal, a return or a loss; `fee_id` is its line, if any.

    `reduced_from` is what was charged first, where the return took a part of it back, and
    `taken_back` how; None where that is not known, of returns before it was kept. By
    `fee_source_key` the line is known that a loan brought in still waits for.
    """

    fine: Fine
    fee_id: int | None
    reduced_from: Fine | None = None
    taken_back: TakenBack | None = None
    fee_source_key: str | None = None

    def to_json(self) -> Json:
        """Return it as the explanation shows it."""
        told = {**self.fine.to_json(), "fee_id": self.fee_id}
        if self.reduced_from is not None:
            told["reduced_from"] = self.reduced_from.to_json()
        return told

    def to_stored(self) -> Json:
        """Return it as it is stored with the loan."""
        kept = self.to_json()
        if self.taken_back is not None:
            kept["taken_back"] = self.taken_back._asdict()
        if self.fee_id is None and self.fee_source_key is not None:
            kept["fee_source_key"] = self.fee_source_key
        return kept

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "ChargedFine":
        """Return what `to_stored` made; a fine that names no line has none."""
        values = {**stored}
        fee_id, reduced_from = values.pop("fee_id", None), values.pop("reduced_from", None)
        taken_back, key = values.pop("taken_back", None), values.pop("fee_source_key", None)
        return cls(
            _read(values),
            fee_id,
            _read(reduced_from) if reduced_from else None,
            TakenBack(**taken_back) if taken_back else None,
            key,
        )


def with_lines(stored: Sequence[Json], lines: Sequence[FeeRow]) -> list[Json]:
    """Return the fines of a loan as they are stored, each naming its line among the loan's own.

    Loans that release 0.1.0 brought in name lines by the numbers of the library that they come
    from, which are lines of anybody here. The right line is known by its amount, and in its order
    among those of the same amount; a fine that could have several is told without a line.
    """
    own = {line.id for line in lines}
    named = {one.get("fee_id") for one in stored}
    spare: dict[int, list[int]] = defaultdict(list)
    for line in lines:
        if line.kind is FeeKind.OVERDUE and line.id not in named:
            spare[line.amount].append(line.id)
    wanting = Counter(_first(one) for one in stored if one.get("fee_id") not in own)
    found = {amount: iter(ids) for amount, ids in spare.items() if len(ids) == wanting[amount]}
    return [
        one
        if one.get("fee_id") in own
        else {**one, "fee_id": next(found.get(_first(one), iter(())), None)}
        for one in stored
    ]


def _first(stored: Json) -> Any:
    """What was charged at first."""
    return (stored.get("reduced_from") or stored).get("amount")


def _read(stored: dict[str, Any]) -> Fine:
    days = {name: date.fromisoformat(stored[name]) for name in ("due_on", "until")}
    return Fine(**{**stored, **days})


def overdue_fine(
    calendar: Calendar, terms: FineTerms, due_at: datetime, until: datetime, charged: int = 0
) -> Fine:
    """Return the fine of a loan due at `due_at`, up to an instant (rules 15, 26, 28, 29).

    `until` is the renewal, the return, the claim, the moment it was marked lost, or now. Open days
    after the due day count, the day of `until` among them; the first `grace_days` are free.
    `charged` is what renewals have charged for the loan already: the cap is that of all together.
    """
    days = (calendar.local_date(due_at), calendar.local_date(until))
    return _fine(calendar, terms, *days, charged)


def up_to(calendar: Calendar, charged: ChargedFine, until: date, charged_before: int) -> Fine:
    """Return the fine that was charged, had the copy come back on an earlier day: never more.

    `charged_before` is what was charged for the loan before this.
    """
    fine = charged.fine
    if until >= fine.until:
        return fine
    terms = FineTerms(fine.fine_per_day, fine.grace_days, fine.fine_cap)
    last = max(until, fine.due_on)
    less = _fine(calendar, terms, fine.due_on, last, charged_before)
    return less if less.amount < fine.amount else fine


def _fine(calendar: Calendar, terms: FineTerms, due_on: date, last: date, charged: int) -> Fine:
    late = calendar.open_days_between(due_on, last)
    grace, rate = terms.grace_days or 0, terms.fine_per_day or 0
    counted = max(0, late - grace)
    uncapped = counted * rate
    left = uncapped if terms.fine_cap is None else max(0, terms.fine_cap - charged)
    amount = min(uncapped, left)
    capped = amount < uncapped
    because = _because(late, counted, rate, capped)
    return Fine(amount, due_on, last, late, grace, rate, terms.fine_cap, capped, because)


def _because(late: int, charged: int, rate: int, capped: bool) -> str:
    if not late:
        return "not late by an open day"
    if not rate:
        return "the policy of lending charges nothing for a day late"
    if not charged:
        return f"open days late: {late}, all of them days of grace"
    cap = ", limited by the cap" if capped else ""
    return f"open days late: {late}, charged: {charged}{cap}"
