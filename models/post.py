"""Posts: the library's news."""

from collections.abc import Mapping
from typing import Any

from peewee import SQL, IntegerField, TextField, fn

from models import audit
from models.audit import Actor
from models.clock import timestamp
from models.database import Compiled, Table, for_update, slot
from models.errors import Missing
from models.listing import Filter, Listing, Sort, contains, equals, is_flag
from models.text import fold
from models.view import View


class Post(Table):
    """One piece of news."""

    title = TextField()
    content = TextField()
    published = IntegerField()
    published_at = TextField(null=True)
    author_id = IntegerField(null=True)
    search_key = TextField()
    created_at = TextField()
    updated_at = TextField()
    revision = IntegerField()


VIEW = View(
    Post,
    "id title content published published_at author_id created_at updated_at revision",
    flags={"published"},
)

LISTING = Listing(
    Post,
    VIEW,
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
        "author_id": equals(Post.author_id),
        "published": is_flag(Post.published),
        # What a reader who writes nothing sees, and what an author sees.
        "public": Filter(lambda slots: Post.published == 1, lambda asked: []),
        "reader": Filter(lambda slots: (Post.published == 1) | (Post.author_id == slots[0])),
    },
)

_BY_ID = Compiled(lambda: Post.select(*VIEW.columns).where(Post.id == slot("id")))
_LOCKED = Compiled(lambda: for_update(Post.select(*VIEW.columns).where(Post.id == slot("id"))))

_VISIBILITY = Compiled(
    lambda: Post.select(Post.published, Post.author_id).where(Post.id == slot("id"))
)


def tag(record: Mapping[str, Any]) -> tuple[str, int, int]:
    """What names the present state of the record: noun, id and revision."""
    return ("post", record["id"], record["revision"])


def find(post_id: int) -> dict[str, Any]:
    """The post, as it is shown. Raises Missing."""
    return VIEW.present(_existing(_BY_ID.row(id=post_id)))


def locked(post_id: int) -> dict[str, Any]:
    """The post, held against other writers until the transaction ends. Raises Missing."""
    return VIEW.read(_existing(_LOCKED.row(id=post_id)))


def is_visible(post_id: int, reader: int | None, staff: bool) -> bool:
    """Whether the post exists for this reader: drafts do for their author and for staff."""
    row = _VISIBILITY.row(id=post_id)
    return row is not None and (bool(row[0]) or staff or (reader is not None and row[1] == reader))


def author(post_id: int) -> int | None:
    """The id of the post's author; None when the account, or the post, is gone."""
    row = _VISIBILITY.row(id=post_id)
    return None if row is None else row[1]


def create(values: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Add a post of the actor's; `published_at` is the moment it is first published."""
    moment = timestamp()
    post_id: int = Post.insert(
        {
            **values,
            "published": int(values["published"]),
            "published_at": moment if values["published"] else None,
            "author_id": actor.id,
            "search_key": _search_key(values),
            "created_at": moment,
            "updated_at": moment,
            "revision": 1,
        }
    ).execute()
    audit.record(actor, "post.create", "post", post_id)
    return find(post_id)


def update(post: dict[str, Any], values: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Write changed fields of a post that is `locked`."""
    changed = {name: value for name, value in values.items() if post[name] != value}
    if changed:
        after = {**post, **changed}
        moment = timestamp()
        if after["published"] and after["published_at"] is None:
            after["published_at"] = moment
        Post.update(
            {
                **{name: after[name] for name in ("title", "content", "published_at")},
                "published": int(after["published"]),
                "search_key": _search_key(after),
                "updated_at": moment,
                "revision": Post.revision + 1,
            }
        ).where(Post.id == post["id"]).execute()
        audit.record(actor, "post.update", "post", post["id"], changes=_outline(post, after))
    return find(post["id"])


def delete(post: dict[str, Any], actor: Actor) -> None:
    """Remove a post that is `locked`."""
    Post.delete().where(Post.id == post["id"]).execute()
    audit.record(actor, "post.delete", "post", post["id"])


def _existing(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    if row is None:
        raise Missing("There is no such post.")
    return row


def _search_key(values: Mapping[str, Any]) -> str:
    return fold(f"{values['title']} {values['content']}")


def _outline(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What changed, without keeping whole texts in the audit log."""
    return audit.differences(before, after, personal=frozenset({"content"}))
