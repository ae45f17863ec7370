"""Fields that not everybody may set."""

from collections.abc import Mapping
from typing import Any

from api.context import RANK
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
        and RANK[call.caller.role or ""] < RANK[least]
        and call.body[name] != present.get(name)
    ]
    if above:
        raise Problem("field-not-allowed", "This takes a higher role.", fields=above)
