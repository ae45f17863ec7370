"""Overrides: a librarian waves reasons through, by their codes, and says why (rule 10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from circulation.decisions import Decision
from circulation.request_checks import check_override
from models.errors import Unacceptable
from models.vocabulary import ReasonCode


@dataclass(frozen=True, slots=True)
class Override:
    """What a librarian sent: the codes, and the reason for the audit log."""

    codes: Sequence[str]
    reason: str

    def noted(self, decision: Decision) -> dict[str, Any]:
        """Return what the audit log keeps of it, if it had effect: arguments for `audit.record`."""
        if not decision.waved:
            return {}
        codes = [reason.code.value for reason in decision.waved]
        return {"reason": self.reason, "changes": {"overridden": [None, codes]}}


def codes_of(
    override: Override | None, others: Sequence[Unacceptable] = ()
) -> frozenset[ReasonCode]:
    """The codes of an override, if there is one. Raises Unacceptable for these and for `others`."""
    return check_override(() if override is None else override.codes, others)
