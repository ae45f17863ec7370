"""`catalogue`: bringing in the records of another system."""

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from api.commands.asked import columns_of, require_encoding, require_match, require_places
from api.commands.group import Group, actor, index_anew, require_tables
from models.vocabulary import FileFormat

if TYPE_CHECKING:
    from formats import Options

_ITEMS_A_STEP = 200

catalogue = Group("catalogue", help="Import records, and keep the search index.")


@catalogue.command("import")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--format",
    "kind",
    type=click.Choice([one.value for one in FileFormat]),
    help="When the name does not say.",
)
@click.option("--columns", default="", help='Such as "title:Original Title,isbn:ISBN13".')
@click.option("--copies", default="", help='Where MARC has copies, such as "999$i,$l,$t".')
@click.option(
    "--match",
    default="isbn,control_number",
    show_default=True,
    help="What tells that a record's book is there already, tried in turn.",
)
@click.option("--on-match", type=click.Choice(["skip", "update"]), default="skip")
@click.option("--encoding", help="Such as cp1250, when it is not found out.")
@click.option(
    "--dates",
    type=click.Choice(["dmy", "mdy", "ymd"]),
    help="The order of day, month and year, when columns do not tell.",
)
@click.option("--make-barcodes", is_flag=True, help="Give new copies without a barcode one.")
@click.option("--dry-run", is_flag=True, help="Check all records, write nothing.")
@click.option("--after", type=click.IntRange(0), default=0, help="Go on after this record.")
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, writable=True),
    help="File for rejected records.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, writable=True),
    help="CSV file for all that is to be said of records: failed, skipped, not read in full.",
)
@click.pass_context
def bring_in(
    ctx: click.Context,
    /,
    file: BinaryIO,
    kind: str | None,
    columns: str,
    copies: str,
    encoding: str | None,
    dates: str | None,
    after: int,
    rejects: str | None,
    report: str | None,
    match: str,
    **rules: Any,
) -> None:
    """Import the records of FILE, or of standard input for `-`, as books with copies.

    Records whose book is in the catalogue are skipped, or update it (--on-match update); copies
    that are missing are added.
    Ends with 1 if any record was rejected.
    """
    from api.commands.report import Report, counted
    from api.commands.summary import Summary
    from catalogue.import_jobs import keys
    from catalogue.import_run import Import, Progress, Rules
    from circulation import rulebook
    from formats import read
    from formats.read_ahead import reading
    from validators.imports import MATCHES

    require_encoding(encoding)
    require_match(match, MATCHES)
    options = replace(
        _options(columns, copies),
        may_correct=rules["on_match"] == "update",
        encoding=encoding,
        dates=dates,
        decimals=rulebook.decimals(),
    )
    kind = kind or _kind_of(file.name)
    _require_fitting(kind, options)
    require_places([file.name], {"--rejects": rejects, "--report": report})
    require_tables()
    who = actor()
    begun = Progress(processed=after, skipped=after)
    job = Import(Rules(keys(match), **rules), who, lambda progress, told: None, begun)
    opening = partial(read, kind=kind, options=options)
    with (
        Report(report) as said,
        progress_of(file, file.name) as bar,
        reading(file, opening, job.check, job.ready()) as reader,
        counted(lambda: job.progress.processed, dry_run=rules["dry_run"]),
    ):
        summary = Summary(reader, rejects, said, after)
        job.keep = summary.keep
        try:
            job.store(shown_on(bar, reader))
        except KeyboardInterrupt:
            done = job.progress.processed
            also = " and other files to write" if rejects or report else ""
            way = f"`octavo catalogue import` and --after {done}"
            raise click.ClickException(f"Stopped. Go on with {way}{also}.") from None
        finally:
            summary.close()
    click.echo(summary.text(job.progress, who.request_id, dry_run=rules["dry_run"]))
    job.tidy()
    ctx.exit(1 if job.progress.failed else 0)


@catalogue.command()
def reindex() -> None:
    """Build the search index anew, while the service goes on."""
    require_tables()
    click.echo(f"Indexed {index_anew()} books.")


def _options(columns: str, copies: str) -> "Options":
    from formats import COPY_FIELDS, Options, holdings
    from models.book_fields import FIELDS
    from validators.engine.errors import BadValue

    chosen = columns_of(columns, {*FIELDS, *COPY_FIELDS})
    try:
        return Options(chosen, holdings(copies) if copies else None)
    except BadValue as error:
        raise click.UsageError(error.detail) from None


def _kind_of(name: str) -> str:
    kind = FileFormat.of_ending(Path(name).suffix.lower())
    if kind is not None:
        return kind.value
    raise click.UsageError(f"The name {name} does not say the format; give --format.")


def _require_fitting(kind: str, options: "Options") -> None:
    if options.columns and kind != "csv":
        raise click.UsageError("--columns: only CSV has columns.")
    if options.copies and kind not in ("marc", "marcxml"):
        raise click.UsageError("--copies: only MARC takes this; CSV and NDJSON name their copies.")
    if kind == "ndjson" and (options.encoding or options.dates):
        raise click.UsageError("--encoding, --dates: NDJSON is UTF-8, and its dates are ISO.")


@contextmanager
def progress_of(file: BinaryIO, name: str) -> Iterator[Callable[[int], None]]:
    """A bar that shows how much of the file was brought in; called with more bytes of it."""
    about = os.fstat(file.fileno())
    size = about.st_size if stat.S_ISREG(about.st_mode) else None
    # Click asks for something to count where it is not told how much there is.
    shown: Any = click.progressbar(count(), length=size, label=f"Importing {name}", file=sys.stderr)
    with shown as bar:
        yield bar.update


def shown_on(tell: Callable[[int], None], items: Iterable[Any]) -> Iterator[Any]:
    """The items, telling now and then how many bytes they were.

    Their file may have been read already: that says nothing of how far they are.
    """
    passed = 0
    for number, item in enumerate(items, 1):
        passed += len(item.raw)
        if number % _ITEMS_A_STEP == 0:
            tell(passed)
            passed = 0
        yield item
    tell(passed)
