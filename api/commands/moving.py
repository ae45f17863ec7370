"""`import`, `export` and `move-in`: a library on its way in and out."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.commands.catalogue import bring_in, progress_of, shown_on
from api.commands.group import Group, actor, require_tables
from models.vocabulary import ImportKind

if TYPE_CHECKING:
    from catalogue.import_jobs import Task

moving = Group("moving")
_ENDINGS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson"}
_FORMATS = ("csv", "ndjson")
MOST_NAMED = 10


def _columns(ctx: Any, param: Any, told: str) -> dict[str, str]:
    pairs = [pair.partition(":") for pair in told.split(",") if pair]
    if any(not header for _, _, header in pairs):
        raise click.BadParameter('such as "card_number:Ausweis,last_name:Name".')
    return {name.strip(): header.strip() for name, _, header in pairs}


@moving.command("import")
@click.argument("kind", type=click.Choice([*(kind.value for kind in ImportKind), "all"]))
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--format", "written", type=click.Choice(_FORMATS), help="When the name is silent.")
@click.option("--columns", default="", callback=_columns, help='Such as "card_number:Ausweis".')
@click.option("--encoding", help="If it is not recognised, such as windows-1252 or mac-roman.")
@click.option("--dates", type=click.Choice(("dmy", "mdy", "ymd")), help="Day, month, year.")
@click.option("--money", type=click.Choice(("major", "minor")), help="What whole amounts are.")
@click.option("--match", default="", help="Members: card_number,email,source_key.")
@click.option("--on-match", type=click.Choice(("skip", "update")), default="skip")
@click.option("--dry-run", is_flag=True, help="Check all rows, write nothing.")
@click.option("--rejects", type=click.Path(dir_okay=False, writable=True), help="Rejected rows.")
@click.option(
    "--report", type=click.Path(dir_okay=False, writable=True), help="CSV of all that is said."
)
@click.pass_context
def take_in(ctx: click.Context, /, kind: str, file: Path, **how: Any) -> None:
    """Bring the records of FILE into the library; KIND says what they are.

    With `all`, FILE is a folder that `export` has made. A row that was brought in once changes
    nothing the second time. Ends with 1 if any row was rejected.
    """
    require_tables()
    if kind == "all":
        ctx.exit(_take_in_all(file, how))
    if file.is_dir():
        raise click.UsageError(f"{file} is a folder; `import all {file}` takes one.")
    if kind == "books":
        with file.open("rb") as opened:
            ctx.invoke(bring_in, file=opened, kind=how["written"], columns="", copies="", after=0,
                       rejects=how["rejects"], report=how["report"],
                       match="isbn,control_number", on_match=how["on_match"],
                       dry_run=how["dry_run"])  # fmt: skip
    ctx.exit(_take_in(kind, file, how))


def _take_in_all(folder: Path, how: dict[str, Any]) -> int:
    """Bring in a whole folder; 1 if any row was rejected."""
    from moving.folder import NotWhole, read_manifest, set_calendar

    try:
        files = read_manifest(folder)
    except (NotWhole, OSError) as error:
        raise click.ClickException(f"{folder} is no whole export: {error}") from None
    if not how["dry_run"]:
        set_calendar(folder, actor())
    return max(_take_in(one.kind, folder / one.file, how) for one in files)


def _take_in(kind: str, path: Path, how: dict[str, Any]) -> int:
    """Bring in one file, showing how far it is; 1 if any row was rejected."""
    from api.commands.report import Report
    from api.commands.summary import Summary
    from formats.read_ahead import reading

    written = how["written"] or _ENDINGS.get(path.suffix.lower())
    if written is None:
        raise click.UsageError(f"The name {path.name} does not say the format; give --format.")
    who = actor()
    with path.open("rb") as file:
        task = _task(kind, written, how, who)
        work = task.work
        with (
            progress_of(file, path.name) as bar,
            reading(file, task.opening, task.each, task.ready) as reader,
        ):
            summary = Summary(reader, how["rejects"], Report(how["report"]), 0)
            work.keep = summary.keep
            try:
                task.store(shown_on(bar, reader))
            finally:
                summary.close()
    click.echo(f"{kind}: {summary.text(work.progress, who.request_id, dry_run=how['dry_run'])}")
    for line in reader.read_as:
        click.echo(f"  read {line}")
    if reader.unused:
        click.echo(f"  not used: {', '.join(reader.unused)}")
    task.after()
    return 1 if work.progress.failed else 0


def _task(kind: str, written: str, how: dict[str, Any], who: Any) -> "Task":
    from catalogue.import_jobs import Task
    from circulation import rulebook
    from formats import Options
    from moving import run
    from moving.reading import Wish

    if kind == "books":
        from catalogue.import_run import Import, Rules
        from formats import read

        rules = Rules(on_match=how["on_match"], dry_run=how["dry_run"])
        books = Import(rules, who, lambda progress, said: None)
        options = Options(decimals=rulebook.decimals())
        opening = partial(read, kind=written, options=options)
        return Task(opening, books.check, books, books.store, books.ready(), books.tidy)
    options = Options(how["columns"], encoding=how["encoding"], dates=how["dates"])
    updates, dry_run = how["on_match"] == "update", how["dry_run"]
    about = run.about(who, how["match"], updates=updates, dry_run=dry_run)
    work = run.MoveIn(run.TAKERS[kind](about))
    return Task(
        run.opening(kind, Wish(written, options, how["money"]), about), None, work, work.run
    )


@moving.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--format", "written", type=click.Choice(_FORMATS), default="ndjson")
@click.option("--yes", is_flag=True, help="Write over an export that is there.")
def take_out(folder: Path, written: str, yes: bool) -> None:
    """Write everything into FOLDER: a file for each kind, and a manifest with checksums.

    Passwords and PINs never leave. `import all FOLDER` brings it into another library.
    """
    from moving import folder as folders

    require_tables()
    if any(folder.glob("*")) and not yes:
        click.confirm(f"{folder} has files already. Write over them?", abort=True)
    try:
        files = folders.take_out(folder, written, lambda kind, records: None)
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written: {error.strerror}.") from None
    for one in files:
        click.echo(f"{one.records:>9,} {one.kind}")
    click.echo(f"{folder / folders.MANIFEST} has the checksums.")


@moving.command("move-in")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--from", "system", type=click.Choice(("koha", "evergreen", "openbiblio")), required=True
)
@click.option("--dry-run", is_flag=True, help="Do it all, tell of it, and undo it.")
@click.option(
    "--report", type=click.Path(dir_okay=False, writable=True), help="CSV of rows that cannot come."
)
@click.pass_context
def come(
    ctx: click.Context, /, folder: Path, system: str, dry_run: bool, report: str | None
) -> None:
    """Bring in a whole library that another system left in FOLDER: all of it, or nothing.

    It reads what it finds there: of Koha borrowers.db, MARC with items in 952 and reports as CSV;
    of Evergreen the COPY files; of OpenBiblio the SQL dump; MARC files of all. Nothing else should
    be done in the library meanwhile. Ends with 1 if any row could not come.
    """
    from api.commands.report import Report
    from moving.move_in import move_in

    require_tables()
    try:
        done = move_in(folder, system, actor(), _telling, dry_run=dry_run)
    except ValueError as error:
        raise click.ClickException(f"{folder} cannot be read: {error}.") from None
    finally:
        click.echo(err=True)
    written = Report(report)
    for one in done.left:
        written.add(one.number, f"failed {one.kind}", one.field, one.code, one.detail)
    written.close()
    click.echo("\n".join(_signed(done, dry_run=dry_run)))
    ctx.exit(1 if done.left else 0)


def _telling(kind: str, rows: int) -> None:
    click.echo(f"\r{kind}: {rows:,}   ", nl=False, err=True)


def _signed(done: Any, *, dry_run: bool) -> Iterator[str]:
    """The report that a librarian signs."""
    yield "Nothing was written. It would be:" if dry_run else "Moved in:"
    yield f"{'':<16}{'there':>12}{'before':>12}{'here':>12}{'came':>12}"
    for name, after in done.after.items():
        there, before = done.there.get(name), done.before[name]
        decimals = done.decimals if name == "owed" else 0
        numbers = [_number(one, decimals) for one in (there, before, after, after - before)]
        yield f"{name:<16}" + "".join(f"{one:>12}" for one in numbers)
    yield "Copies by status: " + ", ".join(f"{n:,} {name}" for name, n in done.statuses.items())
    yield f"{'Rows':<16}{'read':>12}{'created':>12}{'there':>12}{'left':>12}"
    for kind, one in done.progress.items():
        rows = (one.processed, one.created, one.skipped + one.updated, one.failed)
        yield f"{kind:<16}" + "".join(f"{number:>12,}" for number in rows)
    for name, number in done.passed_by.items():
        if number:
            yield f"{number:>7,} {name} were passed by"
    if done.left:
        yield "What could not come:"
    for (kind, code), some in _by_reason(done.left).items():
        named = ", ".join(str(one.number) for one in some[:MOST_NAMED])
        more = ", …" if len(some) > MOST_NAMED else ""
        yield f"{len(some):>7,} {kind}: {some[0].detail} ({code}; rows {named}{more})"


def _by_reason(left: list[Any]) -> dict[tuple[str, str], list[Any]]:
    reasons: dict[tuple[str, str], list[Any]] = {}
    for one in left:
        reasons.setdefault((one.kind, one.code), []).append(one)
    return reasons


def _number(value: int | None, decimals: int) -> str:
    return "-" if value is None else f"{Decimal(value).scaleb(-decimals):,}"
