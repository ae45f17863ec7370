"""The keys of forms on PostgreSQL, where two transactions can work at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from api.context import Context
from api.http.idempotency import OF_FORM, Claim, Vault
from api.http.reply import Reply
from api.problems import Problem
from api.transaction import transacted
from models.database import database
from tests.support.servers import wait_for

_WAITS = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def _clicked_twice(environ: dict[str, Any]) -> tuple[Reply, Any, int]:
    """What two clicks at once are answered, and how often they acted; the first one ends last."""
    begun, may_end, acts = Event(), Event(), []
    vault = Vault(["a secret of the tests, long enough"])

    def act() -> Reply:
        acts.append(1)
        begun.set()
        may_end.wait(30)
        return Reply(201, b'{"id": 1}')

    def click() -> Reply:
        context = Context({"PATH_INFO": "/api/v1/holds", **environ}, "POST", "", "r-1", "::1")
        try:
            return transacted(act, Claim("k", context, b"{}", vault), context)
        finally:
            database.close()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(click)
        begun.wait(30)
        second = pool.submit(click)
        wait_for(lambda: second.done() or bool(database.execute_sql(_WAITS).fetchone()))
        may_end.set()
        return first.result(), second.exception() or second.result(), len(acts)


@pytest.mark.usefixtures("postgresql")
def test_a_second_click_on_a_form_waits_for_the_answer_of_the_first() -> None:
    first, second, acts = _clicked_twice({OF_FORM: "k"})
    assert (second.code, second.body, acts) == (201, first.body, 1)


@pytest.mark.usefixtures("postgresql")
def test_over_http_a_second_request_at_the_same_time_is_told_of_the_first() -> None:
    _, second, acts = _clicked_twice({})
    assert isinstance(second, Problem)
    assert (second.code, acts) == ("idempotency-in-progress", 1)
