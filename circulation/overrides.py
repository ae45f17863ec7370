"""Overrides: a librarian waves reasons through, by their codes, and says why (rule 10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from circulation.decisions import Decision
from circulation.request_checks import check_override
from models.vocabulary import ReasonCode


@dataclass(frozen=True, slots=True)
class Override:
    """What a librarian sent: the codes, and the reason for the audit log."""

    codes: Sequence[str]
    reason: str

    def reason_codes(self) -> frozenset[ReasonCode]:
        """Return the codes it names. Raises Unacceptable for those that cannot be waved through."""
        return check_override(self.codes)

    def noted(self, decision: Decision) -> dict[str, Any]:
        """Return what the audit log keeps of it, if it had effect: arguments for `audit.record`."""
        if not decision.waved:
            return {}
        codes = [reason.code.value for reason in decision.waved]
        return {"reason": self.reason, "changes": {"overridden": [None, codes]}}
