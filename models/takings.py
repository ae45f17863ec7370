"""Takings: what was paid, taken back and paid out, by method, between moments."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence

from models.database import run
from models.vocabulary import PaymentMethod

Period = tuple[str, str]

# What was paid counts on its day, what was voided on the day it was voided (rule 42). Each sum is a
# walk along one index that has all it needs.
_MOVED = """
    WITH period (number, first, last) AS (VALUES {periods}), way (name) AS (VALUES {methods})
    SELECT period.number, way.name,
        (SELECT SUM(amount) FROM fee_entry
            WHERE kind = 'payment' AND method = way.name AND at BETWEEN first AND last),
        (SELECT SUM(amount) FROM fee_entry
            WHERE kind = 'payment' AND method = way.name
            AND voided_at IS NOT NULL AND voided_at BETWEEN first AND last)
    FROM period CROSS JOIN way
    ORDER BY period.number, way.name
"""
# Few beside the payments of members, among which the sums above count them too. CROSS JOIN has
# SQLite read the fees first.
_PAID_OUT = """
    SELECT entry.method, entry.at, entry.voided_at, entry.amount
    FROM fee CROSS JOIN fee_entry entry
    WHERE fee.amount < 0 AND entry.fee_id = fee.id AND entry.kind = 'payment'
        AND (entry.at BETWEEN ? AND ? OR entry.voided_at BETWEEN ? AND ?)
"""


def takings(periods: Sequence[Period]) -> list[tuple[int, str, int, int, int]]:
    """The number of a period, method, paid, voided and refunded, in minor units.

    Periods are given by their first and last second, in their order; those in which nothing
    happened are left out.
    """
    values = [item for number, period in enumerate(periods) for item in (number, *period)]
    places = ", ".join(["(CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS TEXT))"] * len(periods))
    methods = ", ".join(["(CAST(? AS TEXT))"] * len(PaymentMethod))
    moved = run(_MOVED.format(periods=places, methods=methods), [*values, *PaymentMethod])
    out, taken_back = _paid_out(periods)
    return [
        (
            number,
            method,
            int(paid or 0) - out[number, method],
            int(voided or 0) - taken_back[number, method],
            out[number, method] - taken_back[number, method],
        )
        for number, method, paid, voided in moved.fetchall()
        if paid is not None or voided is not None
    ]


def _paid_out(
    periods: Sequence[Period],
) -> tuple[dict[tuple[int, str], int], dict[tuple[int, str], int]]:
    """What was paid out, and what of it was voided, by period and method."""
    out: dict[tuple[int, str], int] = defaultdict(int)
    taken_back: dict[tuple[int, str], int] = defaultdict(int)
    begins = [first for first, _ in periods]
    whole = (periods[0][0], periods[-1][1])
    for method, paid_at, voided_at, amount in run(_PAID_OUT, [*whole, *whole]).fetchall():
        for at, sums in ((paid_at, out), (voided_at, taken_back)):
            if at is not None and whole[0] <= at <= whole[1]:
                sums[bisect_right(begins, at) - 1, method] += amount
    return out, taken_back
