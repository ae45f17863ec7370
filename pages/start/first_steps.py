"""`/start`: what to do first, where the address in the terminal leads.

That is the library's name, its opening days, the first member, and the first import.
"""

import os
from functools import partial
from itertools import chain
from typing import Any

from flask import Response, request

from api.calling import File
from api.operation import FILE
from api.problems import as_problem
from models.vocabulary import ENDINGS, FileFormat, Language, Role
from pages.frame import weeks
from pages.frame.drawn import mark
from pages.frame.errors import REFUSALS
from pages.frame.texts import table
from pages.frame.views import page, render, see
from pages.frame.visit import Visit, compared
from pages.start.blueprint import START

_RUNNING = frozenset({"queued", "running"})
ENCODINGS = (
    "utf-8",
    *(f"windows-125{number}" for number in (2, 0, 1, 3, 4, 5, 6, 7)),
    *("iso-8859-2", "iso-8859-15", "iso-8859-7", "iso-8859-9", "iso-8859-5"),
    *("koi8-r", "koi8-u", "mac-roman", "mac-latin2", "mac-cyrillic", "cp850", "cp852", "cp866"),
    *("gb18030", "big5", "cp932", "euc-jp", "cp949"),
)
"""Those offered: all between which an import may be undecided."""
DATES = ("dmy", "mdy", "ymd")
"""The orders of day, month and year that are offered."""
_TOLD = ("encoding", "dates")


@page(START, "/start", least=Role.ADMIN)
def start(visit: Visit) -> Response:
    """The steps, and which are done."""
    return _start(visit, is_saved=request.args.get("done") == "days")


@page(START, "/start/opening-days", least=Role.ADMIN, methods=("POST",))
def set_opening_days(visit: Visit) -> Response:
    """Say on which weekdays the library is open, and in which time zone it is."""
    return compared(partial(_set_opening_days, visit))


def _set_opening_days(visit: Visit) -> Response:
    """Unless the weeks are others than the form was drawn with, and than it asks for."""
    week, etag = visit.find("getCalendar")
    days = {value for name, value in visit.form_pairs if name == "day"}
    open_on = [number for number in range(1, 8) if str(number) in days]
    body = {"timezone": visit.form.get("timezone", ""), "open_weekdays": open_on}
    if visit.form.get("was_week", "") != mark(str(week)):
        if weeks.stand(week, body):
            return see(visit, "/start?done=days")
        return _start(visit, wrong="meanwhile", status=412)
    try:
        visit.do("replaceCalendar", body=body, if_match=etag)
    except REFUSALS as error:
        if as_problem(error).code not in ("invalid", "calendar-closed"):
            raise
        return _start(visit, wrong="days", status=400)
    return see(visit, "/start?done=days")


@page(START, "/start/imports", least=Role.ADMIN, methods=("POST",))
def import_file(visit: Visit) -> Response:
    """Take a file of books, and show how far its import has come."""
    sent = visit.sent_file("file")
    ending = os.path.splitext(sent.filename or "")[1].lower() if sent else ""  # noqa: PTH122
    written = FileFormat.of_ending(ending)
    if sent is None or written is None:
        return _start(visit, wrong="file", status=400)
    sent.stream.seek(0, os.SEEK_END)
    file = File(sent.stream, sent.stream.tell(), FILE)
    sent.stream.seek(0)
    told = {name: visit.form[name] for name in _TOLD if visit.form.get(name)}
    made = visit.do("importBooks", query={"format": written, **told}, file=file)
    return see(visit, f"/start/imports/{made['id']}")


@page(START, "/start/imports/<id:import_id>", least=Role.ADMIN)
def import_progress(visit: Visit, import_id: int) -> Response:
    """How far an import has come; the page loads itself anew while it runs."""
    job = visit.do("getImport", import_id=import_id)
    query = {"page": request.args.get("page", "1")}
    found = visit.do("listImportErrors", import_id=import_id, query=query)
    return render(
        visit,
        "start/import.html",
        job=job,
        faults=[(one["record"], one["field"], _fault(visit, one)) for one in found["data"]],
        pagination=found["pagination"],
        address=lambda number: f"/start/imports/{import_id}?page={number}",
        is_running=job["status"] in _RUNNING,
    )


def _fault(visit: Visit, one: dict[str, Any]) -> str:
    """What is wrong with a record, in the language of the visit where it has words for it."""
    code = one["code"].replace("-", "_")
    if visit.language == Language.ENGLISH or f"import_fault.{code}" not in table(visit.language):
        return str(one["detail"])
    return str(visit.say(f"import_fault.{code}"))


def _start(visit: Visit, *, wrong: str = "", is_saved: bool = False, status: int = 200) -> Response:
    calendar = visit.do("getCalendar")
    return render(
        visit,
        "start/start.html",
        status=status,
        wrong=wrong,
        is_saved=is_saved,
        encodings=ENCODINGS,
        orders=DATES,
        endings=",".join(chain.from_iterable(ENDINGS.values())),
        calendar=calendar,
        was_week=mark(str(calendar)),
        has_plan=bool(calendar["history"][1:]),
        books=_total(visit, "listBooks"),
        members=_total(visit, "listUsers", role="member"),
    )


def _total(visit: Visit, operation_id: str, **query: Any) -> int:
    found = visit.do(operation_id, query={"limit": 1, **query})
    total: int = found["pagination"]["total"]
    return total
