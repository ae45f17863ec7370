"""What there is in a notice of each kind, by samples: for previews, and to try templates on."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from models.vocabulary import NoticeKind
from notices.library import Library
from notices.telling import EXTRAS, SUBJECTS
from notices.template_records import (
    ToldHold,
    ToldLoan,
    ToldMember,
    ToldOrder,
    ToldPayment,
    ToldWebhook,
)

ALWAYS = ("library", "member")
OF_KIND = {NoticeKind.PASSWORD_RESET: ("link",)}
ATTRIBUTES = frozenset(
    {
        *("name", "email", "address", "url", "first_name", "last_name", "card_number"),
        *("title", "author", "barcode", "due_on", "days_overdue", "fine", "returned_on"),
        *("expires_on", "expired", "withdrawn", "amount", "paid_on", "site", "description", "gone"),
        "disabled_on",
    }
)
"""The fields that templates may read, of whatever they are a field."""

_DAY = date(2026, 3, 9)


def _names(kind: NoticeKind) -> frozenset[str]:
    subject = SUBJECTS.get(kind)
    own = {subject.variable} if subject else set()
    return frozenset({*ALWAYS, *OF_KIND.get(kind, ()), *own, *_extras(kind)})


def _extras(kind: NoticeKind) -> tuple[str, ...]:
    return tuple(EXTRAS[kind]([])) if kind in EXTRAS else ()


NAMES = {kind: _names(kind) for kind in NoticeKind}
"""The variables that a template of each kind is given."""


def of(kind: NoticeKind, library: Library) -> Iterator[dict[str, Any]]:
    """What a template of the kind may be given: first with all there is, then with the least."""
    for full in (True, False):
        yield {**_common(library, full=full), **_own(kind, full=full)}


def _common(library: Library, *, full: bool) -> dict[str, Any]:
    named = {"name": "Ada Byron", "first_name": "Ada", "last_name": "Byron"}
    reached = {"email": library.email, "address": library.address, "url": library.url}
    if full:
        reached = {
            "email": library.email or "library@example.org",
            "address": library.address or "1 High Street, Anytown",
            "url": library.url or "https://library.example.org",
        }
    return {
        "library": {"name": library.name, **(reached if full else dict.fromkeys(reached, ""))},
        "member": {**named, "card_number": "20001234" if full else None},
    }


def _own(kind: NoticeKind, *, full: bool) -> dict[str, Any]:
    if kind in OF_KIND:
        return {"link": "https://library.example.org/reset/…"}
    if kind not in SUBJECTS:
        return {}
    subject = SUBJECTS[kind]
    told = [_sample(subject.variable, full=full)] * (2 if full else 1)
    extras = EXTRAS[kind](told) if kind in EXTRAS else {}
    return {subject.variable: told if subject.is_list else told[0], **extras}


def _sample(variable: str, *, full: bool) -> Any:
    author = "Jane Austen" if full else None
    match variable:
        case "loans":
            fine = 150 if full else 0
            back = _DAY + timedelta(days=2)
            out = (_DAY.isoformat(), _DAY, 2, fine, back.isoformat(), back, True, False)
            return ToldLoan("Emma", author, "30001234567890", *out)
        case "holds":
            barcode = "30001234567890" if full else None
            since = _DAY.isoformat()
            until = (_DAY.isoformat(), _DAY)
            return ToldHold("Emma", author, barcode, since, *until, full, full, True, True)
        case "order":
            return ToldOrder("Emma", author)
        case "payments":
            return ToldPayment(150, _DAY, "Emma" if full else None)
        case "webhook":
            description = "The town's calendar" if full else None
            return ToldWebhook("calendar.example.org", description, not full, _DAY)
        case _:
            return ToldMember(_DAY)
