"""Faults as data: how they are written, and that none is told twice."""

from validators.engine.errors import BadValue, Fault, Invalid


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
