"""The OpenAPI document: sound in itself, and in step with routes, policy and schemas."""

import re
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from api import __version__, registry
from api.app import create_app
from api.auth.permission import Access
from api.openapi.document import document as built
from api.openapi.parts import Parts
from api.paths import PREFIX, template
from api.permissions import PERMISSIONS
from resources import books
from tests.openapi.conformance import Document
from validators.engine import jsonschema
from validators.engine.bodies import Schema
from validators.engine.fields import ID


def test_the_document_is_openapi(document: Document) -> None:
    validate(document.whole)
    assert document.whole["info"]["version"] == __version__
    assert document.whole["info"]["license"]["identifier"] == "MIT"


def test_every_route_and_method_is_in_it(document: Document) -> None:
    written = {(p, m) for p, m, _ in document.operations() if p.startswith(f"{PREFIX}/")}
    assert written == {(PREFIX + template(path), m) for path, m, _ in registry.operations()}


@pytest.mark.parametrize(("path", "name"), [("/", "About"), (PREFIX, "ApiIndex")])
def test_what_is_told_of_the_service_is_described(
    client: FlaskClient, document: Document, path: str, name: str
) -> None:
    described = document.whole["components"]["schemas"][name]
    assert (client.get(path).json or {}).keys() == described["properties"].keys()
    assert set(described["required"]) == described["properties"].keys()


FORMS = {
    "id": {"type": "integer", "format": "int64"},
    "day": {"type": "string", "format": "date"},
    "kind": {"type": "string"},
    "language": {"type": "string"},
}


def test_what_stands_in_a_path_is_described_as_its_route_reads_it(document: Document) -> None:
    written = {operation["operationId"]: operation for _, _, operation in document.operations()}
    for path, _, operation in registry.operations():
        named = {one.get("name"): one for one in written[operation.id]["parameters"]}
        for form, name in re.findall(r"<(\w+):(\w+)>", path):
            assert FORMS[form].items() <= named[name]["schema"].items()


def test_roles_and_scopes_are_those_of_the_policy_page(document: Document) -> None:
    for _, method, operation in document.operations():
        rule = PERMISSIONS.get(operation["operationId"])
        if rule is not None:
            assert operation.get("x-required-role") == rule.least
            assert operation.get("x-required-scope") == rule.scope
            for_anyone: list[Any] = [{}, {"bearer": []}, {"basic": []}] if method == "get" else []
            signed_in: list[Any] = [{"bearer": []}, {"basic": []}]
            assert operation["security"] == (for_anyone if rule.least is None else signed_in)


def test_every_error_is_the_one_schema_of_problems(document: Document) -> None:
    problem = {"application/problem+json": {"$ref": "#/components/schemas/Problem"}}
    for _, _, operation in document.operations():
        for status, response in operation["responses"].items():
            if status >= "400":
                content = document.resolved(response)["content"]
                assert {kind: one["schema"] for kind, one in content.items()} == problem


def test_nothing_has_a_default_that_clients_would_send_unasked(document: Document) -> None:
    for _, _, operation in document.operations():
        for parameter in operation.get("parameters", ()):
            assert "default" not in document.resolved(parameter)["schema"]
    for schema in document.whole["components"]["schemas"].values():
        for rules in schema["properties"].values() if "properties" in schema else ():
            assert "default" not in rules


def test_no_optional_header_has_an_example_that_would_be_sent_by_trying(document: Document) -> None:
    headers = document.whole["components"]["parameters"].values()
    assert {header["name"] for header in headers} > {"Idempotency-Key", "If-Match", "X-Request-ID"}
    filling_in = {"default", "example", "examples"}
    assert not [header["name"] for header in headers if filling_in & {*header, *header["schema"]}]


def test_objects_inside_others_have_names(document: Document) -> None:
    for name, schema in document.whole["components"]["schemas"].items():
        for field, rules in schema.get("properties", {}).items():
            for one in (rules, rules.get("items", {})):
                assert "properties" not in one, f"{name}.{field}"


def test_signing_in_takes_its_body_and_no_credentials_before(document: Document) -> None:
    login = document.whole["paths"]["/api/v1/auth/login"]["post"]
    assert login["requestBody"]["required"]
    assert login["security"] == []


def test_a_private_catalogue_takes_a_sign_in() -> None:
    private = Document(built(Access(catalogue_public=False))).whole["paths"]["/api/v1/books"]["get"]
    assert {} not in private["security"]
    assert private["x-required-role"] == "member"


def test_every_example_fits_its_schema(document: Document) -> None:
    media = list(_media(document.whole))
    assert len(media) > 50
    for one in media:
        judge = document.validator(one["schema"])
        for example in _examples(one):
            judge.validate(example)


def test_every_parameter_example_fits_its_schema(document: Document) -> None:
    parameters = [
        document.resolved(parameter)
        for _, _, operation in document.operations()
        for parameter in operation.get("parameters", ())
    ]
    exemplary = [parameter for parameter in parameters if "example" in parameter]
    assert exemplary
    for parameter in exemplary:
        document.validator(parameter["schema"]).validate(parameter["example"])


def test_every_link_leads_to_an_operation_and_fills_its_path(document: Document) -> None:
    known = {o["operationId"]: (path, o) for path, _, o in document.operations()}
    links = 0
    for _, _, operation in document.operations():
        for response in operation["responses"].values():
            for link in document.resolved(response).get("links", {}).values():
                path, _ = known[link["operationId"]]
                assert all("{" + name + "}" in path for name in link["parameters"])
                links += 1
    assert links > 20


def test_what_was_made_can_be_read_changed_and_removed(document: Document) -> None:
    made = document.whole["paths"]["/api/v1/books"]["post"]["responses"]["201"]
    assert {"getBook", "replaceBook", "updateBook", "deleteBook"} <= made["links"].keys()


def test_lists_in_queries_have_commas_between(document: Document) -> None:
    parameters = document.whole["paths"]["/api/v1/books"]["get"]["parameters"]
    by_name = {one["name"]: one for one in parameters if "name" in one}
    for name in ("sort", "fields", "embed", "facets"):
        assert (by_name[name]["style"], by_name[name]["explode"]) == ("form", False)


def test_the_document_is_the_same_bytes_each_time_and_304_when_known(app: Any) -> None:
    client = app.test_client()
    first = client.get("/openapi.json")
    assert first.content_type == "application/json"
    assert "max-age" in first.headers["Cache-Control"]
    again = client.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


def test_an_operation_without_a_policy_line_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, app: Any
) -> None:
    monkeypatch.delitem(PERMISSIONS, "getBook")
    with pytest.raises(registry.StartError, match="getBook"):
        create_app(app.config["SETTINGS"])


def test_a_rule_that_json_schema_cannot_say_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, app: Any
) -> None:
    odd = Schema("Odd", {"title": {"type": "string", "regex": "a"}})
    of_handler = books.Book.get.__dict__
    declared = replace(of_handler["operation"], answer=odd)
    monkeypatch.setitem(of_handler, "operation", declared)
    built.cache_clear()
    with pytest.raises(jsonschema.UnknownRule, match="regex"):
        create_app(app.config["SETTINGS"])


def _media(part: Any) -> Any:
    """Every media type object in the document."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "content" and "type" not in value:
                yield from value.values()
            else:
                yield from _media(value)
    elif isinstance(part, list):
        for value in part:
            yield from _media(value)


def _examples(media: dict[str, Any]) -> list[Any]:
    named = [one["value"] for one in media.get("examples", {}).values()]
    return named + ([media["example"]] if "example" in media else [])


def test_two_schemas_of_one_name_stop_the_making_of_the_document() -> None:
    parts = Parts()
    parts.answer(Schema("Thing", {"id": ID}))
    with pytest.raises(ValueError, match="two schemas are called Thing"):
        parts.answer(Schema("Thing", {"id": ID, "name": ID}))
