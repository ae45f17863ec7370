"""Posts: the library's news."""

from typing import Any

from api.context import NOBODY, Caller
from api.operation import Answer, Call, operation
from api.paging import filters, listed
from api.pipeline import Resource
from api.problems import Problem
from models import post
from models.errors import Missing
from validators import posts
from validators.bodies import compile_body
from validators.queries import compile_query


def _answered(record: dict[str, Any], status: int = 200) -> Answer:
    return Answer(record, status, tag=post.tag(record), at=f"/posts/{record['id']}")


class Posts(Resource):
    """`/posts`"""

    @operation(
        "listPosts",
        "Read the news",
        query=compile_query(posts.POSTS_QUERY),
        answer=posts.POST,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """Published posts; staff sees drafts too."""
        asked, reader = filters(call), _reader(call)
        if not reader.is_staff:
            asked |= {"public": True} if reader.id is None else {"reader": reader.id}
        return listed(call, post.LISTING, asked)

    @operation(
        "createPost",
        "Write a post",
        body=compile_body(posts.POST, "create"),
        answer=posts.POST,
        status=201,
    )
    def post(self, call: Call) -> Answer:
        """The new post, a draft unless it is published."""
        return _answered(post.create(call.body, call.actor), 201)


class Post(Resource):
    """`/posts/{post_id}`"""

    @operation("getPost", "Read a post", answer=posts.POST, problems=("not-found",))
    def get(self, call: Call, post_id: int) -> Answer:
        """The post."""
        _require_visible(call, post_id)
        return _answered(post.find(post_id))

    @operation(
        "replacePost",
        "Replace a post",
        body=compile_body(posts.POST, "replace"),
        answer=posts.POST,
        problems=("not-found",),
    )
    def put(self, call: Call, post_id: int) -> Answer:
        """The post as given."""
        return self._changed(call, post_id)

    @operation(
        "updatePost",
        "Change a post",
        body=compile_body(posts.POST, "patch"),
        answer=posts.POST,
        problems=("not-found",),
    )
    def patch(self, call: Call, post_id: int) -> Answer:
        """The post with the fields given changed."""
        return self._changed(call, post_id)

    @operation("deletePost", "Remove a post", status=204, problems=("not-found",))
    def delete(self, call: Call, post_id: int) -> Answer:
        """It is gone."""
        _require_visible(call, post_id)
        present = post.locked(post_id)
        call.precondition(post.tag(present))
        post.delete(present, call.actor)
        return Answer(status=204)

    def _changed(self, call: Call, post_id: int) -> Answer:
        _require_visible(call, post_id)
        present = post.locked(post_id)
        _require_own(call, present)
        call.precondition(post.tag(present))
        return _answered(post.update(present, call.body, call.actor))


def _reader(call: Call) -> Caller:
    """Who reads: a key that may not write posts sees what the public sees."""
    return call.caller if call.caller.reaches("posts:write") else NOBODY


def _require_visible(call: Call, post_id: int) -> None:
    """A draft is as good as missing to whoever may not see it."""
    reader = _reader(call)
    if not post.is_visible(post_id, reader.id, reader.is_staff):
        raise Missing("There is no such post.")


def _require_own(call: Call, present: dict[str, Any]) -> None:
    """Another's post a librarian may only take back from the public."""
    if call.caller.role == "admin" or present["author_id"] == call.caller.id:
        return
    changed = {name for name, value in call.body.items() if value != present[name]}
    unpublishes = call.body.get("published") is False and changed <= {"published"}
    if call.operation.id != "updatePost" or not unpublishes:
        raise Problem("forbidden", "Of others' posts you may only set published to false.")
