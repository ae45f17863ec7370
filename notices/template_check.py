"""What a template may contain: so little that it can neither run long nor reach anything.

A template is a text with values, conditions and loops over what the notice is about. There are no
calls, no assignments, no arithmetic but addition, no loops inside loops and nothing to load, so
that what it costs is bounded by its length and by the number of loans.
"""

from collections.abc import Collection, Iterator
from math import isfinite

from jinja2 import nodes

from models.errors import DomainError

LONGEST = 20_000
# None that could make a long text of a short one.
FILTERS = frozenset({"date", "money", "length", "upper", "lower", "default", "trim"})
TESTS = frozenset({"defined", "none"})
_MAY = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Getitem),
    *(nodes.Filter, nodes.Test, nodes.If, nodes.For, nodes.CondExpr, nodes.Const, nodes.Add),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Concat),
)


class BadTemplate(DomainError):
    """A text that cannot be a template; `line` counts from 1, `field` is the part of it."""

    code = "template"

    def __init__(self, field: str, line: int, reason: str) -> None:
        super().__init__(f"{field}, line {line}: {reason}", line=line, reason=reason, field=field)


def check(tree: nodes.Template, names: Collection[str], attributes: Collection[str]) -> None:
    """Raise ValueError, with the line first, for what a template may not have."""
    loops = {name for loop in tree.find_all(nodes.For) for name in _targets(loop)}
    for node, is_looped in _walk(tree, is_looped=False):
        reason = _fault(node, {*names, *loops}, attributes, is_looped=is_looped)
        if reason is not None:
            raise ValueError(node.lineno, reason)


def _fault(
    node: nodes.Node, names: Collection[str], attributes: Collection[str], *, is_looped: bool
) -> str | None:
    match node:
        case nodes.Name() if node.name not in names:
            return f"there is no {node.name!r} here"
        case nodes.Getattr() if node.attr not in attributes:
            return f"nothing here has a {node.attr!r}"
        case nodes.Getitem() if not _is_place(node.arg):
            return "only places such as [0] can be taken out of a list"
        case nodes.Filter() if node.name not in FILTERS or node.kwargs or len(node.args) > 1:
            return f"the filter {node.name!r} cannot be used so; there are {_told(FILTERS)}"
        case nodes.Test() if node.name not in TESTS:
            return f"the test {node.name!r} cannot be used; there are {_told(TESTS)}"
        case nodes.Const() if not _can_be_written(node.value):
            return "a sign or number here cannot be written"
        case nodes.For() if is_looped or node.recursive or not isinstance(node.iter, nodes.Name):
            return "a loop can only go over one of the lists, and not inside another loop"
        case _:
            return None if isinstance(node, _MAY) else f"{type(node).__name__} cannot be used"


def _walk(node: nodes.Node, *, is_looped: bool) -> Iterator[tuple[nodes.Node, bool]]:
    yield node, is_looped
    for child in node.iter_child_nodes():
        yield from _walk(child, is_looped=is_looped or isinstance(node, nodes.For))


def _targets(loop: nodes.For) -> Iterator[str]:
    if isinstance(loop.target, nodes.Name):
        yield loop.target.name


def can_be_written(text: str) -> bool:
    """Whether mails and both databases take the text: no NUL, no half of a pair of signs."""
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _can_be_written(value: object) -> bool:
    if isinstance(value, float):
        return isfinite(value)
    return not isinstance(value, str) or can_be_written(value)


def _is_place(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, int)


def _told(words: Collection[str]) -> str:
    return ", ".join(sorted(words))
