"""What the resources of several nouns share."""

from datetime import date
from typing import Any

from api.operation import Call
from circulation.overrides import Override
from models import copy


def day(text: str | None) -> date | None:
    """A date of the body."""
    return date.fromisoformat(text) if text else None


def override_of(call: Call) -> Override | None:
    """The override in the body, if any."""
    given = call.body.get("override")
    return Override(given["codes"], given["reason"]) if given else None


def copy_seen_by(call: Call, record: dict[str, Any]) -> dict[str, Any]:
    """A copy without what is for staff alone, unless staff asks."""
    if call.caller.sees_staff_fields:
        return record
    return {name: value for name, value in record.items() if name not in copy.VIEW.staff}
