"""Members' accounts as pages show them: each fee with its title, and the note of a person."""

from typing import Any

from models.vocabulary import FeeKind, FeeStatus
from pages.frame.visit import Visit

BY_HAND = frozenset({FeeKind.MANUAL, FeeKind.MEMBERSHIP, FeeKind.DAMAGE})
"""Kinds of fee that staff charge; the others come about by the rules."""


def note_of(fee: dict[str, Any]) -> str | None:
    """What a person has noted with a fee; None where the rules have, in English.

    Lines of the rules are those of a loan; without one they were brought in from elsewhere.
    """
    is_noted = fee["kind"] in BY_HAND or fee["loan_id"] is None
    return fee["note"] if is_noted else None


def account_of(visit: Visit, user_id: int | None) -> dict[str, Any]:
    """A member's account, whose `fees` have a `title` too: that of their loan, else None.

    Their `note` is that of a person.
    """
    account: dict[str, Any] = visit.do("getAccount", user_id=user_id)
    titles = _titles(visit, account) if any(fee["loan_id"] for fee in account["fees"]) else {}
    for fee in account["fees"]:
        fee["title"], fee["note"] = titles.get(fee["id"]), note_of(fee)
    return account


def _titles(visit: Visit, account: dict[str, Any]) -> dict[int, str]:
    query = {
        "user_id": account["user_id"],
        "status": FeeStatus.OPEN,
        "embed": "book",
        "sort": "-id",
    }
    found = visit.every("listFees", query=query)
    return {fee["id"]: fee["book"]["title"] for fee in found if fee["book"]}
