"""Due dates of many loans moved at once, looked at first, and moved back."""

from typing import Any

from flask import Response, request

from models.vocabulary import Role
from pages.desk import record_forms as forms
from pages.desk.blueprint import DESK
from pages.desk.record_forms import Field, Kind, Tried
from pages.desk.rendering import render
from pages.desk.state import number
from pages.frame.views import page, see
from pages.frame.visit import Visit

_FIELDS = (
    Field("due_from", Kind.DATE, is_required=True),
    Field("due_to", Kind.DATE, is_required=True),
    Field("to", Kind.DATE, is_required=True),
    Field("reason", is_required=True),
    Field("category"),
    Field("loan_type"),
)


@page(DESK, "/desk/due-dates/batch", least=Role.LIBRARIAN)
def batch_form(visit: Visit) -> Response:
    """The form, and what the last one moved."""
    moved, batch = (number(request.args.get(name, "")) for name in ("moved", "batch"))
    back = request.args.get("back", "")
    return _form(visit, None, moved=moved, batch=batch, back=number(back) if back else None)


@page(DESK, "/desk/due-dates/batch", least=Role.LIBRARIAN, methods=("POST",))
def move(visit: Visit) -> Response:
    """Count what would move, or move it."""
    is_preview = visit.form.get("do") != "move"
    done = forms.tried(
        visit,
        _FIELDS,
        lambda body: visit.do("changeDueDates", body={**body, "dry_run": is_preview}),
    )
    if done.faults or is_preview:
        found = done.answer["moved"] if done.answer else None
        return _form(visit, done, found=found)
    moved, batch = done.answer["moved"], done.answer["batch_id"] or 0
    return see(visit, f"/desk/due-dates/batch?moved={moved}&batch={batch}")


@page(
    DESK,
    "/desk/due-dates/batch/<id:batch_id>/reversal",
    least=Role.LIBRARIAN,
    methods=("POST",),
)
def move_back(visit: Visit, batch_id: int) -> Response:
    """Move back those that nobody has changed since."""
    done = visit.do("reverseDueDates", batch_id=batch_id)
    return see(visit, f"/desk/due-dates/batch?back={done['moved']}")


def _form(visit: Visit, tried: Tried | None, **values: Any) -> Response:
    return render(
        visit,
        "desk/due_batch.html",
        status=tried.status if tried else 200,
        inputs=forms.inputs(visit, _FIELDS, {}, tried),
        tried=tried,
        **values,
    )
