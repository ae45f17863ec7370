"""Lists as answers: pages with a total, or keyset paging with a cursor."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from flask import current_app

from api.context import Context
from api.operation import Answer, Call
from api.problems import Problem
from api.tokens import Signer
from models.listing import Listing

Records = list[dict[str, Any]]
Rows = list[tuple[Any, ...]]
LONGEST_LINK = 60_000
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

    `asked` are the listing's filters; `present` makes records of the rows, where the listing's
    view is not enough; `finish` may add to the records of the page in place; `extra` gives
    further members of the answer. Raises Problem `bad-cursor`.
    """
    sort = tuple(call.query.get("sort", ()))
    links, rows, pagination = _slice(call, listing, asked, sort)
    records = present(rows) if present else [listing.view.present(row) for row in rows]
    if finish is not None:
        finish(records)
    data = [projected(call, record, listing.view.staff) for record in records]
    more = extra(records) if extra else {}
    return Answer({"data": data, "pagination": pagination, **more}, headers=_link_header(links))


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
) -> tuple[list[tuple[str, str]], list[tuple[Any, ...]], dict[str, Any]]:
    limit = call.query["limit"]
    if call.query["cursor"] is None:
        page = call.query["page"]
        offset = (page - 1) * limit
        rows = listing.page(asked, sort, limit=limit, offset=offset)
        ends_here = len(rows) < limit and (page == 1 or bool(rows))
        total = offset + len(rows) if ends_here else listing.total(asked)
        pages = -(-total // limit)
        pagination = {"page": page, "limit": limit, "total": total, "pages": pages}
        return _page_links(call.context, page, pages), rows, pagination
    fingerprint = _fingerprint(call, sort)
    position = _position(call.query["cursor"], fingerprint)
    rows, following = listing.after(asked, sort, position, limit=limit)
    cursor = None if following is None else _signer().sign([fingerprint, following])
    links = [] if cursor is None else [_next_link(call.context, cursor)]
    return links, rows, {"limit": limit, "next_cursor": cursor}


def _link_header(links: list[tuple[str, str]]) -> dict[str, str]:
    """`Link`; none when each URL is so long that uWSGI would cut the header, at 64 KiB."""
    value = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links)
    return {"Link": value} if 0 < len(value) <= LONGEST_LINK else {}


def _page_links(context: Context, page: int, pages: int) -> list[tuple[str, str]]:
    targets = {
        "first": 1,
        "prev": min(page - 1, max(pages, 1)),
        "next": page + 1,
        "last": max(pages, 1),
    }
    if page <= 1:
        del targets["prev"]
    if page >= pages:
        del targets["next"]
    kept = _other_parameters(context, "page")
    return [(rel, f"{context.path}?{kept}page={target}") for rel, target in targets.items()]


def _next_link(context: Context, cursor: str) -> tuple[str, str]:
    return (
        "next",
        f"{context.path}?{_other_parameters(context, 'cursor')}cursor={cursor}",
    )


def _other_parameters(context: Context, changing: str) -> str:
    """The parameters of the request but for one, to be followed by that one."""
    query_string = context.query_string
    if not query_string:
        return ""
    pairs = parse_qsl(query_string, keep_blank_values=True)
    kept = urlencode([pair for pair in pairs if pair[0] != changing])
    return f"{kept}&" if kept else ""


def _fingerprint(call: Call, sort: tuple[str, ...]) -> str:
    """What a cursor belongs to: the list, its filters and its order."""
    text = orjson.dumps([call.context.path, sort, filters(call)], option=orjson.OPT_SORT_KEYS)
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
