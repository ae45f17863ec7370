"""The indexes that CQL can name, and what each finds for a relation and a term."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from models.book import Book, has_isbn
from models.book_fields import IN_AUTHOR, IN_PUBLISHER, IN_SUBJECT, IN_TITLE
from models.isbn import isbn_13
from models.new_book import LONGEST_KEY, title_keys_by_records
from models.search import clauses
from models.search.clauses import Clause
from models.search.parser import Query, loose_words, parse
from models.text import fold
from protocols.sru.diagnostics import Diagnostic
from validators.engine.errors import BadValue
from validators.isbn import normalise_isbn
from validators.issn import normalise_issn
from validators.language import normalise_language

MOST_WORDS = 100

# Context sets by what clients call them; without one, cql and then the others are meant.
SETS = {
    "cql": "info:srw/cql-context-set/1/cql-v1.2",
    "dc": "info:srw/cql-context-set/1/dc-v1.1",
    "rec": "info:srw/cql-context-set/2/rec-1.1",
    "bath": "http://zing.z3950.org/cql/bath/2.0/",
}
_BY_URI = {
    **{uri: name for name, uri in SETS.items()},
    "info:srw/cql-context-set/1/cql-v1.1": "cql",
    "info:srw/context-set/1/cql-v1.1": "cql",
    "info:srw/context-set/1/dc-v1.1": "dc",
    "http://purl.org/dc/elements/1.1/": "dc",
}
_UNPREFIXED = {
    "": ("cql", "serverchoice"),
    "serverchoice": ("cql", "serverchoice"),
    "anywhere": ("cql", "anywhere"),
    "allrecords": ("cql", "allrecords"),
    "title": ("dc", "title"),
    "creator": ("dc", "creator"),
    "author": ("dc", "creator"),
    "subject": ("dc", "subject"),
    "publisher": ("dc", "publisher"),
    "language": ("dc", "language"),
    "date": ("dc", "date"),
    "isbn": ("bath", "isbn"),
    "issn": ("bath", "issn"),
    "id": ("rec", "id"),
}
_EQUALS = frozenset({"=", "==", "exact", "scr"})
_IGNORED_MODIFIERS = frozenset(
    {"word", "string", "masked", "ignorecase", "ignoreaccents", "relevant"}
)
_ESCAPE = re.compile(r"\\(.?)", re.DOTALL)
_LITERAL = "\ue000"
"""Stands for an escaped masking character, which is no letter and so divides words as it would."""

Name = tuple[str, str]
Names = Mapping[str, str]
"""The context sets that a query declares: their URIs by prefix, the default one by none."""


class Term(str):  # noqa: SLOT000  a text with slots cannot have values in them
    """A term as it was written, and whether in quotation marks."""

    is_quoted: bool

    def __new__(cls, text: str, *, is_quoted: bool = False) -> "Term":
        """The term without its quotation marks."""
        made = super().__new__(cls, text)
        made.is_quoted = is_quoted
        return made


@dataclass(frozen=True, slots=True)
class Searched:
    """One search clause: the index with its context set, as it was called, and what is asked."""

    index: Name
    called: str
    relation: str
    term: Term


def set_named(name: str, prefixes: Names) -> Name:
    """The context set and the index of a name. Raises Diagnostic 15 and 16."""
    prefix, dot, base = name.lower().rpartition(".")
    if not dot and "" not in prefixes:
        known = _UNPREFIXED.get(base)
        if known is None:
            raise Diagnostic(16, name)
        return known
    short = _set_of(prefix, prefixes)
    if short not in SETS:
        raise Diagnostic(15, prefixes.get(prefix, prefix))
    return short, base


def require_modifier(name: str, prefixes: Names) -> None:
    """Raises Diagnostic 20 for a modifier of a relation that is none of those we have."""
    prefix, dot, base = name.lower().rpartition(".")
    is_cql = not dot or _set_of(prefix, prefixes) == "cql"
    if not is_cql or base not in _IGNORED_MODIFIERS:
        raise Diagnostic(20, name)


def _set_of(prefix: str, prefixes: Names) -> str:
    """What we call the context set of a prefix; an empty text for one that we do not know."""
    uri = prefixes.get(prefix)
    return prefix if uri is None else _BY_URI.get(uri, "")


def clause_for(searched: Searched) -> Clause:
    """What a search clause finds. Raises Diagnostic."""
    build = _INDEXES.get(searched.index)
    if build is None:
        raise Diagnostic(16, searched.called)
    if searched.relation not in _RELATIONS:
        raise Diagnostic(19, searched.relation)
    if not searched.term.strip():
        raise Diagnostic(27, searched.called)
    return build(searched)


_RELATIONS = _EQUALS | {"any", "all", "adj", "<", "<=", ">", ">=", "<>", "within"}


@dataclass(frozen=True, slots=True)
class _Words:
    """An index of words: anywhere, or in one column of the search index.

    `name` is the filter of the list of books that asks the same; `key` gives the stored text that
    is the same for values that are exactly alike.
    """

    column: str | None
    name: str | None = None
    key: Callable[[str], Any] | None = None

    def __call__(self, searched: Searched) -> Clause:
        relation, term = searched.relation, searched.term
        if relation in ("any", "all"):
            return self._each(term, any_of=relation == "any")
        if relation == "adj" or (term.is_quoted and relation in ("=", "scr")):
            return self._phrase(term)
        if relation in ("=", "scr"):
            return self._each(term, any_of=False)
        if relation in ("==", "exact") and self.key is not None:
            return clauses.both(self._phrase(term), clauses.condition(self.key(plain(term))))
        raise Diagnostic(22, f"{searched.relation} {searched.called}")

    def _each(self, term: Term, *, any_of: bool) -> Clause:
        queries = [_loose(part) for part in masked(term).split()]
        queries = [query for query in queries if query.wanted]
        if not queries:
            raise Diagnostic(27, term)
        if sum(len(query.wanted) for query in queries) > MOST_WORDS:
            raise Diagnostic(38, str(MOST_WORDS))
        alike = not any_of or len(queries) == 1
        asked = self._search(masked(term)) if alike else None
        if asked is not None and "q" in asked:
            # Some words belong together there, such as an ISBN and what it is called.
            queries = [parse(asked["q"])]
        found = clauses.words(queries, self.column, any_of=any_of)
        return replace(found, as_search=asked)

    def _phrase(self, term: Term) -> Clause:
        text = masked(term)
        for part in text.split()[:-1]:
            if part.endswith("*"):
                raise Diagnostic(49, part)
        query = _phrase(text)
        if not query.wanted:
            raise Diagnostic(27, term)
        found = clauses.words([query], self.column)
        starred = text.rstrip().endswith("*")
        same = self.column is None and not starred
        return replace(found, as_search={"q": f'"{_unquoted(text)}"'}) if same else found

    def _search(self, text: str) -> dict[str, Any] | None:
        if self.column is None:
            return {"q": " ".join(part.lstrip("-") for part in _unquoted(text).split())}
        return None if self.name is None else {self.name: text}


def masked(term: Term) -> str:
    """The term with its masking characters alone; escaped ones divide words, as signs do.

    Raises Diagnostic for masking that the search does not know, and for escapes of what is no
    special character.
    """
    text = _ESCAPE.sub(_unescaped, term)
    if "?" in text:
        raise Diagnostic(28, "?")
    if "^" in text:
        raise Diagnostic(31, "^")
    for part in text.split():
        if part.strip("*") == "":
            raise Diagnostic(29, part)
        if "*" in part.rstrip("*"):
            raise Diagnostic(49, part)
    return text


def plain(term: Term) -> str:
    """The term with its escapes undone and nothing masked. Raises Diagnostic 28 and 31."""
    if re.search(r"(?<!\\)[*?]", term):
        raise Diagnostic(28, term)
    return _ESCAPE.sub(lambda found: found[1], term)


def _unescaped(found: re.Match[str]) -> str:
    if found[1] not in '*?^"\\':
        raise Diagnostic(26, found[0])
    return _LITERAL


def _unquoted(text: str) -> str:
    return text.replace('"', " ").replace(_LITERAL, " ")


def _loose(part: str) -> Query:
    """The words of a part of a term, any of which may begin with what is before a `*`."""
    text = _unquoted(part).lstrip("-")
    return loose_words(text) if "*" in text else parse(text)


def _phrase(text: str) -> Query:
    """Words that follow each other, the last one perhaps the beginning of one."""
    query = parse(f'"{_unquoted(text)}"')
    if text.rstrip().endswith("*"):
        return Query(tuple(replace(term, is_prefix=True) for term in query.wanted))
    return query


def _title_key(text: str) -> Any:
    return Book.title_key.in_(title_keys_by_records(text))


def _author_key(text: str) -> Any:
    return Book.author_key == fold(text)[:LONGEST_KEY]


def _all_records(searched: Searched) -> Clause:
    if searched.relation not in _EQUALS:
        raise Diagnostic(22, f"{searched.relation} {searched.called}")
    return Clause(condition=Book.id > 0, as_search={})


def _language(searched: Searched) -> Clause:
    try:
        known = [normalise_language(code) for code in _values(searched)]
    except BadValue:
        raise Diagnostic(36, searched.term) from None
    return _one_of(searched, Book.language, known, "language")


def _record_id(searched: Searched) -> Clause:
    numbers = _values(searched)
    if not all(re.fullmatch("[0-9]{1,18}", number) for number in numbers):
        raise Diagnostic(36, searched.term)
    return _one_of(searched, Book.id, [int(number) for number in numbers], None)


def _issn(searched: Searched) -> Clause:
    return _one_of(searched, Book.issn, [_issn_in(text) for text in _values(searched)], "issn")


def _issn_in(text: str) -> str:
    """The number as it is stored; what is none is left as it is, and finds nothing."""
    try:
        return normalise_issn(text)
    except BadValue:
        return text


def _isbn(searched: Searched) -> Clause:
    numbers = [_isbn_in(text) for text in _values(searched)]
    if searched.relation in _EQUALS:
        return Clause(condition=has_isbn(numbers[0]), as_search={"isbn": numbers[0]})
    if searched.relation == "any":
        found = clauses.condition(has_isbn(numbers[0]))
        for number in numbers[1:MOST_WORDS]:
            found = clauses.either(found, clauses.condition(has_isbn(number)))
        return found
    raise Diagnostic(22, f"{searched.relation} {searched.called}")


def _isbn_in(text: str) -> str:
    """The number as it is stored, also with words beside it; empty if none, which finds nothing."""
    try:
        return normalise_isbn(text)
    except BadValue:
        return isbn_13(re.sub("[^0-9x]", "", text.lower())) or ""


def _values(searched: Searched) -> list[str]:
    """The value asked for, or with `any` each of them."""
    text = plain(searched.term).strip()
    return text.split() if searched.relation == "any" else [text]


def _one_of(searched: Searched, column: Any, values: list[Any], name: str | None) -> Clause:
    if searched.relation == "any":
        return clauses.condition(column.in_(values[:MOST_WORDS]))
    if searched.relation == "<>":
        return clauses.condition(column.is_null() | (column != values[0]))
    if searched.relation in _EQUALS:
        return Clause(condition=column == values[0], as_search={name: values[0]} if name else None)
    raise Diagnostic(22, f"{searched.relation} {searched.called}")


def _date(searched: Searched) -> Clause:
    years = re.fullmatch(r"\s*(-?[0-9]{1,4})(?:[\s/]+(-?[0-9]{1,4}))?\s*", plain(searched.term))
    if years is None or (years[2] is None) == (searched.relation == "within"):
        raise Diagnostic(36, searched.term)
    year = int(years[1])
    if searched.relation == "within":
        return clauses.condition(Book.published_year.between(year, int(years[2])))
    if searched.relation in _EQUALS:
        as_search = {"published_from": year, "published_to": year}
        return Clause(condition=Book.published_year == year, as_search=as_search)
    compare = _COMPARISONS.get(searched.relation)
    if compare is None:
        raise Diagnostic(22, f"{searched.relation} {searched.called}")
    return clauses.condition(compare(Book.published_year, year))


_COMPARISONS: dict[str, Callable[[Any, int], Any]] = {
    "<": lambda column, year: column < year,
    "<=": lambda column, year: column <= year,
    ">": lambda column, year: column > year,
    ">=": lambda column, year: column >= year,
    "<>": lambda column, year: column.is_null() | (column != year),
}

_INDEXES: dict[Name, Callable[[Searched], Clause]] = {
    ("cql", "serverchoice"): _Words(None),
    ("cql", "anywhere"): _Words(None),
    ("cql", "allrecords"): _all_records,
    ("dc", "title"): _Words(IN_TITLE, key=_title_key),
    ("dc", "creator"): _Words(IN_AUTHOR, "author", _author_key),
    ("dc", "subject"): _Words(IN_SUBJECT, "subject"),
    ("dc", "publisher"): _Words(IN_PUBLISHER, "publisher"),
    ("dc", "language"): _language,
    ("dc", "date"): _date,
    ("bath", "isbn"): _isbn,
    ("bath", "issn"): _issn,
    ("rec", "id"): _record_id,
}
INDEXES = tuple(_INDEXES)
"""The indexes there are, for explain."""
