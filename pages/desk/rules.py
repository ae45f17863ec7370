"""Opening days, closures and lending policies: read by staff, written by administrators."""

from functools import partial
from typing import Any

from babel.dates import get_day_names
from flask import Response, request

from models.vocabulary import Role
from pages.desk import record_forms as forms
from pages.desk.blueprint import DESK
from pages.desk.record_forms import Field, Kind, Tried
from pages.desk.rendering import render
from pages.desk.state import number, today
from pages.frame import weeks
from pages.frame.drawn import mark
from pages.frame.texts import tag
from pages.frame.views import page, see
from pages.frame.visit import Visit, compared

_CLOSURE = (
    Field("starts_on", Kind.DATE, is_required=True),
    Field("ends_on", Kind.DATE, is_required=True),
    Field("reason", is_required=True),
)
_CALENDAR = (Field("timezone", is_required=True), Field("valid_from", Kind.DATE))
_POLICY = (
    Field("member_category", default="*"),
    Field("loan_type", default="*"),
    Field("loan_days", Kind.NUMBER, is_required=True),
    Field("max_loans", Kind.NUMBER),
    Field("max_renewals", Kind.NUMBER),
    Field("renewal_days", Kind.NUMBER),
    Field("max_holds", Kind.NUMBER),
    Field("hold_shelf_days", Kind.NUMBER, is_required=True),
    Field("fine_per_day", Kind.MONEY),
    Field("grace_days", Kind.NUMBER),
    Field("fine_cap", Kind.MONEY),
    Field("replacement_fee", Kind.MONEY),
    Field("fees_block_at", Kind.MONEY),
    Field("overdue_block", Kind.FLAG),
)
_NEW_POLICY = {"loan_days": 28, "hold_shelf_days": 7}


@page(DESK, "/desk/calendar", least=Role.LIBRARIAN)
def calendar(visit: Visit) -> Response:
    """The week, the plans for later weeks, and the closures."""
    return _calendar(visit)


@page(DESK, "/desk/calendar", least=Role.ADMIN, methods=("POST",))
def change_calendar(visit: Visit) -> Response:
    """Set the open days of the week, from today or a later day on."""
    done = compared(partial(_set_week, visit))
    return _calendar(visit, tried=done) if done.faults else _saved(visit)


def _set_week(visit: Visit) -> Tried:
    """Set the days, unless the weeks are others than the form was drawn with, and asks for."""
    week, etag = visit.find("getCalendar")
    is_stale = visit.form.get("was_week", "") != _mark(week)
    days = [number(value) for name, value in visit.form_pairs if name == "open_weekdays"]

    def replace(given: dict[str, Any]) -> Any:
        body = {**given, "open_weekdays": days}
        if is_stale:
            return weeks.stand(week, body)
        return visit.do("replaceCalendar", body=body, if_match=etag)

    done = forms.tried(visit, _CALENDAR, replace)
    if is_stale and not done.answer:
        changed = str(visit.say("desk.changed_meanwhile"))
        return Tried(faults={"": changed}, status=412)
    done.typed["open_weekdays"] = " ".join(map(str, days))
    return done


@page(DESK, "/desk/calendar/plans/<day:valid_from>/deletion", least=Role.ADMIN, methods=("POST",))
def delete_plan(visit: Visit, valid_from: Any) -> Response:
    """Withdraw a plan that has not begun."""
    done = forms.tried(
        visit, (), lambda body: visit.do("deleteCalendarPlan", valid_from=valid_from)
    )
    return _calendar(visit, tried=done) if done.faults else _saved(visit)


@page(DESK, "/desk/closures", least=Role.ADMIN, methods=("POST",))
def add_closure(visit: Visit) -> Response:
    """Close the library for some days."""
    done = forms.tried(visit, _CLOSURE, lambda body: visit.do("createClosure", body=body))
    return _calendar(visit, closing=done) if done.faults else _saved(visit)


@page(DESK, "/desk/closures/<id:closure_id>/deletion", least=Role.ADMIN, methods=("POST",))
def delete_closure(visit: Visit, closure_id: int) -> Response:
    """Open the library again on those days."""
    visit.do("deleteClosure", closure_id=closure_id)
    return _saved(visit)


@page(DESK, "/desk/policies", least=Role.LIBRARIAN)
def policies(visit: Visit) -> Response:
    """Every policy."""
    return render(
        visit,
        "desk/policies.html",
        label=partial(forms.label, visit),
        policies=visit.every("listPolicies", query={}),
        is_admin=visit.caller.role is Role.ADMIN,
        done=request.args.get("done", ""),
    )


@page(DESK, "/desk/policies/new", least=Role.ADMIN)
def new_policy_form(visit: Visit) -> Response:
    """The form of a new policy."""
    return _policy(visit, {}, None)


@page(DESK, "/desk/policies/new", least=Role.ADMIN, methods=("POST",))
def new_policy(visit: Visit) -> Response:
    """Make a policy."""
    done = forms.tried(visit, _POLICY, lambda body: visit.do("createPolicy", body=body))
    return _policy(visit, {}, done) if done.faults else see(visit, "/desk/policies?done=saved")


@page(DESK, "/desk/policies/<id:policy_id>", least=Role.ADMIN)
def policy_form(visit: Visit, policy_id: int) -> Response:
    """A policy, to be changed."""
    return _policy(visit, visit.do("getPolicy", policy_id=policy_id), None)


@page(DESK, "/desk/policies/<id:policy_id>", least=Role.ADMIN, methods=("POST",))
def change_policy(visit: Visit, policy_id: int) -> Response:
    """Change a policy; running loans keep what they were lent by."""
    done = forms.changed(
        visit,
        partial(visit.find, "getPolicy", policy_id=policy_id),
        lambda _: _POLICY,
        partial(visit.do, "replacePolicy", policy_id=policy_id),
        is_whole=True,
    )
    if done.faults:
        return _policy(visit, done.record, done)
    return see(visit, "/desk/policies?done=saved")


@page(DESK, "/desk/policies/<id:policy_id>/deletion", least=Role.ADMIN, methods=("POST",))
def delete_policy(visit: Visit, policy_id: int) -> Response:
    """Take a policy away: a wider one holds then."""
    done = forms.tried(visit, (), lambda body: visit.do("deletePolicy", policy_id=policy_id))
    if done.faults:
        return _policy(visit, visit.do("getPolicy", policy_id=policy_id), done)
    return see(visit, "/desk/policies?done=saved")


def _saved(visit: Visit) -> Response:
    return see(visit, "/desk/calendar?done=saved")


def _mark(week: dict[str, Any]) -> str:
    """What names the weeks that the form of the calendar was drawn with."""
    return mark(str(week))


def _policy(visit: Visit, policy: dict[str, Any], tried: Tried | None) -> Response:
    return render(
        visit,
        "desk/policy_form.html",
        status=tried.status if tried else 200,
        policy=policy,
        inputs=forms.inputs(visit, _POLICY, policy or _NEW_POLICY, tried),
        tried=tried,
    )


def _calendar(
    visit: Visit, *, tried: Tried | None = None, closing: Tried | None = None
) -> Response:
    week = visit.do("getCalendar")
    names = get_day_names("wide", locale=tag(visit.language))
    closures = visit.every("listClosures", query={"sort": "-starts_on"})
    failed = tried or closing
    typed = tried.typed.get("open_weekdays") if tried else None
    ticked = week["open_weekdays"] if typed is None else [int(day) for day in typed.split()]
    return render(
        visit,
        "desk/calendar.html",
        status=failed.status if failed else 200,
        week=week,
        was_week=_mark(week),
        ticked=ticked,
        weekdays=[(day, names[day - 1], day in week["open_weekdays"]) for day in range(1, 8)],
        weekday=lambda day: names[day - 1],
        plans=[one for one in week["history"] if (one["valid_from"] or "") > str(today())],
        closures=closures,
        inputs=forms.inputs(visit, _CALENDAR, {"timezone": week["timezone"]}, tried),
        tried=tried,
        new_closure=forms.inputs(visit, _CLOSURE, {}, closing),
        closing=closing,
        is_admin=visit.caller.role is Role.ADMIN,
        done=request.args.get("done", ""),
    )
