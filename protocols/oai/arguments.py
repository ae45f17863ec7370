"""The arguments of a request: which verb takes which, and their dates (sections 2.7, 3.3, 4)."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from protocols.oai.errors import OaiError

Arguments = dict[str, str]


class Verb(NamedTuple):
    """Which arguments a verb must and may have; a resumption token stands alone."""

    required: frozenset[str]
    optional: frozenset[str]
    is_list: bool = False


def _verb(required: str = "", optional: str = "", *, is_list: bool = False) -> Verb:
    return Verb(frozenset(required.split()), frozenset(optional.split()), is_list)


VERBS = {
    "Identify": _verb(),
    "ListMetadataFormats": _verb(optional="identifier"),
    "ListSets": _verb(is_list=True),
    "GetRecord": _verb("identifier metadataPrefix"),
    "ListIdentifiers": _verb("metadataPrefix", "from until set", is_list=True),
    "ListRecords": _verb("metadataPrefix", "from until set", is_list=True),
}

_PREFIX = re.compile(r"[A-Za-z0-9\-_.!~*'()]+\Z")
_SET = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(?::[A-Za-z0-9\-_.!~*'()]+)*\Z")
_URI = re.compile(r"(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_SECOND = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")


def checked(pairs: Iterable[tuple[str, str]]) -> Arguments:
    """The arguments, `verb` among them. Raises OaiError `badVerb` and `badArgument`."""
    given = list(pairs)
    verbs = [value for name, value in given if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in VERBS:
        raise OaiError("badVerb", f"Give one verb of {', '.join(VERBS)}.")
    verb = VERBS[verbs[0]]
    arguments = dict(given)
    if len(arguments) != len(given):
        raise OaiError("badArgument", "An argument is given more than once.")
    names = arguments.keys() - {"verb"}
    if verb.is_list and "resumptionToken" in names:
        if len(names) > 1:
            raise OaiError("badArgument", "A resumptionToken comes without other arguments.")
        return arguments
    _require_known(verbs[0], verb, names)
    _require_well_formed(arguments)
    return arguments


def period(arguments: Arguments) -> tuple[str | None, str | None]:
    """`from` and `until` as stored moments, both included. Raises OaiError `badArgument`."""
    start, end = arguments.get("from"), arguments.get("until")
    if start and end and len(start) != len(end):
        raise OaiError("badArgument", "from and until must have the same granularity.")
    begin = None if start is None else _moment(start, "00:00:00")
    stop = None if end is None else _moment(end, "23:59:59")
    if begin and stop and begin > stop:
        raise OaiError("badArgument", "from is later than until.")
    return begin, stop


def _require_known(name: str, verb: Verb, names: frozenset[str] | set[str]) -> None:
    unknown = names - verb.required - verb.optional
    if unknown:
        raise OaiError("badArgument", f"{name} does not take {', '.join(sorted(unknown))}.")
    missing = verb.required - names
    if missing:
        raise OaiError("badArgument", f"{name} needs {', '.join(sorted(missing))}.")


def _require_well_formed(arguments: Arguments) -> None:
    for name, pattern in (("metadataPrefix", _PREFIX), ("set", _SET)):
        if name in arguments and not pattern.match(arguments[name]):
            raise OaiError("badArgument", f"This is not a valid {name}.")
    if "identifier" in arguments and not _URI.match(arguments["identifier"]):
        raise OaiError("idDoesNotExist", "An identifier is a URI.", is_malformed=True)


def _moment(text: str, time_of_day: str) -> str:
    whole = f"{text}T{time_of_day}Z" if _DAY.match(text) else text
    try:
        if not _SECOND.match(whole):
            raise ValueError
        datetime.fromisoformat(whole)
    except ValueError:
        told = "Dates are written YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ."
        raise OaiError("badArgument", told) from None
    return whole
