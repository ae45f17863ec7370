"""What an import by command was asked for: refused before anything is written if it cannot be."""

import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import click

from models import database_files
from models.database_files import place


def columns_of(told: str, known: Collection[str]) -> dict[str, str]:
    """The column of each field, from `title:Werk,isbn:ISBN13`. Raises UsageError."""
    from validators.engine.errors import BadValue
    from validators.engine.queries import text_reader

    try:
        chosen: dict[str, str] = text_reader({"type": "dict"})(told) if told else {}
    except BadValue as error:
        raise click.UsageError(f"--columns: {error.detail}") from None
    unknown = sorted(chosen.keys() - {*known})
    if unknown:
        raise click.UsageError(f"--columns: there is no field {', '.join(unknown)}.")
    return chosen


def require_encoding(name: str | None) -> None:
    """That there is such an encoding, or none is named. Raises UsageError."""
    from formats.encoding_names import codec_name

    if name and codec_name(name) is None:
        raise click.UsageError(f"--encoding: there is no encoding {name}.")


def require_match(told: str, known: Collection[str]) -> None:
    """That records can be matched by each word of a list with commas. Raises UsageError."""
    for word in told.split(","):
        if word not in known:
            raise click.UsageError(f"--match: {word!r} is not one of {', '.join(known)}.")


def require_places(read: Iterable[Path | str], written: Mapping[str, str | None]) -> None:
    """That each file can be made, which some are only when needed, and is written over no other.

    Nor over the database. `written` are the files by option. Raises UsageError.
    """
    taken = {place(path): "the database itself" for path in database_files.paths()}
    taken.update((place(path), "the file that is read") for path in read)
    for option, path in written.items():
        if path is None or _is_device(path):
            continue
        at = place(path)
        if at in taken:
            raise click.UsageError(f"{option} would overwrite {taken[at]}.")
        if not _can_be_written(Path(path).resolve()):
            raise click.UsageError(f"{option}: {path} cannot be written to.")
        taken[at] = f"the file of {option}"


def _is_device(path: str) -> bool:
    at = Path(path)
    return at.exists() and not at.is_file() and not at.is_dir()


def _can_be_written(path: Path) -> bool:
    if path.exists():
        return path.is_file() and os.access(path, os.W_OK)
    return os.access(path.parent, os.W_OK | os.X_OK)
