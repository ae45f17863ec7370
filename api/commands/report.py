"""A file that says of an import what its summary has no room for."""

import csv
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO

import click

COLUMNS = ("record", "outcome", "field", "code", "detail")


class Unwritten(click.ClickException):
    """A report or a file of rejected records cannot be written; ends the command with 1."""


@contextmanager
def writing(path: str | None) -> Iterator[None]:
    """What writes into a file. Raises Unwritten."""
    try:
        yield
    except OSError as error:
        raise Unwritten(f"{path} cannot be written: {error.strerror}.") from None


@contextmanager
def counted(done: Callable[[], int], *, dry_run: bool) -> Iterator[None]:
    """An import that says how many records were `done` where it ends before the last.

    Raises Unwritten.
    """
    try:
        yield
    except Unwritten as error:
        stays = "Nothing was brought in." if dry_run else f"{done():,} records of it are done."
        raise Unwritten(f"{error.message} The import ended here. {stays}") from None


class Report:
    """A line of CSV for each thing that is to be said of a record; nothing without a path.

    The file is opened at once, and what was in it goes with the first line or at the end, unless an
    error ends it before. Of records of several kinds each line begins with the `kind`, which the
    caller sets.
    """

    def __init__(self, path: str | None, *, of_kinds: bool = False) -> None:
        """Raises OSError."""
        self.kind = ""
        self._path = path
        self._of_kinds = of_kinds
        self._is_begun = False
        self._file: IO[str] | None = None
        if path is not None:
            self._file = Path(path).open("a", encoding="utf-8", newline="")  # noqa: SIM115  by `__exit__`

    def __enter__(self) -> "Report":
        return self

    def __exit__(
        self, error: type[BaseException] | None, value: object, at: TracebackType | None
    ) -> None:
        if self._file is not None:
            # What cannot be written was told already when an error is on its way.
            with writing(self._path) if error is None else suppress(OSError), self._file:
                if error is None:
                    self._begin(self._file)

    def add(self, record: int, outcome: str, field: str | None, code: str, detail: str) -> None:
        """Write a line, at the latest when `flush` is called. Raises Unwritten."""
        if self._file is not None:
            with writing(self._path):
                self._begin(self._file)
                self._write(self._file, self.kind, (record, outcome, field, code, detail))

    def flush(self) -> None:
        """Write what was added. Raises Unwritten."""
        if self._file is not None:
            with writing(self._path):
                self._file.flush()

    def _begin(self, file: IO[str]) -> None:
        if self._is_begun:
            return
        self._is_begun = True
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file.truncate(0)
        self._write(file, "kind", COLUMNS)

    def _write(self, file: IO[str], kind: str, line: tuple[object, ...]) -> None:
        csv.writer(file).writerow((kind, *line) if self._of_kinds else line)
