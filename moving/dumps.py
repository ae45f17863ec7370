"""Dumps of other systems' databases, loaded into a temporary SQLite database to be asked.

COPY files of PostgreSQL (`psql`, `pg_dump`), INSERT statements of mysqldump and phpMyAdmin, and
SQLite files as they are. Values are kept as text; `actor.usr` becomes the table `actor_usr`.
"""

import re
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

_COPY = re.compile(r'COPY ([\w."]+) \(([^)]*)\) FROM stdin', re.IGNORECASE)
_INSERT = re.compile(
    r"(?:INSERT(?: IGNORE)?|REPLACE) INTO [`\"]?(\w+)[`\"]?\s*(?:\(([^)]*)\))?\s*VALUES\s*",
    re.IGNORECASE,
)
_CREATE = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?[`\"]?(\w+)[`\"]?", re.IGNORECASE)
_COLUMN = re.compile(r"\s*[`\"](\w+)[`\"]\s")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# Kibibytes of the tables in memory; the rest is in a file that ends with the process.
_CACHE = "PRAGMA cache_size = -64000"
_BEGIN = re.compile(r"\s*((?:INSERT(?: IGNORE)? INTO|REPLACE INTO|CREATE TABLE)\b)", re.IGNORECASE)
_MARK = re.compile(r"\\.|[';]", re.DOTALL)
_QUOTED = re.compile(r"[^'\\]*(?:(?:\\.|'')[^'\\]*)*", re.DOTALL)
_IN_QUOTES = re.compile(r"\\(.)|''", re.DOTALL)
_WORD = re.compile(r"[^,)]*")
_ENCODINGS = ("utf-8", "cp1252")
_NOT_NAMES = re.compile(r"[^A-Za-z0-9_]")
# What the programs write first, and last of all, unless they are told to leave comments out.
_ENDS = {
    b"-- MySQL dump": b"-- Dump completed",
    b"-- MariaDB dump": b"-- Dump completed",
    b"-- PostgreSQL database dump": b"-- PostgreSQL database dump complete",
}
_LOOKED_AT = 4096
_SHOWN = 40
UNREAD = "statements"
"""In the place of a table: a statement of which nothing could be read."""


class Damaged(NamedTuple):
    """A row that does not fit its table, in a line of a file from 1."""

    table: str
    file: str
    line: int
    detail: str


class _CutOff(Exception):
    """A dump that ends before it should; the text says what has no end."""


class _Lines:
    """The lines of a file, and the number of the last one."""

    def __init__(self, file: Iterable[str]) -> None:
        self._file = iter(file)
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._file)
        self.number += 1
        return line


_Numbered = Iterable[tuple[int, list[str | None]]]


class Asked:
    """The tables of a dump, to be asked by SQL; a table that is missing gives no rows.

    `damaged` are the rows that do not fit. Queries may name the `:decimals` of money and how many
    minor units (`:minor`) a major one has.
    """

    def __init__(self, decimals: int = 2) -> None:
        self._money = {"decimals": decimals, "minor": 10**decimals}
        self._db = sqlite3.connect("")
        self._db.execute(_CACHE)
        self._db.row_factory = sqlite3.Row
        self._file = ""
        self.damaged: list[Damaged] = []

    def tables(self) -> set[str]:
        """The names of the tables."""
        found = self._db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        return {row[0] for row in found}

    def rows(self, query: str) -> Iterator[dict[str, Any]]:
        """The rows of a query, without values that are null or empty."""
        for row in self._db.execute(query, self._money):
            yield {name: row[name] for name in row.keys() if row[name] not in (None, "")}  # noqa: SIM118

    def number(self, query: str) -> Any:
        """The first value of a query."""
        return self._db.execute(query, self._money).fetchone()[0]

    def require(self, table: str, columns: Iterable[str]) -> None:
        """Make a table that is missing, empty, and columns that it lacks, null."""
        names = list(columns)
        if table not in self.tables():
            self._make(table, names)
        present = {row[1] for row in self._db.execute(f"PRAGMA table_info({table})")}
        for name in names:
            if name not in present:
                self._db.execute(f'ALTER TABLE {table} ADD COLUMN "{name}"')

    def fill(self, table: str, query: str) -> None:
        """Add to a table what a query gives."""
        self._db.execute(f"INSERT INTO {table} {query}")

    def load(self, path: Path) -> None:
        """Load what a file has. Raises ValueError for one that cannot be read, or is cut off."""
        self._file = path.name
        try:
            self._load(path)
        except _CutOff as error:
            raise ValueError(f"{path.name} is cut off: {error}") from None
        except sqlite3.DatabaseError as error:
            raise ValueError(f"{path.name}: {error}") from None

    def _load(self, path: Path) -> None:
        with path.open("rb") as file:
            start = file.read(16)
        if start.startswith(b"SQLite format 3"):
            self._load_sqlite(path)
            return
        _require_end(path)
        encoding = _encoding(path)
        with path.open(encoding=encoding, newline="\n") as lines:
            has_copies = any(map(_COPY.match, lines))
        with path.open(encoding=encoding, newline="\n") as lines:
            if has_copies:
                self._load_copy(_Lines(lines))
            else:
                self._load_inserts(_Lines(lines))

    def _make(self, table: str, columns: Iterable[str]) -> None:
        listed = ", ".join(f'"{_NOT_NAMES.sub("", name)}"' for name in columns)
        self._db.execute(f"CREATE TABLE IF NOT EXISTS {table} ({listed})")

    def _add(self, table: str, columns: list[str], rows: _Numbered) -> None:
        """Add rows to a table, of which another file may have had other columns."""
        names = [_NOT_NAMES.sub("", name) for name in columns]
        self.require(table, names)
        listed, places = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
        fitting = self._fitting(table, len(names), rows)
        self._db.executemany(f"INSERT INTO {table} ({listed}) VALUES ({places})", fitting)

    def _fitting(self, table: str, width: int, rows: _Numbered) -> Iterator[list[str | None]]:
        for line, row in rows:
            if len(row) == width:
                yield row
                continue
            begin = ", ".join(cell or "" for cell in row)[:_SHOWN]
            detail = f"This row has {len(row)} values for {width} columns: {begin}"
            self._damage(table, line, detail)

    def _damage(self, table: str, line: int, detail: str) -> None:
        self.damaged.append(Damaged(table, self._file, line, detail))

    def _load_sqlite(self, path: Path) -> None:
        with sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True) as source:
            source.text_factory = lambda data: data.decode("utf-8", "replace")
            names = source.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            for (name,) in names.fetchall():
                if _NOT_NAMES.search(name):
                    continue
                found = source.execute(f'SELECT * FROM "{name}"')
                columns = [one[0] for one in found.description]
                self._add(name, columns, enumerate(([*row] for row in found), 1))

    def _load_copy(self, lines: _Lines) -> None:
        for line in lines:
            match = _COPY.match(line)
            if match:
                table = match[1].replace('"', "").replace(".", "_")
                columns = [name.strip(' "') for name in match[2].split(",")]
                self._add(table, columns, _copied(lines))

    def _load_inserts(self, lines: _Lines) -> None:
        columns: dict[str, list[str]] = {}
        for statement in statements(lines):
            made = _CREATE.match(statement)
            if made:
                columns[made[1].lower()] = _declared(statement)
            else:
                self._load_insert(statement, lines.number - statement.count("\n"), columns)

    def _load_insert(self, statement: str, line: int, columns: dict[str, list[str]]) -> None:
        filled = _INSERT.match(statement)
        if not filled:
            self._damage(UNREAD, line, f"This was not understood: {statement[:_SHOWN]}")
            return
        table, named = filled[1].lower(), filled[2]
        names = [one.strip(' `"') for one in named.split(",")] if named else columns.get(table)
        if names:
            rows = _values(statement, filled.end())
            self._add(table, names, ((line, row) for row in rows))
        else:
            self._damage(table, line, "The columns of these rows are nowhere named.")


def _require_end(path: Path) -> None:
    """That a dump which says where it begins says where it ends, too. Raises _CutOff."""
    with path.open("rb") as file:
        start = file.read(_LOOKED_AT)
        file.seek(max(0, path.stat().st_size - _LOOKED_AT))
        end = file.read()
    for begun, ended in _ENDS.items():
        if begun in start and ended not in end:
            raise _CutOff(f'it has no line "{ended.decode()}" at its end')


def _encoding(path: Path) -> str:
    """The first encoding that the whole file can be read in."""
    for encoding in _ENCODINGS:
        with path.open(encoding=encoding, newline="\n") as lines:
            try:
                deque(lines, maxlen=0)
            except UnicodeDecodeError:
                continue
        return encoding
    return "latin-1"


def _copied(lines: _Lines) -> Iterator[tuple[int, list[str | None]]]:
    r"""The rows of a COPY, each with its line, up to its `\.`. Raises _CutOff."""
    begun = lines.number
    for line in lines:
        row = line.removesuffix("\n").removesuffix("\r")
        if row == "\\.":
            return
        cells = [None if cell == "\\N" else _unescaped(cell) for cell in row.split("\t")]
        yield lines.number, cells
    raise _CutOff(f"the COPY in line {begun:,} has no end")


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda m: _ESCAPES.get(m[1], m[1]), text) if "\\" in text else text


def statements(lines: Iterator[str]) -> Iterator[str]:
    """The CREATE TABLE, INSERT and REPLACE statements of a dump of MySQL, one after the other.

    Raises _CutOff if the last of them has no end.
    """
    for line in lines:
        rest = line
        while begun := _BEGIN.match(rest):
            statement, rest = _whole(rest[begun.start(1) :], lines)
            yield statement


def _whole(begun: str, lines: Iterator[str]) -> tuple[str, str]:
    """A statement to its end, which may be on further lines, and what follows it."""
    parts: list[str] = []
    is_quoted = False
    for line in chain([begun], lines):
        end, is_quoted = _end(line, is_quoted=is_quoted)
        parts.append(line[:end])
        if end is not None:
            return "".join(parts), line[end:]
    raise _CutOff(f"a statement has no end: {begun.strip()[:_SHOWN]}")


def _end(text: str, *, is_quoted: bool) -> tuple[int | None, bool]:
    """Where a statement ends in a text, or whether a value in quotes goes on behind it."""
    for mark in _MARK.finditer(text):
        if mark[0] == "'":
            is_quoted = not is_quoted
        elif mark[0] == ";" and not is_quoted:
            return mark.end(), False
    return None, is_quoted


def _declared(statement: str) -> list[str]:
    """The columns of a table, in their order."""
    lines = statement.splitlines()[1:]
    return [found[1] for line in lines if (found := _COLUMN.match(line))]


def _values(text: str, at: int) -> Iterator[list[str | None]]:
    """The rows of VALUES (…), (…); in MySQL's own words; one that is not closed has no values."""
    row: list[str | None] = []
    is_open = False
    while at < len(text):
        char = text[at]
        if char == "'":
            found = _QUOTED.match(text, at + 1)
            row.append(_unquoted(found[0]) if found else "")
            at = found.end() if found else at
        elif char == "(" and not is_open:
            row, is_open = [], True
        elif char == ")":
            yield row
            is_open = False
        elif char == ";":
            break
        elif is_open and not char.isspace() and char != ",":
            word = _WORD.match(text, at)
            said = word[0].strip() if word else ""
            row.append(None if said.upper() == "NULL" else said)
            at = word.end() if word else at
            continue
        at += 1
    if is_open:
        yield []


def _unquoted(text: str) -> str:
    """A text as it was before it was put into quotes."""
    if "\\" not in text and "''" not in text:
        return text
    return _IN_QUOTES.sub(lambda m: _ESCAPES.get(m[1], m[1]) if m[1] else "'", text)
