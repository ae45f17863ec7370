"""The feed of events over HTTP."""

from dataclasses import replace

import pytest

from api.app import Octavo, create_app
from tests.support.asking import Asker
from tests.support.people import Person


def test_a_cursor_goes_on_where_it_left_off_and_stays_good_at_the_end(
    ask: Asker, librarian: Person
) -> None:
    for number in range(3):
        ask.post("/posts", {"title": f"News {number}", "content": "-"}, by=librarian)
    first = ask.get("/events?cursor=&types=post.create&limit=2", by=librarian).json
    assert [one["data"]["title"] for one in first["data"]] == ["News 0", "News 1"]
    path = f"/events?types=post.create&cursor={first['next_cursor']}"
    second = ask.get(path, by=librarian).json
    assert [one["data"]["title"] for one in second["data"]] == ["News 2"]
    end = ask.get(f"/events?types=post.create&cursor={second['next_cursor']}", by=librarian).json
    assert end == {"data": [], "next_cursor": second["next_cursor"]}
    ask.post("/posts", {"title": "News 3", "content": "-"}, by=librarian)
    more = ask.get(f"/events?types=post.create&cursor={end['next_cursor']}", by=librarian).json
    assert [one["data"]["title"] for one in more["data"]] == ["News 3"]


def test_without_events_there_is_a_cursor_too(ask: Asker, librarian: Person) -> None:
    empty = ask.get("/events?cursor=&types=closure.delete", by=librarian).json
    assert empty["data"] == []
    assert isinstance(empty["next_cursor"], str)
    again = ask.get(f"/events?cursor={empty['next_cursor']}", by=librarian)
    assert again.status_code == 200


def test_types_are_given_with_commas_or_again(ask: Asker, librarian: Person) -> None:
    ask.post("/posts", {"title": "News", "content": "-"}, by=librarian)
    found = ask.get("/events?types=post.create,post.delete", by=librarian).json["data"]
    assert [one["type"] for one in found] == ["post.create"]


@pytest.mark.parametrize("query", ["types=loan.lend", "types=", "limit=0", "limit=101", "page=1"])
def test_what_cannot_be_asked_is_told(ask: Asker, librarian: Person, query: str) -> None:
    refused = ask.get(f"/events?{query}", by=librarian)
    assert (refused.status_code, refused.json["code"]) == (400, "invalid")


def test_a_cursor_of_another_list_or_changed_is_refused(ask: Asker, librarian: Person) -> None:
    ask.post("/posts", {"title": "News", "content": "-"}, by=librarian)
    ask.post("/posts", {"title": "More", "content": "-"}, by=librarian)
    others = ask.get("/posts?cursor=&limit=1", by=librarian).json["pagination"]["next_cursor"]
    own = ask.get("/events?limit=1", by=librarian).json["next_cursor"]
    for cursor in (others, own[:-1] + ("A" if own[-1] != "A" else "B"), "1", "x" * 3000):
        refused = ask.get(f"/events?cursor={cursor}", by=librarian)
        assert (refused.status_code, refused.json["code"]) == (400, "bad-cursor"), cursor


def test_a_cursor_outlives_the_keys_of_the_settings(
    app: Octavo, ask: Asker, librarian: Person
) -> None:
    cursor = ask.get("/events?limit=1", by=librarian).json["next_cursor"]
    renewed = replace(app.config["SETTINGS"], secret_keys=("another key of enough length for it",))
    after = Asker(create_app(renewed).test_client())
    assert after.get(f"/events?cursor={cursor}", by=librarian).status_code == 200
