"""Who may do what, to whose record: one line for each operation. The only place that decides it."""

from typing import Any

from api.auth import owners
from api.auth.permission import Owner, Permission
from models.vocabulary import Role, Scope


def anyone(scope: Scope | None = None) -> Permission:
    """No credentials needed."""
    return Permission(None, scope)


def catalogue(owner: Owner | None = None) -> Permission:
    """Anyone, unless the library keeps its catalogue to those signed in."""
    return Permission(None, owner=owner, catalogue=True)


def member(scope: Scope, **more: Any) -> Permission:
    """Whoever is signed in."""
    return Permission(Role.MEMBER, scope, **more)


def librarian(scope: Scope, **more: Any) -> Permission:
    """Staff."""
    return Permission(Role.LIBRARIAN, scope, **more)


def admin(scope: Scope, **more: Any) -> Permission:
    """Administrators."""
    return Permission(Role.ADMIN, scope, **more)


def desk() -> Permission:
    """Staff, and where there is self-service members for themselves."""
    return Permission(Role.LIBRARIAN, Scope.CIRCULATION_WRITE, desk=True, self_check=())


def imports(owner: Owner = owners.OF_IMPORT) -> Permission:
    """Staff, of the kinds of records that they may bring in."""
    also = tuple(dict.fromkeys(owners.SCOPE_OF_KIND.values()))
    return librarian(Scope.CATALOGUE_WRITE, also=also, owner=owner)


def circulation_out() -> Permission:
    """Staff who may read circulation."""
    return librarian(Scope.CIRCULATION_WRITE, also=(Scope.CIRCULATION_READ,))


PERMISSIONS: dict[str, Permission] = {
    # accounts
    "register": Permission(None, registration=True),
    "login": anyone(),
    "refresh": anyone(),
    "logout": member(Scope.ADMIN),
    "getProfile": member(Scope.MEMBERS_READ),
    "updateProfile": member(Scope.MEMBERS_WRITE, fields=owners.FIELDS_OF_MEMBERS),
    "changePassword": member(Scope.ADMIN),
    "changePin": member(Scope.ADMIN),
    "askPasswordReset": anyone(),
    "resetPassword": anyone(),
    "listKeys": member(Scope.ADMIN, owner=owners.ONLY_OWN),
    "createKey": member(Scope.ADMIN, change=owners.against_wider_key),
    "deleteKey": member(Scope.ADMIN, owner=owners.ONLY_OWN),
    "listUsers": librarian(Scope.MEMBERS_READ, self_check=("card_number",)),
    "createUser": librarian(Scope.MEMBERS_WRITE),
    "getUser": member(Scope.MEMBERS_READ, owner=owners.ACCOUNT),
    "updateUser": librarian(
        Scope.MEMBERS_WRITE, owner=owners.ACCOUNT, may=owners.may_change_account
    ),
    "deleteUser": admin(Scope.MEMBERS_WRITE, owner=owners.ACCOUNT, may=owners.may_change_account),
    "changeUsers": librarian(Scope.MEMBERS_WRITE),
    "setPassword": librarian(
        Scope.MEMBERS_WRITE, owner=owners.ACCOUNT, may=owners.may_change_account
    ),
    "setPin": librarian(Scope.MEMBERS_WRITE, owner=owners.ACCOUNT, may=owners.may_change_account),
    "checkPin": librarian(
        Scope.MEMBERS_READ, owner=owners.ACCOUNT, may=owners.may_check_pin, self_check=()
    ),
    "getStanding": member(Scope.CIRCULATION_READ, owner=owners.ACCOUNT, self_check=()),
    # catalogue
    "listBooks": catalogue(),
    "createBook": librarian(Scope.CATALOGUE_WRITE),
    "getBook": catalogue(),
    "replaceBook": librarian(Scope.CATALOGUE_WRITE),
    "updateBook": librarian(Scope.CATALOGUE_WRITE),
    "deleteBook": librarian(Scope.CATALOGUE_WRITE),
    "changeBooks": librarian(Scope.CATALOGUE_WRITE),
    "mergeBooks": librarian(Scope.CATALOGUE_WRITE),
    "exportBooks": librarian(Scope.CATALOGUE_WRITE),
    "listImports": imports(owners.IMPORTS),
    "importBooks": librarian(
        Scope.CATALOGUE_WRITE,
        kinds={
            **{kind: librarian(scope) for kind, scope in owners.SCOPE_OF_KIND.items()},
            "policies": admin(Scope.CIRCULATION_WRITE),
            "closures": admin(Scope.CIRCULATION_WRITE),
        },
    ),
    "getImport": imports(),
    "listImportErrors": imports(),
    "getImportRejects": imports(),
    "exportCopies": librarian(Scope.CATALOGUE_WRITE),
    "exportMembers": librarian(Scope.MEMBERS_WRITE, also=(Scope.MEMBERS_READ,)),
    "exportLoans": circulation_out(),
    "exportHolds": circulation_out(),
    "exportFees": circulation_out(),
    "exportPayments": circulation_out(),
    "exportOrders": librarian(Scope.ORDERS_WRITE, also=(Scope.CIRCULATION_READ,)),
    "exportPosts": librarian(Scope.POSTS_WRITE),
    "exportPolicies": circulation_out(),
    "exportClosures": circulation_out(),
    "listCopiesOfBook": catalogue(),
    "createCopy": librarian(Scope.CATALOGUE_WRITE),
    "listCopies": catalogue(),
    "getCopy": catalogue(),
    "updateCopy": librarian(Scope.CATALOGUE_WRITE),
    "deleteCopy": librarian(Scope.CATALOGUE_WRITE),
    # fees
    "listFees": member(Scope.CIRCULATION_READ, owner=owners.OWN),
    "createFee": librarian(Scope.CIRCULATION_WRITE),
    "getFee": member(Scope.CIRCULATION_READ, owner=owners.OWN),
    "payFee": librarian(Scope.CIRCULATION_WRITE, owner=owners.OWN),
    "waiveFee": librarian(Scope.CIRCULATION_WRITE, owner=owners.OWN),
    "voidFee": librarian(Scope.CIRCULATION_WRITE, owner=owners.OWN),
    "listPayments": member(Scope.CIRCULATION_READ, owner=owners.OWN),
    "getPayment": member(Scope.CIRCULATION_READ, owner=owners.OWN),
    "voidPayment": librarian(Scope.CIRCULATION_WRITE, owner=owners.OWN),
    "payAccount": librarian(Scope.CIRCULATION_WRITE, owner=owners.ACCOUNT),
    "getAccount": member(Scope.CIRCULATION_READ, owner=owners.ACCOUNT),
    # orders
    "listOrders": member(Scope.CIRCULATION_READ, owner=owners.OWN),
    "createOrder": member(Scope.ORDERS_WRITE),
    "getOrder": member(Scope.CIRCULATION_READ, owner=owners.OWN),
    "updateOrder": member(
        Scope.ORDERS_WRITE, owner=owners.OWN, change=owners.against_changing_order
    ),
    "takeBackReceipt": librarian(Scope.ORDERS_WRITE, owner=owners.OWN),
    "receiveOrder": librarian(Scope.ORDERS_WRITE, owner=owners.OWN),
    # policies and calendar
    "listPolicies": member(Scope.CIRCULATION_READ),
    "createPolicy": admin(Scope.CIRCULATION_WRITE),
    "getPolicy": member(Scope.CIRCULATION_READ),
    "replacePolicy": admin(Scope.CIRCULATION_WRITE),
    "deletePolicy": admin(Scope.CIRCULATION_WRITE),
    "getCalendar": member(Scope.CIRCULATION_READ),
    "replaceCalendar": admin(Scope.CIRCULATION_WRITE),
    "deleteCalendarPlan": admin(Scope.CIRCULATION_WRITE),
    "listClosures": member(Scope.CIRCULATION_READ),
    "createClosure": admin(Scope.CIRCULATION_WRITE),
    "deleteClosure": admin(Scope.CIRCULATION_WRITE),
    # posts
    "listPosts": catalogue(owners.POSTS),
    "createPost": member(Scope.POSTS_WRITE),
    "getPost": catalogue(owners.POSTS),
    "replacePost": member(Scope.POSTS_WRITE, owner=owners.POSTS, may=owners.may_write_post),
    "updatePost": member(
        Scope.POSTS_WRITE,
        owner=owners.POSTS,
        may=owners.may_withdraw_post,
        change=owners.against_writing_post,
    ),
    "deletePost": member(Scope.POSTS_WRITE, owner=owners.POSTS, may=owners.may_withdraw_post),
    # lending
    "listLoans": member(
        Scope.CIRCULATION_READ, owner=owners.OWN, self_check=("user_id", "card_number")
    ),
    "lend": desk(),
    "decideLoan": desk(),
    "getLoan": member(Scope.CIRCULATION_READ, owner=owners.OWN),
    "changeDueDate": librarian(Scope.CIRCULATION_WRITE, owner=owners.OWN),
    "changeDueDates": librarian(Scope.CIRCULATION_WRITE),
    "reverseDueDates": librarian(Scope.CIRCULATION_WRITE),
    "decideRenewal": member(Scope.CIRCULATION_WRITE, owner=owners.OWN, self_check=()),
    "withdrawClaim": librarian(Scope.CIRCULATION_WRITE, owner=owners.OWN),
    "cancelLoan": librarian(Scope.CIRCULATION_WRITE, owner=owners.OWN),
    "reopenLoan": librarian(Scope.CIRCULATION_WRITE, owner=owners.OWN),
    "explainLoan": member(Scope.CIRCULATION_READ, owner=owners.OWN),
    "renewLoan": member(Scope.CIRCULATION_WRITE, owner=owners.OWN, self_check=()),
    "declareLost": librarian(Scope.CIRCULATION_WRITE, owner=owners.OWN),
    "claimReturned": librarian(Scope.CIRCULATION_WRITE, owner=owners.OWN),
    "takeBack": desk(),
    "listHolds": member(Scope.CIRCULATION_READ, owner=owners.OWN),
    "decideHold": member(Scope.CIRCULATION_WRITE, change=owners.against_holding_for_another),
    "placeHold": member(Scope.CIRCULATION_WRITE, change=owners.against_holding_for_another),
    "getHold": member(Scope.CIRCULATION_READ, owner=owners.OWN),
    "changeHold": member(
        Scope.CIRCULATION_WRITE, owner=owners.OWN, change=owners.against_arranging_queue
    ),
    "cancelHold": member(Scope.CIRCULATION_WRITE, owner=owners.OWN),
    # reports
    "reportCirculation": librarian(Scope.REPORTS_READ),
    "reportPopular": librarian(Scope.REPORTS_READ),
    "reportOverdue": librarian(Scope.REPORTS_READ),
    "reportTakings": librarian(Scope.REPORTS_READ),
    "reportDuplicates": librarian(Scope.REPORTS_READ),
    "reportInventory": librarian(Scope.REPORTS_READ),
    "reportPullList": librarian(Scope.REPORTS_READ),
    "reportShelfClearing": librarian(Scope.REPORTS_READ),
    "reportDormant": librarian(Scope.REPORTS_READ),
    "reportMembers": librarian(Scope.REPORTS_READ),
    # stocktaking
    "listStocktakes": librarian(Scope.CIRCULATION_READ),
    "createStocktake": librarian(Scope.CIRCULATION_WRITE),
    "getStocktake": librarian(Scope.CIRCULATION_READ),
    "updateStocktake": librarian(Scope.CIRCULATION_WRITE),
    "scanCopies": librarian(Scope.CIRCULATION_WRITE),
    "listMissingCopies": librarian(Scope.CIRCULATION_READ),
    # notices
    "listNotices": member(Scope.CIRCULATION_READ, owner=owners.OWN),
    "getNotice": member(Scope.CIRCULATION_READ, owner=owners.OWN),
    "retryNotice": librarian(Scope.CIRCULATION_WRITE, owner=owners.OWN),
    "printNotices": librarian(Scope.CIRCULATION_READ),
    "markNoticesPrinted": librarian(Scope.CIRCULATION_WRITE),
    "listTemplates": admin(Scope.ADMIN),
    "getTemplate": admin(Scope.ADMIN),
    "replaceTemplate": admin(Scope.ADMIN),
    "deleteTemplate": admin(Scope.ADMIN),
    "previewTemplate": admin(Scope.ADMIN),
    # events
    "listEvents": librarian(Scope.REPORTS_READ),
    "listWebhooks": admin(Scope.ADMIN),
    "createWebhook": admin(Scope.ADMIN),
    "getWebhook": admin(Scope.ADMIN),
    "updateWebhook": admin(Scope.ADMIN),
    "deleteWebhook": admin(Scope.ADMIN),
    "renewWebhookSecret": admin(Scope.ADMIN),
    "pingWebhook": admin(Scope.ADMIN),
    "listDeliveries": admin(Scope.ADMIN),
    "retryDelivery": admin(Scope.ADMIN),
    # audit
    "listAudit": admin(Scope.ADMIN),
}
