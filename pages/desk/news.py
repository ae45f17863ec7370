"""The library's news: written, mended, withdrawn, deleted."""

from functools import partial
from typing import Any

from flask import Response, request

from models.vocabulary import Role
from pages.desk import record_forms as forms
from pages.desk.blueprint import DESK
from pages.desk.listing import address_of
from pages.desk.record_forms import Field, Kind, Tried
from pages.desk.rendering import render
from pages.frame.views import page, see
from pages.frame.visit import Visit

_POST = (
    Field("title", is_required=True),
    Field("content", Kind.LONG, is_required=True),
    Field("published", Kind.FLAG),
)
_WITHDRAWN = (Field("published", Kind.FLAG),)
"""What librarians may change of what others wrote."""


@page(DESK, "/desk/news", least=Role.LIBRARIAN)
def news(visit: Visit) -> Response:
    """Published and drafts, the latest written first."""
    query = {"sort": "-id", "page": request.args.get("page", "1")}
    return render(
        visit,
        "desk/news.html",
        found=visit.do("listPosts", query=query),
        address=address_of("/desk/news", {}),
        done=request.args.get("done", ""),
    )


@page(DESK, "/desk/news/new", least=Role.LIBRARIAN)
def new_post_form(visit: Visit) -> Response:
    """The form of a new post, which is to be published unless one says otherwise."""
    return _form(visit, {"published": True}, None)


@page(DESK, "/desk/news/new", least=Role.LIBRARIAN, methods=("POST",))
def new_post(visit: Visit) -> Response:
    """Write a post."""
    done = forms.tried(visit, _POST, lambda body: visit.do("createPost", body=body))
    return _form(visit, {}, done) if done.faults else _saved(visit)


@page(DESK, "/desk/news/<id:post_id>", least=Role.LIBRARIAN)
def post_form(visit: Visit, post_id: int) -> Response:
    """A post, to be mended."""
    return _form(visit, visit.do("getPost", post_id=post_id), None)


@page(DESK, "/desk/news/<id:post_id>", least=Role.LIBRARIAN, methods=("POST",))
def change_post(visit: Visit, post_id: int) -> Response:
    """Mend a post, or withdraw it."""
    done = forms.changed(
        visit,
        partial(visit.find, "getPost", post_id=post_id),
        partial(_fields, visit),
        partial(visit.do, "updatePost", post_id=post_id),
    )
    return _form(visit, done.record, done) if done.faults else _saved(visit)


@page(DESK, "/desk/news/<id:post_id>/deletion", least=Role.LIBRARIAN, methods=("POST",))
def delete_post(visit: Visit, post_id: int) -> Response:
    """Delete a post."""
    visit.do("deletePost", post_id=post_id)
    return _saved(visit)


def _fields(visit: Visit, post: dict[str, Any]) -> tuple[Field, ...]:
    """The API decides again; nobody is offered what it would refuse."""
    is_own = "id" not in post or post["author_id"] == visit.caller.id
    return _POST if is_own or visit.caller.role is Role.ADMIN else _WITHDRAWN


def _saved(visit: Visit) -> Response:
    return see(visit, "/desk/news?done=saved")


def _form(visit: Visit, post: dict[str, Any], tried: Tried | None) -> Response:
    fields = _fields(visit, post)
    return render(
        visit,
        "desk/post_form.html",
        status=tried.status if tried else 200,
        post=post if "id" in post else {},
        is_other=fields is _WITHDRAWN,
        inputs=forms.inputs(visit, fields, post, tried),
        tried=tried,
    )
