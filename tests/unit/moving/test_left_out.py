"""Nothing of a library stays behind untold when it is exported whole."""

from pathlib import Path

import orjson

from models.database import database
from moving.folder import MANIFEST, take_out
from moving.left_out import LEFT_OUT

EXPORTED = {
    *("book", "further_isbn", "marc_record", "copy", "user", "loan", "renewal", "hold", "fee"),
    *("fee_entry", "purchase_order", "receipt", "post", "policy", "closure", "source_key"),
    *("calendar", "calendar_plan", "library"),
}
MADE_ANEW = {
    *("book_bulk", "book_change", "book_cross_tally", "book_fts", "book_fts_config"),
    *("book_fts_data", "book_fts_idx", "book_tally", "book_text", "book_word", "catalogue_version"),
    *("index_version", "rulebook", "schema_migration"),
}


def tables() -> set[str]:
    """The names of all tables; SQLite counts among them those of its full-text index."""
    found = database.execute_sql(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return {name for (name,) in found.fetchall()}


def test_each_table_is_exported_or_made_anew_or_named_as_left_out(sqlite: object) -> None:
    left_out = [table for of_one in LEFT_OUT.values() for table in of_one]
    told = [*EXPORTED, *MADE_ANEW, *left_out]
    assert (set(told), len(told)) == (tables(), len(tables()))


def test_the_manifest_says_what_is_left_out(sqlite: object, tmp_path: Path) -> None:
    for written, also in (("ndjson", []), ("csv", ["MARC records and source keys of books"])):
        take_out(tmp_path, written, lambda kind, records: None)
        said = orjson.loads((tmp_path / MANIFEST).read_bytes())["left_out"]
        assert said == [*LEFT_OUT, *also]
