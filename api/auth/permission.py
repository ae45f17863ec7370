"""A permission: what role, scope and owner an operation needs, and how a call is held to it.

`api.resource` asks in this order: `require_access` before the body is read; in the transaction that
acts `require_known`, `require_may` and `require_change`.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, NoReturn
from urllib.parse import parse_qsl

from api.context import Caller
from api.problems import Problem
from api.records import Record, Row
from api.settings import Settings
from models.errors import Forbidden, Missing
from models.vocabulary import Role, Scope

Body = Mapping[str, Any]
SIGN_IN = (
    "Sign in to do this: send Authorization: Bearer with a token from POST /api/v1/auth/login or an"
    " API key, or Basic with email and password."
)


class Access(NamedTuple):
    """What a library opens to whom, by its settings."""

    catalogue_public: bool = True
    registration_open: bool = True
    self_service: bool = False


def access(settings: Settings) -> Access:
    """What these settings open to whom."""
    return Access(
        catalogue_public=settings.catalogue_public,
        registration_open=settings.registration == "open",
        self_service=settings.self_service,
    )


class Owner(NamedTuple):
    """Whose records a caller knows of; all others are missing to the caller.

    `lists` is what lists are filtered by, `sees` tells it of one record.
    """

    lists: Callable[[Caller], dict[str, Any]]
    sees: Callable[[Caller, Row], bool]


@dataclass(frozen=True, slots=True)
class Permission:
    """The line of one operation.

    `least` is the least role that may call it, None for anyone; `scope` is what an API key needs.
    `owner` tells whose records the caller knows of: who may not call the operation at all is told
    so (403) only of records they know of, else 404.
    `may` tells whether the caller may do this to a record they know of; `change` gives a sentence
    against this very change, or None; of `fields` alone may values be changed.
    `also` are scopes that do as well as `scope`. `kinds` are other lines, for what the query's
    `kind` names.
    `catalogue` lines need a sign-in when the library keeps its catalogue to itself; `registration`
    lines are `closed` to everybody when it registers its members itself; `desk` lines are open to
    members, for themselves, where it has self-service. `self_check` lines are open to keys with
    the scope `self-check` too, in lists only with one of the parameters it names.
    """

    least: Role | None
    scope: Scope | None = None
    owner: Owner | None = None
    may: Callable[[Caller, Row], bool] | None = None
    change: Callable[[Caller, Row, Body], str | None] | None = None
    fields: Collection[str] | None = None
    catalogue: bool = False
    registration: bool = False
    desk: bool = False
    self_check: Collection[str] | None = None
    closed: bool = False
    also: Collection[Scope] = ()
    kinds: Mapping[str, "Permission"] | None = None

    def for_query(self, query_string: str) -> "Permission":
        """The line for what a query asks for."""
        if self.kinds is None:
            return self
        return self.kinds.get(dict(parse_qsl(query_string)).get("kind", ""), self)

    def where(self, access: Access) -> "Permission":
        """The line as it is in a library with this access."""
        least = self.least
        if self.catalogue and not access.catalogue_public:
            least = Role.MEMBER
        if self.desk and access.self_service:
            least = Role.MEMBER
        closed = self.registration and not access.registration_open
        return replace(self, least=least, closed=closed)

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """The scopes of which a key needs one; none where any key will do."""
        if self.scope is None:
            return ()
        machine = () if self.self_check is None else (Scope.SELF_CHECK,)
        return tuple(dict.fromkeys((self.scope, *self.also, *machine)))

    @property
    def is_open(self) -> bool:
        """Whether everybody may call the operation, by any credentials or none."""
        return self.least is None and self.scope is None and not self.closed

    def allows(self, caller: Caller) -> bool:
        """Whether a caller of this role and scope may call the operation."""
        try:
            self.require_access(caller)
        except (Problem, Forbidden):
            return False
        return True

    def require_access(self, caller: Caller, look: Callable[[], Row] | None = None) -> None:
        """Let a caller of this role and scope pass. Raises Problem 401, Forbidden, or Missing.

        `look` reads the record in the path, if there is one.
        """
        if self.closed:
            raise Problem("registration-closed", "The library registers its members itself.")
        if self.least is not None:
            if caller.id is None:
                raise Problem("authentication-required", SIGN_IN)
            if not caller.has_role(self.least):
                if look is not None:
                    look()
                raise Forbidden(f"Requires the role {self.least}.")
        # Only API keys are narrowed to scopes.
        if caller.scopes is not None and not self._is_reached(caller):
            detail = f"Requires an API key with the scope {self.scope}."
            raise Forbidden(detail, code="insufficient-scope", scope=self.scope)

    def require_parameter(self, caller: Caller, query: Mapping[str, Any]) -> None:
        """Raise Forbidden where a self-check machine asks for more than one member's records."""
        if caller.reaches(self.scope) or not self.self_check:
            return
        if not any(name in query for name in self.self_check):
            names = " or ".join(sorted(self.self_check))
            detail = f"A key with the scope self-check reads this with {names} only."
            raise Forbidden(detail, code="insufficient-scope", scope=self.scope)

    def _is_reached(self, caller: Caller) -> bool:
        """Whether one of a key's scopes opens the operation."""
        return not self.scopes or any(map(caller.reaches, self.scopes))

    def require_known(self, caller: Caller, record: Record, row: Row) -> None:
        """Raise Missing for a record the caller may not know of, as if it had never been."""
        if self.owner is not None and not self.owner.sees(caller, row):
            raise Missing(f"There is no such {record.noun}.")

    def require_may(self, caller: Caller, row: Row) -> None:
        """Raise Forbidden if the caller may not do this to a record they know of."""
        if self.may is not None and not self.may(caller, row):
            raise Forbidden("This record may not be changed by you.")

    def require_change(self, caller: Caller, row: Row, body: Body) -> None:
        """Raise Forbidden for a change that this caller may not make; `row` is the record."""
        if self.fields is not None:
            changed = [name for name in body if getattr(row, name, None) != body[name]]
            others = sorted(set(changed) - set(self.fields))
            if others:
                refuse_fields(others, "Only the library changes this.")
        against = None if self.change is None else self.change(caller, row, body)
        if against is not None:
            raise Forbidden(against)

    def condition(self, caller: Caller) -> dict[str, Any]:
        """What the caller's lists are filtered by."""
        return {} if self.owner is None else self.owner.lists(caller)


def refuse_fields(names: list[str], detail: str) -> NoReturn:
    """Raise Forbidden `field-not-allowed` for these fields."""
    raise Forbidden(detail, code="field-not-allowed", fields=names)


def require_roles(
    caller: Caller,
    roles: Mapping[str, str],
    body: Body,
    present: Callable[[str], Any],
    hidden: Collection[str] = (),
) -> None:
    """Raise Forbidden `field-not-allowed` for fields that need a higher role than the caller's.

    `roles` are the least roles by field; a field may be sent with the value that is `present`, but
    for those `hidden` from the caller: whether they are refused would tell what they hold.
    """
    above = [
        name
        for name, least in roles.items()
        if name in body
        and (name in hidden or body[name] != present(name))
        and not _may_set(caller, name, least)
    ]
    if above:
        refuse_fields(above, "Requires a higher role, or an API key with the scope admin.")


def _may_set(caller: Caller, name: str, least: str) -> bool:
    """Whether the role reaches; who may set roles makes whomever they like an administrator."""
    if name == "role" and not caller.reaches(Scope.ADMIN):
        return False
    # A self-check machine acts for the member who stands at it: no override, no other date.
    narrowed = caller.is_self_check and not caller.reaches(Scope.CIRCULATION_WRITE)
    return least == Role.MEMBER if narrowed else caller.has_role(Role(least))
