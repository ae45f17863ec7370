"""Dumps of other systems' databases, loaded into a temporary SQLite database to be asked.

COPY files of PostgreSQL (`psql`, `pg_dump`), INSERT statements of mysqldump, phpMyAdmin and
`pg_dump --inserts`, and SQLite files as they are. Values are kept as text; `actor.usr` becomes the
table `actor_usr`, and `` `library`.`member` `` of MySQL, where that is a database, `member`.
"""

import re
import sqlite3
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

_COPY = re.compile(r'COPY ([\w."]+) \(([^)]*)\) FROM stdin', re.IGNORECASE)
_NAME = r'([`"]?\w+[`"]?(?:\.[`"]?\w+[`"]?)?)'
_INSERT = re.compile(
    rf"(?:INSERT\s+(?:IGNORE\s+)?|REPLACE\s+)INTO\s+{_NAME}\s*(?:\(([^)]*)\))?"
    r"\s*(?:OVERRIDING (?:SYSTEM|USER) VALUE\s+)?VALUES\s*",
    re.IGNORECASE,
)
_CREATE = re.compile(rf"CREATE (?:UNLOGGED )?TABLE\s+(?:IF NOT EXISTS\s+)?{_NAME}", re.IGNORECASE)
_COLUMN = re.compile(
    r"\s*(?!(?:CONSTRAINT|PRIMARY|UNIQUE|FOREIGN|CHECK|EXCLUDE|LIKE|PARTITION|INHERITS)\b"
    r"|(?:KEY|INDEX|FULLTEXT|SPATIAL)\s+\S*\s*\()"
    r"[`\"]?(\w+)[`\"]?\s",
    re.IGNORECASE,
)
_INHERITS = re.compile(rf"\)\s*INHERITS\s+\({_NAME}\)", re.IGNORECASE)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# Kibibytes of the tables in memory; the rest is in a file that ends with the process.
_CACHE = "PRAGMA cache_size = -64000"
_BEGIN = re.compile(
    r"\s*((?:INSERT\s+(?:IGNORE\s+)?INTO|REPLACE\s+INTO|CREATE (?:UNLOGGED )?TABLE)\b)",
    re.IGNORECASE,
)
# What is passed by, with the statements in its body.
_ROUTINE = re.compile(
    r"\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:(?:DEFINER\s*=\s*\S+|CONSTRAINT|TEMP|EVENT)\s+)*"
    r"(?:TRIGGER|FUNCTION|PROCEDURE|EVENT|RULE)\b",
    re.IGNORECASE,
)
_DELIMITER = re.compile(r"\s*DELIMITER\s+(\S+)", re.IGNORECASE)
_DELIMITER_AGAIN = re.compile(r"^\s*DELIMITER\s+;", re.IGNORECASE)
_COMMENT = re.compile(r"\s*(?:--|#)")
_DOLLARS = re.compile(r"(?:\bAS|\bDO|^)\s*(\$(?:[a-z_]\w*)?\$)", re.IGNORECASE)
_BODY = re.compile(r"\bBEGIN\b", re.IGNORECASE)
_END_OF_BODY = re.compile(r"\bEND\s*;\s*'?\s*$", re.IGNORECASE)
_GROUP = re.compile(r"\bDO\s+(?:ALSO\s+|INSTEAD\s+)?\(", re.IGNORECASE)
_END_OF_GROUP = re.compile(r"^\s*\)\s*;\s*$")
# Of PostgreSQL, where a backslash in a text is one.
_PLAIN = b"standard_conforming_strings = on"
_MARK = re.compile(r"\\.|[';]", re.DOTALL)
_PLAIN_MARK = re.compile(r"[';]")
_QUOTED = re.compile(r"[^'\\]*(?:(?:\\.|'')[^'\\]*)*", re.DOTALL)
_PLAIN_QUOTED = re.compile(r"[^']*(?:''[^']*)*")
_IN_QUOTES = re.compile(r"\\(.)|''", re.DOTALL)
_WORD = re.compile(r"[^,)]*")
_WORDS = {"NULL": None, "TRUE": "t", "FALSE": "f"}
_ENCODINGS = ("utf-8", "cp1252")
_NOT_NAMES = re.compile(r"[^A-Za-z0-9_]")
# What the programs write first, and behind all data, unless they are told to leave comments out.
_ENDS = {
    b"-- MySQL dump": b"-- Dump completed",
    b"-- MariaDB dump": b"-- Dump completed",
    b"-- PostgreSQL database dump": b"-- PostgreSQL database dump complete",
}
_LOOKED_AT = 4096
_SHOWN = 40
MOST_DAMAGED = 1000
"""Most damaged rows of a table that are named of one file; the others are counted."""
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
        self._damages: Counter[str] = Counter()
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
        self._damages.clear()
        try:
            self._load(path)
            self._count_damages()
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
                self._load_inserts(_Lines(lines), plain=_is_plain(path))

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
        self._damages[table] += 1
        if self._damages[table] <= MOST_DAMAGED:
            self.damaged.append(Damaged(table, self._file, line, detail))

    def _count_damages(self) -> None:
        """Tell how many damaged rows of each table were not named."""
        for table, count in self._damages.items():
            if count > MOST_DAMAGED:
                last = next(one for one in reversed(self.damaged) if one.table == table)
                detail = f"After this line there are {count - MOST_DAMAGED:,} more such rows."
                self.damaged.append(Damaged(table, self._file, last.line, detail))

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
                self._add(_table(match[1]), _named(match[2]), _copied(lines))

    def _load_inserts(self, lines: _Lines, *, plain: bool) -> None:
        columns: dict[str, list[str]] = {}
        for statement in statements(lines, plain=plain):
            made = _CREATE.match(statement)
            if made:
                columns[_table(made[1])] = _declared(statement, columns)
                continue
            filled, line = _INSERT.match(statement), lines.number - statement.count("\n")
            if filled:
                rows = _values(statement, filled.end(), plain=plain)
                names = _named(filled[2]) or columns.get(_table(filled[1]))
                self._insert(_table(filled[1]), names, line, rows)
            else:
                self._damage(UNREAD, line, f"This was not understood: {statement[:_SHOWN]}")

    def _insert(
        self, table: str, names: list[str] | None, line: int, rows: Iterator[list[str | None]]
    ) -> None:
        if names:
            self._add(table, names, ((line, row) for row in rows))
        else:
            self._damage(table, line, "The columns of these rows are nowhere named.")


def _require_end(path: Path) -> None:
    """That a dump which says where it begins says where it ends, too. Raises _CutOff."""
    awaited = b""
    with path.open("rb") as file:
        for line in file:
            if not line.startswith(b"-- "):
                continue
            if awaited and line.startswith(awaited):
                awaited = b""
            else:
                awaited = next((_ENDS[one] for one in _ENDS if line.startswith(one)), awaited)
    if awaited:
        raise _CutOff(f'it has no line "{awaited.decode()}" at its end')


def _is_plain(path: Path) -> bool:
    """Whether a backslash stands for itself in the texts of a dump."""
    with path.open("rb") as file:
        return _PLAIN in file.read(_LOOKED_AT)


def _table(name: str) -> str:
    """A table by its name, before which PostgreSQL has its schema and MySQL its database."""
    own = name.rpartition(".")[2] if "`" in name else name
    return _NOT_NAMES.sub("", own.replace(".", "_")).lower()


def _named(columns: str | None) -> list[str]:
    """The columns that an INSERT names."""
    return [one.strip(' `"\n') for one in columns.split(",")] if columns else []


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


def statements(lines: Iterator[str], *, plain: bool = False) -> Iterator[str]:
    """The CREATE TABLE, INSERT and REPLACE statements of a dump, one after the other.

    Those in triggers, routines and rules are none. In `plain` texts a backslash stands for itself.
    Raises _CutOff if the last of them, or what is passed by, has no end.
    """
    for line in lines:
        rest = line
        while begun := _BEGIN.match(rest):
            statement, rest = _whole(rest[begun.start(1) :], lines, plain=plain)
            yield statement
        _pass_by(rest, lines)


def _pass_by(line: str, lines: Iterator[str]) -> None:
    """Read to its end what begins in a line, and has statements that are not carried out."""
    if _COMMENT.match(line):
        return
    delimiter = _DELIMITER.match(line)
    if delimiter and delimiter[1] != ";":
        _pass_until(_DELIMITER_AGAIN, line, lines)
    elif _ROUTINE.match(line):
        _pass_routine(line, lines)
    elif dollars := _DOLLARS.search(line):
        _pass_quoted(dollars, line, lines)


def _pass_routine(begun: str, lines: Iterator[str]) -> None:
    for line in chain([begun], lines):
        end = line
        if dollars := _DOLLARS.search(line):
            end = _pass_quoted(dollars, line, lines)
        elif _BODY.search(line) and not _END_OF_BODY.search(line):
            end = _pass_until(_END_OF_BODY, begun, lines)
        elif _GROUP.search(line) and not _is_over(line):
            end = _pass_until(_END_OF_GROUP, begun, lines)
        if _is_over(end):
            return
    raise _CutOff(_endless(begun))


def _is_over(line: str) -> bool:
    return line.rstrip().endswith((";", ";'"))


def _pass_quoted(dollars: re.Match[str], line: str, lines: Iterator[str]) -> str:
    """Read a text between dollars to its end; what follows it in the line."""
    mark, rest = dollars[1], line[dollars.end() :]
    if mark not in rest:
        rest = _pass_until(re.compile(re.escape(mark)), line, lines)
    return rest.partition(mark)[2]


def _pass_until(end: re.Pattern[str], begun: str, lines: Iterator[str]) -> str:
    """Read on to the line in which an end is, and give it."""
    for line in lines:
        if end.search(line):
            return line
    raise _CutOff(_endless(begun))


def _endless(begun: str) -> str:
    return f"a statement has no end: {begun.strip()[:_SHOWN]}"


def _whole(begun: str, lines: Iterator[str], *, plain: bool) -> tuple[str, str]:
    """A statement to its end, which may be on further lines, and what follows it."""
    parts: list[str] = []
    is_quoted = False
    for line in chain([begun], lines):
        end, is_quoted = _end(line, is_quoted=is_quoted, plain=plain)
        parts.append(line[:end])
        if end is not None:
            return "".join(parts), line[end:]
    raise _CutOff(_endless(begun))


def _end(text: str, *, is_quoted: bool, plain: bool) -> tuple[int | None, bool]:
    """Where a statement ends in a text, or whether a value in quotes goes on behind it."""
    for mark in (_PLAIN_MARK if plain else _MARK).finditer(text):
        if mark[0] == "'":
            is_quoted = not is_quoted
        elif mark[0] == ";" and not is_quoted:
            return mark.end(), False
    return None, is_quoted


def _declared(statement: str, tables: Mapping[str, list[str]]) -> list[str]:
    """The columns of a table, in their order, after those of the one that it inherits from."""
    parent = _INHERITS.search(statement)
    inherited = tables.get(_table(parent[1]), []) if parent else []
    lines = statement.splitlines()[1:]
    own = [found[1] for line in lines if (found := _COLUMN.match(line))]
    return [*dict.fromkeys([*inherited, *own])]


def _values(text: str, at: int, *, plain: bool = False) -> Iterator[list[str | None]]:
    """The rows of VALUES (…), (…); one that is not closed has no values.

    Truth is told as COPY does, by t and f.
    """
    quoted = _PLAIN_QUOTED if plain else _QUOTED
    row: list[str | None] = []
    is_open = False
    while at < len(text):
        char = text[at]
        if char == "'":
            found = quoted.match(text, at + 1)
            row.append(_unquoted(found[0], plain=plain) if found else "")
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
            row.append(_WORDS.get(said.upper(), said))
            at = word.end() if word else at
            continue
        at += 1
    if is_open:
        yield []


def _unquoted(text: str, *, plain: bool) -> str:
    """A text as it was before it was put into quotes."""
    if plain:
        return text.replace("''", "'")
    if "\\" not in text and "''" not in text:
        return text
    return _IN_QUOTES.sub(lambda m: _ESCAPES.get(m[1], m[1]) if m[1] else "'", text)
