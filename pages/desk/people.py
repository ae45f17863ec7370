"""Members: found, made and mended; their PIN and password set."""

from functools import partial
from typing import Any

from flask import Response, request

from models.vocabulary import Language, Role
from pages.desk import record_forms as forms
from pages.desk.blueprint import DESK
from pages.desk.listing import address_of, filters
from pages.desk.record_forms import Field, Kind, Tried
from pages.desk.rendering import render
from pages.frame.views import page, see
from pages.frame.visit import Visit

_FIELDS = (
    Field("last_name"),
    Field("first_name"),
    Field("card_number"),
    Field("category", default="standard"),
    Field("expires_on", Kind.DATE),
    Field("email", Kind.EMAIL),
    Field("contact_email", Kind.EMAIL),
    Field("phone"),
    Field("address", Kind.LONG),
    Field("birth_date", Kind.DATE),
    Field("language", Kind.CHOICE, choices=tuple(Language), words="language"),
    Field("note", Kind.LONG),
)
_BLOCK = (
    Field("blocked", Kind.FLAG),
    Field("block_reason"),
    Field("blocked_until", Kind.DATE),
)
_BY_ADMIN = (
    Field("role", Kind.CHOICE, is_required=True, choices=tuple(Role), words="role"),
    Field("is_active", Kind.FLAG),
)
_SECRETS = {
    "password": ("setPassword", "new_password", Kind.EXACT),
    "pin": ("setPin", "pin", Kind.TEXT),
}
"""How each is set, and its field: blanks are a part of a password, but of no PIN."""
_FILTERS = ("q", "category", "blocked", "expires_before")


@page(DESK, "/desk/members", least=Role.LIBRARIAN)
def members(visit: Visit) -> Response:
    """Members by name, mail, card or phone."""
    asked = filters(request.args, _FILTERS)
    query = {**asked, "sort": "last_name", "page": request.args.get("page", "1")}
    return render(
        visit,
        "desk/members.html",
        found=visit.do("listUsers", query=query),
        asked=asked,
        address=address_of("/desk/members", asked),
        is_erased=request.args.get("done") == "deleted",
    )


@page(DESK, "/desk/members/new", least=Role.LIBRARIAN)
def new_member_form(visit: Visit) -> Response:
    """The form of a new member."""
    return _form(visit, {}, None)


@page(DESK, "/desk/members/new", least=Role.LIBRARIAN, methods=("POST",))
def new_member(visit: Visit) -> Response:
    """Make a member, and go on to the desk with them."""
    done = forms.tried(visit, _FIELDS, lambda body: visit.do("createUser", body=body))
    if done.faults:
        return _form(visit, {}, done)
    return see(visit, f"/desk?member={done.answer['id']}")


@page(DESK, "/desk/members/<id:user_id>", least=Role.LIBRARIAN)
def member_form(visit: Visit, user_id: int) -> Response:
    """A member, to be mended."""
    return _form(visit, visit.do("getUser", user_id=user_id), None)


@page(DESK, "/desk/members/<id:user_id>", least=Role.LIBRARIAN, methods=("POST",))
def change_member(visit: Visit, user_id: int) -> Response:
    """Mend a member."""
    done = forms.changed(
        visit,
        partial(visit.find, "getUser", user_id=user_id),
        partial(_fields, visit),
        partial(visit.do, "updateUser", user_id=user_id),
    )
    if done.faults:
        return _form(visit, done.record, done)
    return see(visit, f"/desk?member={user_id}")


@page(DESK, "/desk/members/<id:user_id>/pin", least=Role.LIBRARIAN, methods=("POST",))
def set_pin(visit: Visit, user_id: int) -> Response:
    """Give a member a new PIN, or a new password."""
    what = "password" if "new_password" in visit.form else "pin"
    operation, name, kind = _SECRETS[what]
    done = forms.tried(
        visit,
        (Field(name, kind),),
        lambda body: visit.do(operation, user_id=user_id, body={name: "", **body}),
    )
    if done.faults:
        told = " ".join(done.faults.values())
        user = visit.do("getUser", user_id=user_id)
        return _form(visit, user, Tried(status=done.status), wrong_secret=told)
    return see(visit, f"/desk/members/{user_id}?done={what}")


@page(DESK, "/desk/members/<id:user_id>/deletion", least=Role.ADMIN, methods=("POST",))
def delete_member(visit: Visit, user_id: int) -> Response:
    """Erase a member."""
    done = forms.tried(visit, (), lambda body: visit.do("deleteUser", user_id=user_id))
    if done.faults:
        return _form(visit, visit.do("getUser", user_id=user_id), done)
    return see(visit, "/desk/members?done=deleted")


def _fields(visit: Visit, user: dict[str, Any]) -> tuple[Field, ...]:
    if not user:
        return _FIELDS
    return (*_FIELDS, *_BLOCK, *(_BY_ADMIN if visit.caller.role is Role.ADMIN else ()))


def _form(
    visit: Visit, user: dict[str, Any], tried: Tried | None, *, wrong_secret: str = ""
) -> Response:
    return render(
        visit,
        "desk/member_form.html",
        status=tried.status if tried else 200,
        user=user,
        inputs=forms.inputs(visit, _fields(visit, user), user, tried),
        tried=tried,
        wrong_secret=wrong_secret,
        done=request.args.get("done", ""),
        is_admin=visit.caller.role is Role.ADMIN,
    )
