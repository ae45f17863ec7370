"""Notices: what members were told, sent again; their texts, written by administrators."""

from functools import partial
from typing import Any

from flask import Response, request

from models.vocabulary import Language, NoticeKind, NoticeStatus, Role
from pages.desk import record_forms as forms
from pages.desk.blueprint import DESK
from pages.desk.listing import address_of, filters
from pages.desk.outcomes import Outcome, attempted
from pages.desk.record_forms import Field, Kind, Tried
from pages.desk.rendering import render
from pages.frame.views import page, see
from pages.frame.visit import Visit

_TEMPLATE = (
    Field("subject", is_required=True),
    Field("text", Kind.LONG, is_required=True),
    Field("html", Kind.LONG),
)


@page(DESK, "/desk/notices", least=Role.LIBRARIAN)
def notices(visit: Visit) -> Response:
    """Notices, the newest first."""
    asked = filters(request.args, ("status", "kind", "user_id"))
    query = {**asked, "page": request.args.get("page", "1")}
    return render(
        visit,
        "desk/notices.html",
        found=visit.do("listNotices", query=query),
        asked=asked,
        statuses=list(NoticeStatus),
        kinds=list(NoticeKind),
        address=address_of("/desk/notices", asked),
        is_admin=visit.caller.role is Role.ADMIN,
    )


@page(DESK, "/desk/notices/<id:notice_id>", least=Role.LIBRARIAN)
def notice_page(visit: Visit, notice_id: int) -> Response:
    """A notice as it was sent."""
    return _notice(visit, notice_id)


@page(DESK, "/desk/notices/<id:notice_id>/retries", least=Role.LIBRARIAN, methods=("POST",))
def send_again(visit: Visit, notice_id: int) -> Response:
    """Queue a notice again that failed."""
    _, refusal = attempted(visit, lambda: visit.do("retryNotice", notice_id=notice_id))
    if refusal:
        return _notice(visit, notice_id, refusal)
    return see(visit, f"/desk/notices/{notice_id}")


@page(DESK, "/desk/templates", least=Role.ADMIN)
def templates(visit: Visit) -> Response:
    """The texts of all notices."""
    found = visit.do("listTemplates")["data"]
    return render(visit, "desk/templates.html", templates=found)


@page(DESK, "/desk/templates/<kind:kind>/<language:language>", least=Role.ADMIN)
def template_form(visit: Visit, kind: NoticeKind, language: Language) -> Response:
    """One text, to be written anew."""
    return _template(visit, visit.do("getTemplate", kind=kind, language=language), None)


@page(DESK, "/desk/templates/<kind:kind>/<language:language>", least=Role.ADMIN, methods=("POST",))
def change_template(visit: Visit, kind: NoticeKind, language: Language) -> Response:
    """Show what a text would look like, or keep it."""
    path: dict[str, Any] = {"kind": kind, "language": language}
    is_preview = visit.form.get("do") == "preview"
    operation = "previewTemplate" if is_preview else "replaceTemplate"
    done = forms.changed(
        visit,
        partial(visit.find, "getTemplate", **path),
        lambda _: _TEMPLATE,
        partial(visit.do, operation, **path),
        is_whole=True,
    )
    if done.faults or is_preview:
        return _template(visit, done.record, done, preview=done.answer)
    return see(visit, f"/desk/templates/{kind}/{language}?done=saved")


@page(
    DESK,
    "/desk/templates/<kind:kind>/<language:language>/deletion",
    least=Role.ADMIN,
    methods=("POST",),
)
def restore_template(visit: Visit, kind: NoticeKind, language: Language) -> Response:
    """Go back to the text that is built in."""
    visit.do("deleteTemplate", kind=kind, language=language)
    return see(visit, f"/desk/templates/{kind}/{language}?done=saved")


def _notice(visit: Visit, notice_id: int, refusal: Outcome | None = None) -> Response:
    return render(
        visit,
        "desk/notice.html",
        status=refusal.status if refusal else 200,
        notice=visit.do("getNotice", notice_id=notice_id),
        refusal=refusal.values if refusal else None,
    )


def _template(
    visit: Visit, found: dict[str, Any], tried: Tried | None, *, preview: Any = None
) -> Response:
    return render(
        visit,
        "desk/template_form.html",
        status=tried.status if tried else 200,
        found=found,
        inputs=forms.inputs(visit, _TEMPLATE, found, tried),
        tried=tried,
        preview=preview,
        done=request.args.get("done", ""),
    )
