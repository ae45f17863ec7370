"""Holds answers of the API against its OpenAPI document."""

import re
from typing import Any

import jsonschema
import orjson
from werkzeug.test import TestResponse

Json = dict[str, Any]


class Document:
    """The OpenAPI document, ready to judge answers by."""

    def __init__(self, content: bytes) -> None:
        self.whole: Json = orjson.loads(content)
        self._templates = sorted(self.whole["paths"], key=lambda path: path.count("{"))

    def resolved(self, part: Json) -> Json:
        """What a reference refers to; anything else as it is."""
        if "$ref" not in part:
            return part
        found: Any = self.whole
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return dict(found)

    def operations(self) -> list[tuple[str, str, Json]]:
        """Path, method and operation object of all."""
        return [
            (path, method, operation)
            for path, item in self.whole["paths"].items()
            for method, operation in item.items()
        ]

    def validator(self, schema: Json) -> Any:
        """A JSON Schema validator that knows the components."""
        return jsonschema.Draft202012Validator(
            {**schema, "components": self.whole["components"]},
            format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
        )

    def check(self, method: str, path: str, response: TestResponse) -> None:
        """Assert that the document has this answer: status, headers, media type and schema."""
        declared = self._response(method, path, response.status_code)
        for name, header in declared.get("headers", {}).items():
            self._check_header(name, self.resolved(header), response)
        content = declared.get("content")
        if content is None:
            assert response.get_data() == b"", "the document has no body here"
            return
        kind = response.content_type.partition(";")[0]
        assert kind in content, f"the document has {list(content)} here, not {kind}"
        if kind.endswith("json") and kind != "application/x-ndjson":
            self.validator(content[kind]["schema"]).validate(response.json)

    def _response(self, method: str, path: str, status: int) -> Json:
        template = next((t for t in self._templates if _fits(t, path)), None)
        assert template is not None, f"the document has no {path}"
        responses = self.whole["paths"][template][method.lower()]["responses"]
        assert str(status) in responses, f"the document has {sorted(responses)}, not {status}"
        return self.resolved(responses[str(status)])

    def _check_header(self, name: str, header: Json, response: TestResponse) -> None:
        value = response.headers.get(name)
        if value is None:
            assert not header.get("required"), f"{name} is missing"
        else:
            self.validator(header["schema"]).validate(value)


def _fits(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) is not None
