"""The lists of the API, for its index."""

from api.auth.permission import Access, Permission
from api.openapi.operations import endpoints
from api.paths import PREFIX


def collections(access: Access) -> dict[str, tuple[str, Permission]]:
    """Path and permission of everything that can be read without knowing an id, by its name."""
    return {
        endpoint.path.removeprefix(f"{PREFIX}/").replace("/", "_"): (
            endpoint.path,
            endpoint.permission,
        )
        for endpoint in endpoints(access)
        if endpoint.method == "get" and not endpoint.path_parameters and not endpoint.required
    }
