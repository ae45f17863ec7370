"""Which of the pages is at an address, or nearest to it."""

from flask import current_app, request

_MOST_PARTS = 8
"""Of the path of a page, between its slashes; a browser may name any."""


def nearest_page(path: str) -> str:
    """The page at a path, or else the nearest one above it."""
    parts = path.split("/")[:_MOST_PARTS]
    for number in range(len(parts), 1, -1):
        above = "/".join(parts[:number])
        if _is_page(above):
            return above
    return "/"


def _is_page(path: str) -> bool:
    pages = current_app.create_url_adapter(request)
    return pages is not None and pages.test(path, "GET")
