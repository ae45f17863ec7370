"""The requests that a start asks by itself: of them nobody is told."""

import logging

import pytest
from flask.testing import FlaskClient

from api import warming
from api.app import Octavo
from models.database import database
from tests.api.test_watching import numbers


def test_what_a_start_asks_is_neither_logged_nor_counted(
    app: Octavo, client: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    warming.warm_up(app)
    assert capfd.readouterr().err == ""
    found = numbers(client)
    assert not [name for name in found if name.startswith("octavo_requests_total{")]
    assert found["octavo_database_statements_total"] == 0


def test_the_pages_and_lists_that_most_ask_for_are_ready(app: Octavo) -> None:
    warming.warm_up(app)
    names = {name for _, name in app.jinja_env.cache or {}}
    assert {"reader/home.html", "reader/results.html", "frame/layout.html"} <= names


@pytest.mark.settings(RATE_LIMIT_ANONYMOUS="1 per minute")
def test_what_a_start_asks_counts_against_nobodys_limit(app: Octavo, client: FlaskClient) -> None:
    warming.warm_up(app)
    assert client.get("/api/v1/books").status_code == 200


def test_a_start_goes_on_without_a_library_and_logs_errors_again(
    app: Octavo, caplog: pytest.LogCaptureFixture
) -> None:
    database.obj.close()
    database.obj.init(":memory:")
    warming.warm_up(app)
    assert caplog.records == []
    logging.getLogger("octavo.errors").error("an error")
    assert [record.getMessage() for record in caplog.records] == ["an error"]
