"""Everything out: the records of one kind as CSV or NDJSON, which imports read back."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from formats.csv.cells import guarded
from models import source_key
from models.database import database
from moving import fields, values
from moving.reading import label_in, text_in
from moving.taken_out import OF_KIND, Out

WRITTEN = {"csv": "text/csv", "ndjson": "application/x-ndjson"}
"""The formats that every kind comes in, with their media types."""

BATCH = 1000
"""Rows read at once."""


@dataclass(frozen=True, slots=True)
class Written:
    """A part of a file, and how many records are in it."""

    data: bytes
    records: int


def parts(kind: str, written_as: str) -> Iterator[Written]:
    """All records of a kind as a file, part by part, in the order of their ids.

    A record that is there from the beginning to the end comes exactly once.
    """
    out = OF_KIND[kind]
    write = _csv if written_as == "csv" else _ndjson
    if written_as == "csv":
        yield Written(_line(out.names), 0)
    code = source_key.code()
    for lines in _lines(out, code):
        yield Written(write(out, lines), len(lines))


def _lines(out: Out, code: str) -> Iterator[list[dict[str, Any]]]:
    columns = out.columns()
    names = list(columns)
    query = out.table.select(*columns.values()).order_by(out.table.id).limit(BATCH)
    if out.condition is not None:
        query = query.where(out.condition())
    last = 0
    while True:
        # As the driver gives them: what is JSON in the table stays text until its line is made.
        found = database.execute(query.where(out.table.id > last)).fetchall()
        if not found:
            return
        last = found[-1][0]
        stored = [dict(zip(names, row, strict=True)) for row in found]
        more = out.more([one["id"] for one in stored], code)
        yield [out.line(one, code, more.get(one["id"])) for one in stored]


def _ndjson(out: Out, lines: Sequence[Mapping[str, Any]]) -> bytes:
    return b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)


def _csv(out: Out, lines: Sequence[Mapping[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([cell(name, line[name]) for name in out.names] for line in lines)
    return text.getvalue().encode()


def _line(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


def cell(name: str, value: Any) -> str:
    """A value of a field as a cell from which an import reads it."""
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value, label_in if name in _LABELS else text_in)
    if isinstance(value, list | dict):
        return orjson.dumps(value).decode()
    return str(value)


def _text(value: str, read: Callable[[str], str | None]) -> str:
    """A cell from which the text is read, where plain text would be taken for something else."""
    plain = guarded(value)
    if read(plain) == value:
        return plain
    forms = (f'="{value}"', *("'" * quotes + plain for quotes in (1, 2, 3)))
    return next((form for form in forms if read(form) == value), plain)


_LABELS = frozenset(
    field.name
    for of_kind in fields.OF_KIND.values()
    for field in of_kind.values()
    if field.read is values.label
)
