"""Posts: the library's news."""

from api.http.pagination import filters, listed
from api.operation import Answer, Call, operation
from api.resource import Resource
from models import post, source_key
from models.post import PostRow
from validators import posts as schemas
from validators.engine.bodies import compile_body
from validators.engine.queries import compile_query


def _answered(row: PostRow, status: int = 200) -> Answer:
    return Answer(row.to_json(), status, tag=row.tag, at=f"/posts/{row.id}")


class Posts(Resource):
    """`/posts`"""

    @operation(
        "listPosts",
        "Read the news",
        query=compile_query(schemas.POSTS_QUERY),
        answer=schemas.POST,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """Published posts; staff sees drafts too."""
        return listed(call, post.LISTING, filters(call))

    @operation(
        "createPost",
        "Write a post",
        body=compile_body(schemas.POST, "create"),
        answer=schemas.POST,
        status=201,
    )
    def post(self, call: Call) -> Answer:
        """The new post, a draft unless it is published."""
        return _answered(post.create(call.body, call.actor), 201)


class Post(Resource):
    """`/posts/{post_id}`"""

    @operation("getPost", "Read a post", answer=schemas.POST, problems=("not-found",))
    def get(self, call: Call, found: PostRow) -> Answer:
        """The post."""
        return _answered(found)

    @operation(
        "replacePost",
        "Replace a post",
        body=compile_body(schemas.POST, "replace"),
        answer=schemas.POST,
        problems=("not-found",),
    )
    def put(self, call: Call, present: PostRow) -> Answer:
        """The post as given."""
        return _answered(post.update(present, call.body, call.actor))

    @operation(
        "updatePost",
        "Change a post",
        body=compile_body(schemas.POST, "patch"),
        answer=schemas.POST,
        problems=("not-found",),
    )
    def patch(self, call: Call, present: PostRow) -> Answer:
        """The post with the fields given changed."""
        return _answered(post.update(present, call.body, call.actor))

    @operation("deletePost", "Remove a post", status=204, problems=("not-found",))
    def delete(self, call: Call, present: PostRow) -> Answer:
        """It is gone."""
        post.delete(present, call.actor)
        source_key.forget("posts", present.id)
        return Answer(status=204)
