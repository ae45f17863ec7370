"""SQL and orjson in bare WSGI: the limit for reads."""

from typing import Any
from urllib.parse import parse_qs

import orjson

from benchmarks.peers import sql


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """One book, or a page of books."""
    last = environ["PATH_INFO"].rpartition("/")[2]
    if last.isdigit():
        found = sql.book(int(last))
    else:
        query = parse_qs(environ["QUERY_STRING"])
        found = sql.page(int(query["page"][0]), int(query["limit"][0]), query["sort"][0])
    body = orjson.dumps(found)
    start_response(
        "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    )
    return [body]
