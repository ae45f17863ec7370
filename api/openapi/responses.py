"""The answers of an operation when all is well."""

from typing import Any

from api.http.representations import JSON, JSON_LD
from api.openapi.examples import example
from api.openapi.headers import referred
from api.openapi.parts import Parts
from api.operation import Operation
from formats import MEDIA_TYPES
from validators.engine.bodies import Schema
from validators.engine.fields import page_of

Json = dict[str, Any]

MARC = MEDIA_TYPES["marc"]
_EVERY = ("RequestId", "RateLimitPolicy", "RateLimit")
_SAID = {200: "Done.", 201: "Created.", 202: "Accepted.", 204: "Done; the answer has no body."}


def success(method: str, operation: Operation, parts: Parts, links: Json) -> dict[str, Json]:
    """The responses by status that are no problems: the answer, and 304."""
    answer: Json = {
        "description": _SAID[operation.status],
        "headers": referred(*_EVERY, *_own_headers(method, operation)),
    }
    if operation.status != 204:
        answer["content"] = {kind: _media(kind, operation, parts) for kind in operation.offers}
    if links:
        answer["links"] = links
    found = {str(operation.status): answer}
    if method == "get" and not operation.streamed:
        found["304"] = {
            "description": "The client has it already.",
            "headers": referred(*_EVERY, "ETag"),
        }
    return found


def whole_answer(operation: Operation) -> Schema | None:
    """The schema of the answer; that of a page when each item was declared."""
    declared = operation.answer
    if declared is None or not operation.paged or "pagination" in declared.fields:
        return declared
    return page_of(declared)


def _media(kind: str, operation: Operation, parts: Parts) -> Json:
    if kind == JSON_LD:
        return {"schema": {"description": "A `Book` of schema.org, with an offer if it is here."}}
    schema = whole_answer(operation)
    if schema is None or kind != JSON:
        return {"schema": {"type": "string", **({"format": "binary"} if kind == MARC else {})}}
    return {"schema": parts.answer(schema), "example": example(schema, "answer")}


def _takes_on(operation: Operation) -> bool:
    """Whether what is answered is a record whose work goes on."""
    has_id = operation.answer is not None and "id" in operation.answer.fields
    return operation.status == 202 and has_id


def _own_headers(method: str, operation: Operation) -> list[str]:
    has_tag = not operation.streamed and operation.status != 204
    names = {
        "ETag": has_tag and not operation.paged,
        "ETagOfList": has_tag and operation.paged,
        "Location": operation.status == 201 or _takes_on(operation),
        "Link": operation.paged,
        "IdempotencyReplayed": method == "post",
    }
    return [name for name, there in names.items() if there]
