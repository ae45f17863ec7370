"""How SQLite merges the pieces of its search index, of which each transaction adds one."""

from contextlib import suppress
from typing import Any

from models.database import run
from models.search import index


def merging() -> dict[str, int]:
    """How SQLite merges pieces of the index."""
    found = run("SELECT k, v FROM book_fts_config WHERE k IN ('automerge', 'crisismerge')")
    return dict(found.fetchall())


def test_the_index_is_merged_as_usual_after_an_import_that_did_not_end_well(sqlite: Any) -> None:
    with suppress(RuntimeError), index.merged_later():
        during = merging()
        raise RuntimeError("broken off")
    assert during == {"automerge": 64, "crisismerge": 1999}
    assert merging() == {"automerge": 4, "crisismerge": 16}


def test_tidying_ends_what_a_killed_import_has_left(sqlite: Any) -> None:
    index.merged_later().__enter__()
    index.tidy()
    assert merging() == {"automerge": 4, "crisismerge": 16}
