"""The JSON Schemas say what the validators do: the same samples get the same verdict.

Left out, because JSON Schema cannot say them: the check digit of an ISBN, the list of languages,
the leaked passwords, the time zones, dates in order, NUL characters, lists unique without case,
the length of labels once trimmed, of text once composed; and what the server sets, which is
described as it is read, and compared with the record's present values.
"""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators import (
    auth,
    books,
    calendar,
    copies,
    fees,
    holds,
    imports,
    loans,
    orders,
    policies,
    posts,
    reports,
    users,
)
from validators.engine import jsonschema as own
from validators.engine.bodies import Mode, Schema, compile_body
from validators.engine.errors import Invalid
from validators.engine.fields import page_of
from validators.engine.queries import Query, compile_query

BY_MODE: dict[Mode, list[Schema]] = {
    "create": [
        *[books.BOOK, books.BATCH, copies.COPY, posts.POST, policies.POLICY, users.NEW_USER],
        *[auth.REGISTRATION, auth.LOGIN, auth.LOGOUT, auth.API_KEY],
        *[loans.LENDING, loans.RENEWAL, loans.RETURN, holds.NEW_HOLD],
        *[fees.NEW_FEE, fees.FEE_PAYMENT, fees.WAIVER],
        *[orders.NEW_ORDER, orders.RECEIPT, calendar.CLOSURE],
    ],
    "replace": [books.BOOK, posts.POST, policies.POLICY, calendar.CALENDAR, auth.PASSWORD_CHANGE],
    "patch": [
        *[books.BOOK, copies.COPY, posts.POST, users.USER, auth.PROFILE, holds.HOLD, orders.ORDER],
        loans.DUE_DATE,
    ],
}
BODIES: list[tuple[Schema, Mode]] = [
    (schema, mode) for mode, schemas in BY_MODE.items() for schema in schemas
]
READERS = {(schema.name, mode): compile_body(schema, mode) for schema, mode in BODIES}
GOOD_FORMS = {
    "isbn": ["9780306406157", "0-306-40615-2"],
    "issn": ["0028-0836", "0028-0836"],
    "language": ["eng", "de"],
    "email": ["ada@example.org"],
    "url": ["https://example.org/a?b"],
    "date": ["2026-11-21", "9999-12-31"],
    "timestamp": ["2026-11-21T08:30:00Z", "2026-11-21T08:30:00.5+02:00"],
}
BAD_FORMS = {
    "isbn": [],
    "issn": [],
    "language": ["english", "e1"],
    "email": ["ada", "a b@c.org"],
    "url": ["example.org", "ftp://a.b"],
    "date": ["2026-02-30", "20261121", "2026-11-21T00:00:00Z"],
    "timestamp": ["2026-11-21", "2026-11-21T08:30:00", "2026-11-31T08:30:00Z"],
}
ODD: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    7,
    -1,
    1.0,
    2.5,
    10**30,
    [],
    {},
    [[]],
    {"a": 1},
    [None],
    [1, 1],
]


def samples(rules: dict[str, Any]) -> list[Any]:
    """Values right and wrong for the rules, at their limits and beyond."""
    return _SAMPLES[rules["type"]](rules) + ODD


def _texts(rules: dict[str, Any]) -> list[Any]:
    if rules.get("coerce") in GOOD_FORMS:
        return GOOD_FORMS[rules["coerce"]] * 2 + BAD_FORMS[rules["coerce"]]
    if rules.get("check_with") == "timezone":
        return ["Europe/Zurich", ""]
    if "allowed" in rules:
        return [*rules["allowed"], "other", ""]
    longest = rules["maxlength"]
    return ["x", "correct horse", "x" * longest, "x" * (longest + 1), "", " ", "\u2003", "日本"]


def _integers(rules: dict[str, Any]) -> list[Any]:
    limits = [rules[limit] for limit in ("min", "max") if limit in rules]
    return [limit + step for limit in limits for step in (-1, 0, 1)] + [4, "4"]


def _lists(rules: dict[str, Any]) -> list[Any]:
    items = samples(rules["schema"])
    longest = rules.get("maxlength", 3)
    alike = [[items[0]] * count for count in (1, 2, longest, longest + 1)]
    return [[], *alike, *[[item] for item in items], items[:2]]


def _objects(rules: dict[str, Any]) -> list[Any]:
    if "schema" not in rules:
        return [{}, {"any": [1]}]
    whole = {name: samples(inner)[0] for name, inner in rules["schema"].items()}
    spoilt = [{**whole, name: samples(inner)[-3]} for name, inner in rules["schema"].items()]
    return [whole, {**whole, "other": 1}, dict(list(whole.items())[:1]), *spoilt]


_SAMPLES = {
    "string": _texts,
    "integer": _integers,
    "boolean": lambda rules: [True, False, "true"],
    "list": _lists,
    "dict": _objects,
}


@st.composite
def bodies(draw: st.DrawFn) -> tuple[Schema, Mode, dict[str, Any]]:
    """A noun, a mode, and a body: right, or with a few fields spoilt, missing or too many."""
    schema, mode = draw(st.sampled_from(BODIES))
    writable = [n for n, rules in schema.fields.items() if "readOnly" not in rules.get("meta", {})]
    either = {name for group in schema.either for name in group[1:]}
    body = {name: samples(schema.fields[name])[0] for name in writable if name not in either}
    sent = writable if mode != "create" else list(schema.fields)
    for name in draw(st.lists(st.sampled_from([*sent, "other"]), max_size=3)):
        if draw(st.booleans()):
            body.pop(name, None)
        else:
            body[name] = draw(
                st.sampled_from(samples(schema.fields.get(name, {"type": "boolean"})))
            )
    return schema, mode, body


def accepts(schema: Schema, mode: Mode, body: dict[str, Any]) -> bool:
    try:
        READERS[schema.name, mode](body)
    except Invalid as invalid:
        return all(
            fault.code == "too-small" and "before" in fault.detail for fault in invalid.errors
        )
    return True


def draft() -> Any:
    """The validator. Importing it takes two seconds, in every process that collects this file."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator


def allows(schema: dict[str, Any], body: object) -> bool:
    return bool(draft()(schema, format_checker=draft().FORMAT_CHECKER).is_valid(body))


@given(bodies())
@settings(max_examples=400, deadline=None)
def test_validator_and_json_schema_give_the_same_verdict(
    sample: tuple[Schema, Mode, dict[str, Any]],
) -> None:
    schema, mode, body = sample
    assert accepts(schema, mode, body) == allows(own.json_schema(schema, mode), body)


@pytest.mark.parametrize(("schema", "mode"), BODIES)
def test_every_value_at_its_limits_gets_the_same_verdict(schema: Schema, mode: Mode) -> None:
    written = own.json_schema(schema, mode)
    either = {name for group in schema.either for name in group[1:]}
    whole = {
        name: samples(rules)[0]
        for name, rules in schema.fields.items()
        if name not in either and "readOnly" not in rules.get("meta", {})
    }
    for name in set(schema.fields if mode == "create" else whole) - either:
        for value in samples(schema.fields[name]):
            body = {**whole, name: value}
            assert accepts(schema, mode, body) == allows(written, body), (name, value)


@pytest.mark.parametrize(("schema", "mode"), BODIES)
def test_what_is_written_is_json_schema(schema: Schema, mode: Mode) -> None:
    draft().check_schema(own.json_schema(schema, mode))


@pytest.mark.parametrize(
    "schema", [books.BOOKS, loans.RETURNED, page_of(users.USER), orders.RECEIVED]
)
def test_an_answer_names_its_parts(schema: Schema) -> None:
    components: dict[str, Any] = {}
    written = own.json_schema(schema, "answer", components)
    written["$defs"] = components
    assert components
    assert all(part["type"] == "object" for part in components.values())
    draft().check_schema(written)


def test_an_answer_has_every_field_but_the_occasional_ones() -> None:
    written = own.json_schema(books.BOOK, "answer")
    assert set(written["properties"]) - set(written["required"]) == {"availability", "copies"}
    assert "note" not in own.json_schema(copies.COPY, "answer")["required"]
    assert "password" not in own.json_schema(users.NEW_USER, "answer")["properties"]


def test_a_rule_without_a_counterpart_stops_the_start() -> None:
    for rules in ({"regex": "a"}, {"check_with": "moon"}, {"coerce": "upper"}):
        with pytest.raises(own.UnknownRule):
            own.json_schema(Schema("Odd", {"a": {"type": "string", **rules}}), "create")


def test_parameters_are_described_for_openapi() -> None:
    written = {one["name"]: one for one in own.query_parameters(books.BOOKS_QUERY)}
    assert written["limit"]["schema"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 100,
    }
    assert written["limit"]["description"].endswith("`20` unless given.")
    assert written["cursor"]["schema"] == {"type": "string"}
    assert (written["sort"]["style"], written["sort"]["explode"]) == ("form", False)
    assert own.query_parameters(Query()) == []


def test_pairs_in_a_query_are_described_as_they_are_read() -> None:
    reader = compile_query(imports.IMPORT_QUERY)
    columns = next(p for p in own.query_parameters(reader.query) if p["name"] == "columns")
    assert allows(columns["schema"], columns["example"])
    for text in ("title:A", " title : A b,isbn:x:y", "", "title", "title:", "other:A", "title: ,"):
        try:
            reader([("columns", text)])
        except Invalid:
            assert not allows(columns["schema"], text), text
        else:
            assert allows(columns["schema"], text), text


def test_a_report_without_filters_describes_its_paging() -> None:
    assert own.query_parameters(reports.OVERDUE_QUERY)[0]["in"] == "query"
