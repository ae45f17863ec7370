"""Two nodes on one PostgreSQL and one Redis are one service."""

from collections.abc import Callable
from uuid import uuid4

import pytest
import requests

from tests.support import people, servers
from tests.support.servers import ADMIN, Server, wait_for

ALL = 12
"""Requests enough for each of the four workers to answer some, as nginx asks the nodes in turn."""
pytestmark = pytest.mark.parametrize("server", [servers.TWO_NODES], indirect=True)


def statuses(ask: Callable[[], requests.Response]) -> set[int]:
    """How so many requests are answered, one after the other."""
    return {ask().status_code for _ in range(ALL)}


def signed_in(server: Server, email: str) -> dict[str, str]:
    """The headers of a member who has just signed in with a token."""
    body = {"email": email, "password": people.PASSWORD}
    answer = requests.post(server.api("/auth/login"), json=body, timeout=10)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def new_member(server: Server) -> tuple[str, str]:
    """The email of a member and the path of their record."""
    email = f"{uuid4().hex}@example.org"
    body = {"email": email, "first_name": "Ada", "last_name": "King", "password": people.PASSWORD}
    made = requests.post(server.api("/users"), json=body, auth=ADMIN, timeout=10)
    return email, f"/users/{made.json()['id']}"


def test_who_signs_out_at_one_node_is_signed_out_at_all(server: Server) -> None:
    email, _ = new_member(server)
    headers = signed_in(server, email)

    def profile() -> requests.Response:
        return requests.get(server.api("/auth/profile"), headers=headers, timeout=10)

    assert statuses(profile) == {200}
    requests.post(server.api("/auth/logout"), headers=headers, timeout=10)
    assert statuses(profile) == {401}


def test_a_changed_password_is_refused_by_all_nodes_at_once(server: Server) -> None:
    email, path = new_member(server)

    def profile() -> requests.Response:
        account = (email, people.PASSWORD)
        return requests.get(server.api("/auth/profile"), auth=account, timeout=10)

    assert statuses(profile) == {200}
    body = {"new_password": "another long password"}
    done = requests.put(server.api(f"{path}/password"), json=body, auth=ADMIN, timeout=10)
    assert done.ok
    assert statuses(profile) == {401}


def test_an_import_is_done_whichever_node_has_its_file(server: Server) -> None:
    started = [
        requests.post(
            server.api("/imports?format=csv"),
            data=f"title\n{uuid4().hex}\n".encode(),
            headers={"Content-Type": "text/csv"},
            auth=ADMIN,
            timeout=10,
        ).headers["Location"]
        for _ in range(4)
    ]

    def are_done() -> bool:
        told = [requests.get(server.url + each, auth=ADMIN, timeout=10).json() for each in started]
        return all(each["status"] == "done" and each["created"] == 1 for each in told)

    wait_for(are_done, 60)


def test_a_change_at_one_node_is_read_at_all(server: Server) -> None:
    made = requests.post(server.api("/books"), json={"title": "Emma"}, auth=ADMIN, timeout=10)
    book = server.url + made.headers["Location"]
    for number in range(ALL):
        requests.patch(book, json={"title": f"Emma {number}"}, auth=ADMIN, timeout=10)
        seen = {requests.get(book, timeout=10).json()["title"] for _ in range(4)}
        assert seen == {f"Emma {number}"}
