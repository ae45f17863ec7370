"""Letters to members without an email address, as one page to be printed.

Each begins on a sheet of its own. On A4 the address stands where an envelope of DL format has its
window (DIN 5008, form B); on Letter paper where one of the US format #10 has it, 4 1/2 by 1 1/8
inches, 7/8 from the left and 1/2 from the bottom, wherever in it the folded sheet slides.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.resources import files
from itertools import chain
from textwrap import wrap
from unicodedata import east_asian_width

from jinja2 import Environment
from markupsafe import Markup

from circulation import rulebook
from models import notice as stored
from models.database import transaction
from models.notice import Item, NoticeRow
from models.timestamps import stamp
from models.vocabulary import Channel, NoticeStatus
from notices import languages, outbox, paragraphs
from notices.composing import NO_LONGER, Composed, compose, hidden_token
from notices.rechecking import hold_again

MOST = 500
_ROOM = {"a4": (6, 41), "letter": (5, 45)}
"""The lines of an address that a window shows in the usual size, and the letters of a line."""


def page(now: datetime) -> str:
    """The letters that wait, the oldest first; what no longer holds is passed over."""
    composed, _ = holding(now, MOST)
    today, library = rulebook.today(now), outbox.library()
    letters = [
        {
            "id": one.notice.id,
            "language": languages.LOCALES[one.notice.language],
            "name": one.recipient.name,
            "address": one.recipient.address or "",
            "is_long": is_long(one, library.paper),
            "date": languages.day(today, one.notice.language),
            "subject": one.message.subject,
            "body": Markup(paragraphs.body(one.message.text)),  # noqa: S704  escaped there
        }
        for one in composed
        if one.message is not None and one.recipient is not None
    ]
    source = files("notices").joinpath("letters.html.jinja").read_text(encoding="utf-8")
    template = Environment(autoescape=True).from_string(source)
    return template.render(letters=letters, library=library)


def is_long(one: Composed, paper: str) -> bool:
    """Whether the address of a letter needs a smaller size to be seen whole in the window."""
    if one.recipient is None:
        return False
    most, width = _ROOM[paper]
    lines = [one.recipient.name, *(one.recipient.address or "").splitlines()]
    return sum(len(wrap(_as_wide(line), width)) or 1 for line in lines) > most


def _as_wide(line: str) -> str:
    """The line with two letters for each of those that are twice as wide, as Chinese ones are."""
    return "".join(sign * (2 if east_asian_width(sign) in "WF" else 1) for sign in line)


def holding(now: datetime, limit: int) -> tuple[list[Composed], int]:
    """The oldest letters that still hold, and how many that do not were passed over for them.

    It writes nothing, as pages are read: `settle` cancels what is passed over.
    """
    letters: list[Composed] = []
    passed = 0
    for batch in _batches(now, limit):
        held = [one for one in batch if one.message is not None]
        letters += held
        passed += len(batch) - len(held)
        if len(letters) >= limit:
            break
    return letters[:limit], passed


def settle(now: datetime) -> int:
    """Cancel the letters that no longer hold or are too old; give how many.

    One that is printed meanwhile stays printed. Letters are written in the order of their ids, in
    which `models.notice.locked_all` locks them.
    """
    settled = 0
    for batch in _batches(now, MOST):
        over = sorted((one for one in batch if one.message is None), key=lambda one: one.notice.id)
        with transaction():
            # Those of all letters at once, in one order, before any letter is written.
            stored.keep_records(item for one in over for item in _may_hold(one))
            settled += sum(_cancel(one, now) for one in over)
    return settled


def _batches(now: datetime, size: int) -> Iterator[list[Composed]]:
    """All letters that wait, in words where they hold, the oldest first."""
    after = None
    while rows := stored.letters(size, after):
        yield compose(rows, now, outbox.library(), hidden_token)
        after = rows[-1]


def _cancel(one: Composed, now: datetime) -> bool:
    if hold_again(one, _may_hold(one), now, outbox.library()):
        return False
    return stored.change(one.notice, status=NoticeStatus.CANCELLED, error=one.why)


def _may_hold(one: Composed) -> Sequence[Item]:
    """What a letter that is to be cancelled is about, if that may hold again by now."""
    return one.items if one.why == NO_LONGER else ()


def locked(notice_ids: Sequence[int]) -> list[NoticeRow]:
    """Letters by their ids, locked for `printed`, after what they are about.

    Acts lock records first, too, and write of notices at their end.
    """
    stored.keep_records(chain.from_iterable(stored.items(notice_ids).values()))
    return stored.locked_all(notice_ids)


def printed(rows: Sequence[NoticeRow], now: datetime) -> int:
    """Note that letters were printed, with their words; give how many. Rows are `locked`."""
    composed = compose(rows, now, outbox.library(), hidden_token)
    return sum(_note(one, now) for one in composed)


def is_waiting(row: NoticeRow) -> bool:
    """Whether a notice is a letter that waits to be printed."""
    return row.channel is Channel.PRINT and row.status is NoticeStatus.QUEUED


def _note(one: Composed, now: datetime) -> bool:
    subject = one.message.subject if one.message else None
    again = hold_again(one, one.untold, now, outbox.library())
    stored.part(one.notice, one.untold, NO_LONGER, stamp(now))
    stored.tell_items_anew(one.notice.kind, again, f"notice {one.notice.id}")
    return stored.change(
        one.notice,
        status=NoticeStatus.PRINTED,
        subject=subject,
        body=one.shown_text,
        sent_at=stamp(now),
    )
