"""The library's news."""

from validators.engine.bodies import Schema
from validators.engine.fields import (
    BOOLEAN,
    FREE_TEXT,
    ID,
    LONGEST_TITLE,
    RECORD_ID,
    STAMPS,
    TIMESTAMP,
    required,
    server,
    text,
)
from validators.engine.queries import Query

POST = Schema(
    "Post",
    {
        **RECORD_ID,
        "title": required(text(LONGEST_TITLE), "The headline.", example="Open on Sundays"),
        "content": required(text(100_000), "The text.", example="From May on we are open."),
        "published": {
            **BOOLEAN,
            "default": False,
            "meta": {"description": "Drafts are seen by their author and by librarians."},
        },
        "published_at": {**server(TIMESTAMP, "When it was first published."), "nullable": True},
        "author_id": {
            **server(ID, "Who wrote it; null when the account is gone."),
            "nullable": True,
        },
        **STAMPS,
    },
)

POSTS_QUERY = Query(
    filters={
        "q": {**FREE_TEXT, "meta": {"description": "Words of the title or text."}},
        "author_id": ID,
        "published": BOOLEAN,
    },
    sortable=("id", "title", "published_at", "created_at", "updated_at"),
    fields=tuple(POST.fields),
    paged=True,
)
