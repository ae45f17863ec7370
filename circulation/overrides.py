"""Overrides: a librarian waves reasons through, by their codes, and says why (rule 10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from circulation.checks import check_override
from circulation.decisions import NO_OVERRIDE, Decision
from circulation.reasons import Code
from models.errors import Refused


@dataclass(frozen=True, slots=True)
class Override:
    """What a librarian sent: the codes, and the reason for the audit log."""

    codes: Sequence[str]
    reason: str


def named(override: Override | None) -> frozenset[Code]:
    """The codes an override names. Raises Unacceptable for those that cannot be waved through."""
    return check_override(override.codes) if override else NO_OVERRIDE


def require(decision: Decision, problem: str) -> None:
    """Raise Refused with every reason, under a problem code, unless the decision allows."""
    if not decision.allowed:
        detail = " ".join(reason.detail for reason in decision.reasons)
        raise Refused(problem, detail, [reason.as_json() for reason in decision.reasons])


def noted(decision: Decision, override: Override | None) -> dict[str, Any]:
    """What the audit log keeps of an override: arguments for `audit.record`, if it had effect."""
    if override is None or not decision.waved:
        return {}
    codes = [reason.code.value for reason in decision.waved]
    return {"reason": override.reason, "changes": {"overridden": [None, codes]}}
