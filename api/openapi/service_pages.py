"""The pages about the service itself, which are no operations of the API."""

from typing import Any

from api.openapi.headers import referred
from api.openapi.parts import Parts
from api.paths import PREFIX
from api.problems import MEDIA_TYPE
from validators.problems import PROBLEM

Json = dict[str, Any]

TAG: Json = {"name": "Service", "description": "The service itself."}
_TEXT: Json = {"type": "string"}
_REVISION: Json = {
    "type": ["string", "null"],
    "description": "The commit that runs; null where it runs from no checkout.",
}
_STATUS: Json = {"type": "string", "enum": ["ok"]}
_SCHEMAS: dict[str, Json] = {
    "About": {
        "type": "object",
        "properties": {
            "name": _TEXT,
            "version": _TEXT,
            "revision": _REVISION,
            "description": _TEXT,
            "api": _TEXT,
            "links": {"$ref": "#/components/schemas/Addresses"},
        },
        "required": ["name", "version", "revision", "description", "api", "links"],
    },
    "ApiIndex": {
        "type": "object",
        "properties": {
            "name": _TEXT,
            "version": _TEXT,
            "revision": _REVISION,
            "links": {"$ref": "#/components/schemas/Addresses"},
        },
        "required": ["name", "version", "revision", "links"],
    },
    "Addresses": {
        "type": "object",
        "description": "Paths on this server, by name.",
        "additionalProperties": _TEXT,
    },
    "Health": {"type": "object", "properties": {"status": _STATUS}, "required": ["status"]},
    "Readiness": {
        "type": "object",
        "properties": {
            "status": _STATUS,
            "parts": {"type": "object", "additionalProperties": _TEXT},
        },
        "required": ["status", "parts"],
    },
    "ProblemCode": {
        "type": "object",
        "properties": {
            "code": _TEXT,
            "status": {"type": "integer"},
            "title": _TEXT,
            "meaning": _TEXT,
        },
        "required": ["code", "status", "title", "meaning"],
    },
    "ProblemCodeList": {
        "type": "object",
        "properties": {
            "data": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemCode"}}
        },
        "required": ["data"],
    },
}


def paths(parts: Parts) -> dict[str, Json]:
    """The OpenAPI path items."""
    parts.schemas |= _SCHEMAS
    pages = {
        "/": _page("getAbout", "What this is", _or_html(_json("About"))),
        PREFIX: _index(parts),
        "/healthz": _page("getHealth", "Is the process alive", _json("Health")),
        "/readyz": _readiness(parts),
        "/metrics": _page("getMetrics", "Numbers for Prometheus", _response("text/plain", _TEXT)),
        "/problems": _page("listProblemCodes", "List the problem codes", _or_html(_list())),
        "/problems/{code}": _problem_page(parts),
    }
    for page in pages.values():
        page["responses"]["406"] = parts.problem(406, ["not-acceptable"])
    return {path: {"get": page} for path, page in pages.items()}


def _page(name: str, summary: str, answer: Json) -> Json:
    return {
        "operationId": name,
        "summary": summary,
        "description": _DESCRIPTIONS[name],
        "tags": [TAG["name"]],
        "security": [{}],
        "responses": {"200": answer},
    }


_DESCRIPTIONS = {
    "getAbout": "Name, version and addresses; for people a page.",
    "getApiIndex": "Name, version, and the address of every list that the caller may read.",
    "getHealth": "Answers while the process lives, whatever becomes of the database.",
    "getReadiness": "503 names the part that fails: the database, or the cache (Redis).",
    "getMetrics": "In the text format of Prometheus.",
    "listProblemCodes": "Every `code` that a problem may have; for people a page.",
    "getProblemCode": "What it means and how to mend it; for people a page.",
}


def _json(schema: str) -> Json:
    return _response("application/json", {"$ref": f"#/components/schemas/{schema}"})


def _list() -> Json:
    return _json("ProblemCodeList")


def _or_html(answer: Json) -> Json:
    content = {**answer["content"], "text/html": {"schema": _TEXT}}
    return {**answer, "content": content}


def _response(kind: str, schema: Json, description: str = "Done.") -> Json:
    return {
        "description": description,
        "headers": referred("RequestId"),
        "content": {kind: {"schema": schema}},
    }


def _index(parts: Parts) -> Json:
    answer = _json("ApiIndex")
    answer["headers"] = referred("RequestId", "RateLimitPolicy", "RateLimit", "ETag")
    known = {"description": "The client has it already.", "headers": answer["headers"]}
    page = _page("getApiIndex", "Where everything is", answer)
    page["security"] = [{}, {"bearer": []}, {"basic": []}]
    page["responses"] |= {
        "304": known,
        "401": parts.problem(401, ["bad-credentials", "bad-token"]),
        "429": parts.problem(429, ["rate-limited"]),
    }
    return page


def _readiness(parts: Parts) -> Json:
    failing = _response(MEDIA_TYPE, parts.answer(PROBLEM), "A part is failing; `parts` names it.")
    failing["headers"] = referred("RequestId", "RetryAfter")
    page = _page("getReadiness", "Are the parts it needs there", _json("Readiness"))
    page["responses"]["503"] = failing
    return page


def _problem_page(parts: Parts) -> Json:
    page = _page("getProblemCode", "What a problem code means", _or_html(_json("ProblemCode")))
    page["responses"]["404"] = parts.problem(404, ["not-found"])
    code = {
        "name": "code",
        "in": "path",
        "required": True,
        "description": "The `code` of a problem.",
        "schema": _TEXT,
        "example": "isbn-taken",
    }
    return {**page, "parameters": [code]}
