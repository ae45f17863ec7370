"""Links between operations: from what was made or found to what can be done with it."""

from typing import Any

from api.openapi.operations import Endpoint
from api.openapi.responses import whole_answer

Json = dict[str, Any]


class Links:
    """Knows which operations act on one record, by the name that its id has in their paths."""

    def __init__(self, every: list[Endpoint]) -> None:
        self._on_record: dict[str, list[Endpoint]] = {}
        self._below: dict[str, str] = {}
        self._shows: dict[str, str] = {}
        for endpoint in every:
            names = endpoint.path_parameters
            if len(names) == 1:
                self._on_record.setdefault(names[0], []).append(endpoint)
            if endpoint.path.endswith("}"):
                self._below[endpoint.path.rpartition("/")[0]] = names[-1]
                if endpoint.method == "get" and endpoint.operation.answer is not None:
                    self._shows[endpoint.operation.answer.name] = names[-1]

    def of(self, endpoint: Endpoint) -> Json:
        """The OpenAPI link objects of an operation's answer, by name."""
        operation = endpoint.operation
        if operation.answer is None:
            return {}
        schema = whole_answer(operation)
        links: Json = {}
        own = self._below.get(endpoint.path) or self._shows.get(operation.answer.name)
        if own is not None:
            place = "/data/0/id" if operation.paged else "/id"
            links = self._to(endpoint, own, place)
        for name, rules in (schema.fields if schema else {}).items():
            if name in self._on_record and name != own and not rules.get("nullable"):
                links |= self._to(endpoint, name, f"/{name}", reads_only=True)
        return links

    def _to(self, origin: Endpoint, name: str, place: str, *, reads_only: bool = False) -> Json:
        return {
            target.operation.id: {
                "operationId": target.operation.id,
                "parameters": {name: f"$response.body#{place}"},
                "description": f"{target.operation.summary}.",
            }
            for target in self._on_record.get(name, ())
            if target is not origin and (target.method == "get" or not reads_only)
        }
