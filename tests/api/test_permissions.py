"""Who may do what: a row for every operation, a status for every kind of caller.

The table is written by hand from what the library promises, not from `api/policy.py`, so that a
slip there shows here. To add an operation: make what it needs in `World.__init__` (if it is not
there), then add a row with its id, its request and nine statuses. `{name}` in a path is an
attribute of the world; a body may be a function of the world. Records in paths belong to the
member. Give further rows, with a note, for requests that other callers may make of the same
operation.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from flask import Flask

from api.app import Octavo
from api.plans import operations
from api.tokens import Tokens
from circulation import holding, lending, ordering
from circulation.accounts import charge
from models import api_key, book, closure, copy, import_job, policy, post, session
from models.clock import now
from models.database import transaction
from tests.support import people
from tests.support.asking import Asker

Body = dict[str, Any] | Callable[["World"], dict[str, Any]] | None

CALLERS = (
    "nobody",
    "bad token",
    "expired token",
    "member",
    "another member",
    "librarian",
    "admin",
    "key with the scope",  # an admin's, with this scope alone
    "key without the scope",  # an admin's, with every scope but this one
)
SCOPES = (
    "catalogue:write",
    "circulation:read",
    "circulation:write",
    "members:read",
    "members:write",
    "orders:write",
    "posts:write",
    "reports:read",
    "admin",
)


@dataclass(frozen=True)
class Row:
    """One request, the scope a key needs for it, and what each of `CALLERS` is answered."""

    operation: str
    request: str
    scope: str | None
    statuses: str
    body: Body = None
    note: str = ""

    @property
    def id(self) -> str:
        """The operation, and what is special about this row."""
        return f"{self.operation} ({self.note})" if self.note else self.operation


class World:
    """A small library in which every row's request makes sense."""

    def __init__(self, app: Octavo) -> None:
        self.app = app
        self.member = people.add("member", "member@example.org")
        self.other = people.add("member", "other@example.org")
        self.librarian = people.add("librarian", "librarian@example.org")
        self.admin = people.add("admin", "admin@example.org")
        self.user_id = self.member.id
        self.librarian_id = self.librarian.id
        self.admin_id = self.admin.id
        clerk = self.librarian.actor
        self.book_id = book.create({"title": "Emma"}, clerk)["id"]
        self.copy_id = copy.create(self.book_id, {"barcode": "1"}, clerk)["id"]
        self.post_id = self._post(self.member, published=True)
        self.draft_id = self._post(self.member, published=False)
        self.staff_post_id = self._post(self.librarian, published=True)
        self.key_id = api_key.create("Desk", [], None, "-", self.member.actor)["id"]

    @cached_property
    def loan_id(self) -> int:
        """A copy of another title, with the barcode L, lent to the member."""
        book_id = book.create({"title": "Persuasion"}, self.librarian.actor)["id"]
        copy.create(book_id, {"barcode": "L"}, self.librarian.actor)
        request = lending.Request(barcode="L", user_id=self.member.id)
        lent: int = lending.lend(request, self.librarian.actor, now())["id"]
        return lent

    @cached_property
    def fee_id(self) -> int:
        """A fee of the member's."""
        clerk = self.librarian.actor
        line: int = charge(self.user_id, 500, "Spilt coffee", None, clerk, now())["id"]
        return line

    @cached_property
    def order_id(self) -> int:
        """The member's order, as requested."""
        wanted: int = ordering.request(WANTED, self.member.actor, now())["id"]
        return wanted

    @cached_property
    def policy_id(self) -> int:
        """A policy beside the one for everyone."""
        made: int = policy.create(CHILDRENS, self.librarian.actor)["id"]
        return made

    @cached_property
    def closure_id(self) -> int:
        """A closure."""
        made: int = closure.create(CHRISTMAS, self.librarian.actor)["id"]
        return made

    @cached_property
    def import_id(self) -> int:
        """An import whose file is not there."""
        made: int = import_job.create(FILE, self.librarian.actor)["id"]
        return made

    @cached_property
    def hold_id(self) -> int:
        """The member's hold on a third title."""
        book_id = book.create({"title": "Sanditon"}, self.librarian.actor)["id"]
        copy.create(book_id, {"barcode": "H"}, self.librarian.actor)
        held: int = holding.place_hold(book_id, self.member.id, self.member.actor, now())["id"]
        return held

    @staticmethod
    def _post(author: people.Person, *, published: bool) -> int:
        values = {"title": "News", "content": "Open.", "published": published}
        created: int = post.create(values, author.actor)["id"]
        return created

    def filled(self, request: str) -> str:
        """A request with the names in its path replaced."""
        return re.sub(r"{(\w+)}", lambda name: str(getattr(self, name[1])), request)

    def refresh_token(self) -> str:
        """A refresh token of the member's that has not been used."""
        keys = self.app.config["SETTINGS"].secret_keys
        return Tokens(keys, 60).refresh(session.begin(self.member.id, 1), 1)

    def headers(self, caller: str, scope: str | None) -> dict[str, str]:
        """The credentials of one of `CALLERS`."""
        if caller == "nobody":
            return {}
        if caller == "bad token":
            return people.bearer("not-a-token")
        if caller == "expired token":
            return people.signed_in_too_long(self.app, self.admin)
        if caller == "key with the scope":
            return people.key(self.admin, [scope] if scope else [])
        if caller == "key without the scope":
            return people.key(self.admin, [s for s in SCOPES if s != scope] if scope else [])
        who = {"another member": "other"}.get(caller, caller)
        return people.signed_in(self.app, getattr(self, who))


NEW_PERSON = {
    "email": "new@example.org",
    "password": "a new long password",
    "first_name": "New",
    "last_name": "Person",
}
NEW_PASSWORD = {"current_password": people.PASSWORD, "new_password": "another long password"}
CHILDRENS = {
    "member_category": "child",
    "loan_type": "*",
    "loan_days": 14,
    "hold_shelf_days": 7,
    "overdue_block": False,
}
FILE = {
    "format": "csv",
    "dry_run": 0,
    "match": "isbn",
    "on_match": "skip",
    "columns": "{}",
    "copies": None,
    "file": "0",
}
CHRISTMAS = {"starts_on": "2030-12-24", "ends_on": "2030-12-26", "reason": "Christmas"}
WEEK = {"timezone": "Europe/Zurich", "open_weekdays": [1, 2, 3, 4, 5]}
WANTED = {"title": "Romola", "quantity": 1, "isbn": None, "book_id": None}
PAYMENT = {"amount": 100, "method": "cash"}
POST = {"title": "News", "content": "Closed."}
WITHDRAWAL = {"published": False}
DESK = "circulation:write"


def lending_body(world: World) -> dict[str, Any]:
    return {"barcode": "1", "user_id": world.member.id}


def scan(world: World) -> dict[str, Any]:
    return {"barcode": "L"} if world.loan_id else {}


def wish(world: World) -> dict[str, Any]:
    return {"book_id": world.book_id}


TABLE = (
    # each row: nobody, bad, expired, member, another, librarian, admin, key with, key without
    Row("register", "POST /auth/register", None, "201 401 401 201 201 201 201 201 201", NEW_PERSON),
    Row(
        "login",
        "POST /auth/login",
        None,
        "200 401 401 200 200 200 200 200 200",
        {"email": "member@example.org", "password": people.PASSWORD},
    ),
    Row(
        "refresh",
        "POST /auth/refresh",
        None,
        "200 401 401 200 200 200 200 200 200",
        lambda world: {"refresh_token": world.refresh_token()},
    ),
    Row("logout", "POST /auth/logout", "admin", "401 401 401 204 204 204 204 204 403"),
    Row("getProfile", "GET /auth/profile", "members:read", "401 401 401 200 200 200 200 200 403"),
    Row(
        "updateProfile",
        "PATCH /auth/profile",
        "members:write",
        "401 401 401 200 200 200 200 200 403",
        {"first_name": "Ada"},
    ),
    Row(
        "changePassword",
        "PUT /auth/password",
        "admin",
        "401 401 401 204 204 204 204 204 403",
        NEW_PASSWORD,
    ),
    Row("listKeys", "GET /auth/keys", "admin", "401 401 401 200 200 200 200 200 403"),
    Row(
        "createKey",
        "POST /auth/keys",
        "admin",
        "401 401 401 201 201 201 201 201 403",
        {"name": "Kiosk", "scopes": []},
    ),
    Row("deleteKey", "DELETE /auth/keys/{key_id}", "admin", "401 401 401 204 404 404 404 404 403"),
    # users
    Row("listUsers", "GET /users", "members:read", "401 401 401 403 403 200 200 200 403"),
    Row(
        "createUser",
        "POST /users",
        "members:write",
        "401 401 401 403 403 201 201 201 403",
        NEW_PERSON,
    ),
    Row(
        "createUser",
        "POST /users",
        "members:write",
        "401 401 401 403 403 403 201 403 403",
        NEW_PERSON | {"role": "librarian"},
        note="with a role",
    ),
    Row("getUser", "GET /users/{user_id}", "members:read", "401 401 401 200 404 200 200 200 403"),
    Row(
        "getUser",
        "GET /users/{librarian_id}",
        "members:read",
        "401 401 401 404 404 200 200 200 403",
        note="of staff",
    ),
    Row(
        "updateUser",
        "PATCH /users/{user_id}",
        "members:write",
        "401 401 401 403 404 200 200 200 403",
        {"first_name": "Ada", "category": "child", "blocked": True},
    ),
    Row(
        "updateUser",
        "PATCH /users/{user_id}",
        "members:write",
        "401 401 401 403 404 403 200 403 403",
        {"role": "librarian"},
        note="raising a role",
    ),
    Row(
        "updateUser",
        "PATCH /users/{user_id}",
        "members:write",
        "401 401 401 403 404 403 200 200 403",
        {"is_active": False},
        note="is_active",
    ),
    Row(
        "updateUser",
        "PATCH /users/{librarian_id}",
        "members:write",
        "401 401 401 404 404 403 200 200 403",
        {"first_name": "Ada"},
        note="a librarian",
    ),
    Row(
        "updateUser",
        "PATCH /users/{admin_id}",
        "members:write",
        "401 401 401 404 404 403 200 200 403",
        {"first_name": "Ada"},
        note="an admin",
    ),
    Row(
        "deleteUser",
        "DELETE /users/{user_id}",
        "members:write",
        "401 401 401 403 404 403 204 204 403",
    ),
    Row(
        "deleteUser",
        "DELETE /users/{librarian_id}",
        "members:write",
        "401 401 401 404 404 403 204 204 403",
        note="a librarian",
    ),
    # catalogue
    Row("listBooks", "GET /books", None, "200 401 401 200 200 200 200 200 200"),
    Row(
        "createBook",
        "POST /books",
        "catalogue:write",
        "401 401 401 403 403 201 201 201 403",
        {"title": "Persuasion"},
    ),
    Row("getBook", "GET /books/{book_id}", None, "200 401 401 200 200 200 200 200 200"),
    Row(
        "replaceBook",
        "PUT /books/{book_id}",
        "catalogue:write",
        "401 401 401 403 403 200 200 200 403",
        {"title": "Persuasion"},
    ),
    Row(
        "updateBook",
        "PATCH /books/{book_id}",
        "catalogue:write",
        "401 401 401 403 403 200 200 200 403",
        {"title": "Persuasion"},
    ),
    Row(
        "deleteBook",
        "DELETE /books/{book_id}",
        "catalogue:write",
        "401 401 401 403 403 204 204 204 403",
    ),
    Row(
        "changeBooks",
        "POST /books/batch",
        "catalogue:write",
        "401 401 401 403 403 200 200 200 403",
        {"operations": [{"op": "create", "book": {"title": "Persuasion"}}]},
    ),
    Row(
        "exportBooks",
        "GET /exports/books?format=csv",
        "catalogue:write",
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "listImports",
        "GET /imports",
        "catalogue:write",
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "importBooks",
        "POST /imports",
        "catalogue:write",
        "401 401 401 403 403 415 415 415 403",
        note="without a file",
    ),
    Row(
        "getImport",
        "GET /imports/{import_id}",
        "catalogue:write",
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "listImportErrors",
        "GET /imports/{import_id}/errors",
        "catalogue:write",
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "getImportRejects",
        "GET /imports/{import_id}/rejects",
        "catalogue:write",
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "listCopiesOfBook",
        "GET /books/{book_id}/copies",
        None,
        "200 401 401 200 200 200 200 200 200",
    ),
    Row(
        "createCopy",
        "POST /books/{book_id}/copies",
        "catalogue:write",
        "401 401 401 403 403 201 201 201 403",
        {"barcode": "2"},
    ),
    Row("listCopies", "GET /copies", None, "200 401 401 200 200 200 200 200 200"),
    Row("getCopy", "GET /copies/{copy_id}", None, "200 401 401 200 200 200 200 200 200"),
    Row(
        "updateCopy",
        "PATCH /copies/{copy_id}",
        "catalogue:write",
        "401 401 401 403 403 200 200 200 403",
        {"location": "Annexe"},
    ),
    Row(
        "deleteCopy",
        "DELETE /copies/{copy_id}",
        "catalogue:write",
        "401 401 401 403 403 204 204 204 403",
    ),
    # fees
    Row("listFees", "GET /fees", "circulation:read", "401 401 401 200 200 200 200 200 403"),
    Row(
        "createFee",
        "POST /fees",
        "circulation:write",
        "401 401 401 403 403 201 201 201 403",
        lambda world: {"user_id": world.user_id, "amount": 500, "note": "Lost card"},
    ),
    Row("getFee", "GET /fees/{fee_id}", "circulation:read", "401 401 401 200 404 200 200 200 403"),
    Row(
        "payFee",
        "POST /fees/{fee_id}/payments",
        "circulation:write",
        "401 401 401 403 404 201 201 201 403",
        PAYMENT,
    ),
    Row(
        "waiveFee",
        "POST /fees/{fee_id}/waivers",
        "circulation:write",
        "401 401 401 403 404 201 201 201 403",
        {"reason": "Goodwill"},
    ),
    Row(
        "getAccount",
        "GET /users/{user_id}/account",
        "circulation:read",
        "401 401 401 200 404 200 200 200 403",
    ),
    # orders
    Row("listOrders", "GET /orders", "circulation:read", "401 401 401 200 200 200 200 200 403"),
    Row(
        "createOrder",
        "POST /orders",
        "orders:write",
        "401 401 401 201 201 201 201 201 403",
        {"title": "Romola"},
    ),
    Row(
        "getOrder",
        "GET /orders/{order_id}",
        "circulation:read",
        "401 401 401 200 404 200 200 200 403",
    ),
    Row(
        "updateOrder",
        "PATCH /orders/{order_id}",
        "orders:write",
        "401 401 401 200 404 200 200 200 403",
        {"status": "cancelled"},
        note="cancelling",
    ),
    Row(
        "updateOrder",
        "PATCH /orders/{order_id}",
        "orders:write",
        "401 401 401 403 404 200 200 200 403",
        {"status": "approved"},
        note="approving",
    ),
    Row(
        "updateOrder",
        "PATCH /orders/{order_id}",
        "orders:write",
        "401 401 401 403 404 200 200 200 403",
        {"status": "cancelled", "vendor": "Smith"},
        note="naming a vendor",
    ),
    Row(
        "receiveOrder",
        "POST /orders/{order_id}/receipts",
        "orders:write",
        "401 401 401 403 404 409 409 409 403",
        {"barcodes": ["3"]},
        note="not ordered yet",
    ),
    # policies and calendar
    Row("listPolicies", "GET /policies", "circulation:read", "401 401 401 200 200 200 200 200 403"),
    Row(
        "createPolicy",
        "POST /policies",
        "circulation:write",
        "401 401 401 403 403 403 201 201 403",
        {"member_category": "adult"},
    ),
    Row(
        "getPolicy",
        "GET /policies/{policy_id}",
        "circulation:read",
        "401 401 401 200 200 200 200 200 403",
    ),
    Row(
        "replacePolicy",
        "PUT /policies/{policy_id}",
        "circulation:write",
        "401 401 401 403 403 403 200 200 403",
        CHILDRENS,
    ),
    Row(
        "deletePolicy",
        "DELETE /policies/{policy_id}",
        "circulation:write",
        "401 401 401 403 403 403 204 204 403",
    ),
    Row("getCalendar", "GET /calendar", "circulation:read", "401 401 401 200 200 200 200 200 403"),
    Row(
        "replaceCalendar",
        "PUT /calendar",
        "circulation:write",
        "401 401 401 403 403 403 200 200 403",
        WEEK,
    ),
    Row("listClosures", "GET /closures", "circulation:read", "401 401 401 200 200 200 200 200 403"),
    Row(
        "createClosure",
        "POST /closures",
        "circulation:write",
        "401 401 401 403 403 403 201 201 403",
        CHRISTMAS,
    ),
    Row(
        "deleteClosure",
        "DELETE /closures/{closure_id}",
        "circulation:write",
        "401 401 401 403 403 403 204 204 403",
    ),
    # reports
    Row(
        "reportCirculation",
        "GET /reports/circulation",
        "reports:read",
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "reportPopular",
        "GET /reports/popular",
        "reports:read",
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "reportOverdue",
        "GET /reports/overdue",
        "reports:read",
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "reportInventory",
        "GET /reports/inventory",
        "reports:read",
        "401 401 401 403 403 200 200 200 403",
    ),
    # posts
    Row("listPosts", "GET /posts", None, "200 401 401 200 200 200 200 200 200"),
    Row(
        "createPost",
        "POST /posts",
        "posts:write",
        "401 401 401 201 201 201 201 201 403",
        POST,
    ),
    Row("getPost", "GET /posts/{post_id}", None, "200 401 401 200 200 200 200 200 200"),
    Row(
        "getPost",
        "GET /posts/{draft_id}",
        "posts:write",
        "404 401 401 200 404 200 200 200 404",
        note="a draft",
    ),
    Row(
        "replacePost",
        "PUT /posts/{post_id}",
        "posts:write",
        "401 401 401 200 403 403 200 200 403",
        POST,
    ),
    Row(
        "replacePost",
        "PUT /posts/{draft_id}",
        "posts:write",
        "401 401 401 200 404 403 200 200 403",
        POST,
        note="a draft",
    ),
    Row(
        "replacePost",
        "PUT /posts/{staff_post_id}",
        "posts:write",
        "401 401 401 403 403 200 200 200 403",
        POST,
        note="a librarian's",
    ),
    Row(
        "updatePost",
        "PATCH /posts/{post_id}",
        "posts:write",
        "401 401 401 200 403 403 200 200 403",
        {"title": "Other news"},
    ),
    Row(
        "updatePost",
        "PATCH /posts/{post_id}",
        "posts:write",
        "401 401 401 200 403 200 200 200 403",
        WITHDRAWAL,
        note="taking it back",
    ),
    Row(
        "updatePost",
        "PATCH /posts/{post_id}",
        "posts:write",
        "401 401 401 200 403 403 200 200 403",
        WITHDRAWAL | {"title": "Other news"},
        note="taking it back and more",
    ),
    Row(
        "updatePost",
        "PATCH /posts/{draft_id}",
        "posts:write",
        "401 401 401 200 404 403 200 200 403",
        {"published": True},
        note="a draft",
    ),
    Row(
        "deletePost",
        "DELETE /posts/{post_id}",
        "posts:write",
        "401 401 401 204 403 204 204 204 403",
    ),
    Row(
        "deletePost",
        "DELETE /posts/{draft_id}",
        "posts:write",
        "401 401 401 204 404 204 204 204 403",
        note="a draft",
    ),
    # audit
    Row("listAudit", "GET /audit", "admin", "401 401 401 403 403 403 200 200 403"),
    # lending
    Row("listLoans", "GET /loans", "circulation:read", "401 401 401 200 200 200 200 200 403"),
    Row("lend", "POST /loans", DESK, "401 401 401 403 403 201 201 201 403", lending_body),
    Row(
        "decideLoan",
        "POST /loans/decisions",
        DESK,
        "401 401 401 403 403 200 200 200 403",
        lending_body,
    ),
    Row(
        "getLoan", "GET /loans/{loan_id}", "circulation:read", "401 401 401 200 404 200 200 200 403"
    ),
    Row(
        "explainLoan",
        "GET /loans/{loan_id}/explanation",
        "circulation:read",
        "401 401 401 200 404 200 200 200 403",
    ),
    Row("renewLoan", "POST /loans/{loan_id}/renewals", DESK, "401 401 401 201 404 201 201 201 403"),
    Row("declareLost", "POST /loans/{loan_id}/lost", DESK, "401 401 401 403 404 200 200 200 403"),
    Row(
        "claimReturned",
        "POST /loans/{loan_id}/claims-returned",
        DESK,
        "401 401 401 403 404 200 200 200 403",
    ),
    Row("takeBack", "POST /returns", DESK, "401 401 401 403 403 200 200 200 403", scan),
    Row("listHolds", "GET /holds", "circulation:read", "401 401 401 200 200 200 200 200 403"),
    Row("placeHold", "POST /holds", DESK, "401 401 401 201 201 201 201 201 403", wish),
    Row(
        "placeHold",
        "POST /holds",
        DESK,
        "401 401 401 201 403 201 201 201 403",
        lambda world: {"book_id": world.book_id, "user_id": world.member.id},
        note="for the member",
    ),
    Row(
        "getHold", "GET /holds/{hold_id}", "circulation:read", "401 401 401 200 404 200 200 200 403"
    ),
    Row(
        "changeHold",
        "PATCH /holds/{hold_id}",
        DESK,
        "401 401 401 200 404 200 200 200 403",
        {"not_needed_after": "2999-01-01"},
    ),
    Row("cancelHold", "DELETE /holds/{hold_id}", DESK, "401 401 401 204 404 204 204 204 403"),
)

PUBLIC_CATALOGUE = {
    "listBooks",
    "getBook",
    "listCopiesOfBook",
    "listCopies",
    "getCopy",
    "listPosts",
    "getPost",
}


def cells() -> Iterator[Any]:
    """Every cell of the table, as a test's parameters."""
    for row in TABLE:
        for caller, status in zip(CALLERS, row.statuses.split(), strict=True):
            yield pytest.param(row, caller, int(status), id=f"{row.id}-{caller}")


@pytest.fixture
def world(app: Octavo) -> World:
    """The library that the rows' requests are about."""
    with transaction():
        return World(app)


def send(ask: Asker, world: World, row: Row, headers: dict[str, str]) -> Any:
    """The answer to a row's request."""
    method, path = row.request.split()
    body = row.body(world) if callable(row.body) else row.body
    return ask(method, world.filled(path), body, headers=headers)


@pytest.mark.parametrize(("row", "caller", "status"), list(cells()))
def test_each_caller_is_answered_as_promised(
    ask: Asker, world: World, row: Row, caller: str, status: int
) -> None:
    answer = send(ask, world, row, world.headers(caller, row.scope))
    assert answer.status_code == status, answer.text


def test_every_operation_has_a_row(app: Octavo) -> None:
    served = {(method.upper(), path) for path, method in _routes(app)}
    declared = {(m.upper(), path): o.id for path, m, o in operations()}
    assert {declared[each] for each in served} == {row.operation for row in TABLE}


def test_every_row_asks_for_the_operation_it_names(app: Octavo) -> None:
    declared = {(m.upper(), path): o.id for path, m, o in operations()}
    adapter = app.url_map.bind("")
    for row in TABLE:
        method, path = row.request.split()
        path, _, _ = path.partition("?")
        concrete = "/api/v1" + path.replace("{", "").replace("}", "")
        for name in vars_of_path(path):
            concrete = concrete.replace(name, "1")
        rule, _ = adapter.match(concrete, method, return_rule=True)
        assert declared[method, rule.rule.removeprefix("/api/v1")] == row.operation


@pytest.mark.parametrize(
    "row", [row for row in TABLE if " 404 " in row.statuses], ids=lambda r: r.id
)
def test_what_a_caller_may_not_know_of_looks_like_what_never_was(
    ask: Asker, world: World, row: Row
) -> None:
    headers = world.headers("another member", row.scope)
    hidden = send(ask, world, row, headers)
    for name in vars_of_path(row.request):
        setattr(world, name, 999_999)
    missing = send(ask, world, row, headers)
    assert _without_names(hidden.json) == _without_names(missing.json)


@pytest.mark.parametrize(
    "row", [row for row in TABLE if " 404 " in row.statuses], ids=lambda r: r.id
)
def test_a_broken_body_does_not_tell_the_hidden_from_the_missing(
    ask: Asker, world: World, row: Row
) -> None:
    method, path = row.request.split()
    headers = world.headers("another member", row.scope)
    missing = path.format_map(dict.fromkeys(vars_of_path(path), 999_999))
    one, other = (
        ask(method, asked, raw=b"{", headers=headers).json
        for asked in (world.filled(path), missing)
    )
    assert _without_names(one) == _without_names(other)


@pytest.mark.settings(CATALOGUE_PUBLIC="false")
@pytest.mark.parametrize(
    "row", [r for r in TABLE if r.operation in PUBLIC_CATALOGUE], ids=lambda r: r.id
)
def test_a_catalogue_that_is_not_public_asks_to_sign_in(ask: Asker, world: World, row: Row) -> None:
    assert send(ask, world, row, {}).status_code == 401
    signed_in = send(ask, world, row, world.headers("member", None))
    assert signed_in.status_code == 200


@pytest.mark.settings(REGISTRATION="closed")
def test_closed_registration_is_told_before_the_body_is_looked_at(ask: Asker) -> None:
    for body in (NEW_PERSON, {}):
        answer = ask.post("/auth/register", body)
        assert (answer.status_code, answer.json["code"]) == (403, "registration-closed")


@pytest.mark.parametrize(
    "row", [r for r in TABLE if r.statuses.endswith("403")], ids=lambda r: r.id
)
def test_a_key_that_does_not_reach_so_far_is_told_which_scope_it_lacks(
    ask: Asker, world: World, row: Row
) -> None:
    answer = send(ask, world, row, world.headers("key without the scope", row.scope))
    assert (answer.json["code"], answer.json["scope"]) == ("insufficient-scope", row.scope)


def vars_of_path(path: str) -> list[str]:
    """The names in braces."""
    return [piece.split("}")[0] for piece in path.split("{")[1:]]


def _routes(app: Flask) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1"):
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield rule.rule.removeprefix("/api/v1"), method


def _without_names(document: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in document.items() if k not in ("instance", "request_id")}
