"""CQL: a query read by cql-parser, and turned into clauses of the search without recursion.

The parser keeps neither quotation marks nor backslashes, which decide what a term means: our lexer
hands terms through that do.
"""

import logging
import re
import threading
from dataclasses import dataclass
from typing import Any

from cql.lexer import CQLLexer, CQLLexerError
from cql.parser import CQLParser12, CQLParserError, CQLSearchClause, CQLTriple

from models.search import clauses
from models.search.clauses import Clause
from protocols.sru.diagnostics import Diagnostic
from protocols.sru.indexes import Names, Searched, Term, clause_for, require_modifier, set_named

LONGEST_QUERY = 20_000
MOST_BOOLEANS = 50

# What it says of each query that is wrong is told to the client.
logging.getLogger("cql.parser").setLevel(logging.CRITICAL)
logging.getLogger("cql.lexer").setLevel(logging.CRITICAL)

_BOOLEANS = {"and": clauses.both, "or": clauses.either, "not": clauses.without}
_WORD_OF_BOOLEAN = re.compile(r"\b(?:and|or|not|prox)\b", re.IGNORECASE)
_local = threading.local()


class _Lexer(CQLLexer):
    """Keeps of quoted terms that they were, and their backslashes."""

    def t_CHAR_STRING2(self, tok: Any) -> Any:  # noqa: N802  a name that PLY looks for
        r'''"(?:\\.|[^"\\])*"'''  # noqa: D300  the pattern of the token
        tok.value = Term(tok.value[1:-1], is_quoted=True)
        return tok


class _Parser(CQLParser12):
    """A parser with our lexer; one for each thread, since it keeps its place."""

    def __init__(self) -> None:
        lexer: Any = _Lexer()
        lexer.build()
        self.build(lexer=lexer, debug=False)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query: its clause, and the keys to sort by as `models.search.book_list` names them."""

    clause: Clause
    sort: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SortKey:
    """A key of `sortBy`: its index, and its modifiers by name."""

    index: str
    modifiers: tuple[str, ...]


def parse(query: str) -> Parsed:
    """The query. Raises Diagnostic."""
    root = _tree(query)
    names = _with_prefixes(root, {})
    clause = _clause(root)
    keys = [
        SortKey(str(key.index), tuple(str(one.name) for one in key.modifiers or ()))
        for key in root.sortSpecs
    ]
    return Parsed(clause, sort_names(keys, names))


def scan_clause(text: str) -> Searched:
    """The one clause of a scan. Raises Diagnostic."""
    root = _tree(text)
    if isinstance(root, CQLTriple):
        raise Diagnostic(10, "A scan takes one clause.")
    return _searched(root, _with_prefixes(root, {}))


def sort_names(keys: list[SortKey], names: Names) -> tuple[str, ...]:
    """The keys as the search names them. Raises Diagnostic."""
    if len(keys) > len(_SORTS):
        raise Diagnostic(84, str(len(keys)))
    return tuple(_sort_name(key, names) for key in keys)


_SORTS = {
    ("dc", "title"): "title",
    ("dc", "creator"): "author",
    ("dc", "date"): "published_year",
    ("rec", "id"): "id",
}
SORTED = tuple(_SORTS)
"""The indexes that can be sorted by, for explain."""
_DIRECTIONS = {"ascending": "", "descending": "-"}


def _sort_name(key: SortKey, names: Names) -> str:
    name = _SORTS.get(set_named(key.index, names))
    if name is None:
        raise Diagnostic(80, key.index)
    direction = ""
    for modifier in key.modifiers:
        word = modifier.lower().removeprefix("sort.")
        if word not in _DIRECTIONS:
            raise Diagnostic(82, modifier)
        direction = _DIRECTIONS[word]
    return direction + name


def _tree(query: str) -> Any:
    if not query.strip():
        raise Diagnostic(7, "query")
    if "\0" in query:
        raise Diagnostic(10, "near character 0")
    if len(query) > LONGEST_QUERY:
        raise Diagnostic(12, str(LONGEST_QUERY))
    if len(_WORD_OF_BOOLEAN.findall(query)) > 10 * MOST_BOOLEANS:
        raise Diagnostic(38, str(MOST_BOOLEANS))
    if not hasattr(_local, "parser"):
        _local.parser = _Parser()
    try:
        return _local.parser.parse(query).root
    except (CQLParserError, CQLLexerError, AttributeError, IndexError, TypeError, ValueError):
        # Those that are not its own are what its handling of errors stumbles over.
        place = _local.parser.lexer.lexer.lexpos
        raise Diagnostic(10, f"near character {place}") from None


def _clause(root: Any) -> Clause:
    """The tree from its leaves up: operands wait on one stack, what is to be done on another.

    With each part are the prefixes of context sets that hold in it.
    """
    booleans = 0
    todo: list[tuple[Any, Names]] = [(root, {})]
    done: list[Clause] = []
    while todo:
        node, names = todo.pop()
        if isinstance(node, CQLTriple):
            booleans += 1
            if booleans > MOST_BOOLEANS:
                raise Diagnostic(38, str(MOST_BOOLEANS))
            names = _with_prefixes(node, names)
            todo += [(_combination(node), names), (node.right, names), (node.left, names)]
        elif isinstance(node, CQLSearchClause):
            done.append(clause_for(_searched(node, _with_prefixes(node, names))))
        else:
            right, left = done.pop(), done.pop()
            done.append(node(left, right))
    return done[0]


def _combination(node: Any) -> Any:
    if node.operator.modifiers:
        raise Diagnostic(46, str(node.operator.modifiers[0].name))
    word = str(node.operator.value).lower()
    if word not in _BOOLEANS:
        raise Diagnostic(37, word)
    return _BOOLEANS[word]


def _with_prefixes(node: Any, names: Names) -> Names:
    """The prefixes of context sets with those that a part of the query declares for itself.

    The default one has an empty name.
    """
    declared = {str(each.prefix or "").lower(): str(each.uri) for each in node.prefixes}
    return {**names, **declared}


def _searched(node: Any, names: Names) -> Searched:
    term = node.term if isinstance(node.term, Term) else Term(str(node.term))
    if node.relation is None:
        return Searched(("cql", "serverchoice"), "cql.serverChoice", "=", term)
    name = str(node.index)
    index = set_named(name, names)
    for modifier in node.relation.modifiers or ():
        require_modifier(str(modifier.name), names)
    return Searched(index, name, str(node.relation.comparitor).lower(), term)
