"""Members' accounts as pages show them: each fee with the title that it came from."""

from typing import Any

from models.vocabulary import FeeStatus
from pages.frame.visit import Visit


def account_of(visit: Visit, user_id: int | None) -> dict[str, Any]:
    """A member's account, whose `fees` have a `title` too: that of their loan, else None."""
    account: dict[str, Any] = visit.do("getAccount", user_id=user_id)
    titles = _titles(visit, account) if any(fee["loan_id"] for fee in account["fees"]) else {}
    for fee in account["fees"]:
        fee["title"] = titles.get(fee["id"])
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
