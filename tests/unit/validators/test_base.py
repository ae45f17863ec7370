"""The validator: checked once, it judges as Cerberus does that checks its schema each time."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cerberus
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators import books, loans, orders
from validators.base import FrozenRules, Validator, with_stored_forms
from validators.bodies import settable_fields
from validators.errors import BadValue, Fault, Invalid
from validators.queries import Query, compile_query

SCHEMAS = [books.BOOK, books.BATCH, loans.LENDING, orders.NEW_ORDER]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("9780306406157"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "role", "codes", "reason", "op", "x"]), inner)
    ),
    max_leaves=5,
)


class PlainValidator(Validator):
    """As ours, but collecting errors and checking its schema on each call as Cerberus does."""

    _error = cerberus.Validator._error


@st.composite
def documents(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rules of a noun, and some fields and values."""
    fields = settable_fields(draw(st.sampled_from(SCHEMAS)), "create")
    names = st.sampled_from([*fields, "other"])
    return fields, draw(st.dictionaries(names, VALUES, max_size=6))


@given(documents())
@settings(deadline=None)
def test_verdicts_are_those_of_plain_cerberus(
    sample: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    fields, document = sample
    plain = PlainValidator(with_stored_forms(fields))
    plain.validate(document)
    ours = FrozenRules(fields)
    stored, errors = ours.check(document)
    assert _told(errors) == _told(plain._errors)
    if not errors:
        assert ours.with_defaults(stored) == plain.document


def test_threads_do_not_disturb_each_other() -> None:
    rules = FrozenRules(settable_fields(books.BOOK, "create"))

    def read(number: int) -> bool:
        stored, errors = rules.check({"title": f"Volume {number}", "pages": number})
        return stored["title"] == f"Volume {number}" and bool(errors) == (number == 0)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, [n % 20 for n in range(400)]))


@pytest.mark.parametrize(
    "rules", [{"type": "text"}, {"type": "string", "longest": 5}, {"type": "string", "coerce": "x"}]
)
def test_a_rule_nobody_knows_stops_the_start(rules: dict[str, Any]) -> None:
    with pytest.raises(cerberus.SchemaError):
        FrozenRules({"a": rules})
    with pytest.raises(cerberus.SchemaError):
        compile_query(Query(filters={"a": rules}))


def test_a_fault_is_written_as_in_a_problem_document() -> None:
    at = Fault("blank", "This may not be blank.", pointer="#/title")
    assert at.as_dict() == {"pointer": "#/title", "code": "blank", "detail": at.detail}
    of = Fault("type", "This must be true or false.", parameter="available")
    assert of.as_dict() == {"parameter": "available", "code": "type", "detail": of.detail}


def test_no_fault_is_told_twice() -> None:
    fault = Fault("blank", "This may not be blank.", pointer="#/title")
    assert Invalid([fault, fault]).errors == [fault]


def test_a_bad_value_names_its_code() -> None:
    assert str(BadValue("format", "Not a date.")) == "format: Not a date."


def _told(errors: Any) -> set[tuple[Any, ...]]:
    """Every error with its place; of groups, those inside."""
    told: set[tuple[Any, ...]] = set()
    for error in errors:
        inner = _told(error.child_errors) if error.is_group_error else None
        told |= inner or {(error.document_path, error.code, str(error.constraint))}
    return told
