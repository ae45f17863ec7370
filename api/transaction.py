"""A call that may change something: one transaction, with its idempotency key inside it."""

import random
import time
from collections.abc import Callable

from peewee import OperationalError

from api.context import Context
from api.http.idempotency import Claim
from api.http.reply import Reply
from api.problem_codes import PROBLEMS
from api.problems import answer, as_problem
from models.database import transaction
from models.errors import DomainError

_ATTEMPTS = 6
# Serialisation failure and deadlock: the transaction did nothing and may simply be run again.
_TRANSIENT = frozenset({"40001", "40P01"})


def transacted(act: Callable[[], Reply], claim: Claim | None, context: Context) -> Reply:
    """Run `act` in a transaction, again when the database asks for that.

    Under an idempotency key a reply that was kept is given instead, and a new one is kept.
    """
    for attempt in range(_ATTEMPTS):
        try:
            return _attempt(act, claim, context)
        except OperationalError as error:
            if attempt == _ATTEMPTS - 1 or not _is_transient(error):
                raise
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311  to part those who met
    raise AssertionError("the last attempt returns or raises")


def _attempt(act: Callable[[], Reply], claim: Claim | None, context: Context) -> Reply:
    refusal: DomainError | None = None
    try:
        with transaction():
            kept = None if claim is None else claim.replay()
            if kept is not None:
                return kept
            try:
                reply = act()
            except DomainError as error:
                if not error.keeps_changes:
                    raise
                refusal = error
            else:
                if claim is not None:
                    claim.keep(reply)
    except DomainError as error:
        return _refused(error, claim, context)
    if refusal is not None:
        raise refusal
    return reply


def _refused(error: DomainError, claim: Claim | None, context: Context) -> Reply:
    """The answer to a refusal, after all it began was undone; a 409 is kept under the key.

    Not under that of a form: sent again, it acts once nothing is in its way.
    """
    if claim is None or claim.is_of_form or PROBLEMS[as_problem(error).code].status != 409:
        raise error
    reply = answer(error, context)
    with transaction():
        kept = claim.replay()
        if kept is not None:
            return kept
        claim.keep(reply)
    return reply


def _is_transient(error: OperationalError) -> bool:
    return getattr(error.__cause__ or error.__context__, "sqlstate", None) in _TRANSIENT
