"""From routes, declarations and policy to the plans that run; gaps stop the start."""

from collections.abc import Iterator

from api.idempotency import Vault
from api.operation import Operation
from api.pipeline import Plan, Resource
from api.policy import POLICY, Doors, Rule
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


def doors(settings: Settings) -> Doors:
    """Which doors the settings open."""
    return Doors(
        catalogue_public=settings.catalogue_public,
        registration_open=settings.registration == "open",
        self_service=settings.self_service,
    )


def line(operation_id: str, doors: Doors) -> Rule:
    """The line of the policy page for an operation, as this library has it. Raises StartError."""
    if operation_id not in POLICY:
        raise StartError(f"the policy page has no line for {operation_id}")
    return POLICY[operation_id].at(doors)


def build(settings: Settings, vault: Vault) -> dict[type[Resource], dict[str, Plan]]:
    """The plans of every resource by method. Raises StartError."""
    plans: dict[type[Resource], dict[str, Plan]] = {resource: {} for _, resource in ROUTES}
    resources = dict(ROUTES)
    unused = set(POLICY)
    for path, method, declared in operations():
        rule = line(declared.id, doors(settings))
        unused.discard(declared.id)
        plans[resources[path]][method.upper()] = Plan(method, declared, rule, settings, vault)
    if unused:
        raise StartError(f"the policy page has lines for no operation: {sorted(unused)}")
    return plans
