"""Which of the fields that state or trace a series tell of the one that a book is said to be in."""

from collections.abc import Sequence
from typing import NamedTuple

from formats.marc.fields import Field


class Statement(NamedTuple):
    """A field with a series, what it calls it, its number in it; or one that traces a series."""

    field: Field
    title: str
    volume: str
    traces: bool


class Series(NamedTuple):
    """The first series of a book, its number in it, and the fields that tell of it."""

    title: str | None
    volume: str | None
    fields: list[Field]


def first_series(statements: Sequence[Statement], untraced: str) -> Series:
    """The series that is stated first, or else traced; a number of another series is not its.

    The first indicator of a statement that nothing traces is `untraced`.
    """
    first = next((one for one in statements if one.title), None)
    if first is None:
        own = list(statements)
    else:
        is_alone = _is_alone(first, statements, untraced)
        own = [one for one in statements if is_alone or one.title == first.title]
    numbered = [first, *own] if first else own
    volume = next((one.volume for one in numbered if one.volume), None)
    return Series(first.title if first else None, volume, [one.field for one in own])


def _is_alone(first: Statement, statements: Sequence[Statement], untraced: str) -> bool:
    """Whether what else there is traces the same series, however it is called there."""
    if len(statements) == 1:
        return True
    traced = sum(one.traces for one in statements)
    is_traced = first.traces or first.field.text[:1] != untraced
    return is_traced and traced <= 1 and len(statements) - traced <= 1
