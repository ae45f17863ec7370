"""`import`, `export` and `move-in`: a library on its way in and out."""

from pathlib import Path
from typing import Any

import click

from api.commands import importing
from api.commands.asked import require_places
from api.commands.group import Group, actor, require_tables
from api.commands.report import Report, Unwritten
from api.commands.signed import signed
from models.vocabulary import ImportKind

moving = Group("moving")
_FORMATS = ("csv", "ndjson")


@moving.command("import")
@click.argument("kind", type=click.Choice([*(kind.value for kind in ImportKind), "all"]))
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--format", "written", type=click.Choice(_FORMATS), help="When the name is silent.")
@click.option("--columns", default="", help='Such as "card_number:Ausweis".')
@click.option("--encoding", help="If it is not recognised, such as windows-1252 or mac-roman.")
@click.option("--dates", type=click.Choice(("dmy", "mdy", "ymd")), help="Day, month, year.")
@click.option("--money", type=click.Choice(("major", "minor")), help="What whole amounts are.")
@click.option(
    "--match",
    default="",
    help="Members: card_number,email,source_key. Books: isbn,control_number, or as `catalogue"
    " import` has it.",
)
@click.option("--on-match", type=click.Choice(("skip", "update")), default="skip")
@click.option("--dry-run", is_flag=True, help="Check all rows, write nothing.")
@click.option("--rejects", type=click.Path(dir_okay=False, writable=True), help="Rejected rows.")
@click.option(
    "--report", type=click.Path(dir_okay=False, writable=True), help="CSV of all that is said."
)
@click.pass_context
def take_in(ctx: click.Context, /, kind: str, file: Path, **how: Any) -> None:
    """Bring the records of FILE into the library; KIND says what they are.

    With `all`, FILE is a folder that `export` has made; of the rows that were rejected there is a
    file for each kind then, such as left-members.ndjson for left.ndjson. A row that was brought in
    once changes nothing the second time. Ends with 1 if any row was rejected.
    """
    if kind == "all":
        ctx.exit(importing.folder(file, how))
    if file.is_dir():
        raise click.UsageError(f"{file} is a folder; `import all {file}` takes one.")
    if kind == "books":
        importing.books(ctx, file, how)
    ctx.exit(importing.one(kind, file, how))


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
    from moving.move_in import files, move_in

    require_places(files(folder, system), {"--report": report})
    require_tables()
    with Report(report, of_kinds=True) as said:
        try:
            done = move_in(folder, system, actor(), _telling, dry_run=dry_run)
        except ValueError as error:
            raise click.ClickException(f"{folder} cannot be read: {error}.") from None
        finally:
            click.echo(err=True)
        click.echo("\n".join(signed(done, dry_run=dry_run)))
        try:
            for one in done.left:
                said.kind = one.kind
                said.add(one.number, "failed", one.field, one.code, one.detail)
            said.flush()
        except Unwritten as error:
            stays = "Nothing was brought in." if dry_run else "All that could come is brought in."
            raise Unwritten(f"{error.message} {stays}") from None
    ctx.exit(1 if done.left else 0)


def _telling(kind: str, rows: int) -> None:
    click.echo(f"\r{kind}: {rows:,}   ", nl=False, err=True)
