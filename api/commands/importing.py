"""What `import` does with one file, or with a whole folder that `export` has made."""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from api.commands.asked import columns_of, require_encoding, require_match, require_places
from api.commands.catalogue import bring_in, progress_of, shown_on
from api.commands.group import actor, require_tables
from api.commands.report import Report, counted

if TYPE_CHECKING:
    from catalogue.import_jobs import Task
    from models.audit import Actor

_ENDINGS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson"}
_SAME = ("columns", "encoding", "dates", "rejects", "report", "on_match", "dry_run")
"""Options that `import books` has in common with `catalogue import`."""


class _File(NamedTuple):
    """A file to be brought in, and where its rejected rows go."""

    kind: str
    path: Path
    written: str
    rejects: str | None


def books(ctx: click.Context, path: Path, how: Mapping[str, Any]) -> None:
    """Do `catalogue import` with the same options, which ends the command."""
    _refuse(how, ("money",), "prices with decimals are told from those without by themselves")
    same = {name: how[name] for name in _SAME}
    if how["match"]:
        same["match"] = how["match"]
    with path.open("rb") as file:
        ctx.invoke(bring_in, file=file, kind=how["written"], **same)


def one(kind: str, path: Path, how: Mapping[str, Any]) -> int:
    """Bring in one file that is not of books; 1 if any row was rejected."""
    written = how["written"] or _ENDINGS.get(path.suffix.lower())
    if written is None:
        raise click.UsageError(f"The name {path.name} does not say the format; give --format.")
    columns = _columns(kind, written, how)
    require_places([path], {"--rejects": how["rejects"], "--report": how["report"]})
    require_tables()
    file = _File(kind, path, written, how["rejects"])
    with Report(how["report"]) as report:
        task = _task(file, {**how, "columns": columns}, who := actor())
        return _bring(file, task, report, who, dry_run=how["dry_run"])


def _columns(kind: str, written: str, how: Mapping[str, Any]) -> dict[str, str]:
    """The columns that were named. Raises UsageError for options that do not fit the file."""
    from moving.fields import OF_KIND
    from validators.imports import MATCHES_OF_MEMBERS

    if written != "csv":
        _refuse(how, ("columns", "encoding"), "only CSV takes this; NDJSON names its fields")
    if kind != "members":
        _refuse(how, ("match",), f"{kind} are known by their source_key alone")
    elif how["match"]:
        require_match(how["match"], MATCHES_OF_MEMBERS)
    require_encoding(how["encoding"])
    return columns_of(how["columns"], OF_KIND[kind])


def _refuse(how: Mapping[str, Any], names: Iterable[str], why: str) -> None:
    for name in names:
        if how[name]:
            raise click.UsageError(f"--{name}: {why}.")


def folder(path: Path, how: Mapping[str, Any]) -> int:
    """Bring in a whole folder; 1 if any row was rejected. Of a dry run nothing stays."""
    from models.database import undone
    from moving.folder import CALENDAR, MANIFEST, set_calendar

    files = _files(path, how)
    _require_currency(path)
    written = {f"--rejects for {one.kind}": one.rejects for one in files}
    read = [path / MANIFEST, path / CALENDAR, *(one.path for one in files)]
    require_places(read, {"--report": how["report"], **written})
    require_tables()
    who, dry_run = actor(), how["dry_run"]
    asked = {**how, "columns": {}}
    with Report(how["report"], of_kinds=True) as report:
        with undone() if dry_run else nullcontext():
            if set_calendar(path, who):
                verb = "would be" if dry_run else "are"
                click.echo(f"Time zone and opening days {verb} those of the folder.")
        with undone() if dry_run else nullcontext():
            done = [
                _bring(one, _task(one, _tried(asked, one.kind), who), report, who, dry_run=dry_run)
                for one in files
            ]
    return max(done)


def _tried(asked: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """How a kind is brought in of a folder, of which all is undone in the end in a dry run.

    So each kind finds what came before it. Closures are undone at once, as the opening days are:
    who changes them keeps everybody from lending until the transaction ends.
    """
    return {**asked, "dry_run": asked["dry_run"] and kind == "closures"}


def _files(folder: Path, how: Mapping[str, Any]) -> list[_File]:
    """The files of an export, which is whole. Raises UsageError, ClickException."""
    from moving.folder import NotWhole, read_manifest
    from validators.imports import MATCHES_OF_MEMBERS

    if how["written"]:
        raise click.UsageError("--format: the names of an export say it.")
    _refuse(how, ("columns", "encoding", "dates", "money"), "an export is read as it was written")
    if how["match"]:
        require_match(how["match"], MATCHES_OF_MEMBERS)
    try:
        found = read_manifest(folder)
    except (NotWhole, OSError) as error:
        raise click.ClickException(f"{folder} is no whole export: {error}") from None
    files = [
        _File(one.kind, folder / one.file, _written(one.file), _of_kind(how["rejects"], one.kind))
        for one in found
    ]
    if any(one.kind == "books" and one.written == "csv" for one in files):
        raise click.ClickException(
            f"{folder} has books as CSV, without the keys by which copies and holds name them."
            " Export the library as NDJSON, or bring in the files one by one."
        )
    return files


def _require_currency(folder: Path) -> None:
    """That amounts are in the currency of this library, as far as is known. Raises ClickException.

    Minor units of one are not those of another: 1250 is 12.50 EUR or 1250 JPY.
    """
    from circulation import rulebook
    from moving.folder import currency_of

    there, here = currency_of(folder), rulebook.currency()
    if there is None:
        told = f"{folder} does not name its currency; amounts are read as {here}."
        click.echo(f"Warning: {told}", err=True)
    elif there != here:
        raise click.ClickException(
            f"The amounts of {folder} are in {there}, and CURRENCY is {here} here."
            " Amounts are not converted; set CURRENCY as it was there."
        )


def _written(name: str) -> str:
    return _ENDINGS.get(Path(name).suffix, "ndjson")


def _of_kind(rejects: str | None, kind: str) -> str | None:
    """Where the rejected rows of a kind go, such as left-members.ndjson for left.ndjson."""
    if rejects is None:
        return None
    path = Path(rejects)
    return str(path.with_name(f"{path.stem}-{kind}{path.suffix}"))


def _bring(file: _File, task: "Task", report: Report, who: "Actor", *, dry_run: bool) -> int:
    """Bring in one file, showing how far it is; 1 if any row was rejected."""
    from api.commands.summary import Summary
    from formats.read_ahead import reading

    work, report.kind = task.work, file.kind
    with (
        file.path.open("rb") as opened,
        progress_of(opened, file.path.name) as bar,
        reading(opened, task.opening, task.each, task.ready) as reader,
        counted(lambda: work.progress.processed, dry_run=dry_run),
    ):
        summary = Summary(reader, file.rejects, report, 0)
        work.keep = summary.keep
        try:
            task.store(shown_on(bar, reader))
        finally:
            summary.close()
    click.echo(f"{file.kind}: {summary.text(work.progress, who.request_id, dry_run=dry_run)}")
    for line in reader.read_as:
        click.echo(f"  read {line}")
    if not dry_run:
        task.after()
    return 1 if work.progress.failed else 0


def _task(file: _File, how: Mapping[str, Any], who: "Actor") -> "Task":
    from catalogue.import_jobs import Task
    from circulation import rulebook
    from formats import Options
    from moving import run
    from moving.reading import Wish

    if file.kind == "books":
        from catalogue.import_run import Import, Rules
        from formats import read

        rules = Rules(on_match=how["on_match"], dry_run=how["dry_run"])
        books = Import(rules, who, lambda progress, said: None)
        options = Options(decimals=rulebook.decimals())
        opening = partial(read, kind=file.written, options=options)
        return Task(opening, books.check, books, books.store, books.ready(), books.tidy)
    options = Options(how["columns"], encoding=how["encoding"], dates=how["dates"])
    updates, dry_run = how["on_match"] == "update", how["dry_run"]
    about = run.about(who, how["match"], updates=updates, dry_run=dry_run)
    work = run.MoveIn(run.TAKERS[file.kind](about))
    wish = Wish(file.written, options, how["money"])
    return Task(run.opening(file.kind, wish, about), None, work, work.run)
