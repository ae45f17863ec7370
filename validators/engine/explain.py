"""What is wrong with a value that the quick reader doubts, as Cerberus says it.

Each field is explained by itself, and each item of a list: Cerberus sorts all errors anew for each
one added, which takes seconds for a list of a thousand wrong items.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from validators.engine.faults import Found, FoundHandler
from validators.engine.quick import DOUBTS, reader
from validators.engine.validator import Rules, Validator, for_cerberus

MOST_UNKNOWN = 1000
"""How many unknown fields are named; a body of nothing else would take seconds."""
_MOST_UNKNOWN_INSIDE = 5
NO_FAULT_FOUND = ("format", "This value is not valid.")
"""What is said where Cerberus takes what the quick reader doubts; a test proves it never does."""


class Explainer:
    """Explains the values of one field. Keeps nothing between calls, so threads may share it."""

    def __init__(self, name: str, rules: Rules) -> None:
        """Raises cerberus.SchemaError for a rule that Cerberus does not know.

        Whether Cerberus takes the values of the rules is seen with the first fault, and in tests:
        to have it look at all of them took a third of a start.
        """
        self._name = name
        self._rules = rules
        self._checked = for_cerberus({name: rules})
        if rules["type"] == "list":
            self._items = Explainer(name, rules["schema"])
            self._read_item = reader(rules["schema"])
            del self._checked[name]["schema"]

    def missing(self) -> list[Found]:
        """The fault of a required field that is not given."""
        return self._errors({}, self.validator())

    def __call__(self, value: Any) -> list[Found]:
        """The faults of a value, each with its path from the field's name on; at least one."""
        return self._faults(_reduced(value, self._rules), self.validator())

    def _faults(self, value: Any, validator: Validator) -> list[Found]:
        is_list = isinstance(value, list) and self._rules["type"] == "list"
        faults = list(self._of_items(value)) if is_list else []
        faults += self._errors({self._name: value}, validator)
        return faults or [((self._name,), *NO_FAULT_FOUND)]

    def _of_items(self, items: list[Any]) -> Iterator[Found]:
        """The faults of the items; those that are right are put into their stored form."""
        validator = self._items.validator()
        for place, item in enumerate(items):
            try:
                items[place] = self._read_item(item)
            except DOUBTS:
                for path, code, detail in self._items._faults(item, validator):
                    yield (self._name, place, *path[1:]), code, detail

    def validator(self) -> Validator:
        """A validator of this field alone. Raises cerberus.SchemaError."""
        return Validator(self._checked, error_handler=FoundHandler(self._rules))

    def _errors(self, document: dict[str, Any], validator: Validator) -> list[Found]:
        validator.validate(document)
        found: list[Found] = validator.errors
        return found


def _reduced(value: Any, rules: Rules) -> Any:
    """A copy without what is too much to explain: the end of a list, of the unknown fields."""
    if isinstance(value, list) and rules["type"] == "list":
        return [_reduced(item, rules["schema"]) for item in value[: _most_items(rules) + 1]]
    if isinstance(value, dict) and "schema" in rules and rules["type"] == "dict":
        return dict(_fewer(value, rules["schema"]))
    return value


def _most_items(rules: Rules) -> int:
    """How long a list may be; one without a limit may have every allowed value once."""
    allowed = rules["schema"].get("allowed", range(MOST_UNKNOWN))
    most: int = rules.get("maxlength", len(allowed))
    return most


def _fewer(value: dict[str, Any], fields: dict[str, Rules]) -> Iterable[tuple[str, Any]]:
    unknown = (name for name in value if name not in fields)
    for name in islice(unknown, _MOST_UNKNOWN_INSIDE):
        yield name, None
    for name in fields.keys() & value.keys():
        yield name, _reduced(value[name], fields[name])
