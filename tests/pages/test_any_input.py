"""No input of a page is answered by an error of the server."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.app import Octavo
from tests.support.browsing import Browsing
from tests.support.people import Person
from tests.support.shelves import Shelves

BOUNDED = settings(
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SAMPLES = {"id": "1", "kind": "welcome", "language": "eng", "day": "2030-01-01"}
LEFT_OUT = frozenset({"/sign-out", "/account/password", "/account/pin"})
"""What would sign the visitor out, or take long for its hashes."""
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", "1", "-1", "0", "9" * 30, "²", "1.5", "nan", "true", "[]", "2026-02-30"]),
    st.sampled_from(["B00001", "C00002", "\x00", "\ud800", "é" * 200, "x" * 2000]),
)


def _paths(app: Octavo, method: str) -> list[str]:
    found = set()
    for rule in app.url_map.iter_rules():
        is_ours = rule.endpoint.partition(".")[0] in ("reader", "desk", "print", "start")
        if is_ours and method in (rule.methods or ()) and rule.rule not in LEFT_OUT:
            found.add(re.sub(r"<(\w+):\w+>", lambda one: SAMPLES[one[1]], rule.rule))
    return sorted(found)


@pytest.fixture
def clerk(app: Octavo, admin: Person, shelves: Shelves) -> Browsing:
    """An administrator in a library with a book, a loan and a member."""
    shelves.lend(shelves.book("Emma", copies=2)["barcodes"][0], shelves.member())
    return Browsing(app).sign_in(admin)


def _names(browsing: Browsing, path: str) -> list[str]:
    """The fields of the forms on the page, which is where most forms go to."""
    browsing.go(path)
    if browsing.page is None:
        return []
    return sorted(set(browsing.page.xpath("//*[@name]/@name")) - {"form_token", "viewport"})


@pytest.mark.settings(RATE_LIMIT_LOGIN="off")
def test_no_form_is_answered_by_an_error_of_the_server(app: Octavo, clerk: Browsing) -> None:
    token = clerk.page.xpath('//input[@name="form_token"]/@value')[0]
    names = {name for path in _paths(app, "GET") for name in _names(clerk, path)}
    names |= {"key", "codes", "reason", "loan_id", "fee_id", "user_id", "amount", "day", "act"}
    paths = _paths(app, "POST")
    fields = st.dictionaries(st.sampled_from(sorted(names)), VALUES, max_size=12)

    @BOUNDED
    @given(path=st.sampled_from(paths), filled=fields)
    def run(path: str, filled: dict[str, Any]) -> None:
        sent = {name: text.encode("utf-8", "surrogatepass") for name, text in filled.items()}
        clerk.send(path, {**sent, "form_token": token})
        assert clerk.status < 500, (path, clerk.answer.text)

    run()


@pytest.mark.settings(RATE_LIMIT_CALLER="off")
def test_no_address_is_answered_by_an_error_of_the_server(app: Octavo, clerk: Browsing) -> None:
    paths = _paths(app, "GET")
    names = ("q", "page", "sort", "language", "done", "next", "user_id", "hold_id", "token", "id")
    queries = st.dictionaries(st.sampled_from(names), VALUES, max_size=4)

    @BOUNDED
    @given(path=st.sampled_from(paths), query=queries)
    def run(path: str, query: dict[str, str]) -> None:
        asked = "&".join(
            f"{name}={quote(text.encode('utf-8', 'surrogatepass'))}" for name, text in query.items()
        )
        clerk.go(f"{path}?{asked}")
        assert clerk.status < 500, (path, asked, clerk.answer.text)

    run()
