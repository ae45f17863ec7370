"""The report of a move from another system, which a librarian signs."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

MOST_NAMED = 10


def signed(done: Any, *, dry_run: bool) -> Iterator[str]:
    """The lines of the report on a `moving.move_in.Report`."""
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
    if done.unread:
        yield f"Files that were not read: {', '.join(done.unread)}"
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
