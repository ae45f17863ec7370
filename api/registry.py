"""Every operation, from routes, declarations and permissions; gaps stop the start."""

import re
from collections.abc import Iterator, Mapping

from api.auth.permission import Access, Permission, access
from api.http.idempotency import Vault
from api.http.representations import Representation
from api.operation import Operation, Served
from api.permissions import PERMISSIONS
from api.records import BY_PARAMETER, Record
from api.resource import Resource
from api.routes import ROUTES
from api.settings import Settings


class StartError(Exception):
    """The code does not fit together; the message says where."""


def operations() -> Iterator[tuple[str, str, Operation]]:
    """Path, method in lower case and declaration of every operation, in the order of the routes."""
    for path, resource in ROUTES:
        for method in sorted(resource.methods or ()):
            handler = getattr(resource, method.lower())
            declared = getattr(handler, "operation", None)
            if declared is None:
                raise StartError(f"{resource.__name__}.{method.lower()} declares no operation")
            yield path, method.lower(), declared


def permission(operation_id: str, access: Access) -> Permission:
    """The permission of an operation in a library with this access. Raises StartError."""
    if operation_id not in PERMISSIONS:
        raise StartError(f"api/permissions.py has no line for {operation_id}")
    return PERMISSIONS[operation_id].where(access)


def serve(
    settings: Settings, vault: Vault, representations: Mapping[str, Representation]
) -> dict[type[Resource], dict[str, Served]]:
    """The operations of every resource by the name of the verb method. Raises StartError."""
    served: dict[type[Resource], dict[str, Served]] = {resource: {} for _, resource in ROUTES}
    resources = dict(ROUTES)
    unused = set(PERMISSIONS)
    for path, method, declared in operations():
        allowed = permission(declared.id, access(settings))
        unused.discard(declared.id)
        served[resources[path]][method] = Served(
            method, declared, allowed, _record_in(path), settings, vault, representations
        )
    if unused:
        raise StartError(f"api/permissions.py has lines for no operation: {sorted(unused)}")
    return served


def _record_in(path: str) -> tuple[str, Record] | None:
    """The first record that a path names: the name of its parameter, and its kind."""
    for name in re.findall(r"<(?:\w+:)?(\w+)>", path):
        if name in BY_PARAMETER:
            return name, BY_PARAMETER[name]
    return None
