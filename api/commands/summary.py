"""What an import came to, for the person at the command line."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from api.commands.report import Report, writing
from catalogue.import_outcome import WHY_SKIPPED, Skipped
from catalogue.import_run import Progress, Told
from formats import Note
from formats.faulty_values import Wrong
from formats.read_ahead import Read

FIRST = 10
WORTH_A_RATE = 1000
_PLACES = re.compile(r"/\d+")

Reason = tuple[str, str]


class Summary:
    """Collects what is worth telling of an import, and writes the rejected records to a file."""

    def __init__(self, reader: Read, rejects: str | None, report: Report, after: int) -> None:
        self._reader = reader
        self._rejects = rejects
        self._report = report
        self._after = after
        self._file: BinaryIO | None = None
        self._began = time.monotonic()
        self._reasons: Counter[Reason] = Counter()
        self._first: list[str] = []
        self._notes: Counter[Reason] = Counter()
        self._examples: dict[Reason, list[str]] = {}
        self._skipped: Counter[str] = Counter()
        self._first_skipped: dict[str, list[str]] = {}

    def keep(self, progress: Progress, told: Told) -> None:
        """Take in what a batch rejected, what is to be noted of records, and what was skipped.

        All of it is in the files then: the batch is done as soon as they tell of it. Raises
        Unwritten.
        """
        for record in told.rejected:
            self._reasons.update({_reason(fault) for fault in record.faults})
            if len(self._first) < FIRST:
                faults = "; ".join(_told(fault) for fault in record.faults)
                self._first.append(f"  record {record.number}: {faults}")
            for fault in record.faults:
                self._report.add(record.number, "failed", *fault)
            self._write(record.raw)
        for number, notes in told.noted:
            for note in notes:
                self._note(number, note)
        for skipped in told.skipped:
            self._skip(skipped)
        self._report.flush()
        if self._file is not None:
            with writing(self._rejects):
                self._file.flush()

    def _skip(self, record: Skipped) -> None:
        number, code, _ = record
        self._skipped[code] += 1
        _keep_first(self._first_skipped.setdefault(code, []), str(number))
        self._report.add(number, "skipped", None, code, WHY_SKIPPED[code])

    def _note(self, number: int, note: Note) -> None:
        reason = _reason(note)
        self._notes[reason] += 1
        examples = self._examples.setdefault(reason, [])
        _keep_first(examples, str(number) if examples else f"record {number}: {note.detail}")
        self._report.add(number, "noted", *note)

    def close(self) -> None:
        """Finish the file of rejected records. Raises Unwritten."""
        if self._file is not None:
            with writing(self._rejects), self._file:
                self._file.write(self._reader.footer)

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
        lines += self._how_it_was_read()
        if self._skipped:
            lines += ["Why records were skipped:", *self._why_skipped()]
        if self._reasons:
            lines += ["Why records failed:", *_counted(self._reasons), "The first:", *self._first]
        if self._notes:
            lines += ["Taken, but worth a look:", *_exemplified(self._notes, self._examples)]
        if not dry_run and progress.created + progress.updated:
            made = f"what was made or changed under request_id {request_id}"
            lines.append(f"The audit log has {made}.")
        return "\n".join(lines)

    def _how_it_was_read(self) -> Iterator[str]:
        """The encoding that was found out, and what of the file was not used."""
        reader = self._reader
        if reader.samples:
            yield f"Read as {reader.encoding}, such as {', '.join(reader.samples)}."
        if reader.unused:
            yield f"Not used: {', '.join(reader.unused)}."

    def _why_skipped(self) -> Iterator[str]:
        for code, count in self._skipped.most_common():
            records = _first_of(self._first_skipped[code], count)
            yield f"{count:>9,} {WHY_SKIPPED[code]} (record {records})"

    def _write(self, raw: bytes) -> None:
        if self._rejects is None:
            return
        with writing(self._rejects):
            if self._file is None:
                self._file = Path(self._rejects).open("wb")  # noqa: SIM115  closed by `close`
                self._file.write(self._reader.header)
            self._file.write(raw)


def _reason(fault: Wrong | Note) -> Reason:
    """What is alike in many records: the field, without places in lists, and the code."""
    return _PLACES.sub("", fault.field or "record"), fault.code


def _told(fault: Wrong) -> str:
    return f"{fault.field}: {fault.detail}" if fault.field else fault.detail


def _counted(reasons: Counter[Reason]) -> Iterator[str]:
    for (field, code), count in reasons.most_common():
        yield f"{count:>9,} {field}: {code}"


def _exemplified(reasons: Counter[Reason], examples: dict[Reason, list[str]]) -> Iterator[str]:
    """The same, each with what it was in its first record, and the numbers of the next."""
    for line, (reason, count) in zip(_counted(reasons), reasons.most_common(), strict=True):
        first, *others = examples[reason]
        also = f"; also {_first_of(others, count - 1)}" if others else ""
        yield f"{line} ({first}{also})"


def _keep_first(kept: list[str], one: str) -> None:
    if len(kept) < FIRST:
        kept.append(one)


def _first_of(records: list[str], count: int) -> str:
    """The first of so many records."""
    return ", ".join(records) + (", …" if count > len(records) else "")
