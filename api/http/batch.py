"""Batches: many operations on one kind of record in one request body, and what became of each."""

from collections.abc import Mapping
from typing import Any

from api.http.conditional import PreconditionRequired
from api.operation import Answer, Call
from api.problem_codes import PROBLEMS
from api.problems import as_problem, document
from circulation.batch import Change, Done
from validators.engine.bodies import Body
from validators.engine.errors import Fault, Invalid

_STATUS = {"create": 201, "update": 200, "delete": 204}


class BatchReader:
    """Reads the operations of a batch; each carries its record under the name of its noun."""

    def __init__(self, noun: str, create: Body, update: Body) -> None:
        self._noun = noun
        self._bodies: Mapping[str, Body] = {"create": create, "update": update}
        self._needs = {"create": (noun,), "update": ("id", noun), "delete": ("id",)}
        self._takes = {
            "create": {noun},
            "update": {"id", "revision", noun},
            "delete": {"id", "revision"},
        }

    def __call__(self, call: Call) -> list[Change | Exception]:
        """The operations, each read by itself, or what is wrong with it."""
        return [self._change(call, place, one) for place, one in enumerate(call.body["operations"])]

    def _change(self, call: Call, place: int, given: dict[str, Any]) -> Change | Exception:
        op = given["op"]
        try:
            self._require_members(given, place)
            if call.settings.require_if_match and op != "create" and "revision" not in given:
                raise PreconditionRequired
            at = f"#/operations/{place}/{self._noun}"
            values = self._values(given, at) if op in self._bodies else {}
        except (Invalid, PreconditionRequired) as error:
            return error
        sent_back = self._bodies[op].sent_back(given[self._noun]) if op == "update" else {}
        return Change(op, given.get("id", 0), given.get("revision"), values, sent_back, at)

    def _require_members(self, given: dict[str, Any], place: int) -> None:
        op, at = given["op"], f"#/operations/{place}"
        faults = [
            Fault("required", f"Required to {op} a {self._noun}.", f"{at}/{name}")
            for name in self._needs[op]
            if name not in given
        ]
        faults += [
            Fault("not-allowed", f"Not allowed to {op} a {self._noun}.", f"{at}/{name}")
            for name in given
            if name != "op" and name not in self._takes[op]
        ]
        if faults:
            raise Invalid(faults)

    def _values(self, given: dict[str, Any], at: str) -> dict[str, Any]:
        """The record as it may be stored. Raises Invalid with pointers into the whole body."""
        try:
            return self._bodies[given["op"]](given[self._noun])
        except Invalid as invalid:
            raise Invalid([fault.below(at) for fault in invalid.errors]) from None


def results(call: Call, outcomes: list[Done | Exception]) -> Answer:
    """`{results: [{status, id | problem}]}`, in the order of the operations."""
    return Answer({"results": [_result(call, each) for each in outcomes]})


def _result(call: Call, outcome: Done | Exception) -> dict[str, Any]:
    if isinstance(outcome, Done):
        return {"status": _STATUS[outcome.op], "id": outcome.record_id}
    problem = as_problem(outcome)
    told = document(call.context, problem.code, problem.detail, **problem.extra)
    return {"status": PROBLEMS[problem.code].status, "problem": told}
