"""As many records at once as a large library can have: more than a statement can have values."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from models import copy, dormant, hold, loan, notice
from models.brief import BRIEF
from models.vocabulary import NoticeKind
from notices import recipients

MANY = range(1, 70_001)
"""PostgreSQL takes 65,535 values, SQLite 32,766."""

pytestmark = pytest.mark.usefixtures("db")

ASKED: dict[str, Callable[[], Any]] = {
    **{f"embedded {name}": partial(find, MANY) for name, find in BRIEF.items()},
    "copies": lambda: copy.some(MANY),
    "barcodes": lambda: copy.barcodes(MANY),
    "scans": lambda: copy.see(MANY, "2026-01-02T10:00:00Z"),
    "last loans": lambda: dormant.last_lent(MANY),
    "due dates": lambda: loan.due_dates(MANY),
    "what was lent": lambda: loan.lent(MANY),
    "order of holds": lambda: hold.in_order_placed(MANY),
    "places in a queue": lambda: hold.reorder({one: one for one in range(1, 22_001)}),
    "holds that let go": lambda: hold.let_go(MANY),
    "notices to tell anew": lambda: notice.tell_anew([NoticeKind.HOLD_EXPIRING], "hold", MANY, "x"),
    "notices about nothing": lambda: notice.delete_empty(MANY),
    "recipients": lambda: recipients.of(MANY),
}


@pytest.mark.parametrize("asked", ASKED)
def test_of_any_number_of_records(asked: str) -> None:
    ASKED[asked]()
