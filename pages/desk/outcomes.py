"""What came of an act at the desk, as the page tells it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from api.problem_codes import PROBLEMS
from api.problems import Problem, as_problem
from models.errors import Stale
from models.vocabulary import Language, ReasonCode
from pages.frame import texts
from pages.frame.errors import REFUSALS, in_words
from pages.frame.visit import Visit

NONE = "\N{EN DASH}"
_NAME = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
"""A field as the API calls it; a name of one word reads like one."""
_EXPLAINED = re.compile(r"[,:(]\s|\s\(")
Labels = Mapping[str, str]
_NO_LABELS: Labels = MappingProxyType({})

__all__ = ["REFUSALS", "Outcome", "attempted"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`kind` names the part of `desk/outcome.html` that tells it with the `values`.

    `is_refusal` is told in red and with a sound.
    """

    kind: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    is_refusal: bool = False
    status: int = 200


def attempted(
    visit: Visit, do: Callable[[], Any], *, labels: Labels = _NO_LABELS, **values: Any
) -> tuple[Any, Outcome | None]:
    """Do something: what came of it, or else the refusal as the page tells it.

    `labels` are the names of the texts that stand beside the fields of this form, for those that
    are called otherwise than in the forms of records. `values` with `act`, `barcode` or `loan_id`
    say what an override would try again. Raises Stale, for `pages.frame.visit.compared`.
    """
    try:
        return do(), None
    except Stale:
        raise
    except REFUSALS as error:
        return None, _refused(visit, error, values, labels)


def _refused(visit: Visit, error: Exception, values: dict[str, Any], labels: Labels) -> Outcome:
    """An operation that was refused: every reason, and the codes where all can be overridden."""
    problem = as_problem(error)
    reasons = problem.extra.get("reasons", ())
    codes = [one["code"] for one in reasons if one["overridable"]]
    told: dict[str, Any] = {
        "heading": _heading(visit, problem.code),
        "detail": "" if reasons else _detail(visit, problem, labels),
        "reasons": [reason(visit, one) for one in reasons],
        "has": {one["code"]: one["params"] for one in reasons},
        "codes": codes if len(codes) == len(reasons) else [],
        "needs_day": ReasonCode.COPY_NOT_LENDABLE in codes,
        "places": [
            (_field_of(one), fault(visit, one, labels)) for one in problem.extra.get("errors", ())
        ],
        **values,
    }
    return Outcome("refused", told, is_refusal=True, status=PROBLEMS[problem.code].status)


def reason(visit: Visit, one: dict[str, Any]) -> str:
    """One reason as a clerk reads it, in the language of the visit."""
    values = in_words(one["params"], visit)
    if one["code"] == ReasonCode.MEMBER_BLOCKED:
        values["reason"] = values.get("reason") or NONE
    code = one["code"].replace("-", "_")
    return visit.say(f"desk_reason.{code}", **values).unescape()


def fault(visit: Visit, one: dict[str, Any], labels: Labels = _NO_LABELS) -> str:
    """What is wrong with a field, in the language of the visit where it has words for it.

    In English the API says more; where it names other fields, their labels stand for them.
    """
    code = one["code"].replace("-", "_")
    detail = str(one["detail"])
    known = texts.table(visit.language)
    names = {name: labels.get(name, f"desk_field.{name}") for name in _NAME.findall(detail)}
    is_clear = visit.language == Language.ENGLISH and all(one in known for one in names.values())
    if f"desk_fault.{code}" in known and not is_clear:
        return visit.say(f"desk_fault.{code}").unescape()
    return _NAME.sub(lambda found: _quoted(visit, names[found[0]], known), detail)


def _quoted(visit: Visit, label: str, known: Mapping[str, Any]) -> str:
    """A label in a sentence, without what it explains after a comma or in brackets."""
    text = visit.say(label).unescape() if label in known else label.partition(".")[2]
    return (
        f"\N{LEFT DOUBLE QUOTATION MARK}{_EXPLAINED.split(text)[0]}\N{RIGHT DOUBLE QUOTATION MARK}"
    )


def _detail(visit: Visit, problem: Problem, labels: Labels) -> str:
    """Why not, in the language of the visit where it has words for it."""
    if problem.code == "invalid":
        return " ".join(_labelled(visit, one, labels) for one in problem.extra["errors"])
    code = problem.code.replace("-", "_")
    if f"desk_problem.{code}" in texts.table(visit.language):
        return visit.say(f"desk_problem.{code}", detail=problem.detail).unescape()
    return problem.detail


def _labelled(visit: Visit, one: dict[str, Any], labels: Labels) -> str:
    """What is wrong with a field, after its label where it has one."""
    name, text = _field_of(one), fault(visit, one, labels)
    label = labels.get(name, f"desk_field.{name}")
    if label not in texts.table(visit.language):
        return text
    return f"{visit.say(label)}: {text}"


def _field_of(one: dict[str, Any]) -> str:
    """The name of the field, or parameter, that a fault is in."""
    named = one.get("pointer", "").removeprefix("#/").partition("/")[0]
    return str(named or one.get("parameter", ""))


def _heading(visit: Visit, code: str) -> str:
    known = {"loan-refused", "renewal-refused", "hold-refused"}
    name = code.replace("-", "_") if code in known else "act_refused"
    return str(visit.say(f"desk_heading.{name}"))
