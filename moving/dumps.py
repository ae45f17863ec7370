"""Dumps of other systems' databases, loaded into a temporary SQLite database to be asked.

COPY files of PostgreSQL (`psql`, `pg_dump`), INSERT statements of mysqldump and phpMyAdmin, and
SQLite files as they are. Values are kept as text; `actor.usr` becomes the table `actor_usr`.
"""

import re
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

_COPY = re.compile(r'COPY ([\w."]+) \(([^)]*)\) FROM stdin', re.IGNORECASE)
_INSERT = re.compile(r"INSERT INTO [`\"]?(\w+)[`\"]?\s*(?:\(([^)]*)\))?\s*VALUES\s*", re.IGNORECASE)
_CREATE = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?[`\"]?(\w+)[`\"]?", re.IGNORECASE)
_COLUMN = re.compile(r"\s*[`\"](\w+)[`\"]\s")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# Kibibytes of the tables in memory; the rest is in a file that ends with the process.
_CACHE = "PRAGMA cache_size = -64000"
_ENCODINGS = ("utf-8", "cp1252")
_NOT_NAMES = re.compile(r"[^A-Za-z0-9_]")


class Asked:
    """The tables of a dump, to be asked by SQL; a table that is missing gives no rows."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("")
        self._db.execute(_CACHE)
        self._db.row_factory = sqlite3.Row

    def tables(self) -> set[str]:
        """The names of the tables."""
        found = self._db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        return {row[0] for row in found}

    def rows(self, query: str) -> Iterator[dict[str, Any]]:
        """The rows of a query, without values that are null or empty."""
        for row in self._db.execute(query):
            yield {name: row[name] for name in row.keys() if row[name] not in (None, "")}  # noqa: SIM118

    def number(self, query: str) -> Any:
        """The first value of a query."""
        return self._db.execute(query).fetchone()[0]

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
        """Load what a file has. Raises ValueError for one that cannot be read."""
        with path.open("rb") as file:
            start = file.read(16)
        if start.startswith(b"SQLite format 3"):
            self._load_sqlite(path)
            return
        encoding = _encoding(path)
        with path.open(encoding=encoding, newline="\n") as lines:
            has_copies = any(map(_COPY.match, lines))
        with path.open(encoding=encoding, newline="\n") as lines:
            if has_copies:
                self._load_copy(lines)
            else:
                self._load_inserts(lines.read())

    def _make(self, table: str, columns: Iterable[str]) -> None:
        listed = ", ".join(f'"{_NOT_NAMES.sub("", name)}"' for name in columns)
        self._db.execute(f"CREATE TABLE IF NOT EXISTS {table} ({listed})")

    def _add(self, table: str, columns: list[str], rows: Iterable[list[str | None]]) -> None:
        """Add rows to a table, of which another file may have had other columns."""
        names = [_NOT_NAMES.sub("", name) for name in columns]
        self.require(table, names)
        listed, places = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
        fitting = (row for row in rows if len(row) == len(columns))
        self._db.executemany(f"INSERT INTO {table} ({listed}) VALUES ({places})", fitting)

    def _load_sqlite(self, path: Path) -> None:
        with sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True) as source:
            source.text_factory = lambda data: data.decode("utf-8", "replace")
            names = source.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            for (name,) in names.fetchall():
                if _NOT_NAMES.search(name):
                    continue
                found = source.execute(f'SELECT * FROM "{name}"')
                columns = [one[0] for one in found.description]
                self._add(name, columns, ([*row] for row in found))

    def _load_copy(self, lines: Iterator[str]) -> None:
        for line in lines:
            match = _COPY.match(line)
            if match:
                table = match[1].replace('"', "").replace(".", "_")
                columns = [name.strip(' "') for name in match[2].split(",")]
                self._add(table, columns, _copied(lines))

    def _load_inserts(self, text: str) -> None:
        columns = dict(_declared(text))
        for match in _INSERT.finditer(text):
            table = match[1].lower()
            named = match[2]
            names = [one.strip(' `"') for one in named.split(",")] if named else columns.get(table)
            if names:
                self._add(table, names, _values(text, match.end()))


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


def _copied(lines: Iterator[str]) -> Iterator[list[str | None]]:
    r"""The rows of a COPY, up to its `\.`."""
    for line in lines:
        row = line.removesuffix("\n").removesuffix("\r")
        if row == "\\.":
            return
        yield [None if cell == "\\N" else _unescaped(cell) for cell in row.split("\t")]


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda m: _ESCAPES.get(m[1], m[1]), text) if "\\" in text else text


def _declared(text: str) -> Iterator[tuple[str, list[str]]]:
    """The columns of each table, in their order."""
    for match in _CREATE.finditer(text):
        end = text.find(";", match.end())
        lines = text[match.end() : end].splitlines()
        yield match[1].lower(), [found[1] for line in lines if (found := _COLUMN.match(line))]


def _values(text: str, at: int) -> Iterator[list[str | None]]:
    """The rows of VALUES (…), (…); in MySQL's own words."""
    row: list[str | None] = []
    depth = 0
    while at < len(text):
        char = text[at]
        if char == "'":
            value, at = _quoted(text, at + 1)
            row.append(value)
            continue
        if char == "(" and depth == 0:
            row, depth = [], 1
        elif char == ")":
            yield row
            depth = 0
        elif char == ";":
            return
        elif depth and not char.isspace() and char != ",":
            end = next(i for i in range(at, len(text)) if text[i] in ",)")
            word = text[at:end].strip()
            row.append(None if word.upper() == "NULL" else word)
            at = end
            continue
        at += 1


def _quoted(text: str, at: int) -> tuple[str, int]:
    """A text up to its closing quote, and where it goes on."""
    parts: list[str] = []
    while at < len(text):
        char = text[at]
        if char == "\\":
            parts.append(_ESCAPES.get(text[at + 1 : at + 2], text[at + 1 : at + 2]))
            at += 2
        elif char == "'" and text[at + 1 : at + 2] == "'":
            parts.append("'")
            at += 2
        elif char == "'":
            return "".join(parts), at + 1
        else:
            end = min((i for i in (text.find("'", at), text.find("\\", at)) if i >= 0), default=at)
            parts.append(text[at:end])
            at = end
    return "".join(parts), at
