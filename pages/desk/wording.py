"""Codes of the API in words, and the names of people."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from pages.frame.choices import language_word
from pages.frame.visit import Visit


def word(visit: Visit, kind: str, code: str) -> Markup:
    """The word for a code, such as `word("loan_status", "overdue")`."""
    return _WORDS[kind](visit, str(code).replace("-", "_").replace(".", "_"))


def name(visit: Visit, person: dict[str, Any] | None) -> str:
    """A member's name: `Ada Lovelace`; the number where there is none."""
    if person is None:
        return str(visit.say("desk.nobody"))
    parts = [person.get("first_name"), person.get("last_name")]
    return " ".join(part for part in parts if part) or f"#{person['id']}"


_WORDS: dict[str, Callable[[Visit, str], Markup]] = {
    "loan_status": lambda visit, code: visit.say(f"desk_loan.{code}"),
    "copy_status": lambda visit, code: visit.say(f"desk_copy.{code}"),
    "fee_kind": lambda visit, code: visit.say(f"desk_fee.{code}"),
    "method": lambda visit, code: visit.say(f"desk_method.{code}"),
    "act": lambda visit, code: visit.say(f"desk_act.{code}"),
    "loss": lambda visit, code: visit.say(f"desk_loss.{code}"),
    "role": lambda visit, code: visit.say(f"desk_role.{code}"),
    "language": language_word,
    "material": lambda visit, code: visit.say(f"material.{code}"),
    "order_status": lambda visit, code: visit.say(f"desk_order.{code}"),
    "order_step": lambda visit, code: visit.say(f"desk_order_step.{code}"),
    "notice_status": lambda visit, code: visit.say(f"desk_notice.{code}"),
    "notice_kind": lambda visit, code: visit.say(f"desk_notice_kind.{code}"),
    "report": lambda visit, code: visit.say(f"desk_report.{code}"),
    "interval": lambda visit, code: visit.say(f"desk_interval.{code}"),
    "hold_status": lambda visit, code: visit.say(f"desk_hold.{code}"),
    "shelf_list": lambda visit, code: visit.say(f"desk_shelf_list.{code}"),
    "scan_outcome": lambda visit, code: visit.say(f"desk_scan.{code}"),
    "mode": lambda visit, code: visit.say(f"desk_mode.{code}"),
}
