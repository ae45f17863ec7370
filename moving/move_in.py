"""A whole library from another system: all of it in one transaction, or nothing.

What cannot come is told row by row; what comes is counted there and here, to be signed.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

import orjson

from catalogue.import_run import Import, Progress, Rules, Told
from circulation import rulebook
from formats import Fault, Options, Record, holdings, read
from formats.csv.headers import plain
from formats.marc.fields import thaw
from formats.read_ahead import reading
from formats.record import LONGEST_RECORD
from models import marc_record, source_key, timestamps
from models.audit import Actor
from models.database import run as run_sql
from models.database import transaction, undone, writing_much
from models.search import index
from models.timestamps import stamp
from models.user import User
from moving import run
from moving.dumps import UNREAD, Asked, Damaged
from moving.reading import Wish
from moving.run import TAKERS
from moving.systems import SYSTEMS, System, asked

FOREIGN = "bcrypt:"
"""Begins a hash that another system made of the password itself (`api.auth.passwords.FOREIGN`)."""
_MARC = {".mrc": "marc", ".marc": "marc", ".xml": "marcxml", ".marcxml": "marcxml"}
# By which columns a report of another system is known.
_REPORTS = (
    ("holds", {"reservedate"}),
    ("fees", {"amountoutstanding"}),
    ("loans", {"date due", "barcode"}),
    ("members", {"cardnumber", "surname"}),
)
_HERE = {
    "members": "SELECT COUNT(*) FROM \"user\" WHERE role = 'member'",
    "titles": "SELECT COUNT(*) FROM book WHERE deleted_at IS NULL",
    "copies": "SELECT COUNT(*) FROM copy WHERE status <> 'withdrawn'",
    "open loans": "SELECT COUNT(*) FROM loan WHERE returned_at IS NULL AND cancelled_at IS NULL",
    "overdue loans": "SELECT COUNT(*) FROM loan WHERE ended_at IS NULL"
    " AND claimed_returned_at IS NULL AND due_at < ?",
    "lost loans": "SELECT COUNT(*) FROM loan WHERE lost_at IS NOT NULL AND returned_at IS NULL",
    "holds": "SELECT COUNT(*) FROM hold WHERE ended_at IS NULL",
    "owed": "SELECT COALESCE(SUM(balance), 0) FROM fee",
}
_BY_STATUS = "SELECT status, COUNT(*) FROM copy GROUP BY status ORDER BY status"


class Left(NamedTuple):
    """A row that could not come: what it is, its number from 1, and why.

    Of one that is damaged in a dump, its table and the line of the file.
    """

    kind: str
    number: int
    field: str | None
    code: str
    detail: str


@dataclass
class Report:
    """What a move came to: by kind what became of its rows, and counts there, before and after.

    `passed_by` counts what was not asked for, such as members who are deleted there; `unread` are
    the files that are nothing this system leaves. What is owed is counted in minor units, which are
    so many `decimals`.
    """

    decimals: int = 2
    progress: dict[str, Progress] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)
    there: dict[str, int] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    passed_by: dict[str, int] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)


Tell = Callable[[str, int], None]


def move_in(folder: Path, system_name: str, actor: Actor, tell: Tell, *, dry_run: bool) -> Report:
    """Bring in what the folder has of a system; of a dry run nothing stays.

    `tell` is called with the kind and the rows so far. Raises ValueError for a folder without
    files of the system or one that is cut off, and what the database raises; nothing stays then.
    """
    system = SYSTEMS[system_name]
    decimals = rulebook.decimals()
    found = asked(system, folder, decimals)
    report = Report(
        decimals=decimals,
        there={name: found.number(sql) for name, sql in system.counts.items()},
        passed_by={name: found.number(sql) for name, sql in system.passed_by.items()},
        unread=_unread(folder, system_name),
        left=[_left(one) for one in found.damaged if one.table in (*system.needs, UNREAD)],
    )
    with undone() if dry_run else transaction():
        report.before = _counts()
        _Move(system, found, folder, actor, report, tell).run()
        report.after = _counts()
        report.statuses = dict(run_sql(_BY_STATUS).fetchall())
    if dry_run:
        return report
    with writing_much():
        index.tidy()
    return report


def files(folder: Path, system_name: str) -> list[Path]:
    """The files of a folder that are read."""
    dumps = [path for pattern in SYSTEMS[system_name].files for path in folder.rglob(pattern)]
    marc = [path for path in folder.rglob("*") if path.suffix.lower() in _MARC]
    return [*dumps, *marc, *(path for path in folder.rglob("*.csv") if _kind_of(path))]


def _unread(folder: Path, system_name: str) -> list[str]:
    every = {path for path in folder.rglob("*") if path.is_file()}
    return sorted(str(path.relative_to(folder)) for path in every - {*files(folder, system_name)})


def _left(one: Damaged) -> Left:
    return Left(one.table, one.line, None, "damaged", f"{one.file}: {one.detail}")


def _counts() -> dict[str, int]:
    now = stamp(timestamps.now())
    return {
        name: int(run_sql(sql, [now] if "?" in sql else []).fetchone()[0])
        for name, sql in _HERE.items()
    }


@dataclass
class _Move:
    """One move on its way."""

    system: System
    asked: Asked
    folder: Path
    actor: Actor
    report: Report
    tell: Tell

    def run(self) -> None:
        """Bring in all kinds, in an order in which all that rows refer to comes before them."""
        self._books()
        reports = self._reports()
        for kind in TAKERS:
            told = reports.get(kind, [])
            if kind in self.system.queries and not (kind == "fees" and told):
                with TemporaryFile() as file:
                    _write(file, self.asked.rows(self.system.queries[kind]))
                    self._kind(kind, file, "ndjson")
            for path in told:
                with path.open("rb") as file:
                    self._kind(kind, file, "csv")
        self._passwords()

    def _kind(self, kind: str, file: IO[bytes], written: str) -> None:
        about = run.about(self.actor)
        opening = run.opening(kind, Wish(written, Options()), about)
        work = run.MoveIn(run.TAKERS[kind](about))
        with reading(_binary(file), opening) as rows:
            self._count(kind, work, work.run, rows)

    def _count(
        self, kind: str, work: Any, store: Callable[[Any], Progress], rows: Iterable[Any]
    ) -> None:
        def keep(progress: Progress, told: Told) -> None:
            self.report.left += [
                Left(kind, one.number, *fault) for one in told.rejected for fault in one.faults
            ]
            self.tell(kind, progress.processed)

        work.keep = keep
        done, before = store(rows), self.report.progress.get(kind, Progress())
        names = ("processed", "created", "updated", "skipped", "failed")
        sums = {name: getattr(before, name) + getattr(done, name) for name in names}
        self.report.progress[kind] = Progress(**sums)

    def _books(self) -> None:
        for path in sorted(self.folder.rglob("*")):
            if path.suffix.lower() in _MARC:
                kind, options = _MARC[path.suffix.lower()], Options(decimals=self.report.decimals)
                opening = partial(read, kind=kind, options=options)
                books = self._import()
                with path.open("rb") as marc, reading(marc, opening, books.check) as checked:
                    self._count("books", books, books.store, checked)
        if self.system.books:
            self._records(_of_dump(self.asked.rows(self.system.books)))
        if "books" in self.system.queries:
            with TemporaryFile() as file:
                _write(file, self.asked.rows(self.system.queries["books"]))
                self._records(read(_binary(file), "ndjson"))
        _name_by_999()

    def _records(self, records: Iterable[Record | Fault]) -> None:
        work = self._import()
        self._count("books", work, work.run, records)

    def _import(self) -> Import:
        return Import(Rules(), self.actor, lambda progress, told: None)

    def _reports(self) -> Mapping[str, list[Path]]:
        found: dict[str, list[Path]] = {}
        for path in sorted(self.folder.rglob("*.csv")):
            kind = _kind_of(path)
            if kind is not None:
                found.setdefault(kind, []).append(path)
        return found

    def _passwords(self) -> None:
        """Let members keep their passwords: those who have none here get the hash as it is."""
        if not self.system.passwords:
            return
        hashes = {str(row["source_key"]): row for row in self.asked.rows(self.system.passwords)}
        members = source_key.find("members", hashes)
        for key, user_id in members.items():
            has_none = (User.id == user_id) & User.password_hash.is_null()
            hashed = f"{FOREIGN}{hashes[key]['password']}"
            User.update(password_hash=hashed).where(has_none).execute()


def _write(file: IO[bytes], rows: Iterable[Mapping[str, Any]]) -> None:
    for row in rows:
        file.write(orjson.dumps(_mended(row), option=orjson.OPT_APPEND_NEWLINE))
    file.seek(0)


def _mended(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with keys as texts, whatever the dump has them as."""
    return {
        name: str(value) if isinstance(value, int) else value
        for name, value in row.items()
        if not isinstance(value, bytes)
    }


def _of_dump(rows: Iterable[Mapping[str, Any]]) -> Iterator[Record | Fault]:
    """The MARCXML of each row, with its key. Read alone, a damaged one cannot end another."""
    # Its copies are in a table of their own.
    options = Options(copies=holdings("none"))
    for number, row in enumerate(rows, 1):
        document = f"<collection>{row.get('marc', '')}</collection>".encode()
        found = list(read(BytesIO(document), "marcxml", options))
        if len(found) == 1 and isinstance(record := found[0], Record):
            yield replace(record, number=number, origin={"source_key": str(row["source_key"])})
        else:
            detail = f"Record {row['source_key']} is not one MARCXML record."
            yield Fault(number, "marc", "damaged", detail, document[:LONGEST_RECORD])


def _name_by_999() -> None:
    """Let books be known by the number that Koha's records have in 999 $c."""
    last = 0
    while ids := marc_record.books_after(last, 200):
        last = ids[-1]
        keys = []
        for book_id, original in marc_record.of_books(ids).items():
            for one in thaw(original).fields:
                if one.tag == "999":
                    keys += [(value, book_id) for code, value in one.pairs if code == "c" and value]
        source_key.add("books", keys)


def _kind_of(path: Path) -> str | None:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        start = "".join(islice(file, 1))
    delimiter = max(",;\t", key=start.count)
    headers = {plain(header) for header in next(csv.reader([start], delimiter=delimiter), [])}
    return next((kind for kind, signs in _REPORTS if signs <= headers), None)


def _binary(file: IO[bytes]) -> Any:
    return file
