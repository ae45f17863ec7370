"""Records that others embed: `embed=user,book,copy`, one statement for each noun of a page."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from api.operation import Call
from models.brief import BRIEF

Record = dict[str, Any]
Records = list[Record]
Naming = Sequence[Mapping[str, Any]]


def embedder(
    call: Call, naming: Callable[[Records], Naming] = lambda records: records
) -> Callable[[Records], None]:
    """What adds to the records of a page those of other nouns that the query asks for.

    A record names them by `user_id`, `book_id` and `copy_id`, or what `naming` gives for it does;
    what is not named is null.
    """
    wanted = [name for name in call.query.get("embed", ()) if name in BRIEF]

    def embed(records: Records) -> None:
        names = naming(records) if wanted else ()
        for name in wanted:
            ids = [one[f"{name}_id"] for one in names]
            found = BRIEF[name]({*ids} - {None})
            for record, record_id in zip(records, ids, strict=True):
                record[name] = found.get(record_id)

    return embed


def embedded(record: Record, embed: Callable[[Records], None]) -> Record:
    """One record with what it embeds, in place."""
    embed([record])
    return record
