"""The fine for a late return, counted in open days (rule 26)."""

from dataclasses import dataclass
from datetime import date, datetime

from circulation.calendar import Calendar
from circulation.policy import FineTerms


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

    def as_json(self) -> dict[str, str | int | bool | None]:
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


def overdue_fine(calendar: Calendar, terms: FineTerms, due_at: datetime, until: datetime) -> Fine:
    """Return the fine of a loan due at `due_at`, up to an instant (rules 15, 26, 28, 29).

    `until` is the return, the claim, the moment it was marked lost, or now. Open days after the due
    day count, the day of `until` among them; the first `grace_days` are free.
    """
    due_on, last = calendar.local_date(due_at), calendar.local_date(until)
    late = calendar.open_days_between(due_on, last)
    grace, rate = terms.grace_days or 0, terms.fine_per_day or 0
    charged = max(0, late - grace)
    uncapped = charged * rate
    amount = uncapped if terms.fine_cap is None else min(uncapped, terms.fine_cap)
    capped = amount < uncapped
    because = _because(late, charged, rate, capped)
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
