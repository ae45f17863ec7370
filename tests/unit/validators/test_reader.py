"""The one reader: it takes what Cerberus takes, gives the same values, and explains the rest."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cerberus
import pytest
from cerberus.errors import ValidationError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.servers import ROOT
from tests.unit.validators.test_jsonschema import BODIES, samples
from validators import books, fees, imports, loans, orders, users
from validators.engine import explain
from validators.engine.bodies import Schema, compile_body, settable_fields
from validators.engine.errors import Invalid
from validators.engine.queries import Query, compile_query, parameters
from validators.engine.reader import FieldReader
from validators.engine.validator import Fields, Rules, Validator, for_cerberus

QUERIES = [books.BOOKS_QUERY, imports.IMPORT_QUERY, loans.LOANS_QUERY, users.USERS_QUERY]
QUERIES += [fees.FEES_QUERY]
FIELDS: list[Fields] = [settable_fields(schema, mode) for schema, mode in BODIES]
FIELDS += [parameters(query) for query in QUERIES]
READERS = [FieldReader(fields) for fields in FIELDS]
RECEIPT = BODIES.index((orders.RECEIPT, "create"))
# In a process of its own, where no other test has left a reader.
EVERY_READER = """
import gc
import api.app, api.commands.demo, api.commands.user
from validators.engine.explain import Explainer
every = [each for each in gc.get_objects() if isinstance(each, Explainer)]
for each in every:
    each.validator()
print(len(every))
"""
TEXTS = [
    "",
    " ",
    "\u00a0",
    "\0",
    "\ud800",
    "e\u0301" * 3,
    "a" + "\u0301" * 101,
    "9780199535522",
    "2026-02-30",
    "2026-11-21T00:00:00+25:00",
    "English",
    "Password1",
    "Europe/Zurich",
    "https://example.org/" + "x" * 2000,
    *["x" * length for length in (64, 65, 200, 201, 500, 501, 2001, 20_001)],
]
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(TEXTS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "role", "codes", "reason", "op", "x"]), inner)
    ),
    max_leaves=5,
)


def values_for(rules: Rules) -> st.SearchStrategy[Any]:
    """Values right and wrong for the rules, and any other."""
    free = {"maxlength": 100, **rules}
    known = rules if rules.get("keysrules") else free
    return st.sampled_from([*samples(known), *TEXTS]) | ANYTHING


@st.composite
def documents(draw: st.DrawFn) -> tuple[int, dict[str, Any]]:
    """The number of a set of fields, and values for some of them."""
    number = draw(st.integers(0, len(FIELDS) - 1))
    fields = FIELDS[number]
    needed = [name for name, rules in fields.items() if rules.get("required")]
    names = draw(st.lists(st.sampled_from(sorted(fields)), unique=True, max_size=4))
    right = {name: samples(fields[name])[0] for name in needed}
    if draw(st.booleans()):
        right = {}
    return number, right | {name: draw(values_for(fields[name])) for name in names}


def leaves(errors: list[ValidationError]) -> Iterator[ValidationError]:
    """The errors themselves, out of their groups."""
    for error in errors:
        yield from leaves(error.child_errors) if error.is_group_error else [error]


def filled(value: Any, rules: Rules) -> Any:
    """The value with the defaults of the objects inside it."""
    if isinstance(value, list):
        return [filled(item, rules["schema"]) for item in value]
    if not isinstance(value, dict) or "schema" not in rules:
        return value
    defaults = {n: r["default"] for n, r in rules["schema"].items() if "default" in r}
    return {n: filled(v, rules["schema"].get(n, {})) for n, v in (defaults | value).items()}


@given(documents())
@example((RECEIPT, {"barcodes": ["", " "]}))
@settings(max_examples=300, deadline=None)
def test_the_reader_and_cerberus_give_the_same_verdict_and_the_same_values(
    sample: tuple[int, dict[str, Any]],
) -> None:
    number, values = sample
    fields = FIELDS[number]
    stored, wrong = READERS[number].read(values)
    plain = Validator(for_cerberus(fields))
    assert plain.validate(values) == (not wrong)
    assert {path for path, *_ in wrong} == {error.document_path for error in leaves(plain._errors)}
    if not wrong:
        right = {name: filled(v, fields[name]) for name, v in plain.document.items()}
        assert json.dumps(stored, sort_keys=True) == json.dumps(right, sort_keys=True)


@given(documents())
@settings(max_examples=100, deadline=None)
def test_what_is_wrong_has_a_code_and_a_sentence(sample: tuple[int, dict[str, Any]]) -> None:
    number, values = sample
    for path, code, detail in READERS[number].read(values)[1]:
        assert path[0] in FIELDS[number]
        assert code.replace("-", "").isalpha()
        assert detail[0].isupper()
        assert detail[-1] in ".?"
        assert detail != explain.NO_FAULT_FOUND[1]


def test_what_is_right_does_not_reach_cerberus(monkeypatch: pytest.MonkeyPatch) -> None:
    body, query = compile_body(books.BOOK, "create"), compile_query(books.BOOKS_QUERY)
    monkeypatch.setattr(explain, "Validator", None)
    book = {
        "title": "Emma",
        "isbn": "0199535523",
        "language": "en",
        "published_year": 1815.0,
        "contributors": [{"name": "Gill, Richard"}],
        "subjects": ["Courtship"],
        "cover_url": "https://example.org/1.jpg",
    }
    assert body(book)["contributors"] == [{"name": "Gill, Richard", "role": None}]
    assert query([("q", "emma"), ("sort", "title"), ("available", "true")])["sort"] == ["title"]


def test_threads_do_not_disturb_each_other() -> None:
    body = compile_body(books.BOOK, "create")

    def read(number: int) -> bool:
        try:
            stored = body({"title": f"Volume {number}", "pages": number})
        except Invalid as invalid:
            return number == 0 and [fault.code for fault in invalid.errors] == ["too-small"]
        return stored == stored | {"title": f"Volume {number}", "pages": number}

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, [n % 20 for n in range(400)]))


@pytest.mark.parametrize(
    "rules", [{"type": "text"}, {"type": "string", "longest": 5}, {"type": "string", "coerce": "x"}]
)
def test_a_rule_nobody_knows_stops_the_start(rules: dict[str, Any]) -> None:
    with pytest.raises(cerberus.SchemaError):
        compile_body(Schema("Odd", {"a": rules}), "create")
    with pytest.raises(cerberus.SchemaError):
        compile_query(Query(filters={"a": rules}))


@pytest.mark.parametrize("inner", [{"type": "text"}, {"type": "string", "longest": 5}])
def test_a_rule_nobody_knows_stops_the_start_in_a_list_and_in_an_object_too(
    inner: dict[str, Any],
) -> None:
    for rules in ({"type": "list", "schema": inner}, {"type": "dict", "schema": {"a": inner}}):
        with pytest.raises(cerberus.SchemaError):
            compile_body(Schema("Odd", {"a": rules}), "create")


def test_cerberus_takes_the_rules_of_every_reader_there_is() -> None:
    done = subprocess.run(
        [sys.executable, "-c", EVERY_READER], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 500


def test_a_rule_that_only_cerberus_knows_stops_the_start() -> None:
    schema = Schema("Odd", {"code": {"type": "string", "regex": "[a-z]+"}})
    with pytest.raises(ValueError, match="has no rule regex for string"):
        compile_body(schema, "create")


def test_of_a_long_list_every_wrong_item_is_named() -> None:
    barcodes: list[Any] = [7] * 1000
    with pytest.raises(Invalid) as caught:
        compile_body(orders.RECEIPT, "create")({"barcodes": barcodes})
    told = [fault.pointer for fault in caught.value.errors if fault.code == "type"]
    assert told == [f"#/barcodes/{place}" for place in range(1000)]


def test_of_an_object_in_a_list_a_few_unknown_fields_are_named() -> None:
    odd = {"name": "Austen"} | {f"x{number}": 1 for number in range(5000)}
    with pytest.raises(Invalid) as caught:
        compile_body(books.BOOK, "create")({"title": "Emma", "contributors": [odd]})
    assert [fault.code for fault in caught.value.errors] == ["unknown-field"] * 5
