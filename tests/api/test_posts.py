"""Posts: the library's news, drafted, published, taken back."""

from typing import Any

import pytest

from tests.support.asking import Asker
from tests.support.people import Person

NEWS = {"title": "News", "content": "We are open."}


def test_a_post_is_a_draft_unless_it_says_otherwise(ask: Asker, member: Person) -> None:
    draft = ask.post("/posts", NEWS, by=member).json
    assert (draft["published"], draft["published_at"], draft["author_id"]) == (
        False,
        None,
        member.id,
    )
    public = ask.post("/posts", NEWS | {"published": True}, by=member).json
    assert public["published_at"] == public["created_at"]


def test_a_post_keeps_the_time_it_was_first_published(ask: Asker, member: Person) -> None:
    path = "/posts/" + str(ask.post("/posts", NEWS, by=member).json["id"])
    first = ask.patch(path, {"published": True}, by=member).json["published_at"]
    assert first is not None
    assert ask.patch(path, {"published": False}, by=member).json["published_at"] == first


def test_a_put_takes_a_post_back_unless_it_says_otherwise(
    ask: Asker, librarian: Person, post: dict[str, Any]
) -> None:
    assert ask.put(f"/posts/{post['id']}", NEWS, by=librarian).json["published"] is False


def test_a_librarian_takes_anothers_post_back_and_may_send_the_rest_as_it_is(
    ask: Asker, member: Person, librarian: Person
) -> None:
    post = ask.post("/posts", NEWS | {"published": True}, by=member).json
    path = f"/posts/{post['id']}"
    other = post | {"published": False, "title": "Mine"}
    assert ask.patch(path, other, by=librarian).status_code == 403
    assert ask.patch(path, {"title": post["title"]}, by=librarian).status_code == 403
    assert ask.put(path, NEWS, by=librarian).status_code == 403
    answer = ask.patch(path, post | {"published": False}, by=librarian)
    assert (answer.status_code, answer.json["published"]) == (200, False)


def test_drafts_are_listed_for_their_author_and_for_staff(
    ask: Asker, member: Person, other_member: Person, librarian: Person, post: dict[str, Any]
) -> None:
    draft = ask.post("/posts", NEWS, by=member).json["id"]
    for by, ids in (
        (None, {post["id"]}),
        (other_member, {post["id"]}),
        (member, {post["id"], draft}),
        (librarian, {post["id"], draft}),
    ):
        answer = ask.get("/posts", by=by).json
        assert {each["id"] for each in answer["data"]} == ids
        assert answer["pagination"]["total"] == len(ids)


@pytest.mark.parametrize("asked", ["published=false", "q=open", "author_id=1"])
def test_no_filter_shows_strangers_a_draft(
    ask: Asker, member: Person, other_member: Person, asked: str
) -> None:
    ask.post("/posts", NEWS, by=member)
    for by in (None, other_member):
        assert ask.get(f"/posts?{asked}", by=by).json["data"] == []
    assert len(ask.get(f"/posts?{asked}", by=member).json["data"]) == 1


def test_posts_are_filtered(ask: Asker, librarian: Person, post: dict[str, Any]) -> None:
    ask.post("/posts", {"title": "Draft", "content": "Später"}, by=librarian)
    for query, number in (
        ("q=OPEN%20news", 1),
        ("q=spater", 1),
        ("q=closed", 0),
        ("q=%25", 0),
        ("published=true", 1),
        ("published=false", 1),
        (f"author_id={librarian.id}", 2),
        ("author_id=999", 0),
    ):
        assert len(ask.get(f"/posts?{query}", by=librarian).json["data"]) == number


def test_posts_come_newest_first(ask: Asker, librarian: Person, post: dict[str, Any]) -> None:
    newer = ask.post("/posts", NEWS | {"published": True}, by=librarian).json["id"]
    assert [each["id"] for each in ask.get("/posts").json["data"]] == [newer, post["id"]]


@pytest.mark.parametrize("body", [{"title": "x"}, {"content": "x"}, NEWS | {"content": " "}])
def test_a_post_needs_title_and_content(
    ask: Asker, librarian: Person, body: dict[str, str]
) -> None:
    assert ask.post("/posts", body, by=librarian).status_code == 400


@pytest.mark.parametrize("name", ["author_id", "published_at"])
def test_author_and_time_are_the_servers(
    ask: Asker, librarian: Person, post: dict[str, Any], name: str
) -> None:
    assert ask.post("/posts", NEWS | {name: None}, by=librarian).status_code == 400
    path = f"/posts/{post['id']}"
    other = ask.patch(path, {name: "2001-01-01T00:00:00Z"}, by=librarian)
    assert (other.status_code, other.json["errors"][0]["code"]) == (400, "read-only")
    same = ask.patch(path, {name: post[name]}, by=librarian)
    assert (same.status_code, same.json[name]) == (200, post[name])


def test_a_deleted_post_is_gone(ask: Asker, librarian: Person, post: dict[str, Any]) -> None:
    path = f"/posts/{post['id']}"
    assert ask.delete(path, by=librarian).status_code == 204
    assert ask.get(path).status_code == 404
    assert ask.delete(path, by=librarian).status_code == 404
