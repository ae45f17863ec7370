"""What operations share: schemas and problem responses, made when first asked for."""

from collections.abc import Collection
from typing import Any

from api.openapi.examples import example
from api.openapi.headers import referred
from api.problem_codes import PROBLEMS
from api.problems import MEDIA_TYPE
from validators.engine.bodies import Body, Schema
from validators.engine.jsonschema import Purpose, json_schema
from validators.problems import PROBLEM

Json = dict[str, Any]

_SUFFIX = {"create": "Body", "replace": "Replacement", "patch": "Patch"}
_STATUS_HEADERS = {
    401: ["WwwAuthenticate"],
    409: ["IdempotencyReplayed"],
    415: ["AcceptPatch"],
    429: ["RetryAfter"],
    503: ["RetryAfter"],
}


class Parts:
    """The `schemas` and `responses` of the document's components."""

    def __init__(self) -> None:
        self.schemas: dict[str, Json] = {}
        self.responses: dict[str, Json] = {}
        self._said: dict[str, Schema] = {}

    def answer(self, schema: Schema) -> Json:
        """A reference to the schema of an answer. Raises ValueError."""
        return self._schema(schema.name, schema, "answer")

    def body(self, body: Body) -> Json:
        """A reference to the schema of a request body. Raises ValueError."""
        return self._schema(body.schema.name + _SUFFIX[body.mode], body.schema, body.mode)

    def _schema(self, name: str, schema: Schema, purpose: Purpose) -> Json:
        """A reference to a schema. Raises ValueError for a name that another one has already."""
        if name not in self._said:
            self._said[name] = schema
            written = json_schema(schema, purpose, self.schemas)
            if self.schemas.setdefault(name, written) != written:
                raise ValueError(f"two schemas are called {name}")
        elif self._said[name] != schema:
            raise ValueError(f"two schemas are called {name}")
        return _reference("schemas", name)

    def problem(self, status: int, codes: Collection[str]) -> Json:
        """A reference to the response that is a problem with one of these codes."""
        name = "Or".join(_camel(code) for code in sorted(codes))
        if name not in self.responses:
            self.responses[name] = self._problem(status, sorted(codes))
        return _reference("responses", name)

    def _problem(self, status: int, codes: list[str]) -> Json:
        # The schema is one for all: narrowed for each status, generators would not take it for the
        # same class, and leave these answers out. Which codes there are is told by the examples.
        schema = self.answer(PROBLEM)
        # RFC 9457, 3.2: a problem may have further members, and clients ignore those they
        # do not know.
        self.schemas[PROBLEM.name]["additionalProperties"] = True
        media = {
            "schema": schema,
            "examples": {code: {"value": problem_example(code)} for code in codes},
        }
        headers = ["RequestId", "RateLimitPolicy", "RateLimit", *_STATUS_HEADERS.get(status, ())]
        return {
            "description": "\n".join(f"- `{code}`: {PROBLEMS[code].title}." for code in codes),
            "headers": referred(*headers),
            "content": {MEDIA_TYPE: media},
        }


def problem_example(code: str) -> Json:
    """A problem document with this code."""
    known = PROBLEMS[code]
    shown: Json = {
        **example(PROBLEM, "answer"),
        "type": f"/problems/{code}",
        "title": known.title,
        "status": known.status,
        "detail": known.meaning,
        "code": code,
    }
    if code == "invalid":
        fault = {"pointer": "#/isbn", "code": "checksum", "detail": "The check digit is wrong."}
        shown["errors"] = [fault]
    if code.endswith("-refused"):
        shown["reasons"] = [
            {
                "code": "fees-owed",
                "detail": "More is owed than the policy allows.",
                "overridable": True,
                "params": {"balance": 1250, "limit": 1000},
            }
        ]
        shown["detail"] = shown["reasons"][0]["detail"]
    return shown


def _reference(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


def _camel(code: str) -> str:
    return "".join(word.capitalize() for word in code.split("-"))
