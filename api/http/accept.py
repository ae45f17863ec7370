"""Media types: which form of the answer is wanted, and whether the body's type is taken."""

from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from api.context import Context
from api.problems import Problem
from models.kept import keep_short


def choose(offers: Sequence[str], context: Context) -> str:
    """The offered media type that `Accept` likes best. Raises Problem 406 when it likes none."""
    wanted = context.header("HTTP_ACCEPT")
    if not wanted:
        return offers[0]
    best = _best(wanted, tuple(offers))
    if best is None:
        raise Problem(
            "not-acceptable",
            "The media types offered are: " + ", ".join(offers) + ".",
            offered=list(offers),
        )
    return best


def require_type(takes: Sequence[str], context: Context) -> str:
    """The media type of the body, without parameters. Raises Problem 415 for one not taken."""
    given = context.environ.get("CONTENT_TYPE") or ""
    kind = given.partition(";")[0].strip().lower()
    if kind not in takes:
        header = {"Accept-Patch": ", ".join(takes)} if context.method == "PATCH" else {}
        raise Problem(
            "unsupported-media-type",
            _advice(takes, kind, context.environ),
            headers=header,
            supported=list(takes),
        )
    return kind


def _advice(takes: Sequence[str], kind: str, environ: dict[str, Any]) -> str:
    """What to send instead."""
    send = f"Send {' or '.join(takes)}, and say so in Content-Type."
    if kind == "application/x-www-form-urlencoded":
        return f"{send} This came as a form, which is what curl makes of -d; --json is JSON."
    sent = environ.get("CONTENT_LENGTH") or environ.get("HTTP_TRANSFER_ENCODING") or "0"
    return f"The body is missing. {send}" if sent == "0" else send


@keep_short(256)
def _best(accept: str, offers: tuple[str, ...]) -> str | None:
    """The offer with the highest weight, the first of several; None when all weigh nothing."""
    wanted = _without_parameters(parse_accept_header(accept, MIMEAccept))
    best = max(offers, key=wanted.quality)
    return best if wanted.quality(best) > 0 else None


def _without_parameters(ranges: MIMEAccept) -> MIMEAccept:
    """The media ranges and weights alone: parameters change nothing here."""
    return MIMEAccept([(kind.partition(";")[0].strip(), weight) for kind, weight in ranges])
