"""Query strings: a list's parameters, compiled once, then called for each request."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from validators.engine.errors import BadValue, Fault, Invalid
from validators.engine.faults import query_faults
from validators.engine.nearest import hint
from validators.engine.reader import FieldReader
from validators.engine.validator import Fields, Rules

LAST_NUMBERED_ROW = 10_000
_LIMIT = 20

PAGE: Rules = {
    "type": "integer",
    "min": 1,
    "max": LAST_NUMBERED_ROW,
    "default": 1,
    "meta": {"description": f"The page, from 1; past row {LAST_NUMBERED_ROW:,} use `cursor`."},
}
LIMIT: Rules = {
    "type": "integer",
    "min": 1,
    "max": 100,
    "default": _LIMIT,
    "meta": {"description": "How many records a page has."},
}
CURSOR: Rules = {
    "type": "string",
    "coerce": "opaque",
    "nullable": True,
    "default": None,
    "meta": {"description": "Empty for the start of the list, then the last `next_cursor`."},
}

_PAGE_TOO_LARGE = Fault(
    "too-large", f"Past row {LAST_NUMBERED_ROW:,}, use cursor instead of page.", parameter="page"
)
_INTEGER = re.compile(r"-?[0-9]{1,19}")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_LISTS = ("list", "dict")


@dataclass(frozen=True)
class Query:
    """What a query string may hold.

    `filters` are Cerberus rules; `sortable`, `fields`, `embeddable` and `facets` are the names
    that `sort`, `fields`, `embed` and `facets` may list; `paged` adds `page`, `limit` and
    `cursor`. `in_order`: (from, to) pairs of which the second is not before the first.
    """

    filters: Fields = field(default_factory=dict)
    sortable: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    embeddable: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    paged: bool = False
    in_order: tuple[tuple[str, str], ...] = ()


class QueryReader:
    """Reads one kind of query string. Keeps nothing between calls, so threads may share it."""

    def __init__(self, query: Query) -> None:
        self.query = query
        self.parameters = parameters(query)
        self._reader = FieldReader(self.parameters)
        self._nothing_needed = not any(r.get("required") for r in self.parameters.values())
        self._texts = {name: text_reader(rules) for name, rules in self.parameters.items()}
        self._free = {name for name, r in self.parameters.items() if r.get("coerce") == "free"}

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """The parameters given, typed, without empty free text, and the defaults of the others.

        Raises Invalid.
        """
        if not pairs and self._nothing_needed:
            return self._reader.with_defaults({})
        values, faults = self._read(pairs)
        typed, wrong = self._reader.read(values)
        if wrong:
            faults += [self._page_told(fault) for fault in query_faults(wrong)]
        if not faults:
            faults = list(self._faults_between(typed))
        if faults:
            raise Invalid(faults)
        asked = {name: typed[name] for name in typed if typed[name] or name not in self._free}
        return self._reader.with_defaults(asked)

    def _read(self, pairs: Iterable[tuple[str, str]]) -> tuple[dict[str, Any], list[Fault]]:
        """The values as their types, and the faults of names and of texts that cannot be read."""
        texts: dict[str, str] = {}
        values: dict[str, Any] = {}
        faults: list[Fault] = []
        for name, text in pairs:
            if name in self._texts and name not in texts:
                texts[name] = text
                continue
            try:
                texts[name] = self._joined(name, text, texts)
            except BadValue as bad:
                faults.append(Fault(bad.code, bad.detail, parameter=_printable(name)))
        for name, text in texts.items():
            try:
                values[name] = self._texts[name](text)
            except BadValue as bad:
                faults.append(Fault(bad.code, bad.detail, parameter=name))
        return values, faults

    def _joined(self, name: str, text: str, texts: Mapping[str, str]) -> str:
        """The text of a parameter so far; a list may be given in parts. Raises BadValue."""
        if name not in self.parameters:
            raise unknown_parameter(name, list(self.parameters))
        if self.parameters[name]["type"] not in _LISTS:
            raise BadValue("repeated", "This parameter may be given only once.")
        return f"{texts[name]},{text}"

    def _page_told(self, fault: Fault) -> Fault:
        too_large = (fault.parameter, fault.code) == ("page", "too-large")
        return _PAGE_TOO_LARGE if too_large and self.query.paged else fault

    def _faults_between(self, values: dict[str, Any]) -> Iterable[Fault]:
        page: int = values.get("page", 1) if self.query.paged else 1
        if page > 1 and "cursor" in values:
            yield Fault("not-allowed", "Give page or cursor, not both.", parameter="page")
        elif page > 1 and page * int(values.get("limit", _LIMIT)) > LAST_NUMBERED_ROW:
            yield _PAGE_TOO_LARGE
        for first, last in self.query.in_order:
            if first in values and last in values and values[last] < values[first]:
                yield Fault("too-small", f"This may not be before {first}.", parameter=last)


def unknown_parameter(name: str, known: Sequence[str]) -> BadValue:
    """What is wrong with a parameter that none of the known ones is."""
    detail = f"There is no such parameter. {hint(name, known, 'parameters')}"
    return BadValue("unknown-parameter", detail)


def compile_query(query: Query) -> QueryReader:
    """The reader of one operation's query string. Raises cerberus.SchemaError."""
    return QueryReader(query)


def parameters(query: Query) -> dict[str, Rules]:
    """The Cerberus rules of every parameter the query may have."""
    known = dict(query.filters)
    if query.paged:
        known |= {"page": PAGE, "limit": LIMIT, "cursor": CURSOR}
    if query.sortable:
        both_ways = [*query.sortable, *(f"-{name}" for name in query.sortable)]
        known["sort"] = _names(
            both_ways, "The fields to sort by; `-` before a field means descending."
        )
    if query.fields:
        known["fields"] = _names(query.fields, "Keeps only these fields.") | {"nullable": True}
        known["fields"]["default"] = None
    if query.embeddable:
        known["embed"] = _names(query.embeddable, "Embeds these in each record.")
    if query.facets:
        known["facets"] = _names(
            query.facets, "Counts the values of these among all that is found."
        )
    return known


def text_reader(rules: Rules) -> Callable[[str], Any]:
    """The function from a text to the type of these rules; it raises BadValue."""
    if rules["type"] == "list" and rules.get("schema", {}).get("type") == "integer":
        return lambda text: [_integer(item) for item in text.split(",")]
    return _READERS[rules["type"]]


def _names(allowed: Iterable[str], description: str) -> Rules:
    return {
        "type": "list",
        "schema": {"type": "string", "allowed": list(allowed)},
        "unique": True,
        "default": [],
        "meta": {"description": description},
    }


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise BadValue("type", "This must be a whole number.")
    return int(text)


def _boolean(text: str) -> bool:
    if text.lower() not in _BOOLEANS:
        raise BadValue("type", "This must be true or false.")
    return _BOOLEANS[text.lower()]


def _list(text: str) -> list[str]:
    return text.split(",")


def _pairs(text: str) -> dict[str, str]:
    """`title:Original Title,isbn:ISBN13` as a dict."""
    pairs: dict[str, str] = {}
    for item in text.split(","):
        name, colon, value = (part.strip() for part in item.partition(":"))
        if not (name and colon and value):
            raise BadValue("format", "This must be a list of pairs, such as title:Original Title.")
        if name in pairs:
            raise BadValue("repeated", f"{name} may be given once only.")
        pairs[name] = value
    return pairs


_READERS: dict[str, Callable[[str], Any]] = {
    "integer": _integer,
    "boolean": _boolean,
    "string": str,
    "list": _list,
    "dict": _pairs,
}


def _printable(name: str) -> str:
    return name.encode("utf-8", "replace").decode("utf-8")
