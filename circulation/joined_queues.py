"""Queues of several titles that become one, and what undoing a loan gives back in it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from circulation import loan_effects
from circulation.loan_effects import Effects
from models import book_merge, hold, loan
from models.audit import Actor
from models.timestamps import stamp


def line_up(
    holds: Sequence[tuple[int, int]],
    books: Collection[int],
    target: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Put active holds, given as id and book id, in one queue of the target, in this order.

    A hold that undoing a loan of these books brings back later stands behind those of the others
    that were placed before it. Call it before the loans move.
    """
    if any(book_id != target for _, book_id in holds):
        book_merge.line_up(holds, target, actor)
    for lent in loan.with_effects(books, stamp(now - loan_effects.LONGEST_DAY)):
        others = [hold_id for hold_id, book_id in holds if book_id != lent.book_id]
        effects = Effects.of(lent.effects)
        order = hold.in_order_placed([*others, *(each.id for each in effects.holds)])
        after = loan_effects.joined(effects, others, order)
        if after != effects:
            loan.keep_effects(lent.id, after.to_json())
