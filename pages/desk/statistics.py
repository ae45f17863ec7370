"""Reports, each as a chart with the table under it: loans, takings, top titles, the collection."""

from collections import defaultdict
from typing import Any

from babel.dates import format_date
from flask import Response, request

from models import collection
from models.vocabulary import Interval, Role
from pages.desk import charts, wording
from pages.desk.blueprint import DESK
from pages.desk.charts import Bar
from pages.desk.listing import filters
from pages.desk.outcomes import attempted
from pages.desk.rendering import render
from pages.desk.state import day_of
from pages.frame.texts import tag
from pages.frame.views import page
from pages.frame.visit import Visit

_TOP = 20


@page(DESK, "/desk/reports", least=Role.LIBRARIAN)
def circulation(visit: Visit) -> Response:
    """Loans, renewals and returns in each day, week or month."""
    return _report(visit, "loans", "reportCirculation", _circulation)


@page(DESK, "/desk/reports/takings", least=Role.LIBRARIAN)
def takings(visit: Visit) -> Response:
    """What was paid, taken back and paid out."""
    return _report(visit, "takings", "reportTakings", _takings)


@page(DESK, "/desk/reports/titles", least=Role.LIBRARIAN)
def titles(visit: Visit) -> Response:
    """The titles lent most often."""
    return _report(visit, "titles", "reportPopular", _titles)


@page(DESK, "/desk/reports/collection", least=Role.LIBRARIAN)
def stock(visit: Visit) -> Response:
    """The collection by kind, by status and by age."""
    counted = visit.do("reportInventory")
    kinds = [_bar(str(visit.say(f"material.{kind}")), n) for kind, n in collection.by_kind()]
    statuses = [
        _bar(str(wording.word(visit, "copy_status", status)), n)
        for status, n in counted["by_status"].items()
    ]
    types = [_bar(kind, n) for kind, n in counted["by_loan_type"].items()]
    decades = [_bar(_decade(visit, first), n) for first, n in collection.by_decade()]
    undated = counted["books"] - sum(bar.value for bar in decades)
    if undated > 0:
        decades.append(_bar(str(visit.say("desk_report.without_year")), undated))
    parts = [
        _part(visit, "by_kind", "titles_count", kinds, charts.rows),
        _part(visit, "by_age", "titles_count", decades, charts.rows),
        _part(visit, "by_status", "copies_count", statuses, charts.rows),
        _part(visit, "by_loan_type", "copies_count", types, charts.rows),
    ]
    return render(visit, "desk/report.html", kind="collection", parts=parts, counted=counted)


def _report(visit: Visit, kind: str, operation: str, present: Any) -> Response:
    asked = filters(request.args, ("from", "to", "interval"))
    if kind == "titles":
        asked = {name: value for name, value in asked.items() if name != "interval"}
    query = {**asked, **({"limit": _TOP} if kind == "titles" else {})}
    found, refusal = attempted(visit, lambda: visit.do(operation, query=query)["data"])
    return render(
        visit,
        "desk/report.html",
        status=refusal.status if refusal else 200,
        kind=kind,
        parts=present(visit, found or []),
        asked=asked,
        intervals=list(Interval),
        refusal=refusal.values if refusal else None,
    )


def _circulation(visit: Visit, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = ("loans", "renewals", "returns", "in_house")
    bars = [_bar(_period(visit, one["period"]), one["loans"]) for one in found]
    part = _part(visit, "loans", "loans", bars, charts.columns)
    part["heads"] = [str(visit.say(f"desk_column.{name}")) for name in ("period", *names)]
    part["rows"] = [
        [_period(visit, one["period"]), *(str(one[name]) for name in names)] for one in found
    ]
    return [part]


def _takings(visit: Visit, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sums: dict[str, int] = defaultdict(int)
    for one in found:
        sums[one["period"]] += one["paid"] - one["voided"] - one["refunded"]
    bars = [Bar(_period(visit, name), value, visit.money(value)) for name, value in sums.items()]
    part = _part(visit, "takings", "taken", bars, charts.columns)
    names = ("paid", "voided", "refunded")
    heads = ("period", "method", *names)
    part["heads"] = [str(visit.say(f"desk_column.{name}")) for name in heads]
    part["rows"] = [
        [
            _period(visit, one["period"]),
            str(wording.word(visit, "method", one["method"])),
            *(visit.money(one[name]) for name in names),
        ]
        for one in found
    ]
    part["sum"] = visit.money(sum(sums.values()))
    return [part]


def _titles(visit: Visit, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    bars = [_bar(one["title"], one["loans"]) for one in found]
    return [_part(visit, "titles", "loans", bars, charts.rows)]


def _part(visit: Visit, name: str, column: str, bars: list[Bar], draw: Any) -> dict[str, Any]:
    heading = str(visit.say(f"desk_report.{name}"))
    return {
        "heading": heading,
        "chart": draw(bars, heading) if bars else "",
        "heads": [heading, str(visit.say(f"desk_column.{column}"))],
        "rows": [[bar.name, bar.said] for bar in bars],
    }


def _decade(visit: Visit, first: int) -> str:
    return f"{visit.year(first)}\N{EN DASH}{visit.year(first + 9)}"


def _bar(name: str, value: int) -> Bar:
    return Bar(name, value, str(value))


def _period(visit: Visit, period: str) -> str:
    """A day as people write it; weeks and months as they are."""
    day = day_of(period)
    return period if day is None else format_date(day, "short", locale=tag(visit.language))
