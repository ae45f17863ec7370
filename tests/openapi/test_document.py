"""The OpenAPI document: sound in itself, and in step with routes, policy and schemas."""

from dataclasses import replace
from typing import Any

import pytest
from openapi_spec_validator import validate

from api import __version__, plans
from api.admission import PREFIX, template
from api.app import create_app
from api.openapi.document import document as built
from api.policy import POLICY, Doors
from resources import books
from tests.openapi.conformance import Document
from validators import jsonschema
from validators.bodies import Schema


def test_the_document_is_openapi(document: Document) -> None:
    validate(document.whole)
    assert document.whole["info"]["version"] == __version__
    assert document.whole["info"]["license"]["identifier"] == "MIT"


def test_every_route_and_method_is_in_it(document: Document) -> None:
    written = {(p, m) for p, m, _ in document.operations() if p.startswith(PREFIX)}
    assert written == {(PREFIX + template(path), m) for path, m, _ in plans.operations()}


def test_roles_and_scopes_are_those_of_the_policy_page(document: Document) -> None:
    for _, _, operation in document.operations():
        rule = POLICY.get(operation["operationId"])
        if rule is not None:
            assert operation.get("x-required-role") == rule.least
            assert operation.get("x-required-scope") == rule.scope
            assert ({} in operation["security"]) == (rule.least is None)


def test_a_private_catalogue_takes_a_sign_in() -> None:
    private = Document(built(Doors(catalogue_public=False))).whole["paths"]["/api/v1/books"]["get"]
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
    monkeypatch.delitem(POLICY, "getBook")
    with pytest.raises(plans.StartError, match="getBook"):
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
