"""How a page of the desk is made: `pages.frame.views.render` with the words of the desk."""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from babel.dates import format_time
from flask import Response

from circulation.money import DECIMALS
from pages.desk import wording
from pages.desk.outcomes import NONE
from pages.frame import views
from pages.frame.texts import tag
from pages.frame.visit import Visit


def render(visit: Visit, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page of the desk.

    Templates have `word(kind, code)` for codes, `day(value)` for a date or moment or nothing,
    `clock(at)` for a time of day, `money(amount)` and `plain(amount)`, as one types it.
    """
    return views.render(
        visit,
        template,
        status=status,
        word=partial(wording.word, visit),
        name=partial(wording.name, visit),
        day=partial(_day, visit),
        clock=partial(_clock, visit),
        money=partial(_money, visit),
        plain=partial(plain, visit),
        **values,
    )


def _day(visit: Visit, value: str | date | None) -> str:
    return visit.day(value) if value else NONE


def _clock(visit: Visit, at: str) -> str:
    return format_time(visit.clock(at), "short", locale=tag(visit.language))


def _money(visit: Visit, amount: int | None) -> str:
    return NONE if amount is None else visit.money(amount)


def plain(visit: Visit, amount: int | None) -> str:
    """An amount as it is typed: `12.50`."""
    if amount is None:
        return ""
    return str(Decimal(amount).scaleb(-DECIMALS[visit.settings.currency]))
