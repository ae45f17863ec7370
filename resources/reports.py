"""Reports."""

from datetime import date
from typing import Any

from api.operation import Answer, Call, operation
from api.paging import listed
from api.pipeline import Resource
from circulation import reporting
from circulation.reporting import Span
from models import clock, report
from models.clock import stamp
from validators import reports
from validators.errors import Fault, Invalid
from validators.queries import compile_query

LONGEST_DAYS = 3_660
"""Days that a report may cover."""


def _span(call: Call) -> Span:
    """The days asked for. Raises Invalid when they are too many, or end before they begin."""
    first, last = (_day(call.query.get(name)) for name in ("from", "to"))
    asked = reporting.span(first, last, clock.now())
    if asked.days < 1:
        raise Invalid([Fault("too-large", "This is after the last day.", parameter="from")])
    if asked.days > LONGEST_DAYS:
        detail = f"A report covers {LONGEST_DAYS:,} days at most."
        raise Invalid([Fault("too-small", detail, parameter="from")])
    return asked


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


class Circulation(Resource):
    """`/reports/circulation`"""

    @operation(
        "reportCirculation",
        "Count loans, renewals and returns",
        query=compile_query(reports.CIRCULATION_QUERY),
        answer=reports.CIRCULATION,
    )
    def get(self, call: Call) -> Answer:
        """The counts of every period, empty ones too; days are the library's own."""
        return Answer({"data": reporting.circulation(_span(call), call.query["interval"])})


class Popular(Resource):
    """`/reports/popular`"""

    @operation(
        "reportPopular",
        "Name the books lent most often",
        query=compile_query(reports.POPULAR_QUERY),
        answer=reports.POPULAR,
    )
    def get(self, call: Call) -> Answer:
        """The books, the most lent first."""
        return Answer({"data": reporting.popular(_span(call), call.query["limit"])})


class Overdue(Resource):
    """`/reports/overdue`"""

    @operation(
        "reportOverdue",
        "List what is overdue",
        query=compile_query(reports.OVERDUE_QUERY),
        answer=reports.OVERDUE,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The loans past due, the latest first."""
        now = clock.now()
        return listed(
            call,
            report.OVERDUE,
            {"now": stamp(now)},
            present=lambda rows: reporting.overdue(rows, now),
        )


class Inventory(Resource):
    """`/reports/inventory`"""

    @operation("reportInventory", "Count books and copies", answer=reports.INVENTORY)
    def get(self, call: Call) -> Answer:
        """The counts, without withdrawn copies."""
        return Answer(reporting.inventory())
