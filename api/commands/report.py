"""A file that says of an import what its summary has no room for."""

import csv
from pathlib import Path
from types import TracebackType
from typing import IO

COLUMNS = ("record", "outcome", "field", "code", "detail")


class Report:
    """A line of CSV for each thing that is to be said of a record; nothing without a path.

    The file is opened at once, and what was in it goes with the first line or at the end, unless an
    error ends it before. Of records of several kinds each line begins with the `kind`, which the
    caller sets.
    """

    def __init__(self, path: str | None, *, of_kinds: bool = False) -> None:
        """Raises OSError."""
        self.kind = ""
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
            with self._file:
                if error is None:
                    self._begin(self._file)

    def add(self, record: int, outcome: str, field: str | None, code: str, detail: str) -> None:
        """Write a line."""
        if self._file is not None:
            self._begin(self._file)
            self._write(self._file, self.kind, (record, outcome, field, code, detail))

    def _begin(self, file: IO[str]) -> None:
        if self._is_begun:
            return
        self._is_begun = True
        if file.seekable():
            file.truncate(0)
        self._write(file, "kind", COLUMNS)

    def _write(self, file: IO[str], kind: str, line: tuple[object, ...]) -> None:
        csv.writer(file).writerow((kind, *line) if self._of_kinds else line)
