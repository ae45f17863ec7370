"""Lending policies: what a row allows, and which row counts for whom (rule 7)."""

from collections.abc import Iterable
from dataclasses import dataclass

ANY = "*"


@dataclass(frozen=True, slots=True)
class FineTerms:
    """What a day late costs, as agreed when the copy was lent (rule 26); money in minor units.

    `fine_per_day` None or 0 makes no fine, `grace_days` None is 0, `fine_cap` None is no cap.
    """

    fine_per_day: int | None
    grace_days: int | None
    fine_cap: int | None


@dataclass(frozen=True, slots=True)
class Policy:
    """One row of the policies: days, maxima, money in minor units.

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

    @property
    def lends(self) -> bool:
        """Say whether copies under this policy may be lent at all."""
        return self.loan_days > 0

    @property
    def days_of_a_renewal(self) -> int:
        """Return how many days a renewal gives from the renewal day (rule 16)."""
        return self.loan_days if self.renewal_days is None else self.renewal_days


class Policies:
    """All the policies of a library; the pair `*`/`*` is among them."""

    def __init__(self, rows: Iterable[Policy]) -> None:
        self._by_pair = {(row.member_category, row.loan_type): row for row in rows}
        if (ANY, ANY) not in self._by_pair:
            raise ValueError("There is no policy for every category and every type.")

    def choose(self, category: str, loan_type: str) -> Policy:
        """Return the most specific row: category and type, category, type, any (rule 7)."""
        pairs = ((category, loan_type), (category, ANY), (ANY, loan_type))
        found = (self._by_pair[pair] for pair in pairs if pair in self._by_pair)
        return next(found, self._by_pair[ANY, ANY])

    def for_member(self, category: str) -> Policy:
        """Return the row for what concerns the member alone, or holds (rule 7).

        `max_holds`, `fees_block_at`, `overdue_block` and `hold_shelf_days` are read from it.
        """
        return self.choose(category, ANY)
