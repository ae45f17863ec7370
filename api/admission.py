"""What happens before every call: who calls, and how often."""

import re
from functools import cache

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Rule

from api.context import NOBODY, Context
from api.credentials import Credentials
from api.limits import Limits
from api.problems import Problem

PREFIX = "/api/v1"
VARY = ("Vary", "Accept, Authorization")


@cache
def template(rule: str) -> str:
    """A route as clients write it: `/books/{book_id}` (RFC 6570)."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


class Admission:
    """Lets requests in: the path and the method first, then who calls, then how often."""

    def __init__(self, credentials: Credentials, limits: Limits) -> None:
        self._credentials = credentials
        self._limits = limits

    def enter(self, context: Context, rule: Rule | None, fault: HTTPException | None) -> None:
        """Find out who calls, charge them, and raise what the path or the credentials lack.

        `rule` is the route that was found, or `fault` why there is none. Raises the fault, or
        Problem 401 or 429.
        """
        path = context.environ.get("PATH_INFO", "")
        if path.startswith("//"):
            # The router would take it for the path with one slash, past the limits below.
            raise NotFound
        if rule is not None:
            context.route = template(rule.rule)
            if not context.method.isupper():
                # Methods are case-sensitive (RFC 9110, 9.1); the router's are not.
                fault = MethodNotAllowed(rule.methods)
        if path.startswith(PREFIX):
            context.headers.append(VARY)
            refusal = self._identify(context)
            if refusal is None or refusal.code != "rate-limited":
                self._limits.charge(context)
            if fault is None and refusal is not None:
                raise refusal
        if fault is not None:
            raise fault

    def _identify(self, context: Context) -> Problem | None:
        """Set the caller; what is wrong with the credentials waits until the path is known."""
        header = context.header("HTTP_AUTHORIZATION")
        if header is None or context.method == "OPTIONS":
            return None
        try:
            context.caller = self._credentials.caller(header, context)
        except Problem as problem:
            context.caller = NOBODY
            return problem
        return None
