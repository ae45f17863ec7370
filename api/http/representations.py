"""The forms an answer can have, by media type; registered with `Api.representation`."""

from collections.abc import Callable, Iterable
from typing import Any

from api.http.csv_answers import CSV, to_csv
from api.http.reply import Headers, Reply, json_as
from formats import MEDIA_TYPES, json_ld, write

JSON = "application/json"
JSON_LD = json_ld.MEDIA_TYPE
MARC = {MEDIA_TYPES[kind]: kind for kind in ("marc", "marcxml")}
Representation = Callable[[Any, int, Headers], Reply]


def marc(media_type: str) -> Representation:
    """The representation of `(book, original record)` pairs in a MARC media type."""
    kind = MARC[media_type]

    def to_marc(data: Iterable[Any], code: int, headers: Headers) -> Reply:
        return Reply(code, b"".join(write(kind, data)), [*headers, ("Content-Type", media_type)])

    return to_marc


ALL: dict[str, Representation] = {
    JSON: json_as(JSON),
    JSON_LD: json_as(JSON_LD),
    CSV: to_csv,
    **{each: marc(each) for each in MARC},
}
