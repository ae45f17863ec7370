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
from typing import Any

_COPY = re.compile(r'COPY ([\w."]+) \(([^)]*)\) FROM stdin', re.IGNORECASE)
_INSERT = re.compile(r"INSERT INTO [`\"]?(\w+)[`\"]?\s*(?:\(([^)]*)\))?\s*VALUES\s*", re.IGNORECASE)
_CREATE = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?[`\"]?(\w+)[`\"]?", re.IGNORECASE)
_COLUMN = re.compile(r"\s*[`\"](\w+)[`\"]\s")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# Kibibytes of the tables in memory; the rest is in a file that ends with the process.
_CACHE = "PRAGMA cache_size = -64000"
_BEGIN = re.compile(r"\s*((?:INSERT INTO|CREATE TABLE)\b)", re.IGNORECASE)
_MARK = re.compile(r"\\.|[';]", re.DOTALL)
_QUOTED = re.compile(r"[^'\\]*(?:(?:\\.|'')[^'\\]*)*", re.DOTALL)
_IN_QUOTES = re.compile(r"\\(.)|''", re.DOTALL)
_WORD = re.compile(r"[^,)]*")
_ENCODINGS = ("utf-8", "cp1252")
_NOT_NAMES = re.compile(r"[^A-Za-z0-9_]")


class Asked:
    """The tables of a dump, to be asked by SQL; a table that is missing gives no rows.

    Queries may name the `:decimals` of money and how many minor units (`:minor`) a major one has.
    """

    def __init__(self, decimals: int = 2) -> None:
        self._money = {"decimals": decimals, "minor": 10**decimals}
        self._db = sqlite3.connect("")
        self._db.execute(_CACHE)
        self._db.row_factory = sqlite3.Row

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
                self._load_inserts(lines)

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

    def _load_inserts(self, lines: Iterator[str]) -> None:
        columns: dict[str, list[str]] = {}
        for statement in statements(lines):
            made, filled = _CREATE.match(statement), _INSERT.match(statement)
            if made:
                columns[made[1].lower()] = _declared(statement)
            elif filled:
                table, named = filled[1].lower(), filled[2]
                names = [one.strip(' `"') for one in named.split(",")] if named else None
                names = names or columns.get(table)
                if names:
                    self._add(table, names, _values(statement, filled.end()))


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


def statements(lines: Iterator[str]) -> Iterator[str]:
    """The CREATE TABLE and INSERT statements of a dump of MySQL, read one after the other."""
    for line in lines:
        rest = line
        while begun := _BEGIN.match(rest):
            statement, rest = _whole(rest[begun.start(1) :], lines)
            yield statement


def _whole(begun: str, lines: Iterator[str]) -> tuple[str, str]:
    """A statement to its end, on further lines or where the file is cut, and what follows it."""
    parts: list[str] = []
    is_quoted = False
    for line in chain([begun], lines):
        end, is_quoted = _end(line, is_quoted=is_quoted)
        parts.append(line[:end])
        if end is not None:
            return "".join(parts), line[end:]
    return "".join(parts), ""


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
    """The rows of VALUES (…), (…); in MySQL's own words."""
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
            return
        elif is_open and not char.isspace() and char != ",":
            word = _WORD.match(text, at)
            said = word[0].strip() if word else ""
            row.append(None if said.upper() == "NULL" else said)
            at = word.end() if word else at
            continue
        at += 1


def _unquoted(text: str) -> str:
    """A text as it was before it was put into quotes."""
    if "\\" not in text and "''" not in text:
        return text
    return _IN_QUOTES.sub(lambda m: _ESCAPES.get(m[1], m[1]) if m[1] else "'", text)
