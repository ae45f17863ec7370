"""One operation of the document."""

import inspect
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from api.auth.permission import Access, Permission
from api.openapi import statuses
from api.openapi.examples import example
from api.openapi.parts import Parts
from api.openapi.responses import success
from api.operation import FILE, Operation, taken_types
from api.paths import PREFIX, template
from api.registry import operations, permission
from api.resource import Resource
from api.routes import ROUTES
from models.vocabulary import TO_MEMBERS, Language, Role
from validators.engine.jsonschema import query_parameters

Json = dict[str, Any]


@dataclass(frozen=True)
class Endpoint:
    """One verb of one path: where it is, what is declared of it, and who may call it."""

    path: str
    method: str
    operation: Operation
    permission: Permission
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

    @property
    def required(self) -> list[str]:
        """The query parameters without which it cannot be called."""
        reader = self.operation.query
        known = reader.parameters if reader is not None else {}
        return [name for name, rules in known.items() if rules.get("required")]


def endpoints(access: Access) -> list[Endpoint]:
    """Every operation in the order of the routes. Raises StartError."""
    resources = dict(ROUTES)
    return [
        Endpoint(
            PREFIX + template(path),
            method,
            declared,
            permission(declared.id, access),
            resources[path],
        )
        for path, method, declared in operations()
    ]


# Path parameters that are words, not ids.
_WORDS: dict[str, Iterable[StrEnum]] = {"kind": TO_MEMBERS, "language": Language}
_DAYS = {"valid_from": "The day from which the week holds."}
_NOUNS = {"received_id": "received copy"}


def written(endpoint: Endpoint, parts: Parts, links: Json) -> Json:
    """The OpenAPI operation object."""
    operation = endpoint.operation
    body = {"requestBody": _body(endpoint, parts)} if _takes_anything(operation) else {}
    responses = success(endpoint.method, operation, parts, links)
    responses |= {
        str(status): parts.problem(status, codes)
        for status, codes in statuses.problems(
            endpoint.method,
            operation,
            endpoint.permission,
            has_path_parameters=bool(endpoint.path_parameters),
            conditional=endpoint.conditional,
        ).items()
    }
    return {
        "operationId": operation.id,
        "summary": operation.summary,
        "description": f"{endpoint.description}\n\n{_permission(endpoint.permission)}",
        "tags": [endpoint.tag],
        "parameters": _parameters(endpoint),
        **body,
        "responses": dict(sorted(responses.items())),
        **_security(endpoint),
    }


def _parameters(endpoint: Endpoint) -> list[Json]:
    found = [_path_parameter(name) for name in endpoint.path_parameters]
    if endpoint.operation.query is not None:
        found += query_parameters(endpoint.operation.query.query)
    headers = ["RequestId"]
    if endpoint.method == "post":
        headers.append("IdempotencyKey")
    if endpoint.conditional:
        headers.append("IfMatch")
    if endpoint.method == "get" and not endpoint.operation.streamed:
        headers.append("IfNoneMatch")
    return found + [{"$ref": f"#/components/parameters/{name}"} for name in headers]


def _path_parameter(name: str) -> Json:
    if name in _WORDS:
        return _word(name, _WORDS[name])
    return _day(name) if name in _DAYS else _id(name)


def _day(name: str) -> Json:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": _DAYS[name],
        "schema": {"type": "string", "format": "date"},
        "example": "2026-11-23",
    }


def _word(name: str, words: Iterable[StrEnum]) -> Json:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": f"The {name}.",
        "schema": {"type": "string", "enum": [*words]},
        "example": next(iter(words)),
    }


def _id(name: str) -> Json:
    noun = _NOUNS.get(name) or name.removesuffix("_id").replace("_", " ")
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": f"The id of the {noun}.",
        "schema": {"type": "integer", "format": "int64", "minimum": 1, "maximum": 2**63 - 1},
        "example": 1,
    }


def _takes_anything(operation: Operation) -> bool:
    """Whether there is a field to send, or a file."""
    return bool(operation.takes or (operation.body and operation.body.schema.fields))


def _body(endpoint: Endpoint, parts: Parts) -> Json:
    operation = endpoint.operation
    takes = taken_types(endpoint.method, operation)
    if operation.body is None:
        return _file(takes)
    shown = example(operation.body.schema, operation.body.mode)
    content = {kind: {"schema": parts.body(operation.body), "example": shown} for kind in takes}
    # Credentials in the header do instead of the body where nobody need be signed in, but a client
    # that is made from this document has them for the body.
    required = not operation.body_optional or endpoint.permission.least is None
    return {"required": required, "content": content}


def _file(takes: Sequence[str]) -> Json:
    """A file, under the one media type that every generator of clients can send."""
    own = ", ".join(f"`{kind}`" for kind in takes if kind != FILE)
    return {
        "description": f"The file. Under its own media type ({own}) it needs no `format`.",
        "required": True,
        "content": {FILE: {"schema": {"type": "string", "format": "binary"}}},
    }


def _permission(rule: Permission) -> str:
    said = ["Anyone may do this." if rule.least is None else f"Requires the role `{rule.least}`."]
    if rule.scopes:
        said.append(f"An API key needs the scope {_scopes(rule)}.")
    for (least, scopes), kinds in _by_need(rule.kinds or {}).items():
        said.append(f"For the kind {_either(kinds)}: the role `{least}`, the scope {scopes}.")
    return " ".join(said)


def _scopes(rule: Permission) -> str:
    """The scopes that do, and what a self-check machine has to name."""
    named = f" with the parameter {_either(rule.self_check)}" if rule.self_check else ""
    return _either(rule.scopes) + named


def _by_need(kinds: Mapping[str, Permission]) -> dict[tuple[Role | None, str], list[str]]:
    """The kinds of records by what bringing them in needs."""
    found: dict[tuple[Role | None, str], list[str]] = {}
    for kind, rule in kinds.items():
        found.setdefault((rule.least, _scopes(rule)), []).append(kind)
    return found


def _either(words: Iterable[str]) -> str:
    *others, last = [f"`{word}`" for word in words]
    return f"{', '.join(others)} or {last}" if others else last


def _security(endpoint: Endpoint) -> Json:
    rule = endpoint.permission
    schemes: list[Json] = [{"bearer": []}, {"basic": []}]
    if rule.least is None:
        # Whoever reads may be signed in; what is written here is how one signs in.
        schemes = [{}, *schemes] if endpoint.method == "get" else []
    marks = {
        "x-required-role": rule.least,
        "x-required-scope": rule.scope,
        # Any of them does as well.
        "x-sufficient-scopes": rule.scopes if len(rule.scopes) > 1 else None,
    }
    return {"security": schemes, **{name: value for name, value in marks.items() if value}}
