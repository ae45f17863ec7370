"""Lists as answers: pages with a total, or keyset paging with a cursor."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import current_app, request

from api.operation import Answer, Call
from api.problems import Problem
from api.tokens import Signer
from models.listing import Listing

Records = list[dict[str, Any]]
_PAGING = {"page", "limit", "cursor", "sort", "fields", "embed", "facets"}


def filters(call: Call) -> dict[str, Any]:
    """The filters that were asked for, without what concerns paging and presentation."""
    return {name: value for name, value in call.query.items() if name not in _PAGING}


def listed(
    call: Call,
    listing: Listing,
    asked: Mapping[str, Any],
    *,
    finish: Callable[[Records], None] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Answer:
    """One page of a list, as the query asks for it.

    `asked` are the listing's filters; `finish` may add to the records of the page in place;
    `extra` are further members of the answer. Raises Problem `bad-cursor`.
    """
    sort = tuple(("-" if down else "") + name for name, down in call.query.get("sort", ()))
    links, rows, pagination = _slice(call, listing, asked, sort)
    records = [listing.view.present(row) for row in rows]
    if finish is not None:
        finish(records)
    data = [projected(call, record, listing.view.staff) for record in records]
    headers = {"Link": ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links)} if links else {}
    return Answer({"data": data, "pagination": pagination, **(extra or {})}, headers=headers)


def projected(
    call: Call, record: dict[str, Any], staff: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """A record with the fields the caller asked for and may see."""
    if staff and not call.caller.is_staff:
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
        total = listing.total(asked)
        rows = listing.page(asked, sort, limit=limit, offset=(page - 1) * limit)
        pages = -(-total // limit)
        pagination = {"page": page, "limit": limit, "total": total, "pages": pages}
        return _page_links(page, pages), rows, pagination
    fingerprint = _fingerprint(asked, sort)
    position = _position(call.query["cursor"], fingerprint)
    rows, following = listing.after(asked, sort, position, limit=limit)
    cursor = None if following is None else _signer().sign([fingerprint, following])
    links = [] if cursor is None else [("next", _url(cursor=cursor))]
    return links, rows, {"limit": limit, "next_cursor": cursor}


def _page_links(page: int, pages: int) -> list[tuple[str, str]]:
    targets = {"first": 1, "prev": page - 1, "next": page + 1, "last": max(pages, 1)}
    if page <= 1:
        del targets["prev"]
    if page >= pages:
        del targets["next"]
    return [(rel, _url(page=target)) for rel, target in targets.items()]


def _url(**changed: Any) -> str:
    """The present URL with another page or cursor, relative to the server (RFC 3986, 4.2)."""
    kept = [(name, value) for name, value in request.args.items() if name not in changed]
    return f"{request.path}?{urlencode([*kept, *changed.items()])}"


def _fingerprint(asked: Mapping[str, Any], sort: tuple[str, ...]) -> str:
    """What a cursor belongs to: the list, its filters and its order."""
    text = orjson.dumps([request.path, sort, dict(asked)], option=orjson.OPT_SORT_KEYS)
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
