"""Records that lists embed: `embed=user,book,copy`, one statement for each noun of a page."""

from collections.abc import Callable
from typing import Any

from api.operation import Call
from models.brief import BRIEF

Records = list[dict[str, Any]]


def embedder(call: Call) -> Callable[[Records], None]:
    """What adds to the records of a page those of other nouns that the query asks for.

    A record names them by `user_id`, `book_id` and `copy_id`; what it does not name is null.
    """
    wanted = [name for name in call.query.get("embed", ()) if name in BRIEF]

    def embed(records: Records) -> None:
        for name in wanted:
            ids = {record[f"{name}_id"] for record in records} - {None}
            found = BRIEF[name](ids)
            for record in records:
                record[name] = found.get(record[f"{name}_id"])

    return embed
