"""Lists by cursor: walked whole, in the order asked for, and only with a cursor that fits."""

import re
import string
from collections.abc import Iterator
from typing import Any

import pytest

from models import book as books
from models import copy as copies
from models import post as posts
from models import user_list
from models.database import transaction
from models.found_rows import FoundRows
from models.listing import Sort
from models.user import User
from tests.support import people
from tests.support.asking import Asker
from tests.support.people import Person
from validators.engine import queries

LISTS = {
    "/books": ("id", "title", "author", "published_year", "created_at", "updated_at"),
    "/copies": ("id", "barcode", "location", "shelfmark", "created_at", "updated_at"),
    "/posts": ("id", "title", "published_at", "created_at", "updated_at"),
    "/users": ("id", "email", "last_name", "created_at", "updated_at"),
    "/auth/keys": ("id", "name", "created_at"),
    "/audit": (),
}
ORDERS = [
    (path, order)
    for path, keys in LISTS.items()
    for order in ("", *keys, *(f"-{key}" for key in keys))
]
BASE64 = string.ascii_letters + string.digits + "-_"
TWO_KEYS = [
    ("/books", "author,-title"),
    ("/books", "-published_year,title"),
    ("/copies", "-location,id"),
]


@pytest.fixture
def library(admin: Person) -> Person:
    """An administrator whose library has seven of everything, with ties and gaps to sort by."""
    clerk = admin.actor
    with transaction():
        for n in range(7):
            year = None if n % 3 else 1900 + n // 2
            values = {"title": f"Emma {n // 2}", "author": None if n % 2 else f"Austen {n}"}
            record = books.create({**values, "published_year": year}, clerk)
            place = {"location": None if n % 2 else "Annexe"}
            copies.create(record.id, {"barcode": f"b{n}", **place}, clerk)
            news = {"title": f"News {n // 3}", "content": "x", "published": bool(n % 2)}
            posts.create(news, clerk)
            people.add("member", f"m{n}@example.org")
            people.key(admin, [])
    return admin


def walk(ask: Asker, path: str, by: Person, **query: str) -> Iterator[dict[str, Any]]:
    """Every record of a list, three at a time."""
    asked = "".join(f"&{name}={value}" for name, value in query.items() if value)
    cursor: str | None = ""
    while cursor is not None:
        answer = ask.get(f"{path}?limit=3&cursor={cursor}{asked}", by=by)
        assert answer.status_code == 200, answer.text
        assert set(answer.json["pagination"]) == {"limit", "next_cursor"}
        yield from answer.json["data"]
        cursor = answer.json["pagination"]["next_cursor"]


def links(answer: Any) -> dict[str, str]:
    """The targets of the Link header by relation."""
    header = answer.headers.get("Link", "")
    return {rel: url for url, rel in re.findall(r'<([^>]*)>; rel="(\w+)"', header)}


def cursor_of(ask: Asker, path: str) -> str:
    """The cursor to the second part of a list."""
    cursor: str = ask.get(path).json["pagination"]["next_cursor"]
    return cursor


@pytest.mark.parametrize(("path", "order"), [*ORDERS, *TWO_KEYS])
def test_a_walk_meets_every_record_once_in_the_order_of_the_pages(
    ask: Asker, library: Person, path: str, order: str
) -> None:
    sort = f"&sort={order}" if order else ""
    paged = ask.get(f"{path}?limit=100{sort}", by=library).json["data"]
    walked = list(walk(ask, path, library, sort=order))
    assert [each["id"] for each in walked] == [each["id"] for each in paged]
    assert len({each["id"] for each in walked}) == len(walked) >= 7


def test_a_walk_keeps_to_its_filters(ask: Asker, library: Person) -> None:
    walked = list(walk(ask, "/posts", library, published="true"))
    assert len(walked) == 3
    assert all(each["published"] for each in walked)


def test_the_link_to_the_next_part_is_given_too(ask: Asker, library: Person) -> None:
    answer = ask.get("/books?cursor=&limit=3&sort=-title")
    url = answer.headers["Link"].split(">")[0].removeprefix("</api/v1")
    following = ask.get(url).json
    assert len(following["data"]) == 3
    assert following["pagination"]["next_cursor"] is not None


FOLLOWED = [
    *("/books?", "/books?sort=-title&", "/books?sort=author,-title&fields=id&", "/copies?"),
    *(
        "/books?q=emma&",
        "/books?q=emma&sort=-relevance&",
        "/books?q=emma&updated_since=2000-01-01T00:00:00Z&",
    ),
    *("/users?", "/audit?"),
]


@pytest.fixture
def _four_numbered_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages have numbers up to row 4."""
    monkeypatch.setattr(queries, "LAST_NUMBERED_ROW", 4)


def followed(ask: Asker, url: str | None, by: Person) -> list[Any]:
    """The records of all pages to which `next` leads."""
    met: list[Any] = []
    while url is not None:
        answer = ask.get(url.removeprefix("/api/v1"), by=by)
        assert answer.status_code == 200, answer.text
        met += answer.json["data"]
        url = links(answer).get("next")
    return met


@pytest.mark.usefixtures("_four_numbered_rows")
@pytest.mark.parametrize("path", FOLLOWED)
def test_who_follows_next_meets_everything_past_the_last_numbered_row(
    ask: Asker, library: Person, path: str
) -> None:
    whole = [one["id"] for one in ask.get(f"{path}limit=100", by=library).json["data"]]
    met = followed(ask, f"{path}limit=2", library)
    assert [one["id"] for one in met] == whole


@pytest.mark.usefixtures("_four_numbered_rows")
def test_groups_of_doubles_past_the_last_numbered_row_are_met(ask: Asker, admin: Person) -> None:
    with transaction():
        for n in range(12):
            books.create({"title": f"Twin {n // 2}"}, admin.actor)
    assert len(followed(ask, "/reports/duplicates?limit=2", admin)) == 6


def test_found_rows_go_on_after_any_of_them() -> None:
    found = FoundRows([([number], number) for number in range(3)])
    position = found.position({}, (), 2)
    assert found.after({}, (), position, limit=9) == ([2], None)
    assert found.position({}, (), 4) is None


@pytest.mark.usefixtures("_four_numbered_rows")
def test_no_link_leads_past_the_last_numbered_row(ask: Asker, library: Person) -> None:
    answer = ask.get("/books?limit=2&page=2")
    assert answer.json["pagination"]["pages"] == 4
    found = links(answer)
    assert set(found) == {"first", "prev", "next"}
    assert "cursor=" in found["next"]
    assert "page=" not in found["next"]


def test_what_is_added_behind_is_met_and_what_is_removed_is_not(
    ask: Asker, library: Person
) -> None:
    walked = walk(ask, "/books", library)
    first = next(walked)
    ask.delete(f"/books/{first['id'] + 5}", by=library)
    added = ask.post("/books", {"title": "Zadig"}, by=library).json
    met = [each["id"] for each in walked]
    assert added["id"] in met
    assert first["id"] + 5 not in met


def test_the_cursors_own_record_may_vanish(ask: Asker, library: Person) -> None:
    part = ask.get("/books?cursor=&limit=3").json
    ask.delete(f"/books/{part['data'][-1]['id']}", by=library)
    rest = ask.get(f"/books?limit=100&cursor={part['pagination']['next_cursor']}").json["data"]
    assert [each["id"] for each in rest] == [4, 5, 6, 7]


def test_the_longest_titles_can_be_walked(ask: Asker, admin: Person) -> None:
    with transaction():
        for n in range(3):
            title = "".join(chr(0x4E00 + (i * 7919 + n) % 20000) for i in range(1000))
            books.create({"title": title, "author": title[:500]}, admin.actor)
    first = ask.get("/books?cursor=&limit=1&sort=title,author").json["pagination"]["next_cursor"]
    answer = ask.get(f"/books?cursor={first}&limit=1&sort=title,author")
    assert answer.status_code == 200, answer.text


def test_a_changed_cursor_is_refused(ask: Asker, library: Person) -> None:
    cursor = cursor_of(ask, "/books?cursor=&limit=3")
    for place in range(0, len(cursor), 7):
        changed = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        answer = ask.get(f"/books?cursor={changed}")
        assert (answer.status_code, answer.json["code"]) == (400, "bad-cursor")


def test_a_cursor_has_one_spelling(ask: Asker, library: Person) -> None:
    cursor = cursor_of(ask, "/books?cursor=&limit=3")
    others = [cursor[:-1] + last for last in BASE64 if last != cursor[-1]]
    answers = [ask.get(f"/books?cursor={other}") for other in (*others, f"{cursor}=")]
    assert {answer.status_code for answer in answers} == {400}


@pytest.mark.parametrize(
    "made_up", ["x", "1", "null", "%00", "é", ".", "..", "W10.x.y", "x" * 50_000]
)
def test_a_cursor_made_up_is_refused(ask: Asker, made_up: str) -> None:
    answer = ask.get(f"/books?cursor={made_up}")
    assert (answer.status_code, answer.json["code"]) == (400, "bad-cursor")


@pytest.mark.parametrize(
    "other",
    [
        "/copies?",
        "/posts?",
        "/books/1/copies?",
        "/books?language=eng&",
        "/books?q=emma&",
        "/books?sort=title&",
        "/books?sort=-id&",
    ],
)
def test_a_cursor_of_another_list_filter_or_order_is_refused(
    ask: Asker, library: Person, other: str
) -> None:
    cursor = cursor_of(ask, "/books?cursor=&limit=3")
    answer = ask.get(f"{other}cursor={cursor}")
    assert (answer.status_code, answer.json["code"]) == (400, "bad-cursor")


def test_a_cursor_from_a_node_of_a_release_that_sorted_otherwise_is_refused(
    ask: Asker, library: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/users?sort=last_name&limit=3&cursor="
    before = {**user_list.LISTING.sorts, "last_name": Sort(User.last_name)}
    with monkeypatch.context() as release_before:
        release_before.setattr(user_list.LISTING, "sorts", before)
        release_before.setattr(user_list.LISTING, "_compiled", {})
        cursor = ask.get(path, by=library).json["pagination"]["next_cursor"]
    answer = ask.get(f"{path}{cursor}", by=library)
    assert (answer.status_code, answer.json["code"]) == (400, "bad-cursor")


def test_an_access_token_is_no_cursor(ask: Asker, library: Person) -> None:
    body = {"email": library.email, "password": people.PASSWORD}
    token = ask.post("/auth/login", body).json["access_token"]
    assert ask.get(f"/books?cursor={token}").json["code"] == "bad-cursor"


def test_a_later_page_and_a_cursor_do_not_go_together(ask: Asker) -> None:
    assert "next_cursor" in ask.get("/books?page=1&cursor=").json["pagination"]
    answer = ask.get("/books?page=2&cursor=")
    assert (answer.status_code, answer.json["code"]) == (400, "invalid")
    assert answer.json["errors"][0]["parameter"] == "page"


def test_an_empty_list_ends_at_once(ask: Asker) -> None:
    answer = ask.get("/books?cursor=").json
    assert answer == {"data": [], "pagination": {"limit": 20, "next_cursor": None}}


def test_a_list_that_fills_its_last_part_ends_there(ask: Asker, library: Person) -> None:
    answer = ask.get("/books?cursor=&limit=7").json
    assert (len(answer["data"]), answer["pagination"]["next_cursor"]) == (7, None)
