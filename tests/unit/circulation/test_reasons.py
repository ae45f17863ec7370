"""The one list of reasons (rules 9 and 10)."""

from circulation.reasons import HOLD_CODES, LOAN_CODES, NEVER_OVERRIDABLE, RENEWAL_CODES, reason
from models.vocabulary import ReasonCode
from validators.overrides import OVERRIDABLE


def test_every_reason_refuses_something() -> None:
    assert {*LOAN_CODES, *RENEWAL_CODES, *HOLD_CODES} == set(ReasonCode)


def test_overrides_may_name_every_reason_but_those() -> None:
    assert {*OVERRIDABLE} == {code.value for code in ReasonCode} - NEVER_OVERRIDABLE


def test_a_reason_is_shown_with_its_facts() -> None:
    assert reason(ReasonCode.LOAN_LIMIT, "Ten.", limit=10, open=10).to_json() == {
        "code": "loan-limit",
        "detail": "Ten.",
        "overridable": True,
        "params": {"limit": 10, "open": 10},
    }


def test_exactly_these_reasons_can_never_be_waved_through() -> None:
    assert {code.value for code in NEVER_OVERRIDABLE} == {
        "copy-on-loan",
        "already-borrowed",
        "copy-withdrawn",
        "member-inactive",
        "loan-closed",
        "claimed-returned",
        "hold-exists",
        "no-gain",
    }
    assert not reason(ReasonCode.COPY_ON_LOAN, "On loan.").overridable
