"""What to fetch for holds, what to clear from the hold shelf, and what nobody borrows."""

from flask import Response, request

from models.vocabulary import Role
from pages.desk.blueprint import DESK
from pages.desk.listing import address_of, filters, following
from pages.desk.outcomes import attempted
from pages.desk.rendering import render
from pages.frame.book_languages import tell_languages
from pages.frame.views import page
from pages.frame.visit import Visit

_PER_PAGE = 50


@page(DESK, "/desk/pull-list", least=Role.LIBRARIAN)
def pull_list(visit: Visit) -> Response:
    """Copies to fetch, by place; the one that was found is set aside by a click."""
    return _list(visit, "desk/pull_list.html", "reportPullList", "/desk/pull-list")


@page(DESK, "/desk/shelf-clearing", least=Role.LIBRARIAN)
def shelf_clearing(visit: Visit) -> Response:
    """Copies whose hold has ended; taking one back says where it goes."""
    path = "/desk/shelf-clearing"
    return _list(visit, "desk/shelf_clearing.html", "reportShelfClearing", path)


@page(DESK, "/desk/dormant", least=Role.LIBRARIAN)
def dormant(visit: Visit) -> Response:
    """Copies that nobody has borrowed for long."""
    asked = filters(request.args, ("not_lent_since", "acquired_before", "location"))
    query = {"limit": _PER_PAGE, "cursor": request.args.get("cursor", "")}
    found, refusal = attempted(visit, lambda: visit.do("reportDormant", query={**query, **asked}))
    if refusal:
        found = visit.do("reportDormant", query={"limit": _PER_PAGE, "cursor": ""})
    return render(
        visit,
        "desk/dormant.html",
        status=refusal.status if refusal else 200,
        found=found["data"],
        asked=asked,
        refusal=refusal.values if refusal else None,
        following=following("/desk/dormant", asked, found),
    )


def _list(visit: Visit, template: str, operation: str, path: str) -> Response:
    query = {"limit": _PER_PAGE, "page": request.args.get("page", "1")}
    found = visit.do(operation, query=query)
    tell_languages(found["data"])
    return render(visit, template, found=found, address=address_of(path, {}))
