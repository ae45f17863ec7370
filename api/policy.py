"""Who may do what: one line for each operation. The only place that decides it.

What a caller sees of what they may read is decided by the queries' own filters.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from api.context import RANK, Caller
from api.problems import Problem
from models import fee, loan, order, post, user
from models.errors import Missing

About = Callable[[Caller, dict[str, Any]], bool]


class Doors(NamedTuple):
    """Which doors a library keeps open, by its settings."""

    catalogue_public: bool = True
    registration_open: bool = True
    self_service: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """The line of one operation.

    `least` is the least role that may call it, None for anyone. `scope` is what an API key needs.
    `unknown` tells whether the record in the path is one the caller may not know of: who may not
    call the operation is told so (403) only about records they may know, else 404.
    `foreign` tells whether it is one the caller may know of, but not do this to.
    `catalogue` lines need a sign-in when the library keeps its catalogue to itself; `registration`
    lines are `closed` to everybody when it registers its members itself; `desk` lines are open to
    members, for themselves, where it has self-service.
    """

    least: str | None
    scope: str | None = None
    unknown: About | None = None
    foreign: About | None = None
    catalogue: bool = False
    registration: bool = False
    desk: bool = False
    closed: bool = False

    def at(self, doors: Doors) -> "Rule":
        """The line as it is in a library with these doors."""
        least = self.least
        if self.catalogue and not doors.catalogue_public:
            least = "member"
        if self.desk and doors.self_service:
            least = "member"
        closed = self.registration and not doors.registration_open
        return replace(self, least=least, closed=closed)

    def admit(self, caller: Caller, path: dict[str, Any]) -> None:
        """Let the caller pass. Raises Problem 401 or 403, or Missing."""
        if self.closed:
            raise Problem("registration-closed", "This library registers its members itself.")
        if self.least is not None:
            if caller.id is None:
                raise Problem("authentication-required", "Sign in to do this.")
            if RANK[caller.role or ""] < RANK[self.least]:
                self._turn_away(caller, path)
        if not caller.reaches(self.scope):
            raise Problem("insufficient-scope", f"The key needs {self.scope}.", scope=self.scope)
        if self.foreign is not None and self.foreign(caller, path):
            raise Problem("forbidden", "This is not yours to change.")

    def _turn_away(self, caller: Caller, path: dict[str, Any]) -> None:
        if self.unknown is not None and self.unknown(caller, path):
            raise Missing("There is nothing here that you may know of.")
        raise Problem("forbidden", f"This takes the role {self.least}.")


def anyone(scope: str | None = None) -> Rule:
    """No credentials needed."""
    return Rule(None, scope)


def catalogue() -> Rule:
    """Anyone, unless the library keeps its catalogue to those signed in."""
    return Rule(None, catalogue=True)


def member(scope: str, foreign: About | None = None) -> Rule:
    """Whoever is signed in; what is theirs is decided by the queries."""
    return Rule("member", scope, foreign=foreign)


def librarian(scope: str, unknown: About | None = None, foreign: About | None = None) -> Rule:
    """Staff."""
    return Rule("librarian", scope, unknown, foreign)


def admin(scope: str, unknown: About | None = None) -> Rule:
    """Administrators."""
    return Rule("admin", scope, unknown)


def desk() -> Rule:
    """Staff, and where there is self-service members for themselves."""
    return Rule("librarian", "circulation:write", desk=True)


def _another_user(caller: Caller, path: dict[str, Any]) -> bool:
    return bool(path["user_id"] != caller.id and not caller.is_staff)


def _above(caller: Caller, path: dict[str, Any]) -> bool:
    """Accounts of staff are changed by administrators alone."""
    return caller.role != "admin" and user.role(path["user_id"]) in ("librarian", "admin")


def _not_written(caller: Caller, path: dict[str, Any]) -> bool:
    """Administrators aside, a post is written by its author alone."""
    return caller.role != "admin" and _is_anothers_post(caller, path)


def _not_withdrawable(caller: Caller, path: dict[str, Any]) -> bool:
    """Staff may take any post back from the public."""
    return not caller.is_staff and _is_anothers_post(caller, path)


def _is_anothers_post(caller: Caller, path: dict[str, Any]) -> bool:
    visible = post.is_visible(path["post_id"], caller.id, caller.is_staff)
    return visible and post.author(path["post_id"]) != caller.id


def _anothers_loan(caller: Caller, path: dict[str, Any]) -> bool:
    return loan.borrower(path["loan_id"]) != caller.id


def _anothers_fee(caller: Caller, path: dict[str, Any]) -> bool:
    return not fee.is_owed_by(path["fee_id"], caller.id)


def _anothers_order(caller: Caller, path: dict[str, Any]) -> bool:
    return not order.is_of(path["order_id"], caller.id)


POLICY: dict[str, Rule] = {
    # accounts
    "register": Rule(None, registration=True),
    "login": anyone(),
    "refresh": anyone(),
    "logout": member("admin"),
    "getProfile": member("members:read"),
    "updateProfile": member("members:write"),
    "changePassword": member("admin"),
    "listKeys": member("admin"),
    "createKey": member("admin"),
    "deleteKey": member("admin"),
    "listUsers": librarian("members:read"),
    "createUser": librarian("members:write"),
    "getUser": member("members:read"),
    "updateUser": librarian("members:write", _another_user, _above),
    "deleteUser": admin("members:write", _another_user),
    # catalogue
    "listBooks": catalogue(),
    "createBook": librarian("catalogue:write"),
    "getBook": catalogue(),
    "replaceBook": librarian("catalogue:write"),
    "updateBook": librarian("catalogue:write"),
    "deleteBook": librarian("catalogue:write"),
    "changeBooks": librarian("catalogue:write"),
    "exportBooks": librarian("catalogue:write"),
    "listImports": librarian("catalogue:write"),
    "importBooks": librarian("catalogue:write"),
    "getImport": librarian("catalogue:write"),
    "listImportErrors": librarian("catalogue:write"),
    "getImportRejects": librarian("catalogue:write"),
    "listCopiesOfBook": catalogue(),
    "createCopy": librarian("catalogue:write"),
    "listCopies": catalogue(),
    "getCopy": catalogue(),
    "updateCopy": librarian("catalogue:write"),
    "deleteCopy": librarian("catalogue:write"),
    # fees
    "listFees": member("circulation:read"),
    "createFee": librarian("circulation:write"),
    "getFee": member("circulation:read"),
    "payFee": librarian("circulation:write", _anothers_fee),
    "waiveFee": librarian("circulation:write", _anothers_fee),
    "getAccount": member("circulation:read"),
    # orders
    "listOrders": member("circulation:read"),
    "createOrder": member("orders:write"),
    "getOrder": member("circulation:read"),
    "updateOrder": member("orders:write"),
    "receiveOrder": librarian("orders:write", _anothers_order),
    # policies and calendar
    "listPolicies": member("circulation:read"),
    "createPolicy": admin("circulation:write"),
    "getPolicy": member("circulation:read"),
    "replacePolicy": admin("circulation:write"),
    "deletePolicy": admin("circulation:write"),
    "getCalendar": member("circulation:read"),
    "replaceCalendar": admin("circulation:write"),
    "listClosures": member("circulation:read"),
    "createClosure": admin("circulation:write"),
    "deleteClosure": admin("circulation:write"),
    # posts
    "listPosts": catalogue(),
    "createPost": member("posts:write"),
    "getPost": catalogue(),
    "replacePost": member("posts:write", _not_written),
    "updatePost": member("posts:write", _not_withdrawable),
    "deletePost": member("posts:write", _not_withdrawable),
    # lending
    "listLoans": member("circulation:read"),
    "lend": desk(),
    "decideLoan": desk(),
    "getLoan": member("circulation:read"),
    "explainLoan": member("circulation:read"),
    "renewLoan": member("circulation:write"),
    "declareLost": librarian("circulation:write", _anothers_loan),
    "claimReturned": librarian("circulation:write", _anothers_loan),
    "takeBack": desk(),
    "listHolds": member("circulation:read"),
    "placeHold": member("circulation:write"),
    "getHold": member("circulation:read"),
    "changeHold": member("circulation:write"),
    "cancelHold": member("circulation:write"),
    # reports
    "reportCirculation": librarian("reports:read"),
    "reportPopular": librarian("reports:read"),
    "reportOverdue": librarian("reports:read"),
    "reportInventory": librarian("reports:read"),
    # audit
    "listAudit": admin("admin"),
}
