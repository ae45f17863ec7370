"""Books: many changes in one request."""

from typing import Any

from api.etags import PreconditionRequired
from api.operation import Answer, Call, operation
from api.pipeline import Resource
from api.problem_codes import PROBLEMS
from api.problems import as_problem, document
from catalogue.changing import Change, Done, change_all
from models import clock
from validators import books
from validators.bodies import compile_body
from validators.errors import Fault, Invalid

_BOOK = {"create": compile_body(books.BOOK, "create"), "update": compile_body(books.BOOK, "patch")}
_STATUS = {"create": 201, "update": 200, "delete": 204}
_TAKES = {"create": {"book"}, "update": {"id", "revision", "book"}, "delete": {"id", "revision"}}
_NEEDS = {"create": ("book",), "update": ("id", "book"), "delete": ("id",)}


def _changes(call: Call) -> list[Change | Exception]:
    """The operations of the batch, each read by itself, or what is wrong with it."""
    return [_change(call, place, one) for place, one in enumerate(call.body["operations"])]


def _change(call: Call, place: int, given: dict[str, Any]) -> Change | Exception:
    op = given["op"]
    try:
        _require_members(given, place)
        if call.settings.require_if_match and op != "create" and "revision" not in given:
            raise PreconditionRequired
        values = _values(given, place) if op in _BOOK else {}
    except (Invalid, PreconditionRequired) as error:
        return error
    return Change(op, given.get("id", 0), given.get("revision"), values)


def _require_members(given: dict[str, Any], place: int) -> None:
    op, at = given["op"], f"#/operations/{place}"
    faults = [
        Fault("required", f"To {op} a book takes this.", f"{at}/{name}")
        for name in _NEEDS[op]
        if name not in given
    ]
    faults += [
        Fault("not-allowed", f"To {op} a book does not take this.", f"{at}/{name}")
        for name in given
        if name != "op" and name not in _TAKES[op]
    ]
    if faults:
        raise Invalid(faults)


def _values(given: dict[str, Any], place: int) -> dict[str, Any]:
    """The book as it may be stored. Raises Invalid with pointers into the whole body."""
    try:
        return _BOOK[given["op"]](given["book"])
    except Invalid as invalid:
        at = f"#/operations/{place}/book"
        raise Invalid(
            [
                Fault(fault.code, fault.detail, at + (fault.pointer or "#").removeprefix("#"))
                for fault in invalid.errors
            ]
        ) from None


class BookBatch(Resource):
    """`/books/batch`"""

    @operation(
        "changeBooks",
        "Create, update and delete many books",
        body=compile_body(books.BATCH, "create"),
        answer=books.BATCH_ANSWER,
        prepare=_changes,
    )
    def post(self, call: Call) -> Answer:
        """What became of each operation: the status it would have had alone, and id or problem.

        With `atomic` all are done or none; those that had nothing wrong are 424 `not-done` then.
        """
        outcomes = change_all(call.prepared, call.actor, clock.now(), atomic=call.body["atomic"])
        return Answer({"results": [_result(call, each) for each in outcomes]})


def _result(call: Call, outcome: Done | Exception) -> dict[str, Any]:
    if isinstance(outcome, Done):
        return {"status": _STATUS[outcome.op], "id": outcome.book_id}
    problem = as_problem(outcome)
    told = document(call.context, problem.code, problem.detail, **problem.extra)
    return {"status": PROBLEMS[problem.code].status, "problem": told}
