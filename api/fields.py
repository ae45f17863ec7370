"""Fields that not everybody may set."""

from collections.abc import Mapping
from typing import Any

from api.context import RANK, Caller
from api.operation import Call
from api.problems import Problem


def require_allowed(call: Call, present: Mapping[str, Any]) -> None:
    """Refuse fields above the caller's role, unless they say what is so already.

    `present` is the record as it is, or what its fields are unless given. Raises Problem
    `field-not-allowed` with `fields`.
    """
    body = call.operation.body
    above = [
        name
        for name, least in (body.roles if body else {}).items()
        if name in call.body
        and not _may_set(call.caller, name, least)
        and call.body[name] != present.get(name)
    ]
    if above:
        raise Problem(
            "field-not-allowed",
            "This takes a higher role, or a key with the scope admin.",
            fields=above,
        )


def _may_set(caller: Caller, name: str, least: str) -> bool:
    """Whether the role reaches; who may set roles makes whomever they like an administrator."""
    far_enough = name != "role" or caller.reaches("admin")
    return far_enough and RANK[caller.role or ""] >= RANK[least]
