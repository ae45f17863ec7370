"""Titles as they are compared: folded, without article and punctuation, subtitle or not."""

import re
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from models.articles import nonfiling
from models.search.parser import words

_INVERTED = re.compile(r"(?P<rest>.+), (?P<article>\w+['\u2019]?)", re.DOTALL)
_MAIN = re.compile(r"\s*[:;/=]\s|\s[-\u2013\u2014]\s")
_WORD = re.compile(r"\w+")


class TitleForms(NamedTuple):
    """A title as words, whole and without its subtitle."""

    whole: tuple[str, ...]
    main: tuple[str, ...]

    def is_same(self, other: "TitleForms") -> bool:
        """Whether two titles count as the same; either may lack its subtitle, not both."""
        return self.whole in (other.whole, other.main) or self.main == other.whole


@lru_cache(maxsize=4096)
def title_forms(title: str, subtitle: str | None, language: str | None) -> TitleForms:
    """A title as it is compared; "X, The" counts as "The X" and "&" as "and"."""
    main = title if subtitle else _MAIN.split(title, maxsplit=1)[0]
    whole = f"{title} {subtitle}" if subtitle else title
    return TitleForms(_compared(whole, language), _compared(main, language))


def part_beyond(title: str, other: str, language: str | None) -> str | None:
    """What a title has after the words with which another one begins too, or None.

    None if they begin differently, or nothing follows.
    """
    pairs = zip(_compared(title, language), _compared(other, language), strict=False)
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    start = nonfiling(title, language)
    ends = [found.end() for found in _WORD.finditer(title, start)]
    if not 0 < common < len(ends):
        return None
    return title[ends[common - 1] :].lstrip(" :;,./-\u2013\u2014") or None


def _compared(title: str, language: str | None) -> tuple[str, ...]:
    inverted = _INVERTED.fullmatch(title.strip())
    if inverted:
        article = inverted["article"]
        turned = f"{article}{'' if article.endswith(_ELISIONS) else ' '}{inverted['rest']}"
        title = turned if nonfiling(turned, language) else title
    title = title.replace("&", " and ")
    return tuple(words(title[nonfiling(title, language) :]))


_ELISIONS = ("'", "\u2019")
