"""A file that says of an import what its summary has no room for."""

import csv
from pathlib import Path
from typing import IO

COLUMNS = ("record", "outcome", "field", "code", "detail")


class Report:
    """A line of CSV for each thing that is to be said of a record; nothing without a path."""

    def __init__(self, path: str | None) -> None:
        self._file: IO[str] | None = None
        if path is not None:
            self._file = Path(path).open("w", encoding="utf-8", newline="")  # noqa: SIM115  by `close`
            csv.writer(self._file).writerow(COLUMNS)

    def add(self, record: int, outcome: str, field: str | None, code: str, detail: str) -> None:
        """Write a line."""
        if self._file is not None:
            csv.writer(self._file).writerow((record, outcome, field, code, detail))

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()
