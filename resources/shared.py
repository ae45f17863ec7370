"""What the resources of several nouns share."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from api.operation import Call
from circulation import loading, presentation, rulebook
from circulation.overrides import Override
from models import copy, sign_in
from models.copy import CopyRow
from models.rows import Json
from models.timestamps import stamp


def day(text: str | None) -> date | None:
    """A date of the body."""
    return date.fromisoformat(text) if text else None


def days_as_moments(asked: dict[str, Any], first: str, last: str) -> dict[str, Any]:
    """Filters in which two library-local days stand for the moments they begin and end at."""
    if not asked.keys() & {first, last}:
        return asked
    calendar = rulebook.latest().calendar
    for name, end in ((first, 0), (last, 1)):
        if name in asked:
            on = date.fromisoformat(asked[name])
            asked[name] = stamp(calendar.bounds(on, on)[end])
    return asked


def member_named(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body in which the member is named by `user_id`, also where it was by `card_number`.

    Raises Missing `user-not-found`.
    """
    named = dict(body)
    card_number = named.pop("card_number", None)
    if card_number is not None:
        account = sign_in.by_card(card_number)
        if account is None:
            raise loading.no_member(card_number)
        named["user_id"] = account.id
    return named


def override_of(call: Call) -> Override | None:
    """The override in the body, if any."""
    given = call.body.get("override")
    return Override(given["codes"], given["reason"]) if given else None


def copy_seen_by(call: Call, row: CopyRow) -> Json:
    """A copy without what is for staff alone, unless staff asks."""
    return copies_seen_by(call, [row])[0]


def copies_seen_by(call: Call, rows: Sequence[CopyRow]) -> list[Json]:
    """Copies without what is for staff alone, unless staff asks."""
    shown = presentation.copies(rows)
    if call.caller.sees_staff_fields:
        return shown
    hidden = copy.ROWS.staff
    return [{name: one[name] for name in one if name not in hidden} for one in shown]
