"""Lists of records and of sets, a page at a time (section 3.5)."""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from models import harvest, replica
from models.commit_horizon import complete_before
from models.harvest import Header, Selection
from protocols.oai import resumption, sets
from protocols.oai.arguments import Arguments, period
from protocols.oai.errors import Busy, OaiError
from protocols.oai.formats import require_format
from protocols.oai.repository import Repository
from protocols.oai.resumption import Position
from protocols.xml import element

PAGE = 100
_PATIENCE = 5.0
"""Seconds to wait for changes under way."""

Writer = Callable[[Repository, Sequence[Header], str], str]


class _Page(NamedTuple):
    """Some headers in order, and whether the list ends with them."""

    headers: list[Header]
    is_last: bool


def records_list(repository: Repository, arguments: Arguments, before: str, write: Writer) -> str:
    """A page of headers or records; changes are complete `before`. Raises OaiError and Busy."""
    position = _position(repository, arguments)
    selection = sets.selection(position.set_spec, position.changed_from, position.changed_until)
    page = _page(selection, position, before)
    if not page.headers:
        raise OaiError("noRecordsMatch", "No records match.")
    given = position.given + len(page.headers)
    size = position.size or (given if page.is_last else harvest.size(selection))
    last = page.headers[-1]
    following = None if page.is_last else position.moved(last, size, given)
    body = replica.read(lambda: write(repository, page.headers, position.prefix))
    token = _token(repository, position, following, max(size, given))
    return f"<{position.verb}>{body}{token}</{position.verb}>"


def sets_list(repository: Repository, arguments: Arguments) -> str:
    """A page of the sets. Raises OaiError."""
    position = Position("ListSets")
    if "resumptionToken" in arguments:
        position = resumption.read(arguments["resumptionToken"], "ListSets", repository.signer)
    found = list(sets.every())
    if not found:
        raise OaiError("noSetHierarchy", "There are no sets yet.")
    shown = found[position.given : position.given + PAGE]
    if not shown:
        raise OaiError("badResumptionToken", "There are fewer sets now than this token counts.")
    body = "".join(
        f"<set>{element('setSpec', one.spec)}{element('setName', one.name)}</set>" for one in shown
    )
    given = position.given + len(shown)
    following = position.counted(given) if given < len(found) else None
    return f"<ListSets>{body}{_token(repository, position, following, len(found))}</ListSets>"


def _position(repository: Repository, arguments: Arguments) -> Position:
    verb = arguments["verb"]
    if "resumptionToken" in arguments:
        return resumption.read(arguments["resumptionToken"], verb, repository.signer)
    require_format(arguments["metadataPrefix"])
    start, end = period(arguments)
    return Position(verb, arguments["metadataPrefix"], arguments.get("set"), start, end)


def _page(selection: Selection, position: Position, before: str) -> _Page:
    """The next records. A list never goes past a moment at which changes are under way.

    Its last page may: what changes later at such a moment has changed since the date of the answer,
    and harvesters ask for that the next time. Raises Busy.
    """
    deadline = time.monotonic() + _PATIENCE
    while True:
        found = replica.read(lambda: harvest.page(selection, position.after, PAGE + 1))
        if len(found) <= PAGE:
            return _Page(found, is_last=True)
        settled = [one for one in found[:PAGE] if one.changed_at < before]
        if settled:
            return _Page(settled, is_last=False)
        if time.monotonic() > deadline:
            raise Busy
        time.sleep(0.1)
        before = complete_before()


def _token(
    repository: Repository, position: Position, following: Position | None, size: int
) -> str:
    """The token of a page; the last page of a list that had tokens has an empty one."""
    if following is None and not position.given:
        return ""
    token = resumption.token_of(following, repository.signer) if following else ""
    return element("resumptionToken", token, completeListSize=str(size), cursor=str(position.given))
