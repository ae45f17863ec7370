"""The pages about the service itself, which are no operations of the API."""

from typing import Any

from api.openapi.headers import referred
from api.openapi.parts import Parts
from api.problems import MEDIA_TYPE
from validators.problems import PROBLEM

Json = dict[str, Any]

TAG: Json = {"name": "Service", "description": "The service itself."}

_STATE: Json = {
    "type": "object",
    "properties": {
        "status": {"enum": ["ok"]},
        "parts": {"type": "object", "additionalProperties": {"enum": ["ok"]}},
    },
    "required": ["status"],
}
_ANY: Json = {"type": "object"}


def paths(parts: Parts) -> dict[str, Json]:
    """The OpenAPI path items."""
    failing = _not_ready(parts)
    numbers = _response("The numbers.", "text/plain", {"type": "string"})
    state = _json(_STATE)
    pages = {
        "/": _page("getIndex", "What this is", {"200": _json(_ANY)}),
        "/healthz": _page("getHealth", "Is the process alive", {"200": state}),
        "/readyz": _page(
            "getReadiness", "Are the parts it needs there", {"200": state, "503": failing}
        ),
        "/metrics": _page("getMetrics", "Numbers for Prometheus", {"200": numbers}),
        "/problems/{code}": _problem_page(parts),
    }
    refusal = parts.problem(406, ["not-acceptable"])
    for page in pages.values():
        page["responses"]["406"] = refusal
    return {path: {"get": page} for path, page in pages.items()}


def _page(name: str, summary: str, responses: Json) -> Json:
    return {
        "operationId": name,
        "summary": summary,
        "tags": [TAG["name"]],
        "security": [{}],
        "responses": responses,
    }


def _json(schema: Json) -> Json:
    return _response("Done.", "application/json", schema)


def _response(description: str, kind: str, schema: Json) -> Json:
    return {
        "description": description,
        "headers": referred("RequestId"),
        "content": {kind: {"schema": schema}},
    }


def _not_ready(parts: Parts) -> Json:
    words = {"type": "object", "additionalProperties": {"enum": ["ok", "failing"]}}
    told = {"properties": {"parts": words}, "required": ["parts"]}
    schema = {"allOf": [parts.answer(PROBLEM), told]}
    found = _response("A part is failing, and `parts` names it.", MEDIA_TYPE, schema)
    found["headers"] = referred("RequestId", "RetryAfter")
    return found


def _problem_page(parts: Parts) -> Json:
    meaning = {
        "type": "object",
        "properties": {
            "code": {"type": "string"},
            "status": {"type": "integer"},
            "title": {"type": "string"},
            "meaning": {"type": "string"},
        },
        "required": ["code", "status", "title", "meaning"],
    }
    found = _json(meaning)
    found["content"]["text/html"] = {"schema": {"type": "string"}}
    responses = {"200": found, "404": parts.problem(404, ["not-found"])}
    return {
        **_page("getProblemCode", "What a problem code means", responses),
        "parameters": [
            {
                "name": "code",
                "in": "path",
                "required": True,
                "description": "The `code` of a problem.",
                "schema": {"type": "string"},
                "example": "isbn-taken",
            }
        ],
    }
