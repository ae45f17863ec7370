"""Events: the feed of what has happened."""

from functools import cache

from api.auth.tokens import Signer
from api.operation import Answer, Call, operation
from api.problems import Problem
from api.resource import Resource
from events import feed
from models import event, timestamps
from models.database import database
from validators import events as schemas
from validators.engine.queries import compile_query


class Events(Resource):
    """`/events`"""

    @operation(
        "listEvents",
        "Read events",
        query=compile_query(schemas.EVENTS_QUERY),
        answer=schemas.EVENTS,
        problems=("bad-cursor",),
    )
    def get(self, call: Call) -> Answer:
        """The next events after a cursor, in the order in which they were committed.

        Ask again with `next_cursor`, which is given at the end too and stays valid for ever.
        """
        types, limit = call.query.get("types", ()), call.query["limit"]
        position = _position(call.query["cursor"])
        events, position = feed.page(position, types, limit, timestamps.now())
        return Answer({"data": events, "next_cursor": _signer(database.obj).sign(position)})


def _position(cursor: str | None) -> int:
    if not cursor:
        return 0
    position = _signer(database.obj).read(cursor)
    if not isinstance(position, int):
        raise Problem("bad-cursor", "This cursor was not given for events.")
    return position


@cache
def _signer(_: object) -> Signer:
    """By the key of the database, which outlives the keys of the settings."""
    return Signer([event.cursor_key()], "events")
