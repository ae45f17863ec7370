"""Lists as answers: pages with a total, or keyset paging with a cursor."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from flask import current_app

from api.auth.tokens import Signer
from api.context import Context
from api.http.csv_answers import CONTENT_TYPE, CSV, as_file, columns_of, item_of, lines, streamed
from api.operation import Answer, Call
from api.problems import Problem
from models.listing import Listing, Position
from validators.engine import queries
from validators.engine.errors import Fault, Invalid

Records = list[dict[str, Any]]
Rows = list[Any]
LONGEST_LINK = 60_000
CSV_BATCH = 500
# Of characters that stand in a URL, and in a header around it, as they are.
_PLAIN_QUERY = re.compile(r"[A-Za-z0-9&=,.:_~-]*\Z").match
_PAGING = {"page", "limit", "cursor", "sort", "fields", "embed", "facets"}


def filters(call: Call) -> dict[str, Any]:
    """The filters that were asked for, without what concerns paging and presentation."""
    return {name: value for name, value in call.query.items() if name not in _PAGING}


def listed(
    call: Call,
    listing: Listing,
    asked: Mapping[str, Any],
    *,
    present: Callable[[Rows], Records] | None = None,
    finish: Callable[[Records], None] | None = None,
    extra: Callable[[Records], Mapping[str, Any]] | None = None,
) -> Answer:
    """One page of a list, as the query asks for it.

    `asked` are the listing's filters, to which come those of what the caller may know of; `present`
    makes records of the rows, where the listing's view is not enough; `finish` may add to the
    records of the page in place; `extra` gives further members of the answer. Raises Problem
    `bad-cursor`.
    """
    asked = {**asked, **call.condition}
    if call.accepted == CSV:
        return _whole(call, listing, asked, present, finish)
    sort = tuple(call.query.get("sort", ()))
    links, rows, pagination = _slice(call, listing, asked, sort)
    records = present(rows) if present else [row.to_json() for row in rows]
    if finish is not None:
        finish(records)
    staff = listing.view.staff
    whole = not call.query.get("fields") and (not staff or call.caller.sees_staff_fields)
    data = records if whole else [projected(call, record, staff) for record in records]
    more = extra(records) if extra else {}
    return Answer({"data": data, "pagination": pagination, **more}, headers=_link_header(links))


def _whole(
    call: Call,
    listing: Listing,
    asked: Mapping[str, Any],
    present: Callable[[Rows], Records] | None,
    finish: Callable[[Records], None] | None,
) -> Answer:
    """All rows of the filters as CSV, streamed. Raises Invalid for parameters of paging."""

    def batches() -> Iterator[Records]:
        position: list[Any] | None = None
        while True:
            sort = tuple(call.query.get("sort", ()))
            rows, position = listing.after(asked, sort, position, limit=CSV_BATCH)
            records = present(rows) if present else [row.to_json() for row in rows]
            if finish is not None:
                finish(records)
            yield [projected(call, record, listing.view.staff) for record in records]
            if position is None:
                return

    return as_csv(call, _columns(call, listing), batches())


def as_csv(call: Call, columns: Sequence[str], batches: Iterable[Records]) -> Answer:
    """Rows as a file, streamed. Raises Invalid for parameters of paging."""
    given = dict(parse_qsl(call.context.query_string, keep_blank_values=True))
    detail = "A list as CSV has all its rows; leave {} out."
    faults = [
        Fault("not-allowed", detail.format(name), parameter=name)
        for name in ("page", "limit", "cursor")
        if name in given
    ]
    if faults:
        raise Invalid(faults)
    found = lines(columns, batches)
    headers = as_file(call.context.path)
    return Answer(stream=streamed(found), content_type=CONTENT_TYPE, headers=headers)


def _columns(call: Call, listing: Listing) -> list[str]:
    """The columns of a list: the fields that are asked for, seen by the caller, and embedded."""
    schema = call.operation.answer
    if schema is None:
        raise LookupError("a list declares the schema of its records")
    chosen, embedded = call.query.get("fields"), call.query.get("embed", ())
    query = call.operation.query
    known = query.query.fields if query and query.query.fields else tuple(item_of(schema))
    hidden = frozenset() if call.caller.sees_staff_fields else listing.view.staff

    def shown(name: str) -> bool:
        if name in embedded:
            return True
        return name in known and name not in hidden and (not chosen or name in chosen)

    return columns_of(item_of(schema), shown)


def projected(
    call: Call, record: dict[str, Any], staff: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """A record with the fields the caller asked for and may see."""
    if staff and not call.caller.sees_staff_fields:
        record = {name: value for name, value in record.items() if name not in staff}
    chosen = call.query.get("fields")
    if not chosen:
        return record
    kept = {*chosen, *call.query.get("embed", ())}
    return {name: value for name, value in record.items() if name in kept}


def _slice(
    call: Call, listing: Listing, asked: Mapping[str, Any], sort: tuple[str, ...]
) -> tuple[str, Rows, dict[str, Any]]:
    """The links to other pages, the rows of this one, and what it says of itself."""
    limit = call.query["limit"]
    if call.query["cursor"] is None:
        page = call.query["page"]
        offset = (page - 1) * limit
        rows, total = listing.page_with_total(asked, sort, limit=limit, offset=offset)
        pages = -(-total // limit)
        pagination = {"page": page, "limit": limit, "total": total, "pages": pages}
        numbered = queries.LAST_NUMBERED_ROW // limit
        links = _page_links(call.context, page, pages, numbered)
        if page == numbered < pages:
            position = listing.position(asked, sort, page * limit)
            if position is not None:
                links += f", {_next_link(call.context, _cursor(call, listing, sort, position))}"
        return links, rows, pagination
    position = _position(call.query["cursor"], _fingerprint(call, listing, sort))
    rows, following = listing.after(asked, sort, position, limit=limit)
    cursor = None if following is None else _cursor(call, listing, sort, following)
    links = "" if cursor is None else _next_link(call.context, cursor)
    return links, rows, {"limit": limit, "next_cursor": cursor}


def _link_header(links: str) -> dict[str, str]:
    """`Link`; none when each URL is so long that uWSGI would cut the header, at 64 KiB."""
    return {"Link": links} if 0 < len(links) <= LONGEST_LINK else {}


def _page_links(context: Context, page: int, pages: int, numbered: int) -> str:
    """The links to other pages, by number, as far as pages are numbered."""
    last = max(pages, 1)
    url = f"<{context.path}?{_other_parameters(context.query_string, 'page')}page="
    links = f'{url}1>; rel="first"'
    if page > 1:
        links += f', {url}{min(page - 1, last)}>; rel="prev"'
    if page < min(pages, numbered):
        links += f', {url}{page + 1}>; rel="next"'
    return f'{links}, {url}{last}>; rel="last"' if last <= numbered else links


def _next_link(context: Context, cursor: str) -> str:
    """The link to the page after a cursor."""
    rest = _other_parameters(context.query_string, "page", "cursor")
    return f'<{context.path}?{rest}cursor={cursor}>; rel="next"'


def _other_parameters(query_string: str, *changing: str) -> str:
    """The parameters of a request but for some, to be followed by one of them.

    Most are passed on as they came: to take them apart and to write them anew takes 59,000
    instructions more.
    """
    if _PLAIN_QUERY(query_string):
        left = [
            pair
            for pair in query_string.split("&")
            if pair and pair.partition("=")[0] not in changing
        ]
        return "&".join([*left, ""])
    pairs = parse_qsl(query_string, keep_blank_values=True)
    kept = urlencode([pair for pair in pairs if pair[0] not in changing])
    return f"{kept}&" if kept else ""


def _cursor(call: Call, listing: Listing, sort: tuple[str, ...], position: Position) -> str:
    return _signer().sign([_fingerprint(call, listing, sort), position])


def _fingerprint(call: Call, listing: Listing, sort: tuple[str, ...]) -> str:
    """What a cursor belongs to: the list, its filters and its order, in whichever release."""
    of = [call.context.path, sort, filters(call), *listing.orders(sort)]
    text = orjson.dumps(of, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=9).hexdigest()


def _position(cursor: str, fingerprint: str) -> list[Any] | None:
    if cursor == "":
        return None
    value = _signer().read(cursor)
    if value is None or value[0] != fingerprint:
        raise Problem("bad-cursor", "This cursor was not given for this list, filters and sort.")
    position: list[Any] = value[1]
    return position


def _signer() -> Signer:
    signer: Signer = current_app.extensions["octavo.cursors"]
    return signer
