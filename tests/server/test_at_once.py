"""Requests at once, against several worker processes: everything happens exactly once."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.support import servers
from tests.support.servers import ADMIN, Server

pytestmark = pytest.mark.server
CLIENTS = 8
ISBNS = ("9780141439587", "9780140434088", "9780306406157", "9780804429573")


def at_once(act: Callable[[int], requests.Response]) -> list[requests.Response]:
    """The answers to `CLIENTS` requests that set off together."""
    line = Barrier(CLIENTS)

    def set_off(number: int) -> requests.Response:
        line.wait(timeout=20)
        return act(number)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(set_off, range(CLIENTS)))


def statuses(answers: list[requests.Response]) -> Counter[int]:
    """How often each status came."""
    return Counter(answer.status_code for answer in answers)


def post(server: Server, path: str, body: Any, **how: Any) -> requests.Response:
    """The answer to a POST by the administrator."""
    how.setdefault("auth", ADMIN)
    return requests.post(server.api(path), json=body, timeout=30, **how)


def new_person(role: str) -> dict[str, str]:
    """A body that makes somebody new."""
    name = uuid4().hex
    return {
        "email": f"{name}@example.org",
        "password": "a new long password",
        "first_name": "New",
        "last_name": "Person",
        "role": role,
    }


@servers.EVERYWHERE
@pytest.mark.parametrize("isbn", ISBNS)
def test_of_books_with_one_isbn_one_is_made(server: Server, isbn: str) -> None:
    answers = at_once(lambda n: post(server, "/books", {"title": f"Emma {n}", "isbn": isbn}))
    assert statuses(answers) == {201: 1, 409: CLIENTS - 1}
    (made,) = (answer.json()["id"] for answer in answers if answer.status_code == 201)
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert {each["existing_id"] for each in refused} == {made}


@servers.EVERYWHERE
def test_of_accounts_with_one_email_one_is_made(server: Server) -> None:
    body = new_person("member")
    answers = at_once(lambda n: post(server, "/users", body))
    assert statuses(answers) == {201: 1, 409: CLIENTS - 1}


@servers.EVERYWHERE
def test_under_one_idempotency_key_one_thing_is_done(server: Server) -> None:
    title, headers = uuid4().hex, {"Idempotency-Key": uuid4().hex}
    answers = at_once(
        lambda n: post(server, "/posts", {"title": title, "content": "x"}, headers=headers)
    )
    assert set(statuses(answers)) <= {201, 409}
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    refused = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert refused <= {"idempotency-in-progress"}
    found = requests.get(server.api(f"/posts?q={title}"), auth=ADMIN, timeout=30).json()
    assert found["pagination"]["total"] == 1


@servers.EVERYWHERE
def test_a_refresh_token_works_once_also_when_used_at_once(server: Server) -> None:
    signed_in = post(server, "/auth/login", None).json()
    token = {"refresh_token": signed_in["refresh_token"]}
    answers = at_once(lambda n: post(server, "/auth/refresh", token, auth=None))
    assert statuses(answers) == {200: 1, 401: CLIENTS - 1}
    headers = {"Authorization": f"Bearer {signed_in['access_token']}"}
    ended = requests.get(server.api("/auth/profile"), headers=headers, timeout=30)
    assert ended.status_code == 401


@servers.EVERYWHERE
def test_changes_to_one_revision_are_made_once(server: Server) -> None:
    made = post(server, "/books", {"title": "Emma"})
    url, headers = server.url + made.headers["Location"], {"If-Match": made.headers["ETag"]}
    answers = at_once(
        lambda n: requests.patch(
            url, json={"title": f"Emma {n}"}, headers=headers, auth=ADMIN, timeout=30
        )
    )
    assert statuses(answers) == {200: 1, 412: CLIENTS - 1}
    assert requests.get(url, timeout=30).json()["revision"] == 2


@servers.EVERYWHERE
def test_when_all_admins_step_down_at_once_one_stays(server: Server) -> None:
    bodies = [new_person("admin") for _ in range(CLIENTS - 1)]
    ids = [post(server, "/users", body).json()["id"] for body in bodies]
    first = requests.get(server.api("/auth/profile"), auth=ADMIN, timeout=30).json()["id"]
    signs_in = [(body["email"], body["password"]) for body in bodies] + [ADMIN]
    urls = [server.api(f"/users/{user_id}") for user_id in (*ids, first)]

    def step_down(number: int) -> requests.Response:
        body, auth = {"role": "librarian"}, signs_in[number]
        return requests.patch(urls[number], json=body, auth=auth, timeout=30)

    answers = at_once(step_down)
    assert statuses(answers) == {200: CLIENTS - 1, 409: 1}
    (stayed,) = (n for n, answer in enumerate(answers) if answer.status_code == 409)
    back = requests.patch(urls[-1], json={"role": "admin"}, auth=signs_in[stayed], timeout=30)
    assert back.status_code == 200


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that lets an address without credentials in ten times a day."""
    started = servers.start(
        tmp_path_factory.mktemp("limited"), RATE_LIMIT_ANONYMOUS="10 per day", WORKERS="3"
    )
    yield started
    started.stop()


def test_workers_count_together(limited: Server) -> None:
    answers = [requests.get(limited.api("/posts"), timeout=30) for _ in range(13)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 3
