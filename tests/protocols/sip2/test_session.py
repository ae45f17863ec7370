"""Signing in, and what holds for every message: repeated, damaged, unknown, refused before."""

from typing import Any

import pytest

from models import api_key
from models.audit import Actor
from models.copy import Copy
from protocols.sip2.messages import REQUESTS
from protocols.sip2.session import MOST_FAILURES
from tests.protocols.sip2.conftest import card_of
from tests.protocols.sip2.frames import BLANK_DATE, DATE, frame, read
from tests.protocols.sip2.machines import Machine, key_of
from tests.unit.circulation.library import audited, member, title


def test_a_machine_signs_in_with_a_key_as_its_password(library: Any) -> None:
    assert Machine().sign_in(key_of())["ok"] == "1"


@pytest.mark.parametrize("encoding", ["utf-8", "cp850"])
def test_a_machine_names_itself_in_the_encoding_of_its_key(library: Any, encoding: str) -> None:
    machine = Machine()
    key = key_of(encoding=encoding)
    machine.raw(f"9300CNKüche|CO{key}|CPKüche|".encode(encoding))
    assert machine.session.machine is not None
    assert machine.session.machine.name == "Küche"
    assert "|ANKüche|".encode(encoding) in machine.raw(b"9900802.00")


@pytest.mark.parametrize(
    ("role", "scopes"),
    [("librarian", ("circulation:write",)), ("member", ("self-check",))],
)
def test_only_a_key_of_staff_with_the_scope_lets_a_machine_in(
    library: Any, role: str, scopes: tuple[str, ...]
) -> None:
    assert Machine().sign_in(key_of(role, scopes))["ok"] == "0"


@pytest.mark.parametrize("key", ["", "x", "octavo_1_wrong", "octavo_99999999999999999999_x"])
def test_a_wrong_key_is_refused(library: Any, key: str) -> None:
    key_of()
    assert Machine().sign_in(key)["ok"] == "0"


def test_an_encrypted_sign_in_is_refused(library: Any) -> None:
    assert Machine().say(f"9311CNx|CO{key_of()}|")["ok"] == "0"


def test_too_many_failed_sign_ins_end_the_connection(library: Any) -> None:
    machine = Machine()
    for _ in range(MOST_FAILURES):
        assert not machine.session.is_over
        machine.sign_in("wrong")
    assert machine.session.is_over


def test_before_signing_in_the_status_is_told(library: Any) -> None:
    told = Machine().say("9900802.00")
    assert told["online"] == "Y"
    assert told["version"] == "2.00"
    assert told["BX"] == "YYYNYYYYYYYNYNYY"
    assert told["AM"] == "Town Library"
    assert told["AO"] == "Town Library"


@pytest.mark.parametrize("code", sorted(set(REQUESTS) - {"93", "99", "97"}))
def test_before_signing_in_everything_else_is_refused_in_its_own_message(
    library: Any, code: str
) -> None:
    user_id = member(first_name="Ada", last_name="Byron")
    _, [barcode] = title()
    told = Machine().say(f"{code}AO|AA{card_of(user_id)}|AB{barcode}|")
    assert told.code == REQUESTS[code].answer
    assert told.messages == ["This machine has not signed in."]
    assert b"Byron" not in told.raw
    assert b"Middlemarch" not in told.raw
    assert told["BL"] in ("", "N")
    assert Copy.get().status == "available"


def test_a_revoked_key_ends_the_work_of_its_machine_at_once(library: Any) -> None:
    key = key_of()
    machine = Machine(key)
    key_id = int(key.split("_")[1])
    owner_id = api_key.ApiKey.get_by_id(key_id).user_id
    api_key.delete(key_id, Actor(owner_id, "test"))
    assert machine.item("1").messages == ["This machine has not signed in."]


def test_the_audit_log_calls_a_machine_by_its_name(library: Any) -> None:
    _, [barcode] = title()
    Machine(key_of(), name="Hall/left").checkout(card_of(member()), barcode)
    [line] = audited("loan.create")
    assert "Hall_left" in line["request_id"]


def test_a_message_without_checksum_is_answered_without(machine: Machine) -> None:
    told = read(machine.raw(b"9900302.00"), has_checksum=False)
    assert told.code == "98"


def test_a_checksum_without_number_is_answered_with_a_checksum_alone(machine: Machine) -> None:
    assert machine.raw(b"97AZFEF5\r").startswith(b"941AY0AZ")
    sent = b"9900302.00AZ"
    assert b"AY" not in machine.raw(sent + b"%04X" % (-sum(sent) & 0xFFFF))[-10:]


def test_a_damaged_message_is_asked_for_again(machine: Machine) -> None:
    _, [barcode] = title()
    card = card_of(member())
    sent = frame(f"11NN{DATE}{BLANK_DATE}AO|AA{card}|AB{barcode}|AC|", 5)
    assert machine.raw(sent.replace(b"|AB", b"|AX")) == b"96AZFEF6\r"
    assert Copy.get().status == "available"


@pytest.mark.parametrize("sent", [b"hello", b"00", b"98YYYYYY", b"12"])
def test_an_unknown_message_is_asked_for_again(machine: Machine, sent: bytes) -> None:
    assert machine.raw(sent) == b"96\r"


def test_the_last_answer_is_given_again_when_asked_for(machine: Machine) -> None:
    told = machine.item("1")
    assert machine.raw(b"97AZFEF5") == told.raw
    assert Machine().raw(b"97AZFEF5") == b"96AZFEF6\r"


def test_a_message_that_comes_twice_is_answered_again_and_done_once(machine: Machine) -> None:
    _, [barcode] = title()
    card = card_of(member())
    sent = frame(f"11YN{DATE}{BLANK_DATE}AO|AA{card}|AB{barcode}|AC|", 5)
    first = machine.raw(sent)
    assert machine.raw(sent) == first
    assert len(audited("loan.create")) == 1
    assert audited("loan.renew") == []


def test_blocking_enabling_and_item_updates_are_answered_as_not_supported(
    machine: Machine,
) -> None:
    _, [barcode] = title()
    card = card_of(member())
    blocked = machine.say(f"01N{DATE}AO|ALlost|AA{card}|AC|")
    assert (blocked.code, blocked["BL"]) == ("24", "Y")
    enabled = machine.say(f"25{DATE}AO|AA{card}|AC|AD|")
    assert (enabled.code, enabled["BL"]) == ("26", "Y")
    updated = machine.say(f"19{DATE}AO|AB{barcode}|CHred|")
    assert (updated["ok"], updated["AJ"]) == ("0", "Middlemarch")
    for told in (blocked, enabled, updated):
        assert told.messages == ["The library does not support this function."]


def test_the_encoding_is_that_of_the_key(library: Any) -> None:
    card = card_of(member(first_name="Žofie", last_name="Müller"))
    told = Machine(key_of(encoding="cp850"), encoding="cp850").status(card)
    assert told["AE"] == "Müller, Zofie"
    assert Machine(key_of(encoding="ascii"), encoding="ascii").status(card)["AE"] == "Muller, Zofie"


def test_an_error_nobody_foresaw_is_a_refusal_and_the_machine_goes_on(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from protocols.sip2 import session

    def fail(visit: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setitem(session._HANDLERS, "17", fail)
    told = machine.item("1")
    assert told.messages == ["This is not possible. Please ask at the desk."]
    assert machine.say("9900302.00")["online"] == "Y"
