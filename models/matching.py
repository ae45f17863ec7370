"""Questions about books in the words of the search engine at hand: FTS5 of SQLite, or tsquery.

Both are given as text that nothing typed can break: words hold letters and digits only.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from models.database import is_postgresql
from models.query import Query, Term

# Where words can stand. On PostgreSQL the first three are the weights A, B and C; the publisher's
# words stand a second time with `=` before them.
TITLE, AUTHOR, SUBJECT, PUBLISHER, REST = "title", "author", "subject", "publisher", "rest"
_WEIGHTS = {TITLE: "A", AUTHOR: "B", SUBJECT: "C"}
_ANYWHERE: tuple[str, ...] = ()
_TIERS = (_ANYWHERE, (TITLE, AUTHOR), (TITLE,))


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
            return _either([_term(term, _ANYWHERE) for term in self.query.unwanted])
        return self._restricted([_all(self.query.wanted, _ANYWHERE)] if self.is_ranked else [])

    def tiers(self) -> list[str]:
        """The questions that part its answers: by title, by title and author, by anything."""
        asked = [_all(self.query.wanted, columns) for columns in _TIERS]
        parts = [asked[2], _without(asked[1], asked[2]), _without(asked[0], asked[1])]
        return [self._restricted([part]) for part in parts]

    def _restrictions(self) -> list[str]:
        return [
            _all(query.wanted, (column,)) for column, query in self.within.items() if query.wanted
        ]

    def _restricted(self, parts: list[str]) -> str:
        asked = _both([*parts, *self._restrictions()])
        if not self.query.unwanted:
            return asked
        return _without(asked, _either([_term(term, _ANYWHERE) for term in self.query.unwanted]))


def _all(terms: tuple[Term, ...], columns: tuple[str, ...]) -> str:
    return _both([_term(term, columns) for term in terms])


def _both(parts: list[str]) -> str:
    return "(" + (" & " if is_postgresql() else " AND ").join(parts) + ")"


def _either(parts: list[str]) -> str:
    return "(" + (" | " if is_postgresql() else " OR ").join(parts) + ")"


def _without(part: str, other: str) -> str:
    return f"({part} & !{other})" if is_postgresql() else f"({part} NOT {other})"


def _term(term: Term, columns: tuple[str, ...]) -> str:
    words = Term(term.words, term.is_prefix)
    if term.isbn is not None:
        return _either([_term(Term((term.isbn,)), columns), _term(words, columns)])
    return _tsquery(words, columns) if is_postgresql() else _fts5(words, columns)


def _fts5(term: Term, columns: tuple[str, ...]) -> str:
    where = "{" + " ".join(columns) + "} : " if columns else ""
    return f'{where}"{" ".join(term.words)}"' + (" *" if term.is_prefix else "")


def _tsquery(term: Term, columns: tuple[str, ...]) -> str:
    sign = "=" if columns == (PUBLISHER,) else ""
    weights = "".join(_WEIGHTS.get(column, "") for column in columns)
    last = len(term.words) - 1
    lexemes = []
    for number, word in enumerate(term.words):
        suffix = ("*" if term.is_prefix and number == last else "") + weights
        lexemes.append(f"'{sign}{word}'" + (f":{suffix}" if suffix else ""))
    return "(" + " <-> ".join(lexemes) + ")"
