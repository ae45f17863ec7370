"""Lending policies: what a row allows, and which row counts for whom (rule 7)."""

from collections.abc import Iterable
from dataclasses import dataclass

from models.policy import ANY
from models.policy import PolicyRow as Policy

__all__ = ["ANY", "FineTerms", "Policies", "Policy"]


@dataclass(frozen=True, slots=True)
class FineTerms:
    """What a day late costs, as agreed when the copy was lent (rule 26); money in minor units.

    `fine_per_day` None or 0 makes no fine, `grace_days` None is 0, `fine_cap` None is no cap.
    """

    fine_per_day: int | None
    grace_days: int | None
    fine_cap: int | None


class Policies:
    """All the policies of a library; the pair `*`/`*` is among them."""

    def __init__(self, rows: Iterable[Policy]) -> None:
        self._by_pair = {row.pair: row for row in rows}
        if (ANY, ANY) not in self._by_pair:
            raise ValueError("There is no policy for every category and every type.")

    @property
    def categories(self) -> set[str]:
        """The member categories that policies name; `*` stands for all others."""
        return {category for category, _ in self._by_pair} | {ANY}

    @property
    def loan_types(self) -> set[str]:
        """The loan types that policies name; `*` stands for all others."""
        return {loan_type for _, loan_type in self._by_pair} | {ANY}

    def choose(self, category: str, loan_type: str) -> Policy:
        """Return the most specific row: category and type, category, type, any (rule 7)."""
        for pair in ((category, loan_type), (category, ANY), (ANY, loan_type)):
            found = self._by_pair.get(pair)
            if found is not None:
                return found
        return self._by_pair[ANY, ANY]

    def named(self, pair: tuple[str, str]) -> Policy | None:
        """Return the row for exactly this category and type, if there is one."""
        return self._by_pair.get(pair)

    def for_member(self, category: str) -> Policy:
        """Return the row for what concerns the member alone, or holds (rule 7).

        `max_holds`, `fees_block_at`, `overdue_block` and `hold_shelf_days` are read from it.
        """
        return self.choose(category, ANY)
