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
from datetime import timedelta
from functools import cached_property
from typing import Any

import pytest
from flask import Flask

from api.app import Octavo
from api.auth import resets
from api.auth.passwords import hashed
from api.auth.tokens import Tokens
from api.registry import operations
from circulation import acquisitions, checkin, checkout, closures, holds
from circulation.accounts import charge
from circulation.hold_requests import HoldRequest
from circulation.lost_items import claim_returned
from circulation.payments import pay
from models import (
    api_key,
    book,
    closure,
    copy,
    due_date_batch,
    import_job,
    notice,
    password_reset,
    policy,
    post,
    session,
    sign_in,
    stocktake,
    webhook,
    webhook_delivery,
)
from models.database import transaction
from models.timestamps import now, timestamp
from models.vocabulary import NoticeKind
from tests.support import days, people
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
PIN = "4817"
PIN_HASH = hashed(PIN, 4)
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
SELF_CHECK = {
    "lend",
    "decideLoan",
    "takeBack",
    "renewLoan",
    "decideRenewal",
    "checkPin",
    "getStanding",
    "listUsers (by card)",
    "listLoans (of a member)",
}
"""The rows that a self-check machine may call."""


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
        self.book_id = book.create({"title": "Emma"}, clerk).id
        self.copy_id = copy.create(self.book_id, {"barcode": "1"}, clerk).id
        self.post_id = self._post(self.member, published=True)
        self.draft_id = self._post(self.member, published=False)
        self.staff_post_id = self._post(self.librarian, published=True)
        sign_in.set_pin(self.member.id, PIN_HASH, clerk)
        self.received_id = 0
        self.key_id = api_key.create("Desk", [], None, "-", self.member.actor).id

    @cached_property
    def loan_id(self) -> int:
        """A copy of another title, with the barcode L, lent to the member."""
        book_id = book.create({"title": "Persuasion"}, self.librarian.actor).id
        copy.create(book_id, {"barcode": "L"}, self.librarian.actor)
        request = checkout.Request(barcode="L", user_id=self.member.id)
        yesterday = now() - timedelta(days=1)
        lent: int = checkout.lend(request, self.librarian.actor, yesterday).row.id
        return lent

    @cached_property
    def same_book_id(self) -> int:
        """A book that is the first one again."""
        again: int = book.create({"title": "Emma"}, self.librarian.actor).id
        return again

    @cached_property
    def fee_id(self) -> int:
        """A fee of the member's."""
        clerk = self.librarian.actor
        line: int = charge(self.user_id, 500, "Spilt coffee", None, clerk, now()).id
        return line

    @cached_property
    def received_order_id(self) -> int:
        """The member's order, with a copy that came."""
        clerk, at = self.librarian.actor, now()
        order_id = self.order_id
        for status in ("approved", "ordered"):
            acquisitions.change(order_id, {"status": status}, clerk, at)
        _, [came] = acquisitions.receive(order_id, ["R"], clerk, at)
        self.received_id = came.id
        return order_id

    @cached_property
    def claimed_id(self) -> int:
        """The member's loan, claimed to be returned."""
        claim_returned(self.loan_id, self.librarian.actor, now())
        return self.loan_id

    @cached_property
    def lent_today_id(self) -> int:
        """A copy with the barcode 1, lent to the member today."""
        request = checkout.Request(barcode="1", user_id=self.member.id)
        lent: int = checkout.lend(request, self.librarian.actor, now()).row.id
        return lent

    @cached_property
    def returned_id(self) -> int:
        """The member's loan of the copy L, returned."""
        loan_id = self.loan_id
        checkin.take_back("L", self.librarian.actor, now())
        return loan_id

    @cached_property
    def batch_id(self) -> int:
        """A change of due dates."""
        return due_date_batch.begin("heating")

    @cached_property
    def payment_id(self) -> int:
        """A payment on the member's fee."""
        return pay(self.fee_id, 1, "cash", "EUR", self.librarian.actor, now()).payment_id

    @cached_property
    def stocktake_id(self) -> int:
        """A stocktaking."""
        return stocktake.create("Spring", None).id

    @cached_property
    def order_id(self) -> int:
        """The member's order, as requested."""
        wanted: int = acquisitions.request(WANTED, self.member.actor, now()).id
        return wanted

    @cached_property
    def policy_id(self) -> int:
        """A policy beside the one for everyone."""
        made: int = policy.create(CHILDRENS, self.librarian.actor).id
        return made

    @cached_property
    def valid_from(self) -> str:
        """From when a week holds that has not begun."""
        day = "2999-01-01"
        values = {"timezone": "UTC", "open_weekdays": [1, 2], "valid_from": day}
        closures.set_week(values, self.librarian.actor, now())
        return day

    @cached_property
    def closure_id(self) -> int:
        """A closure."""
        made: int = closure.create(CHRISTMAS, self.librarian.actor).id
        return made

    @cached_property
    def import_id(self) -> int:
        """An import whose file is not there."""
        made: int = import_job.create(FILE, self.librarian.actor).id
        return made

    @cached_property
    def hold_id(self) -> int:
        """The member's hold on a third title."""
        book_id = book.create({"title": "Sanditon"}, self.librarian.actor).id
        copy.create(book_id, {"barcode": "H"}, self.librarian.actor)
        request = HoldRequest(self.member.id, book_id=book_id)
        held: int = holds.place_hold(request, self.member.actor, now()).row.id
        return held

    @cached_property
    def notice_id(self) -> int:
        """A notice to the member that failed."""
        made = self._told(NoticeKind.WELCOME, "email")
        notice.Notice.update(status="failed").where(notice.Notice.id == made).execute()
        return made

    @cached_property
    def letter_id(self) -> int:
        """A letter to the member that waits to be printed."""
        return self._told(NoticeKind.HOLD_READY, "print")

    def _told(self, kind: NoticeKind, channel: str) -> int:
        values = {"kind": kind, "user_id": self.member.id, "channel": channel, "language": "eng"}
        [made] = notice.insert_all([values], "test", timestamp())
        return made

    @cached_property
    def webhook_id(self) -> int:
        """A webhook."""
        return webhook.create(HOOK, self.admin.actor).id

    @cached_property
    def delivery_id(self) -> int:
        """A delivery of the webhook's."""
        webhook_delivery.add(self.webhook_id, [None], timestamp())
        return webhook_delivery.newest(self.webhook_id).id

    @staticmethod
    def _post(author: people.Person, *, published: bool) -> int:
        values = {"title": "News", "content": "Open.", "published": published}
        created: int = post.create(values, author.actor).id
        return created

    def filled(self, request: str) -> str:
        """A request with the names in its path replaced."""
        return re.sub(r"{(\w+)}", lambda name: str(getattr(self, name[1])), request)

    def reset_token(self) -> str:
        """A token that sets the member a new password, as it is mailed."""
        asked = password_reset.ask(self.member.email)
        token = resets.token_of(self.app.config["SETTINGS"], asked[0] if asked else 0)
        return token or ""

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
    "dry_run": False,
    "match": "isbn",
    "on_match": "skip",
    "columns": {},
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
HOOK = {"url": "https://example.org/hook", "types": ["loan.create"]}
OF_ADMINS = "401 401 401 403 403 403 200 200 403"
RETRIED = "401 401 401 403 404 200 200 200 403"


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
    Row(
        "changePin",
        "PUT /auth/pin",
        "admin",
        "401 401 401 204 204 204 204 204 403",
        {"current_password": people.PASSWORD, "pin": "4817"},
    ),
    Row(
        "askPasswordReset",
        "POST /auth/password-resets",
        None,
        "202 401 401 202 202 202 202 202 202",
        {"email": "member@example.org"},
    ),
    Row(
        "resetPassword",
        "PUT /auth/password-resets",
        None,
        "204 401 401 204 204 204 204 204 204",
        lambda world: {"token": world.reset_token(), "new_password": NEW_PASSWORD["new_password"]},
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
        "listUsers",
        "GET /users?card_number=C-1",
        "members:read",
        "401 401 401 403 403 200 200 200 403",
        note="by card",
    ),
    Row(
        "changeUsers",
        "POST /users/batch",
        "members:write",
        "401 401 401 403 403 200 200 200 403",
        {"operations": [{"op": "create", "user": NEW_PERSON}]},
    ),
    Row(
        "setPassword",
        "PUT /users/{user_id}/password",
        "members:write",
        "401 401 401 403 404 204 204 204 403",
        {"new_password": NEW_PASSWORD["new_password"]},
    ),
    Row(
        "setPassword",
        "PUT /users/{librarian_id}/password",
        "members:write",
        "401 401 401 404 404 403 204 403 403",
        {"new_password": NEW_PASSWORD["new_password"]},
        note="of staff",
    ),
    Row(
        "setPin",
        "PUT /users/{user_id}/pin",
        "members:write",
        "401 401 401 403 404 204 204 204 403",
        {"pin": "4817"},
    ),
    Row(
        "setPin",
        "PUT /users/{librarian_id}/pin",
        "members:write",
        "401 401 401 404 404 403 204 403 403",
        {"pin": "4817"},
        note="of staff",
    ),
    Row(
        "checkPin",
        "POST /users/{user_id}/pin-checks",
        "members:read",
        "401 401 401 403 404 204 204 204 403",
        {"pin": PIN},
    ),
    Row(
        "getStanding",
        "GET /users/{user_id}/standing",
        "circulation:read",
        "401 401 401 200 404 200 200 200 403",
    ),
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
        "401 401 401 404 404 403 200 403 403",
        {"first_name": "Ada"},
        note="a librarian",
    ),
    Row(
        "updateUser",
        "PATCH /users/{admin_id}",
        "members:write",
        "401 401 401 404 404 403 200 403 403",
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
        "401 401 401 404 404 403 204 403 403",
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
        "mergeBooks",
        "POST /books/{book_id}/merges",
        "catalogue:write",
        "401 401 401 403 403 200 200 200 403",
        lambda world: {"from": [world.same_book_id]},
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
        # A key for members or circulation sees the imports of these.
        "401 401 401 403 403 200 200 200 200",
    ),
    Row(
        "exportCopies",
        "GET /exports/copies",
        "catalogue:write",
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "exportMembers",
        "GET /exports/members",
        "members:write",
        "401 401 401 403 403 200 200 200 200",
    ),
    Row(
        "exportLoans",
        "GET /exports/loans",
        "circulation:write",
        "401 401 401 403 403 200 200 200 200",
    ),
    Row(
        "exportHolds",
        "GET /exports/holds",
        "circulation:write",
        "401 401 401 403 403 200 200 200 200",
    ),
    Row(
        "exportFees",
        "GET /exports/fees",
        "circulation:write",
        "401 401 401 403 403 200 200 200 200",
    ),
    Row(
        "exportPayments",
        "GET /exports/payments",
        "circulation:write",
        "401 401 401 403 403 200 200 200 200",
    ),
    Row(
        "exportOrders",
        "GET /exports/orders",
        "orders:write",
        "401 401 401 403 403 200 200 200 200",
    ),
    Row(
        "exportPosts",
        "GET /exports/posts",
        "posts:write",
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "exportPolicies",
        "GET /exports/policies",
        "circulation:write",
        "401 401 401 403 403 200 200 200 200",
    ),
    Row(
        "exportClosures",
        "GET /exports/closures",
        "circulation:write",
        "401 401 401 403 403 200 200 200 200",
    ),
    Row(
        "importBooks",
        "POST /imports?kind=members",
        "members:write",
        "401 401 401 403 403 415 415 415 403",
        note="of members",
    ),
    Row(
        "importBooks",
        "POST /imports?kind=loans",
        "circulation:write",
        "401 401 401 403 403 415 415 415 403",
        note="of loans",
    ),
    Row(
        "importBooks",
        "POST /imports?kind=policies",
        "circulation:write",
        "401 401 401 403 403 403 415 415 403",
        note="of policies",
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
        "401 401 401 403 403 200 200 200 404",
    ),
    Row(
        "listImportErrors",
        "GET /imports/{import_id}/errors",
        "catalogue:write",
        "401 401 401 403 403 200 200 200 404",
    ),
    Row(
        "getImportRejects",
        "GET /imports/{import_id}/rejects",
        "catalogue:write",
        "401 401 401 403 403 200 200 200 404",
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
        "voidFee",
        "POST /fees/{fee_id}/void",
        DESK,
        "401 401 401 403 404 200 200 200 403",
        {"reason": "a mistake"},
    ),
    Row("listPayments", "GET /payments", "circulation:read", "401 401 401 200 200 200 200 200 403"),
    Row(
        "getPayment",
        "GET /payments/{payment_id}",
        "circulation:read",
        "401 401 401 200 404 200 200 200 403",
    ),
    Row(
        "voidPayment",
        "POST /payments/{payment_id}/void",
        DESK,
        "401 401 401 403 404 200 200 200 403",
        {"reason": "a mistake"},
    ),
    Row(
        "payAccount",
        "POST /users/{user_id}/payments",
        DESK,
        "401 401 401 403 404 201 201 201 403",
        lambda world: {"amount": 1 + 0 * world.fee_id, "method": "cash"},
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
    Row(
        "takeBackReceipt",
        "DELETE /orders/{received_order_id}/receipts/{received_id}",
        "orders:write",
        "401 401 401 403 404 204 204 204 403",
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
    Row(
        "deleteCalendarPlan",
        "DELETE /calendar/plans/{valid_from}",
        "circulation:write",
        "401 401 401 403 403 403 204 204 403",
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
        "reportTakings",
        "GET /reports/takings",
        "reports:read",
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "reportDuplicates",
        "GET /reports/duplicates",
        "reports:read",
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "reportInventory",
        "GET /reports/inventory",
        "reports:read",
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "reportPullList",
        "GET /reports/pull-list",
        "reports:read",
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "reportShelfClearing",
        "GET /reports/shelf-clearing",
        "reports:read",
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "reportDormant",
        "GET /reports/dormant",
        "reports:read",
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "reportMembers",
        "GET /reports/members",
        "reports:read",
        "401 401 401 403 403 200 200 200 403",
    ),
    # stocktaking
    Row(
        "listStocktakes",
        "GET /stocktakes",
        "circulation:read",
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "createStocktake",
        "POST /stocktakes",
        "circulation:write",
        "401 401 401 403 403 201 201 201 403",
        {"name": "Summer"},
    ),
    Row(
        "getStocktake",
        "GET /stocktakes/{stocktake_id}",
        "circulation:read",
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "updateStocktake",
        "PATCH /stocktakes/{stocktake_id}",
        "circulation:write",
        "401 401 401 403 403 200 200 200 403",
        {"name": "Winter"},
    ),
    Row(
        "scanCopies",
        "POST /stocktakes/{stocktake_id}/scans",
        "circulation:write",
        "401 401 401 403 403 200 200 200 403",
        {"barcodes": ["L"]},
    ),
    Row(
        "listMissingCopies",
        "GET /stocktakes/{stocktake_id}/missing",
        "circulation:read",
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
    # notices
    Row("listNotices", "GET /notices", "circulation:read", "401 401 401 200 200 200 200 200 403"),
    Row(
        "getNotice",
        "GET /notices/{notice_id}",
        "circulation:read",
        "401 401 401 200 404 200 200 200 403",
    ),
    Row("retryNotice", "POST /notices/{notice_id}/retries", DESK, RETRIED),
    Row(
        "printNotices",
        "GET /notices/print",
        "circulation:read",
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "markNoticesPrinted",
        "POST /notices/print",
        DESK,
        "401 401 401 403 403 200 200 200 403",
        lambda world: {"ids": [world.letter_id]},
    ),
    Row("listTemplates", "GET /templates", "admin", "401 401 401 403 403 403 200 200 403"),
    Row(
        "getTemplate",
        "GET /templates/due-soon/eng",
        "admin",
        "401 401 401 403 403 403 200 200 403",
    ),
    Row(
        "replaceTemplate",
        "PUT /templates/due-soon/eng",
        "admin",
        "401 401 401 403 403 403 200 200 403",
        {"subject": "Soon", "text": "Soon due."},
    ),
    Row(
        "deleteTemplate",
        "DELETE /templates/due-soon/eng",
        "admin",
        "401 401 401 403 403 403 204 204 403",
    ),
    Row(
        "previewTemplate",
        "POST /templates/due-soon/eng/previews",
        "admin",
        "401 401 401 403 403 403 200 200 403",
    ),
    # events
    Row("listEvents", "GET /events", "reports:read", "401 401 401 403 403 200 200 200 403"),
    Row("listWebhooks", "GET /webhooks", "admin", "401 401 401 403 403 403 200 200 403"),
    Row(
        "createWebhook",
        "POST /webhooks",
        "admin",
        "401 401 401 403 403 403 201 201 403",
        HOOK,
    ),
    Row("getWebhook", "GET /webhooks/{webhook_id}", "admin", OF_ADMINS),
    Row("updateWebhook", "PATCH /webhooks/{webhook_id}", "admin", OF_ADMINS, {"enabled": False}),
    Row(
        "deleteWebhook",
        "DELETE /webhooks/{webhook_id}",
        "admin",
        "401 401 401 403 403 403 204 204 403",
    ),
    Row(
        "renewWebhookSecret",
        "POST /webhooks/{webhook_id}/secrets",
        "admin",
        "401 401 401 403 403 403 201 201 403",
    ),
    Row(
        "pingWebhook",
        "POST /webhooks/{webhook_id}/pings",
        "admin",
        "401 401 401 403 403 403 202 202 403",
    ),
    Row("listDeliveries", "GET /webhooks/{webhook_id}/deliveries", "admin", OF_ADMINS),
    Row(
        "retryDelivery",
        "POST /webhooks/{webhook_id}/deliveries/{delivery_id}/retries",
        "admin",
        "401 401 401 403 403 403 202 202 403",
    ),
    # audit
    Row("listAudit", "GET /audit", "admin", "401 401 401 403 403 403 200 200 403"),
    # lending
    Row(
        "listLoans",
        "GET /loans?user_id={user_id}",
        "circulation:read",
        "401 401 401 200 200 200 200 200 403",
        note="of a member",
    ),
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
        "changeDueDate",
        "PATCH /loans/{loan_id}",
        DESK,
        "401 401 401 403 404 200 200 200 403",
        {"due_on": days.ahead(3).isoformat(), "reason": "asked"},
    ),
    Row(
        "changeDueDates",
        "POST /loans/due-dates",
        DESK,
        "401 401 401 403 403 200 200 200 403",
        {
            "due_from": days.ahead(1).isoformat(),
            "due_to": days.ahead(2).isoformat(),
            "to": days.ahead(3).isoformat(),
            "reason": "heating",
        },
    ),
    Row(
        "reverseDueDates",
        "POST /loans/due-dates/{batch_id}/reversal",
        DESK,
        "401 401 401 403 403 200 200 200 403",
    ),
    Row(
        "decideRenewal",
        "POST /loans/{loan_id}/renewals/decisions",
        DESK,
        "401 401 401 200 404 200 200 200 403",
    ),
    Row(
        "withdrawClaim",
        "DELETE /loans/{claimed_id}/claims-returned",
        DESK,
        "401 401 401 403 404 204 204 204 403",
    ),
    Row(
        "cancelLoan",
        "POST /loans/{lent_today_id}/cancellation",
        DESK,
        "401 401 401 403 404 200 200 200 403",
        {"reason": "the wrong card"},
    ),
    Row(
        "reopenLoan",
        "POST /loans/{returned_id}/reopening",
        DESK,
        "401 401 401 403 404 200 200 200 403",
        {"reason": "the wrong copy"},
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
    Row("placeHold", "POST /holds", DESK, "401 401 401 201 201 400 400 400 403", wish),
    Row(
        "decideHold",
        "POST /holds/decisions",
        DESK,
        "401 401 401 200 403 200 200 200 403",
        lambda world: {"book_id": world.book_id, "user_id": world.member.id},
    ),
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
            concrete = concrete.replace(name, "2030-01-01" if name == "valid_from" else "1")
        rule, _ = adapter.match(concrete.partition("?")[0], method, return_rule=True)
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


@pytest.mark.parametrize("row", [r for r in TABLE if r.scope], ids=lambda r: r.id)
def test_a_key_for_self_check_reaches_what_a_machine_needs_and_nothing_else(
    ask: Asker, world: World, row: Row
) -> None:
    key = people.key(world.librarian, ["self-check"])
    answer = send(ask, world, row, key)
    if row.id in SELF_CHECK:
        assert answer.status_code == int(row.statuses.split()[CALLERS.index("librarian")])
    else:
        assert answer.status_code in (403, 404)


@pytest.mark.parametrize(
    "extra",
    [
        {"due_on": days.ahead(3).isoformat()},
        {"override": {"codes": ["copy-held"], "reason": "asked"}},
    ],
)
def test_a_machine_overrides_nothing_and_sets_no_date(
    ask: Asker, world: World, extra: dict[str, Any]
) -> None:
    body = {"copy_id": world.copy_id, "user_id": world.user_id, **extra}
    answer = ask.post("/loans", body, headers=people.key(world.librarian, ["self-check"]))
    assert (answer.status_code, answer.json["code"]) == (403, "field-not-allowed")


def vars_of_path(path: str) -> list[str]:
    """The names in braces."""
    return [piece.split("}")[0] for piece in path.split("{")[1:]]


def _routes(app: Flask) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/"):
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield rule.rule.removeprefix("/api/v1"), method


def _without_names(document: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in document.items() if k not in ("instance", "request_id")}
