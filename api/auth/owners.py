"""Whose a record is, and what a caller may do to one they know of: for `api.permissions`."""

from typing import Any

from api.auth.permission import Body, Owner, refuse_fields
from api.context import NOBODY, Caller
from api.records import Row
from circulation import acquisitions, rulebook
from models import hold, sign_in, timestamps
from models.errors import Forbidden
from models.vocabulary import ImportKind, Role, Scope


def _is_own(caller: Caller, row: Row) -> bool:
    return caller.id is not None and bool(row.user_id == caller.id)


def _is_self(caller: Caller, row: Row) -> bool:
    return caller.id is not None and bool(row.id == caller.id)


def _is_author(caller: Caller, row: Row) -> bool:
    return caller.id is not None and bool(row.author_id == caller.id)


def _lists_of_member(caller: Caller) -> dict[str, Any]:
    return {} if caller.is_staff else {"reader": caller.id}


# The caller's own; to staff, everybody's.
OWN = Owner(_lists_of_member, lambda caller, row: caller.is_staff or _is_own(caller, row))
# The caller's own, to staff as well.
ONLY_OWN = Owner(lambda caller: {"owner": caller.id}, _is_own)
# The caller's own account; to staff, every account.
ACCOUNT = Owner(_lists_of_member, lambda caller, row: caller.is_staff or _is_self(caller, row))


def _reader(caller: Caller) -> Caller:
    """Who reads posts: a key that may not write posts sees what the public sees."""
    return caller if caller.reaches(Scope.POSTS_WRITE) else NOBODY


def _lists_of_reader(caller: Caller) -> dict[str, Any]:
    reader = _reader(caller)
    if reader.is_staff:
        return {}
    return {"public": True} if reader.id is None else {"reader": reader.id}


def _sees_post(caller: Caller, row: Row) -> bool:
    reader = _reader(caller)
    return bool(row.published) or reader.is_staff or _is_author(reader, row)


# Published posts, drafts of the caller's own; to staff, every draft.
POSTS = Owner(_lists_of_reader, _sees_post)


SCOPE_OF_KIND = {
    ImportKind.BOOKS: Scope.CATALOGUE_WRITE,
    ImportKind.COPIES: Scope.CATALOGUE_WRITE,
    ImportKind.MEMBERS: Scope.MEMBERS_WRITE,
    ImportKind.ORDERS: Scope.ORDERS_WRITE,
    ImportKind.POSTS: Scope.POSTS_WRITE,
    **dict.fromkeys(
        (
            *(ImportKind.LOANS, ImportKind.HOLDS, ImportKind.FEES, ImportKind.PAYMENTS),
            *(ImportKind.POLICIES, ImportKind.CLOSURES),
        ),
        Scope.CIRCULATION_WRITE,
    ),
}
"""What a key needs to bring in records of a kind, and to know of such imports."""


def _kinds_of(caller: Caller) -> list[ImportKind]:
    return [kind for kind, scope in SCOPE_OF_KIND.items() if caller.reaches(scope)]


def _knows_import(caller: Caller, row: Row) -> bool:
    return row.kind in _kinds_of(caller)


# Imports of the kinds that the caller's key may bring in, and what is listed of one of them.
IMPORTS = Owner(lambda caller: {"known": _kinds_of(caller)}, _knows_import)
OF_IMPORT = Owner(lambda caller: {}, _knows_import)


def may_write_post(caller: Caller, row: Row) -> bool:
    """Posts are written by their authors and by administrators."""
    return caller.role is Role.ADMIN or _is_author(caller, row)


def may_withdraw_post(caller: Caller, row: Row) -> bool:
    """Staff may take any post back from the public."""
    return caller.is_staff or _is_author(caller, row)


def against_writing_post(caller: Caller, row: Row, body: Body) -> str | None:
    """Another's post a librarian may only take back from the public."""
    changed = {name for name, new in body.items() if new != getattr(row, name, None)}
    withdraws = body.get("published") is False and changed <= {"published"}
    if withdraws or may_write_post(caller, row):
        return None
    return "Of another's post you may only set published to false."


FIELDS_OF_MEMBERS = frozenset(
    {
        *("email", "first_name", "last_name", "contact_email", "phone", "address", "language"),
        *("notices", "current_password"),
    }
)
"""What members may send of themselves."""


def against_wider_key(caller: Caller, row: Row, body: Body) -> str | None:
    """A key cannot make a key that reaches further than itself. Raises Forbidden."""
    for scope in body.get("scopes", ()):
        if not caller.reaches(scope):
            detail = f"This key does not have the scope {scope} itself."
            raise Forbidden(detail, code="insufficient-scope", scope=scope)
    return None


def may_check_pin(caller: Caller, row: Row) -> bool:
    """PINs of staff are checked by administrators alone."""
    return caller.role is Role.ADMIN or not Role(row.role).is_staff


def may_change_account(caller: Caller, row: Row) -> bool:
    """Accounts of staff are changed by administrators alone, with a key that may do all.

    Who sets a password or an email can sign in with it, and is narrowed by no scope then. Raises
    Forbidden `insufficient-scope`.
    """
    if not Role(row.role).is_staff:
        return True
    if caller.role is Role.ADMIN and not caller.reaches(Scope.ADMIN):
        detail = "Accounts of staff are changed by API keys with the scope admin only."
        raise Forbidden(detail, code="insufficient-scope", scope=Scope.ADMIN)
    return caller.role is Role.ADMIN


def against_changing_order(caller: Caller, row: Row, body: Body) -> str | None:
    """A member does nothing to an order but cancel it, and say why."""
    changes = any(getattr(row, name, None) != new for name, new in body.items())
    cancels = acquisitions.step_of(row, body) == "cancelled"
    if caller.is_staff or cancels or not changes:
        return None
    return "Of your own order you may only set status to cancelled."


def _names(caller: Caller, body: Body) -> bool:
    """Whether a body names this member, or nobody."""
    card_number = body.get("card_number")
    if card_number is not None:
        account = sign_in.by_card(card_number)
        return account is not None and account.id == caller.id
    return bool(body.get("user_id", caller.id) == caller.id)


_ARRANGED_BY_STAFF = ("position", "expires_on")


def against_arranging_queue(caller: Caller, row: Row, body: Body) -> str | None:
    """Places in the queue and pick-up times are staff's to change. Raises Forbidden."""
    named = [name for name in _ARRANGED_BY_STAFF if name in body]
    if named and not caller.is_staff:
        today = rulebook.today(timestamps.now())
        shown = {"position": hold.positions([row.id], today).get(row.id)}
        changed = [name for name in named if name not in shown or body[name] != shown[name]]
        if changed:
            refuse_fields(changed, "Only the library changes this.")
    return None


def against_holding_for_another(caller: Caller, row: Row, body: Body) -> str | None:
    """A member places holds for themselves."""
    if caller.is_staff or _names(caller, body):
        return None
    return "Members place holds for themselves only."
