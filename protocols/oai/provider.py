"""The six verbs: from the arguments of a request to the XML of its answer."""

from collections.abc import Callable, Iterable

from models.commit_horizon import complete_before
from models.timestamps import timestamp
from protocols.oai.arguments import Arguments, checked
from protocols.oai.errors import OaiError
from protocols.oai.formats import FORMATS, require_format
from protocols.oai.listing import records_list, sets_list
from protocols.oai.record_xml import headers_xml, records_xml
from protocols.oai.repository import Repository
from protocols.xml import DECLARATION, element

_ROOT = (
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/'
    ' http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">'
)

_HARVESTED_FROM = frozenset({"Identify", "ListIdentifiers", "ListRecords"})
"""Verbs from the date of whose answers harvesters go on the next time, errors included.

All changes before that date are seen in what they are told, or will be told after it.
"""


def answer(repository: Repository, pairs: Iterable[tuple[str, str]]) -> str:
    """The answer to a request; what is wrong with it is told in it.

    Raises Busy when changes under way do not let a list go on.
    """
    arguments: Arguments = {}
    date = timestamp()
    try:
        arguments = checked(pairs)
        if arguments["verb"] in _HARVESTED_FROM:
            date = complete_before()
        body = _VERBS[arguments["verb"]](repository, arguments, date)
    except OaiError as error:
        if not error.keeps_arguments:
            arguments = {}
        body = element("error", error.detail, code=error.code)
    request = element("request", repository.base_url, **arguments)
    head = element("responseDate", date) + request
    return f"{DECLARATION}{_ROOT}{head}{body}</OAI-PMH>\n"


def _identify(repository: Repository, _arguments: Arguments, _date: str) -> str:
    return repository.identify()


def _list_formats(repository: Repository, arguments: Arguments, _date: str) -> str:
    if "identifier" in arguments:
        repository.header(arguments["identifier"])
    body = "".join(
        "<metadataFormat>"
        + element("metadataPrefix", prefix)
        + element("schema", each.schema)
        + element("metadataNamespace", each.namespace)
        + "</metadataFormat>"
        for prefix, each in FORMATS.items()
    )
    return f"<ListMetadataFormats>{body}</ListMetadataFormats>"


def _list_sets(repository: Repository, arguments: Arguments, _date: str) -> str:
    return sets_list(repository, arguments)


def _get_record(repository: Repository, arguments: Arguments, _date: str) -> str:
    require_format(arguments["metadataPrefix"])
    header = repository.header(arguments["identifier"])
    record = records_xml(repository, [header], arguments["metadataPrefix"])
    return f"<GetRecord>{record}</GetRecord>"


def _list_records(repository: Repository, arguments: Arguments, date: str) -> str:
    return records_list(repository, arguments, date, records_xml)


def _list_identifiers(repository: Repository, arguments: Arguments, date: str) -> str:
    return records_list(repository, arguments, date, headers_xml)


_VERBS: dict[str, Callable[[Repository, Arguments, str], str]] = {
    "Identify": _identify,
    "ListMetadataFormats": _list_formats,
    "ListSets": _list_sets,
    "GetRecord": _get_record,
    "ListIdentifiers": _list_identifiers,
    "ListRecords": _list_records,
}
