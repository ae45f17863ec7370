"""The name somebody may have meant by one that does not exist."""

from collections.abc import Sequence

from rapidfuzz import fuzz, process, utils

_ALIKE = 70
"""How alike two names must be, of 100, for one to be taken for the other misspelt."""
_LONGEST_NAME = 100
_MOST_NAMES = 40


def hint(name: str, known: Sequence[str], kind: str) -> str:
    """A sentence that helps with a `name` that is none of those `known`: the nearest, else all.

    `kind` is what the names are of, in the plural.
    """
    close = nearest(name, known)
    if close is not None:
        return f"Did you mean {close}?"
    if not known:
        return f"There are no {kind} here."
    more = ", …" if len(known) > _MOST_NAMES else ""
    return f"The {kind} are: {', '.join(known[:_MOST_NAMES])}{more}."


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name most like this one, ignoring case and punctuation; None if none is alike."""
    found = process.extractOne(
        name[:_LONGEST_NAME],
        known,
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        score_cutoff=_ALIKE,
    )
    return None if found is None else str(found[0])
