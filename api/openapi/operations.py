"""One operation of the document."""

import inspect
import sys
from dataclasses import dataclass
from typing import Any

from api.admission import PREFIX, template
from api.openapi import statuses
from api.openapi.examples import example
from api.openapi.parts import Parts
from api.openapi.responses import success
from api.operation import Operation
from api.pipeline import Resource, taken_types
from api.plans import line, operations
from api.policy import Doors, Rule
from api.routes import ROUTES
from validators.jsonschema import query_parameters

Json = dict[str, Any]


@dataclass(frozen=True)
class Endpoint:
    """One verb of one path: where it is, what is declared of it, and who may call it."""

    path: str
    method: str
    operation: Operation
    rule: Rule
    resource: type[Resource]

    @property
    def description(self) -> str:
        """What the handler says of itself."""
        return inspect.getdoc(getattr(self.resource, self.method)) or ""

    @property
    def tag(self) -> str:
        """The noun it belongs to: the module of its handler."""
        return self.resource.__module__.rpartition(".")[2].replace("_", " ").capitalize()

    @property
    def tag_description(self) -> str:
        """What that module says of itself."""
        return (sys.modules[self.resource.__module__].__doc__ or "").partition("\n")[0]

    @property
    def conditional(self) -> bool:
        """Whether it honours `If-Match`."""
        return self.method in ("put", "patch", "delete")

    @property
    def path_parameters(self) -> list[str]:
        """The names in the path."""
        return [piece[1:-1] for piece in self.path.split("/") if piece.startswith("{")]


def endpoints(doors: Doors) -> list[Endpoint]:
    """Every operation in the order of the routes. Raises StartError."""
    resources = dict(ROUTES)
    return [
        Endpoint(
            PREFIX + template(path),
            method,
            declared,
            line(declared.id, doors),
            resources[path],
        )
        for path, method, declared in operations()
    ]


def written(endpoint: Endpoint, parts: Parts, links: Json) -> Json:
    """The OpenAPI operation object."""
    operation = endpoint.operation
    body = {"requestBody": _body(endpoint, parts)} if operation.body or operation.takes else {}
    responses = success(endpoint.method, operation, parts, links)
    responses |= {
        str(status): parts.problem(status, codes)
        for status, codes in statuses.problems(
            endpoint.method,
            operation,
            endpoint.rule,
            has_path_parameters=bool(endpoint.path_parameters),
            conditional=endpoint.conditional,
        ).items()
    }
    return {
        "operationId": operation.id,
        "summary": operation.summary,
        "description": f"{endpoint.description}\n\n{_permission(endpoint.rule)}",
        "tags": [endpoint.tag],
        "parameters": _parameters(endpoint),
        **body,
        "responses": dict(sorted(responses.items())),
        **_security(endpoint.rule),
    }


def _parameters(endpoint: Endpoint) -> list[Json]:
    found = [_id(name) for name in endpoint.path_parameters]
    if endpoint.operation.query is not None:
        found += query_parameters(endpoint.operation.query.query)
    headers = ["RequestId"]
    if endpoint.method == "post":
        headers.append("IdempotencyKey")
    if endpoint.conditional:
        headers.append("IfMatch")
    if endpoint.method == "get" and endpoint.operation.tagged:
        headers.append("IfNoneMatch")
    return found + [{"$ref": f"#/components/parameters/{name}"} for name in headers]


def _id(name: str) -> Json:
    noun = name.removesuffix("_id").replace("_", " ")
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": f"The id of the {noun}.",
        "schema": {"type": "integer", "format": "int64", "minimum": 1, "maximum": 2**63 - 1},
        "example": 1,
    }


def _body(endpoint: Endpoint, parts: Parts) -> Json:
    operation = endpoint.operation
    takes = taken_types(endpoint.method, operation)
    if operation.body is None:
        content: Json = {kind: {"schema": {}} for kind in takes}
    else:
        shown = example(operation.body.schema, operation.body.mode)
        content = {kind: {"schema": parts.body(operation.body), "example": shown} for kind in takes}
    return {"required": not operation.body_optional, "content": content}


def _permission(rule: Rule) -> str:
    who = "Anyone may do this." if rule.least is None else f"It takes the role `{rule.least}`."
    return who if rule.scope is None else f"{who} An API key needs the scope `{rule.scope}`."


def _security(rule: Rule) -> Json:
    schemes: list[Json] = [{"bearer": []}, {"basic": []}]
    if rule.least is None:
        schemes.insert(0, {})
    marks = {"x-required-role": rule.least, "x-required-scope": rule.scope}
    return {"security": schemes, **{name: value for name, value in marks.items() if value}}
