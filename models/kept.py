"""Results kept for texts that clients send: few and short ones, so that no client fills memory."""

from collections.abc import Callable
from functools import lru_cache, update_wrapper
from typing import Generic, TypeVar

Result = TypeVar("Result")
LONGEST = 200
"""Longer texts are read each time; few people ask for such a one, and nobody for the same twice."""


class KeptIfShort(Generic[Result]):
    """A function of a text whose results for short texts are kept, the `most` latest used."""

    def __init__(self, function: Callable[..., Result], most: int) -> None:
        self._function = function
        self._kept = lru_cache(maxsize=most)(function)
        update_wrapper(self, function)

    def __call__(self, text: str, *rest: object) -> Result:
        """The result for the text and whatever else it depends on."""
        return (self._kept if len(text) <= LONGEST else self._function)(text, *rest)


def keep_short(most: int) -> Callable[[Callable[..., Result]], KeptIfShort[Result]]:
    """Keep the results of a function of a text for at most so many short texts."""
    return lambda function: KeptIfShort(function, most)
