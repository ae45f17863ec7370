"""Reads named values under Cerberus rules: quickly what is right, explained what is not."""

from collections.abc import Mapping
from typing import Any

from validators.engine import quick
from validators.engine.explain import Explainer
from validators.engine.faults import Found
from validators.engine.validator import Fields


class FieldReader:
    """The one reader of bodies and query strings.

    Built once at start; keeps nothing between calls, so threads may share it.
    """

    def __init__(self, fields: Fields) -> None:
        """Raise cerberus.SchemaError or ValueError for a rule nobody knows."""
        self._explainers = {name: Explainer(name, rules) for name, rules in fields.items()}
        self._readers = {name: quick.reader(rules) for name, rules in fields.items()}
        self._required = [name for name, rules in fields.items() if rules.get("required")]
        defaults = {name: rules for name, rules in fields.items() if "default" in rules}
        self._defaults = {name: quick.default_of(rules) for name, rules in defaults.items()}
        # What no two records may share.
        self._made = {
            name: rules
            for name, rules in defaults.items()
            if isinstance(rules["default"], (list, dict))
        }

    def read(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Found]]:
        """The stored form of the values that are right, and what is wrong with the others."""
        stored: dict[str, Any] = {}
        wrong: list[Found] = []
        for name, value in values.items():
            try:
                stored[name] = self._readers[name](value)
            except quick.DOUBTS:
                wrong += self._explainers[name](value)
        for name in self._required:
            if name not in values:
                wrong += self._explainers[name].missing()
        return stored, wrong

    def with_defaults(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values, and the default of each field left out."""
        whole = self._defaults | values
        for name, rules in self._made.items():
            if name not in values:
                whole[name] = quick.default_of(rules)
        return whole
