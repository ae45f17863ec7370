"""Questions about books in the words of the search engine at hand: FTS5 of SQLite, or tsquery.

Both are given as text that nothing typed can break: words hold letters and digits only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from models.book_fields import IN_AUTHOR, IN_PUBLISHER, IN_REST, IN_SERIES, IN_SUBJECT, IN_TITLE
from models.database import is_postgresql
from models.search.entries import PUBLISHER_SIGN, SERIES_SIGN, pair
from models.search.parser import Query, Term

# On PostgreSQL the first columns are the weights A, B and C. The words of a series, and there those
# of the publisher, stand a second time with a sign before them.
_WEIGHTS = {IN_TITLE: "A", IN_AUTHOR: "B", IN_SUBJECT: "C"}
_ANYWHERE: tuple[str, ...] = ()
_TIERS = (_ANYWHERE, (IN_TITLE, IN_AUTHOR), (IN_TITLE,))


@dataclass(frozen=True, slots=True)
class Match:
    """A question of several parts: `query` anywhere, and each of `within` in its own column."""

    query: Query
    within: Mapping[str, Query]

    @property
    def is_ranked(self) -> bool:
        """Whether some books answer it better than others."""
        return bool(self.query.wanted)

    @property
    def only_excludes(self) -> bool:
        """Whether it names nothing but words to leave out."""
        return bool(self.query.unwanted) and not self.query.wanted and not self._restrictions()

    def __bool__(self) -> bool:
        return bool(self.query.wanted or self.query.unwanted or self._restrictions())

    def whole(self) -> str:
        """The question for every book that answers it; for one that only excludes, its opposite."""
        if self.only_excludes:
            return either([term_text(term, _ANYWHERE) for term in self.query.unwanted])
        return self._restricted([all_of(self.query.wanted, _ANYWHERE)] if self.is_ranked else [])

    def nearer(self) -> tuple[str, str]:
        """The questions for the words in the title, and for them in title and author."""
        _, in_both, in_title = self._anywhere_to_title()
        return in_title, in_both

    def _anywhere_to_title(self) -> list[str]:
        return [all_of(self.query.wanted, columns) for columns in _TIERS]

    def tiers(self) -> list[str]:
        """The questions that part its answers: by title, by title and author, by anything."""
        asked = self._anywhere_to_title()
        parts = [asked[2], without(asked[1], asked[2]), without(asked[0], asked[1])]
        return [self._restricted([part]) for part in parts]

    def _restrictions(self) -> list[str]:
        return [
            all_of(query.wanted, (column,)) for column, query in self.within.items() if query.wanted
        ]

    def _restricted(self, parts: list[str]) -> str:
        asked = both([*parts, *self._restrictions()])
        if not self.query.unwanted:
            return asked
        return without(asked, either([term_text(term, _ANYWHERE) for term in self.query.unwanted]))


def all_of(terms: tuple[Term, ...], columns: tuple[str, ...]) -> str:
    """The question for all of some terms, in these columns; anywhere without columns."""
    return both([term_text(term, columns) for term in terms])


def both(parts: list[str]) -> str:
    """All of some questions."""
    return "(" + (" & " if is_postgresql() else " AND ").join(parts) + ")"


def either(parts: list[str]) -> str:
    """Any of some questions."""
    return "(" + (" | " if is_postgresql() else " OR ").join(parts) + ")"


def without(part: str, other: str) -> str:
    """One question, but not another."""
    return f"({part} & !{other})" if is_postgresql() else f"({part} NOT {other})"


def term_text(term: Term, columns: tuple[str, ...]) -> str:
    """The question for one term, whatever its spelling."""
    forms = [term.words] if term.spelled is None else [term.words, term.spelled]
    asked = [_words(Term(form, term.is_prefix), columns) for form in forms]
    if term.isbn is not None:
        asked.insert(0, _words(Term((term.isbn,)), columns))
    return asked[0] if len(asked) == 1 else either(asked)


def _words(term: Term, columns: tuple[str, ...]) -> str:
    if columns == (IN_SERIES,):
        signed = tuple(SERIES_SIGN + word for word in term.words)
        term, columns = Term(signed, term.is_prefix), (IN_REST,)
    return _tsquery(term, columns) if is_postgresql() else _fts5(term, columns)


def _fts5(term: Term, columns: tuple[str, ...]) -> str:
    where = "{" + " ".join(columns) + "} : " if columns else ""
    return f'{where}"{" ".join(term.words)}"' + (" *" if term.is_prefix else "")


def _tsquery(term: Term, columns: tuple[str, ...]) -> str:
    sign = PUBLISHER_SIGN if columns == (IN_PUBLISHER,) else ""
    weights = "".join(_WEIGHTS.get(column, "") for column in columns)
    whole = _in_order([sign + word for word in term.words], weights, is_prefix=term.is_prefix)
    if len(term.words) == 1 or sign:
        return whole
    # Some books have a word so often that it is not kept where all of them stand.
    pairs = [pair(*two) for two in pairwise(term.words)]
    return either([whole, _in_order(pairs, weights, is_prefix=term.is_prefix)])


def _in_order(lexemes: Sequence[str], weights: str, *, is_prefix: bool) -> str:
    """Lexemes that follow each other, the last of which may be a prefix."""
    suffixes = [weights] * (len(lexemes) - 1) + [("*" if is_prefix else "") + weights]
    asked = [
        f"'{lexeme}'" + (f":{suffix}" if suffix else "")
        for lexeme, suffix in zip(lexemes, suffixes, strict=True)
    ]
    return "(" + " <-> ".join(asked) + ")"
