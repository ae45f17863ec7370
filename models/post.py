"""Posts: the library's news."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from peewee import SQL, BooleanField, ForeignKeyField, IntegerField, TextField, fn

from models import audit
from models.audit import Actor
from models.database import Table, for_update
from models.errors import Missing
from models.listing import Filter, Listing, Sort, contains, equals
from models.rows import Json, RowReader, Tag
from models.text import fold
from models.timestamps import timestamp
from models.user import User


class Post(Table):
    """One piece of news."""

    title = TextField()
    content = TextField()
    published = BooleanField()
    published_at = TextField(null=True)
    author = ForeignKeyField(User, null=True, on_delete="SET NULL")
    search_key = TextField()
    created_at = TextField()
    updated_at = TextField()
    revision = IntegerField()


class PostRow(NamedTuple):
    """A post as it is stored."""

    id: int
    title: str
    content: str
    published: bool
    published_at: str | None
    author_id: int | None
    created_at: str
    updated_at: str
    revision: int

    @property
    def tag(self) -> Tag:
        """What names the present state of the post."""
        return ("post", self.id, self.revision)

    def to_json(self) -> Json:
        """The post as clients see it."""
        return self._asdict()


ROWS = RowReader(Post, PostRow)

LISTING = Listing(
    Post,
    ROWS,
    sorts={
        "id": Sort(Post.id),
        "title": Sort(Post.title),
        "published_at": Sort(fn.COALESCE(Post.published_at, SQL("''"))),
        "created_at": Sort(Post.created_at),
        "updated_at": Sort(Post.updated_at),
    },
    default_sort=("-id",),
    filters={
        "q": contains(Post.search_key, fold),
        "author_id": equals(Post.author),
        "published": equals(Post.published),
        # What a reader who writes nothing sees, and what an author sees.
        "public": Filter(lambda slots: Post.published, lambda asked: []),
        "reader": Filter(lambda slots: (Post.published) | (Post.author == slots[0])),
    },
)


def find(post_id: int) -> PostRow:
    """The post. Raises Missing."""
    return _existing(ROWS.select().where(Post.id == post_id))


def locked(post_id: int) -> PostRow:
    """The post, locked against other writers until the transaction ends. Raises Missing."""
    return _existing(for_update(ROWS.select().where(Post.id == post_id)))


def create(values: Mapping[str, Any], actor: Actor) -> PostRow:
    """Add a post of the actor's; `published_at` is the moment it is first published."""
    moment = timestamp()
    post_id: int = Post.insert(
        **values,
        published_at=moment if values["published"] else None,
        author_id=actor.id,
        search_key=_search_key(values["title"], values["content"]),
        created_at=moment,
        updated_at=moment,
        revision=1,
    ).execute()
    audit.record(actor, "post.create", "post", post_id)
    return find(post_id)


def searched(title: str, content: str) -> dict[str, str]:
    """The texts of a post, and by what it is searched."""
    return {"title": title, "content": content, "search_key": _search_key(title, content)}


def update(post: PostRow, values: Mapping[str, Any], actor: Actor) -> PostRow:
    """Write changed fields of a post that is `locked`."""
    after = post._replace(**values)
    if after == post:
        return post
    moment = timestamp()
    if after.published and after.published_at is None:
        after = after._replace(published_at=moment)
    changes = _outline(post, after)
    after = after._replace(updated_at=moment, revision=post.revision + 1)
    key = _search_key(after.title, after.content)
    Post.update(**after._asdict(), search_key=key).where(Post.id == post.id).execute()
    audit.record(actor, "post.update", "post", post.id, changes=changes)
    return after


def delete(post: PostRow, actor: Actor) -> None:
    """Remove a post that is `locked`."""
    Post.delete().where(Post.id == post.id).execute()
    audit.record(actor, "post.delete", "post", post.id)


def _existing(query: Any) -> PostRow:
    row = ROWS.first(query)
    if row is None:
        raise Missing("There is no such post.")
    return row


def _search_key(title: str, content: str) -> str:
    return fold(f"{title} {content}")


def _outline(before: PostRow, after: PostRow) -> dict[str, Any]:
    """What changed, without keeping whole texts in the audit log."""
    return audit.differences(before._asdict(), after._asdict(), personal=frozenset({"content"}))
