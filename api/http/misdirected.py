"""What is said of a path or a method that does not exist, so that it can be mended."""

import re
from functools import cache

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Map, MapAdapter

from api.paths import PREFIX
from validators.engine.nearest import nearest

_LONGEST_RESPELT = 200
_METHOD = re.compile(r"[A-Za-z]{1,20}")


def is_path(path: str, routes: MapAdapter) -> bool:
    """Whether a route has this path, whatever its methods are.

    For a method that no route has, Werkzeug does not look whether the parts of the path can be
    read: `2026-13-01` would be a day.
    """
    try:
        routes.match(path, "OPTIONS")
    except NotFound:
        return False
    except HTTPException:
        return True
    return True


def unknown_path(path: str, routes: MapAdapter) -> str:
    """The sentence for a path that no route has; it names the one that was probably meant."""
    plain = re.sub("/{2,}", "/", path).rstrip("/").lower()
    below = PREFIX + re.sub(r"^/api(/v\d+)?", "", plain)
    for meant in (plain, PREFIX + plain, below, _respelt(plain, routes), _respelt(below, routes)):
        if meant not in ("", path) and is_path(meant, routes):
            return f"There is no such path{_why(path, meant)}. Did you mean {meant}?"
    return f"There is no such path. {PREFIX} lists what there is, /docs describes it."


def _respelt(path: str, routes: MapAdapter) -> str:
    """The path with each word that no route has replaced by the nearest that one has."""
    known = _words(routes.map)
    words = path[:_LONGEST_RESPELT].split("/")
    return "/".join(w if w.isdigit() or w in known else nearest(w, known) or w for w in words)


@cache
def _words(routes: Map) -> tuple[str, ...]:
    parts = (part for rule in routes.iter_rules() for part in rule.rule.split("/"))
    return tuple(sorted({part for part in parts if "<" not in part}))


def _why(path: str, meant: str) -> str:
    told = []
    if not path.lower().startswith(PREFIX) and meant.startswith(PREFIX):
        told.append(f"the API is below {PREFIX}")
    if path.endswith("/"):
        told.append("no path ends with a slash")
    if "//" in path:
        told.append("slashes do not come twice")
    if path != path.lower():
        told.append("paths are in small letters")
    return f": {', '.join(told)}" if told else ""


def unknown_method(method: str, fault: MethodNotAllowed) -> str:
    """The sentence for a method that a path does not take; it names those it takes."""
    takes = ", ".join(sorted(fault.valid_methods or ()))
    given = method if _METHOD.fullmatch(method) else "That method"
    if not method.isupper() and given == method:
        return f"Methods are in capital letters: {method.upper()}. This path takes {takes}."
    return f"{given} is not possible here; this path takes {takes}."
