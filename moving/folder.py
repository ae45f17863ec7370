"""A whole library in a folder: a file for each kind of record, and a manifest that proves them."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, NamedTuple

import orjson

from catalogue.export import sources
from circulation import closures, rulebook
from formats import write
from models import calendar, source_key, timestamps
from models.audit import Actor
from models.calendar import FIRST, PlanRow
from models.database import at_one_moment
from models.timestamps import timestamp
from moving.export import Written, parts
from moving.left_out import LEFT_OUT
from moving.run import TAKERS

MANIFEST = "manifest.json"
CALENDAR = "calendar.json"
KINDS = (*list(TAKERS)[:2], "books", *[kind for kind in TAKERS if kind not in list(TAKERS)[:2]])
"""All kinds, in an order in which all that rows refer to comes before them."""
_ENDINGS = {"ndjson": "ndjson", "csv": "csv"}


class File(NamedTuple):
    """A file of a folder, as the manifest has it."""

    kind: str
    file: str
    records: int
    bytes: int
    sha256: str


class NotWhole(ValueError):
    """A folder whose files are not those of its manifest; the text says which."""


Tell = Callable[[str, int], None]


def take_out(folder: Path, written_as: str, tell: Tell) -> list[File]:
    """Write everything into a folder; `tell` is called with the kind and records so far.

    All is as it was at one moment, though others lend meanwhile. The manifest comes last: a folder
    without one is not whole. Raises OSError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    with at_one_moment():
        return _taken_out(folder, written_as, tell)


def _taken_out(folder: Path, written_as: str, tell: Tell) -> list[File]:
    files = [_file(folder, kind, written_as, tell) for kind in KINDS]
    week = calendar.find().to_json(rulebook.today(timestamps.now()).isoformat())
    _write(folder / CALENDAR, orjson.dumps(week, option=orjson.OPT_INDENT_2))
    manifest = {
        "made_at": timestamp(),
        "library": source_key.code(),
        "currency": rulebook.currency(),
        "calendar": {"file": CALENDAR, "sha256": _digest(folder / CALENDAR)},
        "files": [one._asdict() for one in files],
        "left_out": _left_out(written_as),
    }
    _write(folder / MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    return files


def _left_out(written_as: str) -> list[str]:
    also = ["MARC records and source keys of books"] if written_as == "csv" else []
    return [*LEFT_OUT, *also]


def _file(folder: Path, kind: str, written_as: str, tell: Tell) -> File:
    name = f"{kind}.{_ENDINGS[written_as]}"
    digest, size, records = hashlib.sha256(), 0, 0
    with _private(folder / name) as file:
        for part in _parts(kind, written_as):
            file.write(part.data)
            digest.update(part.data)
            size, records = size + len(part.data), records + part.records
            tell(kind, records)
        file.flush()
        os.fsync(file.fileno())
    return File(kind, name, records, size, digest.hexdigest())


def _parts(kind: str, written_as: str) -> Iterator[Written]:
    if kind != "books":
        yield from parts(kind, written_as)
        return
    is_whole = written_as == "ndjson"
    books = sources({}, with_records=is_whole, with_origin=is_whole, with_deleted=is_whole)
    for at, data in enumerate(write(written_as, books)):
        yield Written(data, 0 if at == 0 and written_as == "csv" else 1)


def _private(path: Path) -> IO[bytes]:
    """A new file that nobody else can read: it has names and addresses."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def _write(path: Path, data: bytes) -> None:
    with _private(path) as file:
        file.write(data)


def read_manifest(folder: Path) -> list[File]:
    """The files of a folder, each as it was written. Raises NotWhole, OSError."""
    try:
        manifest = orjson.loads((folder / MANIFEST).read_bytes())
        files = [File(**one) for one in manifest["files"]]
        # Manifests of earlier exports do not name the calendar.
        of_calendar = manifest["calendar"]["sha256"] if "calendar" in manifest else None
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise NotWhole(f"{MANIFEST} is no manifest of an export.") from None
    if not files or not {one.kind for one in files} <= {*KINDS}:
        raise NotWhole(f"{MANIFEST} names no files, or such as this version does not know.")
    for one in files:
        _require(folder, one.file, one.sha256)
    _require(folder, CALENDAR, of_calendar)
    _opening_days(folder)
    return files


def currency_of(folder: Path) -> str | None:
    """The currency of the amounts of a folder; None where its manifest, of 0.1.0, names none.

    For a folder that `read_manifest` has read. Raises OSError.
    """
    told = orjson.loads((folder / MANIFEST).read_bytes()).get("currency")
    return None if told is None else str(told)


def _require(folder: Path, name: str, sha256: str | None) -> None:
    """That a file is there as it was written, if that is known. Raises NotWhole, OSError."""
    path = folder / name
    if Path(name).name != name or not path.is_file():
        raise NotWhole(f"{name} is missing.")
    if sha256 is not None and _digest(path) != sha256:
        raise NotWhole(f"{name} is not as it was written: its checksum differs.")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def set_calendar(folder: Path, actor: Actor) -> bool:
    """Take over time zone and opening days of a folder; whether that changed anything.

    Raises NotWhole, OSError and what `closures.take_over` raises.
    """
    timezone, plans = _opening_days(folder)
    before = calendar.find()
    closures.take_over(timezone, plans, actor, timestamps.now())
    return calendar.find() != before


def _opening_days(folder: Path) -> tuple[str, list[PlanRow]]:
    """The time zone and the weeks of a folder. Raises NotWhole, OSError."""
    try:
        said = orjson.loads((folder / CALENDAR).read_bytes())
        weeks = [(one["valid_from"] or FIRST, one["open_weekdays"]) for one in said["history"]]
        return said["timezone"], [PlanRow(*week) for week in weeks]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise NotWhole(f"{CALENDAR} has no opening days of an export.") from None
