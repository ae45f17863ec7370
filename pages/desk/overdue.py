"""Overdue loans, and the letters to members who have no address for mail."""

from typing import Any

from flask import Response, request

from models.vocabulary import Channel, LoanStatus, NoticeStatus, Role
from pages.desk.blueprint import DESK
from pages.desk.listing import address_of
from pages.desk.rendering import render
from pages.desk.state import number, today
from pages.frame.views import page, see
from pages.frame.visit import Visit

_PER_PAGE = 50


@page(DESK, "/desk/overdue", least=Role.LIBRARIAN)
def overdue(visit: Visit) -> Response:
    """Overdue loans, the longest overdue first."""
    query = {
        "status": LoanStatus.OVERDUE,
        "embed": "user,book,copy",
        "sort": "due_at",
        "limit": _PER_PAGE,
        "page": request.args.get("page", "1"),
    }
    found = visit.do("listLoans", query=query)
    day = today()
    for loan in found["data"]:
        loan["days"] = (day - visit.local_day(loan["due_at"])).days
    return render(
        visit,
        "desk/overdue.html",
        found=found,
        letters=_letters(visit, 1)["pagination"]["total"],
        address=address_of("/desk/overdue", {}),
    )


@page(DESK, "/desk/letters", least=Role.LIBRARIAN)
def letters(visit: Visit) -> Response:
    """The letters that wait to be printed, each on a sheet of its own."""
    found = _letters(visit, _PER_PAGE)
    for letter in found["data"]:
        letter["user"] = None
        if letter["user_id"] is not None:
            letter["user"] = visit.do("getUser", user_id=letter["user_id"])
    return render(
        visit,
        "desk/letters.html",
        letters=found["data"],
        total=found["pagination"]["total"],
        today=today(),
        done=number(request.args.get("printed", "")),
    )


@page(DESK, "/desk/letters", least=Role.LIBRARIAN, methods=("POST",))
def letters_printed(visit: Visit) -> Response:
    """Note that the letters on the page were printed."""
    ids = [number(value) for name, value in visit.form_pairs if name == "id"]
    done = visit.do("markNoticesPrinted", body={"ids": ids})
    return see(visit, f"/desk/letters?printed={done['printed']}")


def _letters(visit: Visit, limit: int) -> Any:
    waiting = {"channel": Channel.PRINT, "status": NoticeStatus.QUEUED, "sort": "id"}
    return visit.do("listNotices", query={**waiting, "limit": limit})
