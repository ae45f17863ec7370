"""Lists and reports as CSV (RFC 4180): UTF-8, CRLF, a header line, texts guarded from formulas."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import orjson

from api.http.reply import Headers, Reply
from formats.csv.cells import guarded
from validators.engine.bodies import Schema

CSV = "text/csv"
CONTENT_TYPE = "text/csv; charset=utf-8"
Record = Mapping[str, Any]


def item_of(schema: Schema) -> Mapping[str, Any]:
    """The fields of a record of a list, declared by itself or within the answer as a whole."""
    if "pagination" not in schema.fields:
        return schema.fields
    fields: Mapping[str, Any] = schema.fields["data"]["schema"]["schema"]
    return fields


def columns_of(fields: Mapping[str, Any], shown: Callable[[str], bool]) -> list[str]:
    """The columns of a record: its fields that are shown; those of objects in it with a dot."""
    columns: list[str] = []
    for name, rules in fields.items():
        if not shown(name):
            continue
        inner = rules.get("schema") if rules.get("type") == "dict" else None
        columns += [f"{name}.{part}" for part in inner] if inner else [name]
    return columns


def lines(columns: Sequence[str], batches: Iterable[Iterable[Record]]) -> Iterator[bytes]:
    """The header line, then the lines of each batch of records."""
    yield _written([columns])
    for batch in batches:
        yield _written([[_cell(_value(record, name)) for name in columns] for record in batch])


def streamed(found: Iterator[bytes]) -> Iterator[bytes]:
    """The same, with the first piece made at once: what fails before it is still a problem."""
    return chain([next(found, b"")], found)


def as_file(path: str) -> dict[str, str]:
    """The header that names the file after the last part of a path."""
    name = path.rsplit("/", 1)[-1]
    return {"Content-Disposition": f'attachment; filename="{name}.csv"'}


def to_csv(data: Any, code: int, headers: Headers) -> Reply:
    """A report as CSV: the rows of `data`, or one row for an object, with dotted columns."""
    rows = data["data"] if isinstance(data.get("data"), list) else [data]
    flat = [_flat(row) for row in rows]
    columns = list(dict.fromkeys(name for row in flat for name in row))
    body = b"".join(lines(columns, [flat]))
    return Reply(code, body, [*headers, ("Content-Type", CONTENT_TYPE)])


def _flat(row: Record, before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{before}{name}.")
        else:
            flat[f"{before}{name}"] = value
    return flat


def _value(record: Record, name: str) -> Any:
    if name in record:
        return record[name]
    value: Any = record
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return guarded("; ".join(value))
    return orjson.dumps(value).decode()


def _written(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
