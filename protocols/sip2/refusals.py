"""Refusals as machines show them: one AF for each reason, in the language of the visit."""

from typing import Any

from models.errors import DomainError, Refused
from protocols.sip2.phrases import refusals, told
from protocols.sip2.visit import Values, Visit


def refusal(visit: Visit, error: DomainError) -> Values:
    """What an error of an act says; a rule's refusal lists every reason."""
    if isinstance(error, Refused):
        reasons = error.extra["reasons"]
        return {"AF": refusals(reasons, visit.language, visit.library.currency)}
    return refused_for(visit, told(error.code) or "not-possible")


def refused_for(visit: Visit, name: str, **params: Any) -> Values:
    """A refusal with one text, by its name."""
    return {"AF": [visit.phrase(name, **params)]}
