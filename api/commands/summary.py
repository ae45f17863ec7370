"""What an import came to, for the person at the command line."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from catalogue.checking import Noted, Rejected, Wrong
from catalogue.importing import Progress
from formats import Note, Reader

FIRST = 10
WORTH_A_RATE = 1000
_PLACES = re.compile(r"/\d+")

Reason = tuple[str, str]


class Summary:
    """Collects what is worth telling of an import, and writes the rejected records to a file."""

    def __init__(self, reader: Reader, rejects: str | None, after: int) -> None:
        self._reader = reader
        self._rejects = rejects
        self._after = after
        self._file: BinaryIO | None = None
        self._began = time.monotonic()
        self._reasons: Counter[Reason] = Counter()
        self._first: list[str] = []
        self._notes: Counter[Reason] = Counter()
        self._examples: dict[Reason, str] = {}

    def keep(self, progress: Progress, rejected: list[Rejected], noted: list[Noted]) -> None:
        """Take in what a batch rejected, and what could not be read of its records."""
        for record in rejected:
            self._reasons.update({_reason(fault) for fault in record.faults})
            if len(self._first) < FIRST:
                told = "; ".join(_told(fault) for fault in record.faults)
                self._first.append(f"  record {record.number}: {told}")
            self._write(record.raw)
        for number, notes in noted:
            for note in notes:
                reason = _reason(note)
                self._notes[reason] += 1
                self._examples.setdefault(reason, f"record {number}: {note.detail}")

    def close(self) -> None:
        """Finish the file of rejected records."""
        if self._file is not None:
            self._file.write(self._reader.footer)
            self._file.close()

    def text(self, progress: Progress, request_id: str, *, dry_run: bool) -> str:
        """The summary."""
        seconds = time.monotonic() - self._began
        read = progress.processed - self._after
        counts = {
            "created": progress.created,
            "updated": progress.updated,
            "skipped": progress.skipped - self._after,
            "failed": progress.failed,
        }
        head = "Nothing was written. It would be, of" if dry_run else "Of"
        lines = [f"{head} {read:,} record{'' if read == 1 else 's'}:"]
        lines += [f"{count:>9,} {name}" for name, count in counts.items()]
        rate = f", {read / seconds:,.0f} records a second" if read >= WORTH_A_RATE else ""
        lines.append(f"It took {seconds:.1f} s{rate}.")
        if self._reasons:
            lines += ["Why records failed:", *_counted(self._reasons), "The first:", *self._first]
        if self._notes:
            lines += ["Taken, but worth a look:", *_counted(self._notes, self._examples)]
        if not dry_run and progress.created + progress.updated:
            lines.append(f"The audit log has all this under request_id {request_id}.")
        return "\n".join(lines)

    def _write(self, raw: bytes) -> None:
        if self._rejects is None:
            return
        if self._file is None:
            self._file = Path(self._rejects).open("wb")  # noqa: SIM115  closed by `close`
            self._file.write(self._reader.header)
        self._file.write(raw)


def _reason(fault: Wrong | Note) -> Reason:
    """What is alike in many records: the field, without places in lists, and the code."""
    return _PLACES.sub("", fault.field or "record"), fault.code


def _told(fault: Wrong) -> str:
    return f"{fault.field}: {fault.detail}" if fault.field else fault.detail


def _counted(reasons: Counter[Reason], examples: dict[Reason, str] | None = None) -> Iterator[str]:
    for reason, count in reasons.most_common():
        example = f" ({(examples or {})[reason]})" if examples else ""
        yield f"{count:>9,} {reason[0]}: {reason[1]}{example}"
