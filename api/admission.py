"""What happens before and after every call: credentials, rate limits, headers of the answer."""

import re
from functools import cache

from flask import Flask, Response, request

from api.context import NOBODY, Context, current
from api.credentials import Credentials
from api.limits import Limits
from api.problems import Problem

PREFIX = "/api/v1"


@cache
def template(rule: str) -> str:
    """A route as clients write it: `/books/{book_id}` (RFC 6570)."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


class Admission:
    """Lets requests in: the path and the method first, then who calls, then how often."""

    def __init__(self, credentials: Credentials, limits: Limits) -> None:
        self._credentials = credentials
        self._limits = limits

    def register(self, app: Flask) -> None:
        """Stand before and after every request of the application."""
        app.before_request(self.enter)
        app.after_request(self.leave)

    def enter(self) -> None:
        """Find out who calls and charge them. Raises Problem 401 or 429; 404 and 405 come first."""
        context = current()
        if request.url_rule is not None:
            context.route = template(request.url_rule.rule)
        if not request.path.startswith(PREFIX):
            return
        refusal = self._identify(context)
        self._limits.charge(context)
        if request.routing_exception is None and refusal is not None:
            raise refusal

    def leave(self, response: Response) -> Response:
        """Put the headers on that belong to every answer of the API."""
        if not request.path.startswith(PREFIX):
            return response
        headers = response.headers
        for name, value in current().headers:
            headers[name] = value
        headers.setdefault("Cache-Control", "private, no-cache")
        headers["Vary"] = "Accept, Authorization"
        return response

    def _identify(self, context: Context) -> Problem | None:
        """Set the caller; what is wrong with the credentials waits until the path is known."""
        if request.method == "OPTIONS":
            return None
        try:
            context.caller = self._credentials.caller(
                request.environ.get("HTTP_AUTHORIZATION"), context
            )
        except Problem as problem:
            context.caller = NOBODY
            return problem
        return None
