"""Media types: which form of the answer is wanted, and whether the body's type is taken."""

from collections.abc import Sequence
from functools import lru_cache

from api.context import Context
from api.problems import Problem


def choose(offers: Sequence[str], context: Context) -> str:
    """The offered media type that `Accept` likes best. Raises Problem 406 when it likes none."""
    wanted = context.header("HTTP_ACCEPT")
    if not wanted:
        return offers[0]
    best = _best(wanted, tuple(offers))
    if best is None:
        raise Problem(
            "not-acceptable",
            "This can be had as " + ", ".join(offers) + ".",
            offered=list(offers),
        )
    return best


def require_type(takes: Sequence[str], context: Context) -> str:
    """The media type of the body, without parameters. Raises Problem 415 for one not taken."""
    given = context.header("CONTENT_TYPE") or ""
    kind = given.partition(";")[0].strip().lower()
    if kind not in takes:
        header = {"Accept-Patch": ", ".join(takes)} if context.method == "PATCH" else {}
        raise Problem(
            "unsupported-media-type",
            f"Send {' or '.join(takes)}, and say so in Content-Type.",
            headers=header,
            supported=list(takes),
        )
    return kind


@lru_cache(maxsize=256)
def _best(accept: str, offers: tuple[str, ...]) -> str | None:
    ranges = [_range(part) for part in accept.split(",") if part.strip()]
    scored = [(_quality(offer, ranges), -place, offer) for place, offer in enumerate(offers)]
    quality, _, offer = max(scored)
    return offer if quality > 0 else None


def _range(part: str) -> tuple[str, float]:
    """One media range with its weight; parameters other than the weight change nothing."""
    kind, *parameters = (piece.strip() for piece in part.split(";"))
    weight = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            weight = _weight(value)
    return kind.lower(), weight


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0


def _quality(offer: str, ranges: list[tuple[str, float]]) -> float:
    """The weight of the most specific range that covers the offer (RFC 9110, 12.5.1)."""
    major = offer.partition("/")[0]
    for covering in (offer, f"{major}/*", "*/*"):
        weights = [weight for kind, weight in ranges if kind == covering]
        if weights:
            return max(weights)
    return 0.0
