"""Reports."""

from datetime import date
from typing import Any

from api.http.csv_answers import CONTENT_TYPE, CSV, columns_of, lines
from api.http.pagination import as_csv, filters, listed
from api.http.representations import JSON
from api.operation import Answer, Call, operation
from api.resource import Resource
from circulation import reports, shelves
from circulation.reports import Span
from models import dormant, duplicates, report, timestamps
from models.timestamps import stamp
from validators import reports as schemas
from validators.books import DUPLICATES
from validators.engine.errors import Fault, Invalid
from validators.engine.queries import compile_query

_PULLED = columns_of(
    {**schemas.TO_PULL.only("hold_id", "user", "book"), **schemas.TO_CLEAR.only("copy")},
    lambda name: True,
)
LONGEST_DAYS = 3_660
"""Days that a report may cover."""


def _table(call: Call, rows: list[reports.Row], *left_out: str) -> Answer:
    """The rows of a report; as CSV under a header line even where there are none.

    Columns named in `left_out` were not asked for.
    """
    schema = call.operation.answer
    if call.accepted != CSV or schema is None:
        return Answer({"data": rows})
    fields = schema.fields["data"]["schema"]["schema"]
    columns = columns_of(fields, lambda name: name not in left_out)
    return Answer(b"".join(lines(columns, [rows])), content_type=CONTENT_TYPE)


def _span(call: Call) -> Span:
    """The days asked for. Raises Invalid when they are too many, or end before they begin."""
    first, last = (_day(call.query.get(name)) for name in ("from", "to"))
    asked = reports.span(first, last, timestamps.now())
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
        query=compile_query(schemas.CIRCULATION_QUERY),
        answer=schemas.CIRCULATION,
        offers=(JSON, CSV),
    )
    def get(self, call: Call) -> Answer:
        """The counts of every period, empty ones too; days are the library's own."""
        days, interval, by = _span(call), call.query["interval"], call.query.get("by")
        if by is None:
            return _table(call, reports.circulation(days, interval), *schemas.BY)
        others = [name for name in schemas.BY if name != by]
        return _table(call, reports.circulation_by(days, interval, by), *others)


class Popular(Resource):
    """`/reports/popular`"""

    @operation(
        "reportPopular",
        "Name the books lent most often",
        query=compile_query(schemas.POPULAR_QUERY),
        answer=schemas.POPULAR,
        offers=(JSON, CSV),
    )
    def get(self, call: Call) -> Answer:
        """The books, the most lent first."""
        return _table(call, reports.popular(_span(call), call.query["limit"]))


class Takings(Resource):
    """`/reports/takings`"""

    @operation(
        "reportTakings",
        "Count what was paid, taken back and paid out",
        query=compile_query(schemas.TAKINGS_QUERY),
        answer=schemas.TAKINGS,
        offers=(JSON, CSV),
    )
    def get(self, call: Call) -> Answer:
        """One row for each period and method in which money moved, in minor units."""
        return _table(call, reports.takings(_span(call), call.query["interval"]))


class Overdue(Resource):
    """`/reports/overdue`"""

    @operation(
        "reportOverdue",
        "List what is overdue",
        query=compile_query(schemas.OVERDUE_QUERY),
        answer=schemas.OVERDUE,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The loans past due, the latest first."""
        now = timestamps.now()
        return listed(
            call,
            report.OVERDUE,
            {"now": stamp(now)},
            present=lambda rows: reports.overdue(rows, now),
        )


class Duplicates(Resource):
    """`/reports/duplicates`"""

    @operation(
        "reportDuplicates",
        "List books that look like one",
        query=compile_query(schemas.DUPLICATES_QUERY),
        answer=DUPLICATES,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """Groups of books with one ISBN, or with the same title, author, part and year.

        As CSV one row for each book, with the number of its group.
        """
        found = duplicates.Duplicates()
        if call.accepted == CSV:
            return as_csv(call, duplicates.COLUMNS, duplicates.lines(found.groups))
        return listed(call, found, {}, present=duplicates.shown)


class PullList(Resource):
    """`/reports/pull-list`"""

    @operation(
        "reportPullList",
        "List the copies to fetch for holds",
        query=compile_query(schemas.PULL_LIST_QUERY),
        answer=schemas.TO_PULL,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The holds that copies on the shelf would serve, by location and shelfmark.

        Scanning one of the copies as a return sets it aside. As CSV one row for each copy.
        """
        found = shelves.pull_list(timestamps.now())
        if call.accepted == CSV:
            rows = shelves.to_pull(found.everything())
            return as_csv(call, _PULLED, [shelves.one_line_each(rows)])
        return listed(call, found, {}, present=shelves.to_pull)


class ShelfClearing(Resource):
    """`/reports/shelf-clearing`"""

    @operation(
        "reportShelfClearing",
        "List the copies to take off the hold shelf",
        query=compile_query(schemas.PULL_LIST_QUERY),
        answer=schemas.TO_CLEAR,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """Copies whose hold has ended and that were not scanned since, by location.

        Scanning one as a return says where it goes now.
        """
        found = shelves.clearing_list(timestamps.now())
        return listed(call, found, {}, present=shelves.to_clear)


class Dormant(Resource):
    """`/reports/dormant`"""

    @operation(
        "reportDormant",
        "List the copies that nobody borrows",
        query=compile_query(schemas.DORMANT_QUERY),
        answer=schemas.DORMANT_COPY,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """Copies in the house, by location and shelfmark unless sorted otherwise."""
        asked = reports.dormant_since(filters(call), timestamps.now())
        return listed(call, dormant.LISTING, asked, present=shelves.unused)


class Members(Resource):
    """`/reports/members`"""

    @operation("reportMembers", "Count the members", answer=schemas.MEMBERS, offers=(JSON, CSV))
    def get(self, call: Call) -> Answer:
        """By category, and who came and went; the switched off do not count."""
        return Answer(reports.members(timestamps.now()))


class Inventory(Resource):
    """`/reports/inventory`"""

    @operation(
        "reportInventory", "Count books and copies", answer=schemas.INVENTORY, offers=(JSON, CSV)
    )
    def get(self, call: Call) -> Answer:
        """The counts, without withdrawn copies."""
        return Answer(reports.inventory())
