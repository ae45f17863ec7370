"""The languages of titles that other records embed: what is embedded has few fields, and none."""

from collections.abc import Sequence
from typing import Any

from models import brief


def tell_languages(records: Sequence[dict[str, Any]]) -> None:
    """Give the `book` of each record its `language`, for the attribute `lang` of its title."""
    told = [one["book"] for one in records if one.get("book")]
    known = brief.languages({one["id"] for one in told}) if told else {}
    for one in told:
        one["language"] = known.get(one["id"])
