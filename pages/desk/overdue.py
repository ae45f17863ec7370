"""Overdue loans, and the letters to members who have no address for mail."""

from flask import Response, request

from models.timestamps import now
from models.vocabulary import Channel, LoanStatus, NoticeStatus, Role
from notices import letters as printing
from pages.desk.blueprint import DESK
from pages.desk.listing import address_of
from pages.desk.rendering import render
from pages.desk.state import number, today
from pages.frame.book_languages import tell_languages
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
    tell_languages(found["data"])
    day = today()
    for loan in found["data"]:
        loan["days"] = (day - visit.local_day(loan["due_at"])).days
    return render(
        visit,
        "desk/overdue.html",
        found=found,
        letters=_waiting(visit),
        address=address_of("/desk/overdue", {}),
    )


@page(DESK, "/desk/letters", least=Role.LIBRARIAN)
def letters(visit: Visit) -> Response:
    """The letters that still hold and wait to be printed, each on a sheet of its own."""
    found, passed = printing.holding(now(), _PER_PAGE)
    paper = visit.settings.library_paper
    return render(
        visit,
        "desk/letters.html",
        letters=found,
        long={one.notice.id for one in found if printing.is_long(one, paper)},
        total=max(_waiting(visit) - passed, len(found)),
        today=today(),
        done=number(request.args.get("printed", "")),
    )


@page(DESK, "/desk/letters", least=Role.LIBRARIAN, methods=("POST",))
def letters_printed(visit: Visit) -> Response:
    """Note that the letters on the page were printed, and cancel those that no longer hold."""
    ids = [number(value) for name, value in visit.form_pairs if name == "id"]
    done = visit.do("markNoticesPrinted", body={"ids": ids})
    printing.settle(now())
    return see(visit, f"/desk/letters?printed={done['printed']}")


def _waiting(visit: Visit) -> int:
    """How many letters are queued, with those that no longer hold and are not yet cancelled."""
    waiting = {"channel": Channel.PRINT, "status": NoticeStatus.QUEUED, "limit": 1}
    total: int = visit.do("listNotices", query=waiting)["pagination"]["total"]
    return total
